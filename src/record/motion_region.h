/// A part of the picture to search for motion: rectangles and polygons, turned into cells of the 32 x 18 grid.
/// Flow     "x,y,w,h;x,y,x,y,x,y" -> MotionRegion::parse() -> meets(), count()
/// Threads  plain values.
/// Errors   parse: kInvalidArgument with a sentence that names the mistake and repeats nothing of the text.
/// Units    0..1 of picture width and height in texts; cells in grids.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "record/motion_table.h"

namespace vonggac::record {

class MotionRegion {
 public:
  static constexpr std::size_t kMaxShapes = 16;
  static constexpr std::size_t kMaxPoints = 32;  ///< of a polygon

  /// Shapes separated by ';', numbers by ','. Four numbers: a rectangle (left, top, width, height); six or more, an
  /// even number: the corners of a polygon. A cell belongs to a region when the region covers any of its 8 x 8 sample
  /// points.
  static base::Result<MotionRegion> parse(std::string_view text);
  static MotionRegion whole_picture();
  static MotionRegion of(const MotionCells& cells);

  const MotionCells& cells() const { return cells_; }
  int size() const { return before_[kMotionCells]; }  ///< cells in the region
  /// Whether any cell of the region is set in `cells`.
  bool meets(base::ByteSpan cells) const;
  /// Cells of the region among [first, end) of the grid.
  int count(std::size_t first, std::size_t end) const { return before_[end] - before_[first]; }

 private:
  MotionCells cells_{};
  std::array<std::uint16_t, kMotionCells + 1> before_{};  ///< cells of the region before this one
};

}  // namespace vonggac::record
