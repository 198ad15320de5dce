#include "catalogue/model_codes.h"

#include <fmt/format.h>

namespace vonggac::catalogue {
namespace {

bool has_digits(std::string_view code, std::size_t count) {
  return code.size() == count && code.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string model_code_prefix(std::string_view province, std::string_view commune, int year) {
  return fmt::format("MH-{}-{}-{:04}", province, commune, year);
}

}  // namespace

std::string model_code(std::string_view province, std::string_view commune, int year, std::int64_t number) {
  return fmt::format("{}-{:03}", model_code_prefix(province, commune, year), number);
}

base::Result<std::string> next_model_code(store::WriteSession& session, const AreaId& area, Day day,
                                          Problems& problems) {
  VG_ASSIGN(const std::vector<AreaVersion> line, lineage(session, area, day));
  std::string province, commune = "00000";
  for (const AreaVersion& version : line) {
    if (version.kind == AreaKind::kProvince) province = version.code;
    if (version.kind == AreaKind::kCommune) commune = version.code;
  }
  if (!has_digits(province, 2) || !has_digits(commune, 5)) {
    problems.refuse("", "area", "Địa bàn chưa có mã tỉnh 2 chữ số và mã xã 5 chữ số.",
                    "The area has no province code of 2 digits and commune code of 5 digits.");
    return problems.status();
  }
  const int year = std::stoi(day.iso().substr(0, 4));
  const std::string prefix = model_code_prefix(province, commune, year);
  VG_TRY(
      session
          .run("insert into model_code_counter (prefix, last) values ($1, 1) on conflict (prefix) do update set last "
               "= model_code_counter.last + 1",
               {prefix})
          .error());
  VG_ASSIGN(const store::Rows rows, session.query("select last from model_code_counter where prefix = $1", {prefix}));
  return model_code(province, commune, year, rows[0].integer(0));
}

}  // namespace vonggac::catalogue
