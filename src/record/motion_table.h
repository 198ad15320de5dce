/// The motion table of a segment: for each second with motion a grid of 32 x 18 cells, row by row, one bit each (the
/// most significant bit of a byte is the leftmost cell). Searching a corner of the picture reads only these.
/// Threads  plain functions.
/// Errors   decode: kDataLoss for anything encode would not have written.
///
/// Form     version u8 = 1, then varints: count; per second, rising: distance in seconds to the one before (the first:
///          UTC second since 1970), then run lengths of clear and set cells in turn, beginning with clear, until 576.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::record {

constexpr std::size_t kMotionCells = 32 * 18;
using MotionCells = std::array<std::uint8_t, kMotionCells / 8>;
using MotionSeconds = std::map<std::int64_t, MotionCells>;  ///< key: UTC second since 1970

constexpr std::size_t kMaxMotionSeconds = 7200;  ///< far more than the longest segment has seconds

base::Bytes encode_motion_cells(const MotionCells& cells);
base::Result<MotionCells> decode_motion_cells(base::ByteSpan blob);

base::Bytes encode_motion_table(const MotionSeconds& seconds);
base::Result<MotionSeconds> decode_motion_table(base::ByteSpan blob);

}  // namespace vonggac::record
