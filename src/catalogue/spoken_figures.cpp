#include "catalogue/spoken_figures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>
#include <utf8proc.h>

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kMostFigureDigits = 15;  // what a double holds exactly

struct RelationSign {
  FigureRelation relation;
  std::string_view sign;
};
constexpr std::array<RelationSign, 7> kRelationSigns{{
    {FigureRelation::kEqual, "="},
    {FigureRelation::kAtLeast, ">="},
    {FigureRelation::kMore, ">"},
    {FigureRelation::kAtMost, "<="},
    {FigureRelation::kLess, "<"},
    {FigureRelation::kAbout, "~"},
    {FigureRelation::kBetween, ".."},
}};

/// Words in front of a number, with their tones: without them "trăm" were "trạm". Longest first.
struct RelationWords {
  std::string_view words;
  FigureRelation relation;
};
constexpr std::array<RelationWords, 22> kWordsBefore{{
    {"không ít hơn", FigureRelation::kAtLeast},
    {"không dưới", FigureRelation::kAtLeast},
    {"không quá", FigureRelation::kAtMost},
    {"không vượt quá", FigureRelation::kAtMost},
    {"không trên", FigureRelation::kAtMost},
    {"ít nhất", FigureRelation::kAtLeast},
    {"tối thiểu", FigureRelation::kAtLeast},
    {"tối đa", FigureRelation::kAtMost},
    {"nhiều nhất", FigureRelation::kAtMost},
    {"xấp xỉ", FigureRelation::kAbout},
    {"ước tính", FigureRelation::kAbout},
    {"ước đạt", FigureRelation::kAbout},
    {"nhiều hơn", FigureRelation::kMore},
    {"ít hơn", FigureRelation::kLess},
    {"hơn", FigureRelation::kMore},
    {"trên", FigureRelation::kMore},
    {"dưới", FigureRelation::kLess},
    {"gần", FigureRelation::kAbout},
    {"khoảng", FigureRelation::kAbout},
    {"chừng", FigureRelation::kAbout},
    {"ước", FigureRelation::kAbout},
    {"từ", FigureRelation::kEqual},  // "từ 70% trở lên": what follows decides
}};

/// Before a number that is a name, not a figure: "năm 2018", "Phường 8", "Ban Chỉ đạo 138", "số 09".
constexpr std::array<std::string_view, 20> kNamesBefore{"năm",  "số",     "điều", "khoản", "phường", "khóm", "ấp",
                                                        "thôn", "quận",   "đạo",  "quý",   "tháng",  "ngày", "tổ",
                                                        "khối", "chương", "luật", "tư",    "hẻm",    "phố"};

struct Multiplier {
  std::string_view word;
  double factor;
};
constexpr std::array<Multiplier, 6> kMultipliers{{
    {"trăm", 1e2},
    {"nghìn", 1e3},
    {"ngàn", 1e3},
    {"triệu", 1e6},
    {"tỷ", 1e9},
    {"tỉ", 1e9},
}};

/// A word, a number or a sign of a text.
struct Piece {
  enum class Kind { kWord, kNumber, kSign, kBreak } kind = Kind::kBreak;
  std::size_t at = 0, end = 0;
  std::string said;  ///< a word in small letters, composed; the sign itself
  double value = 0;  ///< of a number
};

/// Composed (NFC), in small letters; empty if it is not UTF-8.
std::string small_letters(std::string_view word) {
  utf8proc_uint8_t* raw = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(word.data()), static_cast<utf8proc_ssize_t>(word.size()),
                   &raw, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> kept(raw, &std::free);
  return size < 0 ? std::string()
                  : std::string(reinterpret_cast<const char*>(kept.get()), static_cast<std::size_t>(size));
}

bool ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool letter_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Length of a sign that matters here, 0 if there is none.
std::size_t sign_length(std::string_view rest) {
  for (const std::string_view sign :
       {std::string_view("\u2265"), std::string_view("\u2264"), std::string_view("\u2248"), std::string_view("\u2013"),
        std::string_view(">="), std::string_view("<="), std::string_view(">"), std::string_view("<"),
        std::string_view("~"), std::string_view("%"), std::string_view("-")}) {
    if (rest.starts_with(sign)) return sign.size();
  }
  return 0;
}

/// Punctuation of several bytes that is no letter: quotes, dots, the no-break space.
std::size_t other_mark_length(std::string_view rest) {
  if (rest.starts_with("\u00A0")) return 2;
  if (rest.starts_with("\u2026") || rest.starts_with("\u201C") || rest.starts_with("\u201D") ||
      rest.starts_with("\u2018") || rest.starts_with("\u2019")) {
    return 3;
  }
  return 0;
}

/// Digits with the dots and commas between them.
std::size_t number_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size()) {
    if (ascii_digit(text[end])) {
      ++end;
    } else if ((text[end] == '.' || text[end] == ',') && end + 1 < text.size() && ascii_digit(text[end + 1])) {
      ++end;
    } else {
      break;
    }
  }
  return end;
}

