/// How the values of messages become bytes and back. Internal to messages.cpp.
/// Flow     encode() -> Writer -> bytes -> Reader -> decode(). One `fields` function per message serves both.
/// Threads  plain values.
/// Errors   Reader::ok(); whatever was read after the first bad value is a default value.
/// Units    little endian; counts and sizes as 32 bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "ipc/messages.h"

namespace vonggac::ipc {

constexpr std::size_t kMaxTextBytes = 64U << 10;

/// Writes fields in order. Its twin is Reader; one `fields` function per message serves both.
class Writer {
 public:
  static constexpr bool kReading = false;
  explicit Writer(base::Bytes& out) : out_(out) {}
  void value(std::uint8_t v) { out_.u8(v); }
  void value(bool v) { out_.u8(v ? 1 : 0); }
  void value(std::uint16_t v) { out_.u16(v); }
  void value(std::uint32_t v) { out_.u32(v); }
  void value(std::uint64_t v) { out_.u64(v); }
  void value(std::int64_t v) { out_.i64(v); }
  void value(float v) { out_.u32(std::bit_cast<std::uint32_t>(v)); }
  void bytes(const base::Bytes& v, std::size_t /*max*/) {
    out_.u32(static_cast<std::uint32_t>(v.size()));
    out_.raw(v);
  }
  void text(const std::string& v, std::size_t /*max*/) {
    out_.u32(static_cast<std::uint32_t>(v.size()));
    out_.text(v);
  }
  void secret(const base::Secret& v) { text(v.reveal(), kMaxTextBytes); }
  template <typename E>
  void enumerator(const E& v, E /*last*/) {
    out_.u8(static_cast<std::uint8_t>(v));
  }
  template <std::size_t N>
  void raw(const std::array<std::uint8_t, N>& v) {
    out_.raw(v);
  }
  template <typename T, typename F>
  void list(const std::vector<T>& items, std::size_t /*max*/, F&& each) {
    out_.u32(static_cast<std::uint32_t>(items.size()));
    for (const T& item : items) each(item);
  }
  void payload(const media::SharedBytes& v) {
    const base::ByteSpan view = v ? base::ByteSpan(*v) : base::ByteSpan();
    out_.u32(static_cast<std::uint32_t>(view.size()));
    out_.raw(view);
  }

 private:
  base::ByteWriter out_;
};

/// Reads fields in order; the first bad one makes failed() true and everything after it a default value.
class Reader {
 public:
  static constexpr bool kReading = true;
  explicit Reader(base::ByteSpan in) : in_(in) {}
  bool ok() const { return !bad_ && !in_.failed() && in_.at_end(); }
  void value(std::uint8_t& v) { v = in_.u8(); }
  void value(bool& v) {
    const std::uint8_t raw_value = in_.u8();
    if (raw_value > 1) bad_ = true;
    v = raw_value == 1;
  }
  void value(std::uint16_t& v) { v = in_.u16(); }
  void value(std::uint32_t& v) { v = in_.u32(); }
  void value(std::uint64_t& v) { v = in_.u64(); }
  void value(std::int64_t& v) { v = in_.i64(); }
  void value(float& v) { v = std::bit_cast<float>(in_.u32()); }
  void bytes(base::Bytes& v, std::size_t max) {
    const base::ByteSpan view = counted(max);
    v.assign(view.begin(), view.end());
  }
  void text(std::string& v, std::size_t max) { v = std::string(base::as_text(counted(max))); }
  void secret(base::Secret& v) { v = base::Secret(std::string(base::as_text(counted(kMaxTextBytes)))); }
  template <typename E>
  void enumerator(E& v, E last) {
    const std::uint8_t raw_value = in_.u8();
    if (raw_value > static_cast<std::uint8_t>(last)) {
      bad_ = true;
      return;
    }
    v = static_cast<E>(raw_value);
  }
  template <std::size_t N>
  void raw(std::array<std::uint8_t, N>& v) {
    const base::ByteSpan view = in_.take(N);
    if (view.size() == N) std::copy(view.begin(), view.end(), v.begin());
  }
  template <typename T, typename F>
  void list(std::vector<T>& items, std::size_t max, F&& each) {
    const std::uint32_t count = in_.u32();
    if (count > max) {
      bad_ = true;
      return;
    }
    for (std::uint32_t i = 0; i < count && !in_.failed() && !bad_; ++i) each(items.emplace_back());
  }
  void payload(media::SharedBytes& v) {
    const base::ByteSpan view = counted(kMaxAccessUnitBytes);
    v = std::make_shared<const base::Bytes>(view.begin(), view.end());
  }

 private:
  base::ByteSpan counted(std::size_t max) {
    const std::uint32_t size = in_.u32();
    if (size > max) {
      bad_ = true;
      return {};
    }
    return in_.take(size);
  }
  base::ByteReader in_;
  bool bad_ = false;
};

}  // namespace vonggac::ipc
