#include "media/av/picture_crop.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/av/libav_types.h"

namespace vonggac::media::av {
namespace {

constexpr int kMinSidePx = 8;

struct Area {
  int x = 0, y = 0, width = 0, height = 0;
};

/// The part in pixels, on the raster of the chroma samples.
Area area_of(const PicturePart& part, const AVFrame& frame) {
  const auto pixel = [](float value, int side) {
    return static_cast<int>(std::lround(std::clamp(value, 0.0F, 1.0F) * static_cast<float>(side)));
  };
  Area area;
  area.x = pixel(part.x, frame.width) & ~3;
  area.y = pixel(part.y, frame.height) & ~3;
  area.width = std::min(pixel(part.x + part.w, frame.width) - area.x, frame.width - area.x);
  area.height = std::min(pixel(part.y + part.h, frame.height) - area.y, frame.height - area.y);
  return area;
}

bool is_finite(const PicturePart& part) {
  return std::isfinite(part.x) && std::isfinite(part.y) && std::isfinite(part.w) && std::isfinite(part.h);
}

/// Where the area begins in each plane of the frame.
std::array<const std::uint8_t*, 4> planes_at(const AVFrame& frame, const AVPixFmtDescriptor& format, const Area& area) {
  std::array<const std::uint8_t*, 4> planes{};
  for (int i = 0; i < format.nb_components; ++i) {
    const AVComponentDescriptor& component = format.comp[i];
    const auto plane = static_cast<std::size_t>(component.plane);
    if (plane >= planes.size() || planes[plane] != nullptr || frame.data[plane] == nullptr) continue;
    const bool chroma = i == 1 || i == 2;
    const bool subsampled = chroma && (format.flags & AV_PIX_FMT_FLAG_RGB) == 0;
    const int x = subsampled ? area.x >> format.log2_chroma_w : area.x;
    const int y = subsampled ? area.y >> format.log2_chroma_h : area.y;
    planes[plane] = frame.data[plane] + std::ptrdiff_t{y} * frame.linesize[plane] + std::ptrdiff_t{x} * component.step;
  }
  return planes;
}

}  // namespace

base::Result<RgbCrop> crop_rgb(const Picture& picture, const PicturePart& part, int max_side_px) {
  const AVFrame& frame = *picture.impl().frame;
  const auto pixel_format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor* const format = av_pix_fmt_desc_get(pixel_format);
  constexpr std::uint64_t kUncuttable = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL;
  if (format == nullptr || (format->flags & kUncuttable) != 0 || !is_finite(part)) {
    return base::invalid_argument("this picture cannot be cut");
  }
  const Area area = area_of(part, frame);
  if (std::min(area.width, area.height) < kMinSidePx || max_side_px < kMinSidePx) {
    return base::invalid_argument("the part of the picture is too small");
  }
  const double factor = std::min(1.0, static_cast<double>(max_side_px) / std::max(area.width, area.height));
  RgbCrop crop;
  crop.width_px = std::max(1, static_cast<int>(area.width * factor));
  crop.height_px = std::max(1, static_cast<int>(area.height * factor));
  const ScalerPtr scaler(sws_getContext(area.width, area.height, pixel_format, crop.width_px, crop.height_px,
                                        AV_PIX_FMT_RGB24, factor < 1 ? SWS_AREA : SWS_BILINEAR, nullptr, nullptr,
                                        nullptr));
  if (!scaler) return base::no_space("no memory for a scaler");
  const bool full_range = frame.color_range == AVCOL_RANGE_JPEG || pixel_format == AV_PIX_FMT_YUVJ420P ||
                          pixel_format == AV_PIX_FMT_YUVJ422P;
  const int* const coefficients = sws_getCoefficients(SWS_CS_DEFAULT);
  sws_setColorspaceDetails(scaler.get(), coefficients, full_range ? 1 : 0, coefficients, 1, 0, 1 << 16, 1 << 16);
  // libswscale writes whole vectors, up to 16 bytes beyond a row.
  const std::size_t row_bytes = static_cast<std::size_t>(crop.width_px) * 3;
  const std::size_t padded = (row_bytes + 63) / 32 * 32;
  base::Bytes rows(padded * static_cast<std::size_t>(crop.height_px) + 64);
  const auto planes = planes_at(frame, *format, area);
  std::uint8_t* const out[] = {rows.data(), nullptr, nullptr, nullptr};
  const int out_stride[] = {static_cast<int>(padded), 0, 0, 0};
  sws_scale(scaler.get(), planes.data(), frame.linesize, 0, area.height, out, out_stride);
  crop.rgb.reserve(row_bytes * static_cast<std::size_t>(crop.height_px));
  for (int y = 0; y < crop.height_px; ++y) {
    const std::uint8_t* const row = rows.data() + padded * static_cast<std::size_t>(y);
    crop.rgb.insert(crop.rgb.end(), row, row + row_bytes);
  }
  return crop;
}

}  // namespace vonggac::media::av
