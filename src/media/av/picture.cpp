#include "media/av/picture.h"

#include "media/av/libav_types.h"

namespace vonggac::media::av {
namespace {

bool has_plain_luma(const AVFrame& frame) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (format == nullptr || (format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL)) != 0)
    return false;
  const AVComponentDescriptor& luma = format->comp[0];
  return luma.plane == 0 && luma.step == 1 && luma.offset == 0 && luma.depth == 8 && frame.linesize[0] > 0;
}

base::Result<FramePtr> grey_copy(const AVFrame& frame) {
  FramePtr grey(av_frame_alloc());
  if (!grey) return base::no_space("no memory for a picture");
  grey->format = AV_PIX_FMT_GRAY8;
  grey->width = frame.width;
  grey->height = frame.height;
  if (const int code = av_frame_get_buffer(grey.get(), 0); code < 0) return from_libav(code, "allocate a grey picture");
  const ScalerPtr scaler(sws_getContext(frame.width, frame.height, static_cast<AVPixelFormat>(frame.format),
                                        frame.width, frame.height, AV_PIX_FMT_GRAY8, SWS_POINT, nullptr, nullptr,
                                        nullptr));
  if (!scaler) return base::invalid_argument("pixel format without a luma plane");
  sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, grey->data, grey->linesize);
  return grey;
}

}  // namespace

Picture::Picture(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Picture::~Picture() = default;
Picture::Picture(Picture&&) noexcept = default;
Picture& Picture::operator=(Picture&&) noexcept = default;

int Picture::width() const { return impl_->frame->width; }
int Picture::height() const { return impl_->frame->height; }
bool Picture::key() const { return impl_->frame->key_frame != 0; }
std::int64_t Picture::time_us() const { return impl_->time_us; }

LumaView Picture::luma() const {
  const AVFrame& frame = impl_->grey ? *impl_->grey : *impl_->frame;
  return {frame.data[0], frame.width, frame.height, frame.linesize[0]};
}

base::Status from_libav(int code, const std::string& what) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  const bool broken_input = code == AVERROR_INVALIDDATA || code == AVERROR_PATCHWELCOME || code == AVERROR(EINVAL);
  if (code == AVERROR(ENOENT)) return base::not_found(what + ": " + text);
  if (code == AVERROR(ENOMEM)) return base::no_space(what + ": " + text);
  return {broken_input ? base::ErrorKind::kDataLoss : base::ErrorKind::kInternal, what + ": " + text};
}

base::Result<Picture> make_picture(FramePtr frame, std::int64_t time_us) {
  auto impl = std::make_unique<Picture::Impl>();
  if (!has_plain_luma(*frame)) {
    VG_ASSIGN(impl->grey, grey_copy(*frame));
  }
  impl->frame = std::move(frame);
  impl->time_us = time_us;
  return Picture(std::move(impl));
}

}  // namespace vonggac::media::av