/// Is what touches the number part of a day, a document's number, a code?
bool touches(std::string_view text, std::size_t at, std::size_t end) {
  const auto joined = [](char c) { return c == '/' || c == ':' || c == '_' || c == '#' || c == '@'; };
  if (at > 0 && (joined(text[at - 1]) || letter_byte(text[at - 1]))) {
    if (joined(text[at - 1])) return true;
    // A sign or a quote of several bytes is no letter.
    const std::string_view before = text.substr(0, at);
    for (const std::string_view mark : {"\u2265", "\u2264", "\u2248", "\u2013", "\u201C", "\u2018", "\u00A0"}) {
      if (before.ends_with(mark)) return end < text.size() && joined(text[end]);
    }
    return true;
  }
  return end < text.size() && joined(text[end]);
}

Piece word_piece(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && (letter_byte(text[end]) || ascii_digit(text[end])) &&
         other_mark_length(text.substr(end)) == 0 && (end == at || sign_length(text.substr(end)) == 0)) {
    ++end;
  }
  return {Piece::Kind::kWord, at, end, small_letters(text.substr(at, end - at)), 0};
}

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (text[at] == ' ' || text[at] == '\t' || rest.starts_with("\u00A0")) {
      at += text[at] == ' ' || text[at] == '\t' ? 1 : 2;
    } else if (ascii_digit(text[at])) {
      const std::size_t end = number_end(text, at);
      const std::optional<double> value = parse_vietnamese_number(text.substr(at, end - at));
      const bool plain = value && !touches(text, at, end) &&
                         (end == text.size() || !letter_byte(text[end]) || sign_length(text.substr(end)) > 0 ||
                          other_mark_length(text.substr(end)) > 0);
      pieces.push_back({plain ? Piece::Kind::kNumber : Piece::Kind::kBreak, at, end, {}, value.value_or(0)});
      at = end;
    } else if (const std::size_t length = sign_length(rest)) {
      pieces.push_back({Piece::Kind::kSign, at, at + length, std::string(rest.substr(0, length)), 0});
      at += length;
    } else if (letter_byte(text[at]) && other_mark_length(rest) == 0) {
      pieces.push_back(word_piece(text, at));
      at = std::max(pieces.back().end, at + 1);
    } else {
      const std::size_t size = std::max<std::size_t>(1, other_mark_length(rest));
      pieces.push_back({Piece::Kind::kBreak, at, at + size, {}, 0});
      at += size;
    }
  }
  return pieces;
}

bool is_word(const std::vector<Piece>& pieces, std::size_t i, std::string_view said) {
  return i < pieces.size() && pieces[i].kind == Piece::Kind::kWord && pieces[i].said == said;
}
bool is_sign(const std::vector<Piece>& pieces, std::size_t i, std::string_view sign) {
  return i < pieces.size() && pieces[i].kind == Piece::Kind::kSign && pieces[i].said == sign;
}

/// How many pieces before `i` are the words of a list entry; 0 if they are not.
std::size_t words_before(const std::vector<Piece>& pieces, std::size_t i, std::string_view words) {
  const std::size_t count = static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')) + 1;
  if (i < count) return 0;
  std::string said;
  for (std::size_t k = i - count; k < i; ++k) {
    if (pieces[k].kind != Piece::Kind::kWord) return 0;
    said += (said.empty() ? "" : " ") + pieces[k].said;
  }
  return said == words ? count : 0;
}

std::optional<FigureRelation> relation_of_sign(std::string_view sign) {
  if (sign == ">=" || sign == "\u2265") return FigureRelation::kAtLeast;
  if (sign == "<=" || sign == "\u2264") return FigureRelation::kAtMost;
  if (sign == "~" || sign == "\u2248") return FigureRelation::kAbout;
  if (sign == ">") return FigureRelation::kMore;
  if (sign == "<") return FigureRelation::kLess;
  return std::nullopt;
}

class FigureReader {
 public:
  explicit FigureReader(std::string_view text) : text_(text), pieces_(pieces_of(text)) {}

  std::vector<SpokenFigure> read(std::size_t most) {
    std::vector<SpokenFigure> found;
    for (std::size_t i = 0; i < pieces_.size() && found.size() < most;) {
      const bool name = i > 0 && pieces_[i - 1].kind == Piece::Kind::kWord &&
                        std::find(kNamesBefore.begin(), kNamesBefore.end(), pieces_[i - 1].said) != kNamesBefore.end();
      if (name || pieces_[i].kind != Piece::Kind::kNumber) {
        ++i;
        continue;
      }
      found.push_back(figure_at(i));
      i = next_;
    }
    return found;
  }

 private:
  /// Number, multiplier, percent sign: what one end of a figure may be.
  double amount_at(std::size_t& i, std::string& unit) const {
    double value = pieces_[i++].value;
    for (bool more = true; more;) {
      more = false;
      for (const Multiplier& multiplier : kMultipliers) {
        if (!is_word(pieces_, i, multiplier.word)) continue;
        value *= multiplier.factor;
        ++i;
        more = true;
      }
    }
    if (is_sign(pieces_, i, "%")) {
      unit = "%";
      ++i;
    } else if (is_word(pieces_, i, "đồng")) {
      unit = "đồng";
      ++i;
    }
    return value;
  }

