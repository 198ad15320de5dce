/// Bits and Exp-Golomb codes of an RBSP (a NAL unit after remove_emulation_prevention).
/// A read past the end, or a code longer than 32 bits, sets failed() and yields zeros. Borrows the bytes.
/// Source  ITU-T H.264 section 7.2 and 9.1 (the same in H.265).
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace vonggac::media {

class BitReader {
 public:
  explicit BitReader(base::ByteSpan rbsp) : data_(rbsp), end_(rbsp.size() * 8) {}

  std::size_t position_bits() const { return pos_; }
  std::size_t remaining_bits() const { return end_ - pos_; }
  bool failed() const { return failed_; }

  /// Up to 32 bits.
  std::uint32_t u(unsigned bits) {
    if (bits > remaining_bits()) {
      fail();
      return 0;
    }
    std::uint64_t value = 0;
    for (unsigned left = bits; left > 0;) {
      const unsigned offset = static_cast<unsigned>(pos_ % 8);
      const unsigned taken = std::min(left, 8 - offset);
      const unsigned byte = data_[pos_ / 8];
      value = (value << taken) | ((byte >> (8 - offset - taken)) & ((1U << taken) - 1));
      pos_ += taken;
      left -= taken;
    }
    return static_cast<std::uint32_t>(value);
  }
  bool flag() { return u(1) != 0; }
  void skip(std::size_t bits) {
    if (bits > remaining_bits()) {
      fail();
    } else {
      pos_ += bits;
    }
  }
  /// ue(v)
  std::uint32_t ue() {
    unsigned zeros = 0;
    while (!failed_ && !flag()) {
      if (++zeros > 31) {
        fail();
        return 0;
      }
    }
    if (failed_) return 0;
    return static_cast<std::uint32_t>(((1ULL << zeros) - 1) + u(zeros));
  }
  /// ue(v) that must not exceed `max`.
  std::uint32_t ue_max(std::uint32_t max) {
    const std::uint32_t value = ue();
    if (value <= max) return value;
    fail();
    return 0;
  }
  /// se(v)
  std::int32_t se() {
    const std::uint32_t code = ue();
    const auto magnitude = static_cast<std::int32_t>((code >> 1) + (code & 1));
    return (code & 1) != 0 ? magnitude : -magnitude;
  }
  /// For values the caller finds out of range.
  void fail() {
    failed_ = true;
    pos_ = end_;
  }

 private:
  base::ByteSpan data_;
  std::size_t pos_ = 0;
  std::size_t end_;
  bool failed_ = false;
};

}  // namespace vonggac::media
