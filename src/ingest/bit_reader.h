/// Reads bits, most significant first, and Exp-Golomb codes; optionally skips emulation prevention bytes on the way.
/// Threads  one thread at a time. Borrows the bytes.
/// Errors   a read past the end sets failed() and yields zeros.
/// Numbers  ITU-T H.264 7.4.1 (00 00 03), 9.1 (ue(v)); the same in H.265.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vonggac::ingest {

class BitReader {
 public:
  enum class Source : std::uint8_t { kPlain, kNalUnit };
  BitReader(base::ByteSpan data, Source source) : data_(data), nal_unit_(source == Source::kNalUnit) {}

  bool failed() const { return failed_; }
  std::size_t bits_read() const { return bits_read_; }

  std::uint32_t bit() {
    if (bits_left_ == 0 && !load()) return 0;
    --bits_left_;
    ++bits_read_;
    return (current_ >> bits_left_) & 1U;
  }
  /// Up to 32 bits.
  std::uint32_t bits(unsigned count) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) value = (value << 1) | bit();
    return value;
  }
  void skip(unsigned count) {
    for (unsigned i = 0; i < count; ++i) (void)bit();
  }
  std::uint32_t exp_golomb() {
    unsigned zeros = 0;
    while (!failed_ && zeros < 32 && bit() == 0) ++zeros;
    if (zeros >= 32) failed_ = true;
    if (failed_) return 0;
    return ((1U << zeros) - 1U) + bits(zeros);
  }

 private:
  bool load() {
    if (nal_unit_ && zeros_ >= 2 && pos_ < data_.size() && data_[pos_] == 3) {
      ++pos_;
      zeros_ = 0;
    }
    if (pos_ >= data_.size()) {
      failed_ = true;
      return false;
    }
    current_ = data_[pos_++];
    zeros_ = current_ == 0 ? zeros_ + 1 : 0;
    bits_left_ = 8;
    return true;
  }

  base::ByteSpan data_;
  bool nal_unit_;
  std::size_t pos_ = 0;
  std::size_t bits_read_ = 0;
  unsigned zeros_ = 0;
  std::uint8_t current_ = 0;
  unsigned bits_left_ = 0;
  bool failed_ = false;
};

}  // namespace vonggac::ingest