  void read_range(SpokenFigure& figure, std::size_t& i) const {
    const bool dash = is_sign(pieces_, i, "-") || is_sign(pieces_, i, "\u2013");
    const bool words = from_said_ && (is_word(pieces_, i, "đến") || is_word(pieces_, i, "tới"));
    if (!dash && !words) return;
    std::size_t k = i + 1;
    if (k >= pieces_.size() || pieces_[k].kind != Piece::Kind::kNumber) return;
    const double upper = amount_at(k, figure.unit);
    if (upper <= figure.value) return;
    figure.relation = FigureRelation::kBetween;
    figure.upper = upper;
    i = k;
  }

  void read_words_after(SpokenFigure& figure, std::size_t& i) const {
    if (!is_word(pieces_, i, "trở")) return;
    if (is_word(pieces_, i + 1, "lên")) {
      figure.relation = FigureRelation::kAtLeast;
      i += 2;
    } else if (is_word(pieces_, i + 1, "xuống")) {
      figure.relation = FigureRelation::kAtMost;
      i += 2;
    }
  }

  std::size_t read_words_before(SpokenFigure& figure, std::size_t i) {
    from_said_ = false;
    if (i > 0 && pieces_[i - 1].kind == Piece::Kind::kSign) {
      if (const auto relation = relation_of_sign(pieces_[i - 1].said)) {
        figure.relation = *relation;
        return i - 1;
      }
      return i;
    }
    for (const RelationWords& entry : kWordsBefore) {
      const std::size_t count = words_before(pieces_, i, entry.words);
      if (count == 0) continue;
      figure.relation = entry.relation;
      from_said_ = entry.words == "từ";
      return i - count;
    }
    return i;
  }

  SpokenFigure figure_at(std::size_t i) {
    SpokenFigure figure;
    const std::size_t first = read_words_before(figure, i);
    figure.value = amount_at(i, figure.unit);
    read_range(figure, i);
    if (figure.relation != FigureRelation::kBetween) read_words_after(figure, i);
    next_ = i;
    // "từ 5" alone is no bound, and the word is not part of the figure.
    const bool bare_from = from_said_ && figure.relation == FigureRelation::kEqual;
    figure.at = pieces_[bare_from ? first + 1 : first].at;
    figure.as_read = std::string(text_.substr(figure.at, pieces_[i - 1].end - figure.at));
    return figure;
  }

  std::string_view text_;
  std::vector<Piece> pieces_;
  std::size_t next_ = 0;
  bool from_said_ = false;
};

/// "1.856" without its dots; nullopt if they do not part thousands.
std::optional<std::string> without_dots(std::string_view whole) {
  std::string digits;
  std::size_t group = 0, groups = 0;
  for (const char c : whole) {
    if (c == '.') {
      if (groups == 0 ? (group == 0 || group > 3) : group != 3) return std::nullopt;
      ++groups;
      group = 0;
    } else if (ascii_digit(c)) {
      digits += c;
      ++group;
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty() || (groups > 0 && (group != 3 || digits.front() == '0'))) return std::nullopt;
  return digits;
}

}  // namespace

std::string_view figure_sign(FigureRelation relation) {
  for (const RelationSign& known : kRelationSigns) {
    if (known.relation == relation) return known.sign;
  }
  return "=";
}

std::optional<FigureRelation> figure_relation(std::string_view sign) {
  for (const RelationSign& known : kRelationSigns) {
    if (known.sign == sign) return known.relation;
  }
  return std::nullopt;
}

std::optional<double> parse_vietnamese_number(std::string_view text) {
  const std::size_t comma = text.find(',');
  std::optional<std::string> digits = without_dots(text.substr(0, comma));
  if (!digits) return std::nullopt;
  if (comma != std::string_view::npos) {
    const std::string_view decimals = text.substr(comma + 1);
    if (decimals.empty() || !std::all_of(decimals.begin(), decimals.end(), ascii_digit)) return std::nullopt;
    *digits += '.';
    *digits += decimals;
  }
  if (digits->size() > kMostFigureDigits) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), value);
  if (error != std::errc() || end != digits->data() + digits->size()) return std::nullopt;
  return value;
}

std::vector<SpokenFigure> find_figures(std::string_view text, std::size_t most) {
  return FigureReader(text).read(most);
}

std::optional<SpokenFigure> parse_figure(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = text.find_last_not_of(" \t") + 1;
  std::vector<SpokenFigure> found = find_figures(text, 2);
  if (found.size() != 1 || found[0].at != begin || found[0].at + found[0].as_read.size() != end) return std::nullopt;
  return std::move(found.front());
}

std::string vietnamese_number(double value, int decimals) {
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::string grouped = digits.substr(0, point);
  for (std::size_t at = point; at > 3;) {
    at -= 3;
    grouped.insert(at, ".");
  }
  if (point < digits.size()) grouped += "," + digits.substr(point + 1);
  return value < 0 ? "-" + grouped : grouped;
}

}  // namespace vonggac::catalogue
