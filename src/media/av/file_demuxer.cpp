#include "media/av/file_demuxer.h"

#include <algorithm>

#include "media/av/libav_types.h"
#include "media/av/picture_budget.h"

namespace vonggac::media::av {
namespace {

constexpr const char* kContainers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,h264,hevc";
constexpr const char* kCodecs = "h264,hevc,mpeg4,msmpeg4,mjpeg";  // msmpeg4: version 3, of old AVI files
constexpr int kMaxSidePx = 4096;
constexpr int kMaxErrorsInARow = 300;

bool codec_is_allowed(AVCodecID id) {
  return id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_HEVC || id == AV_CODEC_ID_MPEG4 || id == AV_CODEC_ID_MSMPEG4V3 ||
         id == AV_CODEC_ID_MJPEG;
}

base::Result<FormatContextPtr> open_container(const std::string& path) {
  AVDictionary* settings = nullptr;
  av_dict_set(&settings, "protocol_whitelist", "file", 0);
  av_dict_set(&settings, "format_whitelist", kContainers, 0);
  av_dict_set(&settings, "codec_whitelist", kCodecs, 0);
  AVFormatContext* raw = nullptr;
  const int code = avformat_open_input(&raw, ("file:" + path).c_str(), nullptr, &settings);
  av_dict_free(&settings);
  if (code < 0) return from_libav(code, path);
  return FormatContextPtr(raw);
}

class LibavFile final : public FileDemuxer {
 public:
  LibavFile() : budget_(kMaxSidePx) {}

  base::Status open_file(const std::string& path, FileOptions options) {
    VG_ASSIGN(format_, open_container(path));
    if (const int code = avformat_find_stream_info(format_.get(), nullptr); code < 0) return from_libav(code, path);
    index_ = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (index_ < 0) return base::data_loss(path + ": no video in it");
    const AVStream& stream = *format_->streams[index_];
    const AVCodec* codec = avcodec_find_decoder(stream.codecpar->codec_id);
    if (codec == nullptr || !codec_is_allowed(stream.codecpar->codec_id))
      return base::data_loss(path + ": its video codec is not read here");
    context_.reset(avcodec_alloc_context3(codec));
    packet_.reset(av_packet_alloc());
    if (!context_ || !packet_) return base::no_space("no memory for a decoder");
    avcodec_parameters_to_context(context_.get(), stream.codecpar);
    apply_caps(*context_, kMaxSidePx, &budget_);
    context_->pkt_timebase = stream.time_base;
    if (options.skip_loop_filter) context_->skip_loop_filter = AVDISCARD_ALL;
    if (options.key_frames_only) context_->skip_frame = AVDISCARD_NONKEY;
    if (const int code = avcodec_open2(context_.get(), codec, nullptr); code < 0) return from_libav(code, path);
    return {};
  }

  base::Result<std::optional<Picture>> next() override {
    for (;;) {
      FramePtr frame(av_frame_alloc());
      if (!frame) return base::no_space("no memory for a picture");
      const int got = avcodec_receive_frame(context_.get(), frame.get());
      if (got >= 0) {
        errors_in_a_row_ = 0;
        const std::int64_t time_us = time_of(*frame);
        VG_ASSIGN(Picture picture, make_picture(std::move(frame), time_us));
        return std::optional<Picture>(std::move(picture));
      }
      if (got == AVERROR_EOF) return std::optional<Picture>();
      if (got != AVERROR(EAGAIN)) ++errors_in_a_row_;
      if (budget_.refused()) return base::out_of_range("the picture is larger than this reads");
      if (errors_in_a_row_ > kMaxErrorsInARow) return base::unavailable("too many broken pictures in a row");
      feed();
    }
  }

  std::int64_t duration_us() const override {
    return format_->duration == AV_NOPTS_VALUE ? 0 : std::max<std::int64_t>(0, format_->duration);
  }

 private:
  void feed() {
    int code = 0;
    while ((code = av_read_frame(format_.get(), packet_.get())) >= 0 && packet_->stream_index != index_) {
      av_packet_unref(packet_.get());
    }
    // The end, or a file that is cut off: either way what the decoder still holds comes out.
    const int sent = avcodec_send_packet(context_.get(), code >= 0 ? packet_.get() : nullptr);
    if (sent < 0 && sent != AVERROR_EOF) ++errors_in_a_row_;
    av_packet_unref(packet_.get());
  }

  std::int64_t time_of(const AVFrame& frame) {
    const AVStream& stream = *format_->streams[index_];
    const std::int64_t start = stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
    std::int64_t time_us = last_us_ + 1;
    if (frame.best_effort_timestamp != AV_NOPTS_VALUE) {
      time_us = av_rescale_q(frame.best_effort_timestamp - start, stream.time_base, {1, 1'000'000});
    } else if (stream.avg_frame_rate.num > 0) {  // raw H.264 carries no times
      time_us = last_us_ + av_rescale_q(1, av_inv_q(stream.avg_frame_rate), {1, 1'000'000});
    }
    last_us_ = std::max(last_us_ + 1, time_us);
    return last_us_;
  }

  PictureBudget budget_;
  FormatContextPtr format_;
  CodecContextPtr context_;
  PacketPtr packet_;
  int index_ = -1;
  int errors_in_a_row_ = 0;
  std::int64_t last_us_ = -1;
};

}  // namespace

base::Result<std::unique_ptr<FileDemuxer>> FileDemuxer::open(const std::string& path, FileOptions options) {
  auto file = std::make_unique<LibavFile>();
  VG_TRY(file->open_file(path, options));
  return std::unique_ptr<FileDemuxer>(std::move(file));
}

}  // namespace vonggac::media::av
