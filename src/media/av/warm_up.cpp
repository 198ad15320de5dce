#include "media/av/decoder.h"
#include "media/av/jpeg_encoder.h"
#include "media/av/libav_types.h"

extern "C" {
#include <libavutil/cpu.h>
}

namespace vonggac::media::av {
namespace {

base::Result<Picture> grey_square() {
  FramePtr frame(av_frame_alloc());
  if (!frame) return base::no_space("no memory for a picture");
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = frame->height = 64;
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return from_libav(code, "allocate a picture");
  for (int plane = 0; plane < 3; ++plane) {
    const int rows = plane == 0 ? 64 : 32;
    for (int y = 0; y < rows; ++y) std::fill_n(frame->data[plane] + y * frame->linesize[plane], rows, 128);
  }
  return make_picture(std::move(frame), 0);
}

}  // namespace

base::Status warm_up() {
  // libav writes camera-controlled text to stderr, once per broken macroblock; the decoder's own status says enough.
  av_log_set_level(AV_LOG_QUIET);
  av_get_cpu_flags();
  for (const Codec codec : {Codec::kH264, Codec::kH265}) {
    TrackParameters parameters;
    parameters.codec = codec;
    VG_ASSIGN(const auto decoder, Decoder::create(parameters));
    std::vector<Picture> none;
    const std::uint8_t noise[] = {0, 0, 0, 2, 0x65, 0x88};
    (void)decoder->decode(noise, 0, none);  // refused, but has run the code that initialises tables
  }
  VG_ASSIGN(const Picture square, grey_square());
  JpegEncoder encoder;
  return encoder.encode(square, {.max_width_px = 32, .max_bytes = 20'000}).ok()
             ? base::Status{}
             : base::internal_error("libav cannot write a JPEG picture");
}

}  // namespace vonggac::media::av
