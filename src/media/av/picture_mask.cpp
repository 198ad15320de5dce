#include "media/av/picture_mask.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "media/av/libav_types.h"

namespace vonggac::media::av {
namespace {

struct Edge {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;  ///< pixels; y0 <= y1
  int turn = 0;                           ///< +1 where the outline goes down, -1 where it goes up
};

std::vector<Edge> edges_of(const PictureMask::Outline& outline, int width, int height) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const auto& from = outline[i];
    const auto& to = outline[(i + 1) % outline.size()];
    Edge edge{static_cast<double>(from.first) * width, static_cast<double>(from.second) * height,
              static_cast<double>(to.first) * width, static_cast<double>(to.second) * height, 1};
    if (edge.y0 > edge.y1) {
      std::swap(edge.x0, edge.x1);
      std::swap(edge.y0, edge.y1);
      edge.turn = -1;
    }
    edges.push_back(edge);
  }
  return edges;
}

double x_at(const Edge& edge, double y) {
  if (edge.y1 <= edge.y0) return edge.x0;
  return edge.x0 + (edge.x1 - edge.x0) * (y - edge.y0) / (edge.y1 - edge.y0);
}

/// Calls `add` for the parts of a row that an outline touches: where an edge passes, and what lies inside at its
/// middle.
template <typename Add>
void add_row(const std::vector<Edge>& edges, int row, const Add& add) {
  std::vector<std::pair<double, int>> crossings;
  for (const Edge& edge : edges) {
    if (edge.y1 < row || edge.y0 > row + 1) continue;
    const bool level = edge.y1 <= edge.y0;
    const double above = level ? edge.x0 : x_at(edge, std::max<double>(edge.y0, row));
    const double below = level ? edge.x1 : x_at(edge, std::min<double>(edge.y1, row + 1));
    add(row, std::min(above, below), std::max(above, below));
    const double middle = row + 0.5;
    if (edge.y0 <= middle && middle < edge.y1) crossings.emplace_back(x_at(edge, middle), edge.turn);
  }
  std::sort(crossings.begin(), crossings.end());
  int turns = 0;
  for (std::size_t i = 0; i + 1 < crossings.size(); ++i) {
    turns += crossings[i].second;
    if (turns != 0) add(row, crossings[i].first, crossings[i + 1].first);
  }
}

/// Black of one component: luma 0 or 16, chroma in the middle, all components of RGB 0.
int black_of(const AVFrame& frame, const AVPixFmtDescriptor& format, int component) {
  if ((format.flags & AV_PIX_FMT_FLAG_RGB) != 0) return 0;
  const int scale = 1 << (format.comp[component].depth - 8);
  const bool full_range = frame.color_range == AVCOL_RANGE_JPEG || frame.format == AV_PIX_FMT_GRAY8 ||
                          frame.format == AV_PIX_FMT_YUVJ420P || frame.format == AV_PIX_FMT_YUVJ422P ||
                          frame.format == AV_PIX_FMT_YUVJ444P;
  if (component == 0) return full_range ? 0 : 16 * scale;
  return component == 3 ? (1 << format.comp[component].depth) - 1 : 128 * scale;
}

void paint_span(AVFrame& frame, const AVPixFmtDescriptor& format, int component, int row, int first, int end) {
  const AVComponentDescriptor& how = format.comp[component];
  const bool chroma = (component == 1 || component == 2) && (format.flags & AV_PIX_FMT_FLAG_RGB) == 0;
  const int down = chroma ? format.log2_chroma_h : 0, across = chroma ? format.log2_chroma_w : 0;
  const int black = black_of(frame, format, component) << how.shift;
  std::uint8_t* const line =
      frame.data[how.plane] + std::ptrdiff_t{row >> down} * frame.linesize[how.plane] + how.offset;
  const int from = first >> across, to = ((end - 1) >> across) + 1;
  if (how.step == 1) {
    std::memset(line + from, black, static_cast<std::size_t>(to - from));
    return;
  }
  for (int x = from; x < to; ++x) {
    std::uint8_t* const sample = line + std::ptrdiff_t{x} * how.step;
    if (how.depth <= 8) {
      *sample = static_cast<std::uint8_t>(black);
    } else {
      const auto wide = static_cast<std::uint16_t>(black);
      std::memcpy(sample, &wide, sizeof wide);
    }
  }
}

bool addressable(const AVPixFmtDescriptor* format) {
  constexpr std::uint64_t kOpaque =
      AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BE;
  if (format == nullptr || (format->flags & kOpaque) != 0) return false;
  for (int i = 0; i < format->nb_components; ++i) {
    const AVComponentDescriptor& component = format->comp[i];
    // Several components in one byte (RGB565) would be overwritten together; 8 bits and more stand alone.
    if (component.depth < 8 || component.depth > 16) return false;
  }
  return true;
}

template <typename Spans>
base::Status paint_frame(AVFrame& frame, const Spans& spans) {
  const AVPixFmtDescriptor* const format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (!addressable(format)) return base::invalid_argument("privacy masks cannot be painted on this kind of picture");
  if (const int code = av_frame_make_writable(&frame); code < 0) return from_libav(code, "copy a picture");
  for (int component = 0; component < format->nb_components; ++component) {
    for (const auto& span : spans) paint_span(frame, *format, component, span.row, span.first, span.end);
  }
  return {};
}

bool is_number(const std::pair<float, float>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second);
}

}  // namespace

PictureMask::PictureMask(std::vector<Outline> outlines) : outlines_(std::move(outlines)) {
  std::erase_if(outlines_, [](const Outline& outline) {
    return outline.size() < 3 || !std::all_of(outline.begin(), outline.end(), is_number);
  });
}

void PictureMask::prepare(int width, int height) {
  width_ = width;
  height_ = height;
  spans_.clear();
  const auto add = [&](int row, double from, double to) {
    const int first = std::clamp(static_cast<int>(std::floor(from)), 0, width);
    const int end = std::clamp(static_cast<int>(std::floor(to)) + 1, 0, width);
    if (first < end) spans_.push_back({row, first, end});
  };
  for (const Outline& outline : outlines_) {
    const std::vector<Edge> edges = edges_of(outline, width, height);
    for (int row = 0; row < height; ++row) add_row(edges, row, add);
  }
}

base::Status PictureMask::paint(Picture& picture) {
  if (outlines_.empty()) return {};
  if (picture.width() != width_ || picture.height() != height_) prepare(picture.width(), picture.height());
  Picture::Impl& impl = picture.impl();
  VG_TRY(paint_frame(*impl.frame, spans_));
  return impl.grey ? paint_frame(*impl.grey, spans_) : base::Status();
}

}  // namespace vonggac::media::av
