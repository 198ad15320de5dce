/// Bounds-checked reading and writing of bytes. Every parser of untrusted input goes through ByteReader:
/// a read past the end sets failed() and yields zeros, so a caller may check once after a group of reads.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace vonggac::base {

using ByteSpan = std::span<const std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Big-endian by default (network, MP4); `le` variants for our own ipc. Borrows the bytes.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan data) : data_(data) {}
  std::size_t remaining() const { return data_.size() - pos_; }
  std::size_t position() const { return pos_; }
  bool failed() const { return failed_; }
  bool at_end() const { return pos_ == data_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(big_endian(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
  std::uint64_t u64() { return big_endian(8); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }

  /// A view of the next n bytes; empty and failed() if there are fewer.
  ByteSpan take(std::size_t n) {
    if (n > remaining()) {
      fail();
      return {};
    }
    const ByteSpan view = data_.subspan(pos_, n);
    pos_ += n;
    return view;
  }
  ByteSpan rest() { return take(remaining()); }
  void skip(std::size_t n) { (void)take(n); }

 private:
  std::uint64_t big_endian(std::size_t n) {
    const ByteSpan view = take(n);
    std::uint64_t value = 0;
    for (const std::uint8_t byte : view) value = (value << 8) | byte;
    return value;
  }
  void fail() {
    failed_ = true;
    pos_ = data_.size();
  }

  ByteSpan data_;
  std::size_t pos_ = 0;
  bool failed_ = false;
};

/// Appends big-endian values to a vector it borrows.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}
  std::size_t size() const { return out_.size(); }
  void u8(std::uint8_t v) { out_.push_back(v); }
  void u16(std::uint16_t v) { big_endian(v, 2); }
  void u24(std::uint32_t v) { big_endian(v, 3); }
  void u32(std::uint32_t v) { big_endian(v, 4); }
  void u64(std::uint64_t v) { big_endian(v, 8); }
  void i32(std::int32_t v) { u32(static_cast<std::uint32_t>(v)); }
  void i64(std::int64_t v) { u64(static_cast<std::uint64_t>(v)); }
  void raw(ByteSpan bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void text(std::string_view t) { raw(as_bytes(t)); }
  /// Overwrites four bytes written earlier (box sizes).
  void patch_u32(std::size_t at, std::uint32_t v) {
    for (std::size_t i = 0; i < 4; ++i) out_[at + i] = static_cast<std::uint8_t>(v >> (24 - 8 * i));
  }

 private:
  void big_endian(std::uint64_t v, std::size_t n) {
    for (std::size_t i = n; i-- > 0;) out_.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
  }
  Bytes& out_;
};

}  // namespace vonggac::base
