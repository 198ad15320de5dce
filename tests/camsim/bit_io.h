/// Bits of a raw byte sequence payload, for rewriting parameter sets, and emulation prevention (H.264/H.265 7.4.1).
/// Threads  one thread at a time.
/// Errors   reading past the end sets failed() and yields zeros.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vonggac::camsim {

/// Appends `payload` to `out` with 0x03 inserted where two zero bytes precede a byte below 4.
inline void append_escaped(base::ByteSpan payload, base::Bytes& out) {
  int zeros = 0;
  for (const std::uint8_t byte : payload) {
    if (zeros >= 2 && byte <= 3) {
      out.push_back(3);
      zeros = 0;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out.push_back(byte);
  }
}

inline base::Bytes unescaped(base::ByteSpan data) {
  base::Bytes out;
  out.reserve(data.size());
  int zeros = 0;
  for (const std::uint8_t byte : data) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out.push_back(byte);
  }
  return out;
}

class BitReader {
 public:
  explicit BitReader(base::ByteSpan data) : data_(data) {}
  bool failed() const { return failed_; }
  std::size_t position_bits() const { return pos_; }

  std::uint32_t bit() {
    if (pos_ >= data_.size() * 8) {
      failed_ = true;
      return 0;
    }
    const std::uint32_t value = (data_[pos_ / 8] >> (7 - pos_ % 8)) & 1u;
    ++pos_;
    return value;
  }
  std::uint32_t bits(int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = (value << 1) | bit();
    return value;
  }
  /// ue(v) of H.264 9.1.
  std::uint32_t ue() {
    int zeros = 0;
    while (!failed_ && zeros < 32 && bit() == 0) ++zeros;
    return zeros == 0 || zeros >= 32 ? 0 : (1u << zeros) - 1 + bits(zeros);
  }
  std::int32_t se() {
    const std::uint32_t code = ue();
    const auto half = static_cast<std::int32_t>((code + 1) / 2);
    return code % 2 == 1 ? half : -half;
  }

 private:
  base::ByteSpan data_;
  std::size_t pos_ = 0;
  bool failed_ = false;
};

class BitWriter {
 public:
  void bit(std::uint32_t value) {
    if (used_ % 8 == 0) bytes_.push_back(0);
    if (value != 0) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | (0x80u >> (used_ % 8)));
    ++used_;
  }
  void bits(std::uint32_t value, int count) {
    for (int i = count; i-- > 0;) bit((value >> i) & 1u);
  }
  /// Copies bits [from, to) of `source`.
  void copy(base::ByteSpan source, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) bit((source[i / 8] >> (7 - i % 8)) & 1u);
  }
  /// Stop bit and zeros up to the byte.
  base::Bytes finish_with_trailing_bits() {
    bit(1);
    return bytes_;
  }

 private:
  base::Bytes bytes_;
  std::size_t used_ = 0;
};

}  // namespace vonggac::camsim
