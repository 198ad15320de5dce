#include "catalogue/human_codes.h"

#include <fmt/format.h>

#include "catalogue/folding.h"

namespace vonggac::catalogue {

base::Result<std::string> next_code(store::WriteSession& session, std::string_view prefix, std::string_view group,
                                    int digits) {
  const std::string series = fmt::format("{}-{}", prefix, group);
  VG_ASSIGN(const store::Rows rows,
            session.query("insert into code_counter (series, last) values ($1, 1) on conflict (series) do update set "
                          "last = code_counter.last + 1 returning last",
                          {series}));
  if (rows.empty()) return base::internal_error("no number for a code");
  return fmt::format("{}-{:0{}}", series, rows[0].integer(0), digits);
}

std::optional<std::string> commune_digits(std::string_view official_code) {
  const bool digits = official_code.find_first_not_of("0123456789") == std::string_view::npos;
  if (official_code.empty() || official_code.size() > 5 || !digits) return std::nullopt;
  return std::string(5 - official_code.size(), '0') + std::string(official_code);
}

std::string normal_code(std::string_view typed) {
  std::string code = fold(typed);
  for (char& c : code) {
    if (c == ' ') c = '-';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return code;
}

}  // namespace vonggac::catalogue
