/// Figures as Vietnamese reports say them: "1.856", "31,3 %", "hơn 10.000", "từ 70% trở lên", "350 triệu đồng".
/// What was meant (exactly, at least, more than, about), the number, its unit, and where it stands in the text.
/// Flow     text of a report or a cell -> find_figures / parse_figure -> declared_figures.h, imports.
/// Threads  pure functions. Input is UTF-8, composed or not.
/// Source   domain 1.7, 3.1; seeds S2.5 to S2.10, S4.1 to S4.6.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vonggac::catalogue {

/// Kept in the database as figure_sign().
enum class FigureRelation { kEqual, kAtLeast, kMore, kAtMost, kLess, kAbout, kBetween };
/// "=", ">=", ">", "<=", "<", "~", "..".
std::string_view figure_sign(FigureRelation relation);
std::optional<FigureRelation> figure_relation(std::string_view sign);

struct SpokenFigure {
  FigureRelation relation = FigureRelation::kEqual;
  double value = 0;
  double upper = 0;     ///< of kBetween
  std::string unit;     ///< "%", "đồng", or empty
  std::string as_read;  ///< "hơn 10.000", as it stands there
  std::size_t at = 0;   ///< byte in the text at which as_read begins
};

/// One number without words around it: dots part thousands, a comma parts decimals. Nullopt for what can be read in two
/// ways ("1.5", "1,000,5").
std::optional<double> parse_vietnamese_number(std::string_view text);
/// The whole text is one figure. Nullopt: it is none, or more than one.
std::optional<SpokenFigure> parse_figure(std::string_view text);
/// All figures of a text in their order. Days (01/8/2020), numbers of documents and numbers inside words are none.
std::vector<SpokenFigure> find_figures(std::string_view text, std::size_t most = 200);
/// "1.856" / "31,3".
std::string vietnamese_number(double value, int decimals = 0);

}  // namespace vonggac::catalogue
