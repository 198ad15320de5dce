#include "core/toml_text.h"

#include <algorithm>

namespace vonggac::core {
namespace {

/// Walks over TOML text only as far as needed to tell a comment's '#' from one inside a string (TOML 1.0, "String").
class CommentScanner {
 public:
  explicit CommentScanner(std::string_view text) : text_(text) {}

  std::optional<std::size_t> find() {
    if (text_.substr(0, 3) == "\xef\xbb\xbf") pos_ = 3;
    while (pos_ < text_.size()) {
      if (static_cast<unsigned char>(text_[pos_]) > 0x7f) return pos_;
      step();
    }
    return std::nullopt;
  }

 private:
  void step() {
    const char c = text_[pos_];
    if (quote_ == '\0' && c == '#') {
      pos_ = std::min(text_.find('\n', pos_), text_.size());
    } else if (quote_ == '\0' && (c == '"' || c == '\'')) {
      open(c);
    } else if (quote_ != '\0') {
      step_in_string(c);
    } else {
      ++pos_;
    }
  }

  bool three_of(char quote) const {
    return text_.size() - pos_ >= 3 && text_[pos_] == quote && text_[pos_ + 1] == quote && text_[pos_ + 2] == quote;
  }

  void open(char quote) {
    is_long_ = three_of(quote);
    quote_ = quote;
    pos_ += is_long_ ? 3 : 1;
  }

  void step_in_string(char c) {
    if (c == '\\' && quote_ == '"') {
      // The escaped byte may be the quote; a letter above 0x7f must still be seen.
      const bool skips_next = pos_ + 1 < text_.size() && static_cast<unsigned char>(text_[pos_ + 1]) <= 0x7f;
      pos_ += skips_next ? 2 : 1;
      return;
    }
    const bool ends = is_long_ ? three_of(quote_) : c == quote_ || c == '\n';
    pos_ += is_long_ && ends ? 3 : 1;
    if (!ends) return;
    // """a"""" : up to two quotes more belong to the string, and are then no start of another one.
    while (is_long_ && pos_ < text_.size() && text_[pos_] == quote_) ++pos_;
    quote_ = '\0';
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  char quote_ = '\0';
  bool is_long_ = false;
};

}  // namespace

std::optional<std::size_t> find_non_ascii_outside_comments(std::string_view toml) {
  return CommentScanner(toml).find();
}

}  // namespace vonggac::core
