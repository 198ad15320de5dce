/// Text that must not leak: it cannot be printed or compared by accident, and its memory is wiped, also that of what
/// was moved from or assigned over.
#pragma once

#include <string>
#include <utility>

namespace vonggac::base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) { wipe_text(text); }  // NOLINT(bugprone-use-after-move)
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();  // first: growing would free the old buffer as it is
      text_ = other.text_;
    }
    return *this;
  }
  // A short string stays in the moved-from object's own bytes, so that is wiped by hand.
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = std::move(other.text_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }
  bool empty() const { return text_.empty(); }
  /// The only way to the text; name shows at the call that it is taken out.
  const std::string& reveal() const { return text_; }
  void wipe() { wipe_text(text_); }

 private:
  static void wipe_text(std::string& text) {
    text.resize(text.capacity());  // never allocates; what lies behind the end may be an older, longer secret
    volatile char* byte = text.data();
    for (std::size_t i = 0; i < text.size(); ++i) byte[i] = 0;
    text.clear();
  }
  std::string text_;
};

}  // namespace vonggac::base
