#include "media/av/picture_file.h"

#include <algorithm>
#include <utility>

#include "media/av/libav_types.h"

namespace vonggac::media::av {
namespace {

constexpr AVRational kMilliseconds{1, 1000};
constexpr int kMpeg4Quantiser = 4;  // fine enough for small writing

struct OutputClose {
  void operator()(AVFormatContext* context) const {
    if (context != nullptr && context->pb != nullptr) avio_closep(&context->pb);
    avformat_free_context(context);
  }
};
using OutputPtr = std::unique_ptr<AVFormatContext, OutputClose>;

base::Result<FramePtr> allocate_picture(AVPixelFormat format, int width_px, int height_px) {
  FramePtr frame(av_frame_alloc());
  if (!frame) return base::no_space("no memory for a picture");
  frame->format = format;
  frame->width = width_px;
  frame->height = height_px;
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return from_libav(code, "allocate a picture");
  return frame;
}

base::Status copy_in(const RgbPicture& picture, AVFrame& frame) {
  if (const int code = av_frame_make_writable(&frame); code < 0) return from_libav(code, "write a picture");
  const std::size_t row_bytes = static_cast<std::size_t>(picture.width) * 3;
  for (int y = 0; y < picture.height; ++y) {
    std::copy_n(picture.pixels.data() + static_cast<std::size_t>(y) * row_bytes, row_bytes,
                frame.data[0] + static_cast<std::ptrdiff_t>(y) * frame.linesize[0]);
  }
  return {};
}

class LibavMovie final : public MovieWriter {
 public:
  base::Status open(const std::string& path, int width_px, int height_px) {
    AVFormatContext* raw = nullptr;
    int code = avformat_alloc_output_context2(&raw, nullptr, "mp4", path.c_str());
    output_.reset(raw);
    if (code < 0) return from_libav(code, path);
    if (!open_encoder("libx264", width_px, height_px).ok()) VG_TRY(open_encoder("mpeg4", width_px, height_px));
    stream_ = avformat_new_stream(output_.get(), nullptr);
    packet_.reset(av_packet_alloc());
    if (stream_ == nullptr || !packet_) return base::no_space("no memory for a video");
    stream_->time_base = context_->time_base;
    code = avcodec_parameters_from_context(stream_->codecpar, context_.get());
    if (code >= 0) code = avio_open(&output_->pb, ("file:" + path).c_str(), AVIO_FLAG_WRITE);
    if (code >= 0) code = avformat_write_header(output_.get(), nullptr);
    if (code < 0) return from_libav(code, path);
    VG_ASSIGN(rgb_, allocate_picture(AV_PIX_FMT_RGB24, width_px, height_px));
    VG_ASSIGN(yuv_, allocate_picture(AV_PIX_FMT_YUV420P, width_px, height_px));
    scaler_.reset(sws_getContext(width_px, height_px, AV_PIX_FMT_RGB24, width_px, height_px, AV_PIX_FMT_YUV420P,
                                 SWS_BILINEAR, nullptr, nullptr, nullptr));
    return scaler_ ? base::Status() : base::internal_error("libav cannot convert colours");
  }

  base::Status write(const RgbPicture& picture, std::int64_t time_us) override {
    if (picture.width != context_->width || picture.height != context_->height) {
      return base::invalid_argument("a picture of another size than the video");
    }
    VG_TRY(copy_in(picture, *rgb_));
    if (const int code = av_frame_make_writable(yuv_.get()); code < 0) return from_libav(code, "write a picture");
    sws_scale(scaler_.get(), rgb_->data, rgb_->linesize, 0, picture.height, yuv_->data, yuv_->linesize);
    yuv_->pts = std::max(time_us / 1000, last_ms_ + 1);
    if (last_ms_ >= 0) interval_ms_ = yuv_->pts - last_ms_;
    yuv_->quality = kMpeg4Quantiser * FF_QP2LAMBDA;
    last_ms_ = yuv_->pts;
    if (const int code = avcodec_send_frame(context_.get(), yuv_.get()); code < 0) return from_libav(code, "encode");
    return drain();
  }

  base::Status finish() override {
    (void)avcodec_send_frame(context_.get(), nullptr);
    VG_TRY(drain());
    if (const int code = av_write_trailer(output_.get()); code < 0) return from_libav(code, "finish the video");
    return {};
  }

