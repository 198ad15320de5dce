#include "record/motion_scan.h"

namespace vonggac::record {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::int64_t kMaxSecond = 1LL << 40;

base::Status damaged() { return base::data_loss("motion table in index.db is damaged: run 'vonggac rebuild'"); }

/// Varints of a blob; the first bad one ends it, and failed() stays true.
class Cursor {
 public:
  explicit Cursor(base::ByteSpan blob) : at_(blob.data()), end_(blob.data() + blob.size()) {}
  bool failed() const { return failed_; }
  bool at_end() const { return at_ == end_; }
  std::uint8_t byte() {
    if (at_ == end_) {
      failed_ = true;
      return 0;
    }
    return *at_++;
  }
  std::uint64_t varint() {
    if (at_ != end_ && *at_ < 0x80) return *at_++;  // nearly all of them
    return long_varint();
  }
  std::int64_t signed_varint() {
    const std::uint64_t bits = varint();
    return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
  }

 private:
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      if (failed_ || (shift == 63 && next > 1)) break;
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if ((next & 0x80) == 0) return value;
    }
    failed_ = true;
    return 0;
  }
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool failed_ = false;
};

/// Below 0: damaged.
std::int32_t count_cells(Cursor& in, const MotionRegion& region) {
  std::int32_t cells = 0;
  std::size_t i = in.varint();
  if (in.failed() || i > kMotionCells) return -1;
  while (i < kMotionCells) {
    const std::uint64_t set = in.varint();
    if (in.failed() || set == 0 || set > kMotionCells - i) return -1;
    cells += region.count(i, i + set);
    i += set;
    if (i == kMotionCells) break;
    const std::uint64_t clear = in.varint();
    if (in.failed() || clear == 0 || clear > kMotionCells - i) return -1;
    i += clear;
  }
  return cells;
}

}  // namespace

base::Status scan_motion_table(base::ByteSpan blob, const MotionRegion& region, std::int32_t min_cells,
                               std::vector<MovedSecond>& out) {
  Cursor in(blob);
  if (in.byte() != kVersion) return damaged();
  const std::uint64_t count = in.varint();
  if (in.failed() || count > kMaxMotionSeconds) return damaged();
  std::int64_t second = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::int64_t distance = in.signed_varint();
    if (in.failed() || distance > kMaxSecond || distance < -kMaxSecond || (i > 0 && distance <= 0)) return damaged();
    second += distance;
    if (second > kMaxSecond) return damaged();
    const std::int32_t cells = count_cells(in, region);
    if (cells < 0) return damaged();
    if (cells >= min_cells) out.push_back({second, cells});
  }
  return in.at_end() ? base::Status() : damaged();
}

base::Result<std::int32_t> scan_motion_cells(base::ByteSpan blob, const MotionRegion& region) {
  Cursor in(blob);
  const std::int32_t cells = count_cells(in, region);
  if (cells < 0 || !in.at_end()) return damaged();
  return cells;
}

MotionCells moved_cells(const MotionSeconds& seconds) {
  MotionCells all{};
  for (const auto& [second, cells] : seconds) {
    for (std::size_t i = 0; i < all.size(); ++i) all[i] |= cells[i];
  }
  return all;
}

}  // namespace vonggac::record
