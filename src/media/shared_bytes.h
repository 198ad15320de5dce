/// The bytes of one access unit: an immutable view of them, and a share in the memory they lie in.
/// Several units may lie in one block of memory: taking a unit in then costs no allocation of its own, and units that
/// follow each other in memory are hashed and written as one piece.
/// Threads  like std::shared_ptr: copies may be used and dropped on any thread.
/// Owns     a share of the memory; the block lives until the last unit in it is gone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/bytes.h"

namespace vonggac::media {

/// A span that can be compared.
class PayloadView : public base::ByteSpan {
 public:
  PayloadView() = default;
  explicit PayloadView(base::ByteSpan bytes) : base::ByteSpan(bytes) {}
  friend bool operator==(const PayloadView& a, base::ByteSpan b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
};

/// Used like a pointer: null, `*payload`, `payload->size()`.
class SharedBytes {
 public:
  SharedBytes() = default;
  SharedBytes(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): null is a value of it
  /// A buffer of its own, which nobody changes any more.
  template <typename T>
  requires std::is_convertible_v<std::shared_ptr<T>, std::shared_ptr<const base::Bytes>> SharedBytes(
      std::shared_ptr<T> bytes) {  // NOLINT(google-explicit-constructor)
    if (bytes != nullptr) view_ = PayloadView(*bytes);
    owner_ = std::move(bytes);
  }
  /// A part of the memory that `owner` keeps alive.
  SharedBytes(std::shared_ptr<const void> owner, base::ByteSpan view) : owner_(std::move(owner)), view_(view) {}

  explicit operator bool() const { return owner_ != nullptr; }
  friend bool operator==(const SharedBytes& payload, std::nullptr_t) { return payload.owner_ == nullptr; }
  const PayloadView& operator*() const { return view_; }
  const PayloadView* operator->() const { return &view_; }
  void reset() { *this = SharedBytes(); }

 private:
  std::shared_ptr<const void> owner_;
  PayloadView view_;
};

}  // namespace vonggac::media