 private:
  base::Status open_encoder(const char* name, int width_px, int height_px) {
    const AVCodec* codec = avcodec_find_encoder_by_name(name);
    if (codec == nullptr) return base::not_found(std::string("libav has no encoder ") + name);
    context_.reset(avcodec_alloc_context3(codec));
    if (!context_) return base::no_space("no memory for an encoder");
    context_->width = width_px;
    context_->height = height_px;
    context_->pix_fmt = AV_PIX_FMT_YUV420P;
    context_->time_base = kMilliseconds;
    context_->gop_size = 50;
    context_->max_b_frames = 0;
    context_->thread_count = 1;
    context_->flags |= AV_CODEC_FLAG_QSCALE;
    if ((output_->oformat->flags & AVFMT_GLOBALHEADER) != 0) context_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    AVDictionary* options = nullptr;
    av_dict_set(&options, "preset", "veryfast", 0);
    av_dict_set(&options, "crf", "23", 0);
    const int code = avcodec_open2(context_.get(), codec, &options);
    av_dict_free(&options);
    return code < 0 ? from_libav(code, name) : base::Status();
  }

  base::Status drain() {
    for (;;) {
      const int got = avcodec_receive_packet(context_.get(), packet_.get());
      if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
      if (got < 0) return from_libav(got, "encode");
      // Without a duration the last picture ends when it begins, and players leave it out.
      if (packet_->duration == 0) packet_->duration = interval_ms_;
      av_packet_rescale_ts(packet_.get(), context_->time_base, stream_->time_base);
      packet_->stream_index = stream_->index;
      const int code = av_interleaved_write_frame(output_.get(), packet_.get());
      if (code < 0) return from_libav(code, "write the video");
    }
  }

  OutputPtr output_;
  CodecContextPtr context_;
  AVStream* stream_ = nullptr;
  PacketPtr packet_;
  FramePtr rgb_, yuv_;
  ScalerPtr scaler_;
  std::int64_t last_ms_ = -1, interval_ms_ = 100;
};

}  // namespace

base::Result<RgbPicture> to_rgb(const Picture& picture, int width_px) {
  const AVFrame& source = *picture.impl().frame;
  if (source.width < 2 || source.height < 2) return base::invalid_argument("the picture is too small");
  RgbPicture out;
  out.width = std::clamp(width_px, 2, 2 * source.width) & ~1;
  out.height = std::max(2, static_cast<int>(static_cast<std::int64_t>(source.height) * out.width / source.width) & ~1);
  out.pixels.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
  const ScalerPtr scaler(sws_getContext(source.width, source.height, static_cast<AVPixelFormat>(source.format),
                                        out.width, out.height, AV_PIX_FMT_RGB24, SWS_BILINEAR | SWS_ACCURATE_RND,
                                        nullptr, nullptr, nullptr));
  VG_ASSIGN(const FramePtr rgb, allocate_picture(AV_PIX_FMT_RGB24, out.width, out.height));
  if (!scaler) return base::internal_error("libav cannot convert this pixel format");
  sws_scale(scaler.get(), source.data, source.linesize, 0, source.height, rgb->data, rgb->linesize);
  const std::size_t row_bytes = static_cast<std::size_t>(out.width) * 3;
  for (int y = 0; y < out.height; ++y) {
    std::copy_n(rgb->data[0] + static_cast<std::ptrdiff_t>(y) * rgb->linesize[0], row_bytes,
                out.pixels.data() + static_cast<std::size_t>(y) * row_bytes);
  }
  return out;
}

base::Result<base::Bytes> encode_png(const RgbPicture& picture) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  if (codec == nullptr) return base::internal_error("libav has no PNG encoder");
  const CodecContextPtr context(avcodec_alloc_context3(codec));
  const PacketPtr packet(av_packet_alloc());
  if (!context || !packet) return base::no_space("no memory for a PNG");
  context->width = picture.width;
  context->height = picture.height;
  context->pix_fmt = AV_PIX_FMT_RGB24;
  context->time_base = {1, 1};
  context->thread_count = 1;
  int code = avcodec_open2(context.get(), codec, nullptr);
  if (code < 0) return from_libav(code, "open png");
  VG_ASSIGN(const FramePtr frame, allocate_picture(AV_PIX_FMT_RGB24, picture.width, picture.height));
  VG_TRY(copy_in(picture, *frame));
  code = avcodec_send_frame(context.get(), frame.get());
  if (code >= 0) code = avcodec_receive_packet(context.get(), packet.get());
  if (code < 0) return from_libav(code, "encode PNG");
  return base::Bytes(packet->data, packet->data + packet->size);
}

base::Result<std::unique_ptr<MovieWriter>> MovieWriter::create(const std::string& path, int width_px, int height_px) {
  auto movie = std::make_unique<LibavMovie>();
  VG_TRY(movie->open(path, width_px, height_px));
  return std::unique_ptr<MovieWriter>(std::move(movie));
}

}  // namespace vonggac::media::av
