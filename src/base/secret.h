/// Text that must not leak: it cannot be printed or compared by accident, and its memory is wiped.
#pragma once

#include <string>
#include <utility>

namespace vonggac::base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret() { wipe(); }
  bool empty() const { return text_.empty(); }
  /// The only way to the text; name shows at the call that it is taken out.
  const std::string& reveal() const { return text_; }
  void wipe() {
    explicit_bzero(text_.data(), text_.size());
    text_.clear();
  }

 private:
  static void explicit_bzero(char* data, std::size_t size) {
    volatile char* p = data;
    for (std::size_t i = 0; i < size; ++i) p[i] = 0;
  }
  std::string text_;
};

}  // namespace vonggac::base
