#include "record/motion_region.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace vonggac::record {
namespace {

constexpr int kColumns = 32, kRows = 18;
constexpr int kSamples = 8;     // per side of a cell
constexpr double kEdge = 1e-9;  // a rectangle that ends on a line between cells does not take the next cell
constexpr std::size_t kMaxText = 4096;

using Point = std::pair<double, double>;

base::Result<double> number_of(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) {
    return base::invalid_argument("the region holds something that is not a number");
  }
  if (value < 0 || value > 1) return base::invalid_argument("the region's numbers lie between 0 and 1");
  return value;
}

base::Result<std::vector<double>> numbers_of(std::string_view shape) {
  std::vector<double> numbers;
  for (;;) {
    const std::size_t comma = std::min(shape.find(','), shape.size());
    VG_ASSIGN(const double value, number_of(shape.substr(0, comma)));
    numbers.push_back(value);
    if (numbers.size() > 2 * MotionRegion::kMaxPoints)
      return base::invalid_argument("a polygon has at most 32 corners");
    if (comma == shape.size()) return numbers;
    shape.remove_prefix(comma + 1);
  }
}

void set(MotionCells& cells, int column, int row) {
  const int i = row * kColumns + column;
  cells[static_cast<std::size_t>(i / 8)] |= static_cast<std::uint8_t>(0x80 >> (i % 8));
}

void add_rectangle(MotionCells& cells, double left, double top, double right, double bottom) {
  const auto first = [](double at, int count) { return std::clamp(static_cast<int>(at * count), 0, count - 1); };
  // What is thinner than a rounding error still touches the cell it begins in.
  const auto last = [](double at, int count, int at_least) {
    return std::clamp(static_cast<int>(std::ceil(at * count - kEdge)) - 1, at_least, count - 1);
  };
  const int first_row = first(top, kRows), first_column = first(left, kColumns);
  for (int row = first_row; row <= last(bottom, kRows, first_row); ++row) {
    for (int column = first_column; column <= last(right, kColumns, first_column); ++column) set(cells, column, row);
  }
}

/// Even-odd rule.
bool inside(const std::vector<Point>& corners, double x, double y) {
  bool in = false;
  for (std::size_t i = 0, before = corners.size() - 1; i < corners.size(); before = i++) {
    const auto [ax, ay] = corners[i];
    const auto [bx, by] = corners[before];
    if ((ay > y) != (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay)) in = !in;
  }
  return in;
}

bool covers_any_sample(const std::vector<Point>& corners, int column, int row) {
  for (int j = 0; j < kSamples; ++j) {
    for (int i = 0; i < kSamples; ++i) {
      const double x = (column + (i + 0.5) / kSamples) / kColumns, y = (row + (j + 0.5) / kSamples) / kRows;
      if (inside(corners, x, y)) return true;
    }
  }
  return false;
}

void add_polygon(MotionCells& cells, const std::vector<Point>& corners) {
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      if (covers_any_sample(corners, column, row)) set(cells, column, row);
    }
  }
  // What is thinner than the samples still means the cells its corners lie in.
  for (const auto& [x, y] : corners) add_rectangle(cells, x, y, x, y);
}

base::Status add_shape(MotionCells& cells, std::string_view shape) {
  VG_ASSIGN(const std::vector<double> n, numbers_of(shape));
  if (n.size() == 4) {
    if (n[2] <= 0 || n[3] <= 0) return base::invalid_argument("a rectangle of the region has no width or no height");
    if (n[0] >= 1 || n[1] >= 1) return base::invalid_argument("a rectangle of the region lies outside the picture");
    add_rectangle(cells, n[0], n[1], std::min(1.0, n[0] + n[2]), std::min(1.0, n[1] + n[3]));
    return {};
  }
  if (n.size() < 6 || n.size() % 2 != 0) {
    return base::invalid_argument("each shape of the region needs four numbers (x,y,w,h) or three corners and more");
  }
  std::vector<Point> corners;
  for (std::size_t i = 0; i < n.size(); i += 2) corners.emplace_back(n[i], n[i + 1]);
  add_polygon(cells, corners);
  return {};
}

}  // namespace

base::Result<MotionRegion> MotionRegion::parse(std::string_view text) {
  if (text.size() > kMaxText) return base::invalid_argument("the region's text is too long");
  MotionCells cells{};
  std::size_t shapes = 0;
  for (;;) {
    const std::size_t end = std::min(text.find(';'), text.size());
    if (++shapes > kMaxShapes) return base::invalid_argument("a region has at most 16 shapes");
    VG_TRY(add_shape(cells, text.substr(0, end)));
    if (end == text.size()) return of(cells);
    text.remove_prefix(end + 1);
  }
}

MotionRegion MotionRegion::whole_picture() {
  MotionCells cells;
  cells.fill(0xFF);
  return of(cells);
}

MotionRegion MotionRegion::of(const MotionCells& cells) {
  MotionRegion region;
  region.cells_ = cells;
  for (std::size_t i = 0; i < kMotionCells; ++i) {
    const bool in = (cells[i / 8] >> (7 - i % 8) & 1) != 0;
    region.before_[i + 1] = static_cast<std::uint16_t>(region.before_[i] + (in ? 1 : 0));
  }
  return region;
}

bool MotionRegion::meets(base::ByteSpan cells) const {
  static_assert(sizeof(MotionCells) % sizeof(std::uint64_t) == 0);
  if (cells.size() != cells_.size()) return true;  // not a mask of ours: look inside
  std::uint64_t common = 0;
  for (std::size_t i = 0; i < cells_.size(); i += sizeof common) {
    std::uint64_t a = 0, b = 0;
    std::memcpy(&a, cells_.data() + i, sizeof a);
    std::memcpy(&b, cells.data() + i, sizeof b);
    common |= a & b;
  }
  return common != 0;
}

}  // namespace vonggac::record
