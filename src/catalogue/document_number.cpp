#include "catalogue/document_number.h"

#include <array>
#include <vector>

#include "catalogue/folding.h"
#include "catalogue/typed_text.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestMark = 12, kLongestNumber = 80;
constexpr int kFirstYear = 1945, kLastYear = 2100;

struct TypeMark {
  std::string_view mark, type;
};
constexpr std::array<TypeMark, 17> kTypeMarks{{
    {"NQ", "NGHI_QUYET"},
    {"CT", "CHI_THI"},
    {"KH", "KE_HOACH"},
    {"CV", "CONG_VAN"},
    {"QĐ", "QUYET_DINH"},
    {"HD", "HUONG_DAN"},
    {"TT", "THONG_TU"},
    {"TTLT", "THONG_TU"},
    {"NĐ", "NGHI_DINH"},
    {"TTr", "TO_TRINH"},
    {"TTR", "TO_TRINH"},
    {"BC", "BAO_CAO"},
    {"BB", "BIEN_BAN"},
    {"GCN", "GIAY_CONG_NHAN"},
    {"ĐA", "DE_AN"},
    {"CTPH", "CHUONG_TRINH_PHOI_HOP"},
    {"CTr", "CHUONG_TRINH_PHOI_HOP"},
}};

bool digit_at(std::string_view text, std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; }

/// How many bytes a letter of a mark takes at `at`: 1 or 2 (Đ, Ư), 0 if there is none.
std::size_t mark_letter(std::string_view text, std::size_t at, bool small_too) {
  if (at >= text.size()) return 0;
  const char c = text[at];
  if ((c >= 'A' && c <= 'Z') || digit_at(text, at)) return 1;
  if (small_too && c >= 'a' && c <= 'z') return 1;
  const std::string_view two = text.substr(at, 2);
  return two == "Đ" || two == "Ư" ? 2 : 0;
}

/// "/KH-BCĐ138" from `at` to the end; the marks go to `marks`.
bool read_marks(std::string_view text, std::size_t at, std::vector<std::string>& marks) {
  marks.clear();
  while (at < text.size()) {
    if (text[at] != '/' && text[at] != '-') return false;
    const std::size_t begin = ++at;
    // The first mark has capitals only, but for the two of the government's own list of types that have not.
    const std::string_view head = text.substr(at, 3);
    const bool mixed = !marks.empty() || head == "TTr" || head == "CTr";
    std::size_t letters = 0;
    while (const std::size_t size = mark_letter(text, at, mixed && (!marks.empty() || at < begin + 3))) {
      at += size;
      ++letters;
    }
    if (letters == 0 || letters > kLongestMark) return false;
    marks.emplace_back(text.substr(begin, at - begin));
  }
  return !marks.empty();
}

/// Blanks around the separators go; a dash and the Icelandic letter that looks like Đ become what was meant.
std::string straighten(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("\u2013") || rest.starts_with("\u2014") || rest.starts_with("\u2010") ||
        rest.starts_with("\u2011")) {
      out += '-';
      at += 3;
    } else if (rest.starts_with("\u00D0")) {
      out += "\u0110";
      at += 2;
    } else {
      out += text[at++];
    }
  }
  std::string tight;
  for (std::size_t at = 0; at < out.size(); ++at) {
    const bool blank = out[at] == ' ';
    const bool before = !tight.empty() && (tight.back() == '/' || tight.back() == '-');
    const bool after = at + 1 < out.size() && (out[at + 1] == '/' || out[at + 1] == '-');
    if (!blank || (!before && !after)) tight += out[at];
  }
  return tight;
}

/// Without "Số", "Số:" in front.
std::string_view without_word_number(std::string_view text) {
  const std::size_t blank = text.find_first_of(" :");
  if (blank == std::string_view::npos || fold(text.substr(0, blank)) != "so") return text;
  const std::size_t begin = text.find_first_not_of(" :", blank);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

std::string type_of_marks(const std::vector<std::string>& marks) {
  for (const std::string& mark : marks) {
    for (const TypeMark& known : kTypeMarks) {
      if (mark == known.mark) return std::string(known.type);
    }
  }
  return {};
}

}  // namespace

std::optional<DocumentNumber> parse_document_number(std::string_view typed) {
  const std::optional<std::string> clean = clean_text(typed);
  if (!clean || clean->size() > kLongestNumber) return std::nullopt;
  const std::string text = straighten(without_word_number(*clean));
  std::size_t at = 0;
  while (digit_at(text, at)) ++at;
  if (at == 0) return std::nullopt;
  if (const std::size_t size = mark_letter(text, at, false)) {
    // One letter may follow the digits ("12A/QĐ-UBND"), A to Z or Đ.
    if (text.compare(at, 2, "Ư") == 0) return std::nullopt;
    at += size;
  }
  std::vector<std::string> marks;
  DocumentNumber number{text, std::nullopt, {}};
  const bool year_there = at < text.size() && text[at] == '/' && digit_at(text, at + 1) && digit_at(text, at + 2) &&
                          digit_at(text, at + 3) && digit_at(text, at + 4);
  if (year_there && read_marks(text, at + 5, marks)) {
    const int year = std::stoi(text.substr(at + 1, 4));
    if (year >= kFirstYear && year <= kLastYear) number.year = year;
  } else if (!read_marks(text, at, marks)) {
    return std::nullopt;
  }
  number.type = type_of_marks(marks);
  return number;
}

}  // namespace vonggac::catalogue
