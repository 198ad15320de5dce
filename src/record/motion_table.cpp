#include "record/motion_table.h"

#include "record/varint.h"

namespace vonggac::record {
namespace {

constexpr std::uint8_t kMotionTableVersion = 1;
constexpr std::int64_t kMaxTableSecond = 1LL << 40;

base::Status damaged_motion_table() {
  return base::data_loss("motion table in index.db is damaged_motion_table: run 'vonggac rebuild'");
}

bool cell(const MotionCells& cells, std::size_t i) { return (cells[i / 8] >> (7 - i % 8) & 1) != 0; }

void put_cells(base::Bytes& out, const MotionCells& cells) {
  std::size_t i = 0;
  for (bool value = false; i < kMotionCells; value = !value) {
    const std::size_t run_start = i;
    while (i < kMotionCells && cell(cells, i) == value) ++i;
    put_varint(out, i - run_start);
  }
}

bool get_cells(base::ByteReader& in, MotionCells& cells) {
  cells.fill(0);
  std::size_t i = 0;
  bool first = true;
  for (bool value = false; i < kMotionCells; value = !value) {
    const std::uint64_t run = get_varint(in);
    if (in.failed() || run > kMotionCells - i || (run == 0 && !first)) return false;
    for (const std::size_t end = i + run; i < end; ++i) {
      if (value) cells[i / 8] = static_cast<std::uint8_t>(cells[i / 8] | (0x80 >> (i % 8)));
    }
    first = false;
  }
  return true;
}

}  // namespace

base::Bytes encode_motion_cells(const MotionCells& cells) {
  base::Bytes out;
  put_cells(out, cells);
  return out;
}

base::Result<MotionCells> decode_motion_cells(base::ByteSpan blob) {
  base::ByteReader in(blob);
  MotionCells cells{};
  if (!get_cells(in, cells) || !in.at_end()) return damaged_motion_table();
  return cells;
}

base::Bytes encode_motion_table(const MotionSeconds& seconds) {
  base::Bytes out;
  out.push_back(kMotionTableVersion);
  put_varint(out, seconds.size());
  std::int64_t before = 0;
  for (const auto& [second, cells] : seconds) {
    put_signed(out, second - before);
    put_cells(out, cells);
    before = second;
  }
  return out;
}

base::Result<MotionSeconds> decode_motion_table(base::ByteSpan blob) {
  base::ByteReader in(blob);
  if (in.u8() != kMotionTableVersion) return damaged_motion_table();
  const std::uint64_t count = get_varint(in);
  if (in.failed() || count > kMaxMotionSeconds) return damaged_motion_table();
  MotionSeconds seconds;
  std::int64_t second = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::int64_t distance = get_signed(in);
    if (in.failed() || distance > kMaxTableSecond || distance < -kMaxTableSecond || (i > 0 && distance <= 0))
      return damaged_motion_table();
    second += distance;
    MotionCells cells{};
    if (second > kMaxTableSecond || !get_cells(in, cells)) return damaged_motion_table();
    seconds.emplace_hint(seconds.end(), second, cells);
  }
  if (in.failed() || !in.at_end()) return damaged_motion_table();
  return seconds;
}

}  // namespace vonggac::record
