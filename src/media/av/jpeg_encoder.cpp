#include "media/av/jpeg_encoder.h"

#include <algorithm>
#include <array>

#include "media/av/libav_types.h"

namespace vonggac::media::av {
namespace {

// mjpeg quantiser scales, finest first. 4 is about "quality 85", 31 the coarsest there is.
constexpr std::array<int, 5> kQuantiserScales = {4, 7, 12, 20, 31};
// Each half as wide as the one before. Pure noise needs the second for 20 kB, tall strips of it the third.
constexpr int kSizes = 4;

base::Result<FramePtr> allocate(int width_px, int height_px) {
  FramePtr frame(av_frame_alloc());
  if (!frame) return base::no_space("no memory for a picture");
  frame->format = AV_PIX_FMT_YUVJ420P;
  frame->width = width_px;
  frame->height = height_px;
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return from_libav(code, "allocate a picture");
  return frame;
}

}  // namespace

struct JpegEncoder::Impl {
  CodecContextPtr context;
  ScalerPtr scaler;
  FramePtr scaled;

  base::Status open(int width_px, int height_px);
  base::Status scale(const AVFrame& source, int width_px, int height_px);
  base::Result<base::Bytes> encode_at(int quantiser_scale);
};

base::Status JpegEncoder::Impl::open(int width_px, int height_px) {
  if (context && context->width == width_px && context->height == height_px) return {};
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  if (codec == nullptr) return base::internal_error("libav has no JPEG encoder");
  CodecContextPtr fresh(avcodec_alloc_context3(codec));
  if (!fresh) return base::no_space("no memory for a JPEG encoder");
  fresh->width = width_px;
  fresh->height = height_px;
  fresh->pix_fmt = AV_PIX_FMT_YUVJ420P;
  fresh->color_range = AVCOL_RANGE_JPEG;
  fresh->time_base = {1, 1};
  fresh->thread_count = 1;
  fresh->flags |= AV_CODEC_FLAG_QSCALE;
  fresh->qmin = 1;
  fresh->qmax = 31;
  fresh->mb_lmin = FF_QP2LAMBDA;
  fresh->mb_lmax = 31 * FF_QP2LAMBDA;
  if (const int code = avcodec_open2(fresh.get(), codec, nullptr); code < 0) return from_libav(code, "open mjpeg");
  context = std::move(fresh);
  VG_ASSIGN(scaled, allocate(width_px, height_px));
  return {};
}

base::Status JpegEncoder::Impl::scale(const AVFrame& source, int width_px, int height_px) {
  scaler.reset(sws_getCachedContext(scaler.release(), source.width, source.height,
                                    static_cast<AVPixelFormat>(source.format), width_px, height_px, AV_PIX_FMT_YUVJ420P,
                                    SWS_AREA, nullptr, nullptr, nullptr));
  if (!scaler) return base::internal_error("libav cannot scale this pixel format");
  const bool full_range = source.color_range == AVCOL_RANGE_JPEG || source.format == AV_PIX_FMT_YUVJ420P ||
                          source.format == AV_PIX_FMT_YUVJ422P;
  const int* coefficients = sws_getCoefficients(SWS_CS_DEFAULT);
  sws_setColorspaceDetails(scaler.get(), coefficients, full_range ? 1 : 0, coefficients, 1, 0, 1 << 16, 1 << 16);
  if (const int code = av_frame_make_writable(scaled.get()); code < 0) return from_libav(code, "scale");
  sws_scale(scaler.get(), source.data, source.linesize, 0, source.height, scaled->data, scaled->linesize);
  return {};
}

base::Result<base::Bytes> JpegEncoder::Impl::encode_at(int quantiser_scale) {
  scaled->quality = quantiser_scale * FF_QP2LAMBDA;
  scaled->pict_type = AV_PICTURE_TYPE_I;
  scaled->pts = AV_NOPTS_VALUE;
  PacketPtr packet(av_packet_alloc());
  if (!packet) return base::no_space("no memory for a JPEG");
  int code = avcodec_send_frame(context.get(), scaled.get());
  if (code >= 0) code = avcodec_receive_packet(context.get(), packet.get());
  if (code < 0) return from_libav(code, "encode JPEG");
  return base::Bytes(packet->data, packet->data + packet->size);
}

JpegEncoder::JpegEncoder() : impl_(std::make_unique<Impl>()) {}
JpegEncoder::~JpegEncoder() = default;

base::Result<base::Bytes> JpegEncoder::encode(const Picture& picture, JpegLimits limits) {
  const AVFrame& source = *picture.impl().frame;
  if (source.width < 2 || source.height < 2) return base::invalid_argument("picture too small for a thumbnail");
  int width_px = std::min(limits.max_width_px, source.width);
  for (int attempt = 0; attempt < kSizes; ++attempt, width_px /= 2) {
    width_px = std::max(2, width_px & ~1);
    // A strip of 4096 x 16 must not become zero lines high, nor one of 16 x 4096 a tower.
    const int height_px = std::clamp((source.height * width_px / source.width) & ~1, 2, 2 * limits.max_width_px);
    VG_TRY(impl_->open(width_px, height_px));
    VG_TRY(impl_->scale(source, width_px, height_px));
    for (const int quantiser_scale : kQuantiserScales) {
      VG_ASSIGN(base::Bytes jpeg, impl_->encode_at(quantiser_scale));
      if (jpeg.size() <= limits.max_bytes) return jpeg;
    }
  }
  return base::no_space("the picture does not fit into " + std::to_string(limits.max_bytes) + " bytes");
}

}  // namespace vonggac::media::av
