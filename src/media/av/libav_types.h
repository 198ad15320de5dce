/// Private to media/av: owners for libav's structures, and the mapping of its error codes. The only header that
/// pulls libav in; nothing outside this folder includes it.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "media/av/picture.h"

namespace vonggac::media::av {

struct FrameFree {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketFree {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct CodecContextFree {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FormatContextClose {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct ScalerFree {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using FramePtr = std::unique_ptr<AVFrame, FrameFree>;
using PacketPtr = std::unique_ptr<AVPacket, PacketFree>;
using CodecContextPtr = std::unique_ptr<AVCodecContext, CodecContextFree>;
using FormatContextPtr = std::unique_ptr<AVFormatContext, FormatContextClose>;
using ScalerPtr = std::unique_ptr<SwsContext, ScalerFree>;

struct Picture::Impl {
  FramePtr frame;
  FramePtr grey;  ///< only where the decoder's own luma is not 8-bit planar (10-bit H.265, RGB files)
  std::int64_t time_us = 0;
};

/// "what: libav's text". kDataLoss for broken input, kInternal for the rest.
base::Status from_libav(int code, const std::string& what);
/// Wraps a decoded frame; makes the 8-bit grey copy where needed.
base::Result<Picture> make_picture(FramePtr frame, std::int64_t time_us);
/// Sets the caps every decoder here has (pixels, threads, error handling) and the bounded picture allocator.
class PictureBudget;
void apply_caps(AVCodecContext& context, int max_side_px, PictureBudget* budget);

}  // namespace vonggac::media::av
