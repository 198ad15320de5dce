#include "camera_encoder.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}

#include <cstring>

#include "media/nal_units.h"

namespace vonggac::drift {
namespace {

/// Calls with every NAL unit of an Annex B stream.
template <typename Take>
void each_nal(base::ByteSpan stream, Take take) {
  const auto code_at = [&](std::size_t i) { return stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1; };
  std::size_t at = 0;
  while (at + 3 <= stream.size() && !code_at(at)) ++at;
  while (at + 3 < stream.size()) {
    std::size_t end = at + 3;
    while (end + 3 <= stream.size() && !code_at(end)) ++end;
    if (end + 3 > stream.size()) end = stream.size();
    take(media::without_trailing_zeros(stream.subspan(at + 3, end - at - 3)));
    at = end;
  }
}

class X264Camera final : public CameraEncoder {
 public:
  ~X264Camera() override {
    av_packet_free(&packet_);
    av_frame_free(&frame_);
    avcodec_free_context(&codec_);
  }

  base::Status open(const CameraEncoding& encoding) {
    const AVCodec* const x264 = avcodec_find_encoder_by_name("libx264");
    if (x264 == nullptr) return base::unavailable("this libav has no libx264");
    codec_ = avcodec_alloc_context3(x264);
    packet_ = av_packet_alloc();
    frame_ = av_frame_alloc();
    codec_->width = encoding.size.width;
    codec_->height = encoding.size.height;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    codec_->time_base = {1, 1'000'000};
    codec_->framerate = {encoding.pictures_per_s, 1};
    codec_->gop_size = encoding.gop;
    codec_->max_b_frames = 0;
    codec_->thread_count = 1;
    codec_->bit_rate = codec_->rc_max_rate = std::int64_t{encoding.kbit_per_s} * 1000;
    codec_->rc_buffer_size = encoding.kbit_per_s * 2000;
    codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_opt_set(codec_->priv_data, "preset", "ultrafast", 0);
    av_opt_set(codec_->priv_data, "tune", "zerolatency", 0);
    av_opt_set(codec_->priv_data, "profile", "main", 0);
    av_opt_set(codec_->priv_data, "x264-params", "scenecut=0:sliced-threads=0:log=-1", 0);
    if (avcodec_open2(codec_, x264, nullptr) < 0) return base::unavailable("the H.264 encoder does not open");
    frame_->width = codec_->width;
    frame_->height = codec_->height;
    frame_->format = codec_->pix_fmt;
    if (av_frame_get_buffer(frame_, 0) < 0) return base::unavailable("no memory for a picture");
    parameters_.codec = media::Codec::kH264;
    each_nal({codec_->extradata, static_cast<std::size_t>(codec_->extradata_size)}, [this](base::ByteSpan nal) {
      if (media::h264::nal_type(nal) == media::h264::kSps) parameters_.sps.emplace_back(nal.begin(), nal.end());
      if (media::h264::nal_type(nal) == media::h264::kPps) parameters_.pps.emplace_back(nal.begin(), nal.end());
    });
    return {};
  }

  const media::TrackParameters& parameters() const override { return parameters_; }

  base::Result<media::AccessUnit> encode(const cv::Mat& picture, std::int64_t time_us) override {
    if (av_frame_make_writable(frame_) < 0) return base::unavailable("no memory for a picture");
    for (int y = 0; y < picture.rows; ++y) {
      std::memcpy(frame_->data[0] + std::ptrdiff_t{y} * frame_->linesize[0], picture.ptr(y),
                  static_cast<std::size_t>(picture.cols));
    }
    for (const int plane : {1, 2}) {
      std::memset(frame_->data[plane], 128,
                  static_cast<std::size_t>(frame_->linesize[plane]) * ((picture.rows + 1U) / 2));
    }
    frame_->pts = time_us;
    if (avcodec_send_frame(codec_, frame_) < 0 || avcodec_receive_packet(codec_, packet_) < 0) {
      return base::internal_error("the encoder gave no picture back");
    }
    media::AccessUnit unit;
    unit.key = (packet_->flags & AV_PKT_FLAG_KEY) != 0;
    unit.capture.us = packet_->pts;
    unit.pts.ticks_90k = packet_->pts * 9 / 100;
    auto payload = std::make_shared<base::Bytes>();
    base::ByteWriter writer(*payload);
    each_nal({packet_->data, static_cast<std::size_t>(packet_->size)}, [&writer](base::ByteSpan nal) {
      writer.u32(static_cast<std::uint32_t>(nal.size()));
      writer.raw(nal);
    });
    unit.payload = std::move(payload);
    av_packet_unref(packet_);
    return unit;
  }

 private:
  AVCodecContext* codec_ = nullptr;
  AVPacket* packet_ = nullptr;
  AVFrame* frame_ = nullptr;
  media::TrackParameters parameters_;
};

}  // namespace

base::Result<std::unique_ptr<CameraEncoder>> CameraEncoder::create(const CameraEncoding& encoding) {
  auto camera = std::make_unique<X264Camera>();
  VG_TRY(camera->open(encoding));
  return std::unique_ptr<CameraEncoder>(std::move(camera));
}

}  // namespace vonggac::drift
