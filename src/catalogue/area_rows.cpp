#include "catalogue/area_rows.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "catalogue/folding.h"
#include "catalogue/form_checks.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestName = 120, kLongestCode = 20, kLongestBasis = 120;
constexpr std::int64_t kMostHouseholds = 20'000'000, kMostPeople = 200'000'000;
constexpr int kDeepestTree = 6;

/// Part of a name that repeats the type's word ("Phường Phường 8" on the page): taken off.
std::string without_type_word(std::string name, const AreaType& type) {
  const std::string folded = fold(name), word = fold(type.vi);
  if (!folded.starts_with(word + " ") || folded.size() <= word.size() + 1) return name;
  // As many blanks in the name as in the word, and one more.
  const auto blanks = static_cast<std::size_t>(std::count(word.begin(), word.end(), ' '));
  std::size_t at = 0;
  for (std::size_t i = 0; i <= blanks && at != std::string::npos; ++i) at = name.find(' ', at == 0 ? 0 : at + 1);
  return at == std::string::npos ? name : name.substr(at + 1);
}

void check_type(const AreaVersion& version, const AreaType& type, Problems& problems) {
  if (version.to <= type.until) return;
  const std::string last = (type.until - 1).local();
  if (version.from >= type.until) {
    problems.refuse(
        "V3", "type", fmt::format("Từ {} không còn {}: chỉ có xã, phường hoặc đặc khu.", type.until.local(), type.vi),
        fmt::format("From {} on there is no {} any more: only xã, phường or đặc khu.", type.until.local(), type.en));
  } else {
    problems.refuse("V3", "to", fmt::format("{} chỉ tồn tại đến {}: nhập ngày kết thúc.", type.vi, last),
                    fmt::format("A {} existed until {}: give the day it ended.", type.en, last));
  }
}

base::Status check_overlap(store::Reader& session, const AreaVersion& version, Problems& problems) {
  VG_ASSIGN(
      const std::vector<AreaVersion> others,
      read_versions(session, "where area = $1 and id <> $2 and valid_from < $3 and valid_to > $4 order by valid_from",
                    {version.area, version.id, version.to.number, version.from.number}));
  if (others.empty()) return {};
  const AreaVersion& other = others.front();
  problems.refuse(
      "V1", "from",
      fmt::format("Trùng thời gian với bản ghi “{}” có hiệu lực từ {}.", other.full_name(), other.from.local()),
      fmt::format("It overlaps the entry \"{}\" that is valid from {}.", other.full_name(), other.from.local()));
  return {};
}

base::Status check_code(store::Reader& session, const AreaVersion& version, Problems& problems) {
  if (version.code.empty()) return {};
  VG_ASSIGN(const std::vector<AreaVersion> others,
            read_versions(
                session, "where code = $1 and kind = $2 and area <> $3 and valid_from < $4 and valid_to > $5",
                {version.code, static_cast<int>(version.kind), version.area, version.to.number, version.from.number}));
  if (others.empty()) return {};
  problems.refuse("V4", "code", fmt::format("Mã {} đang là của {}.", version.code, others.front().full_name()),
                  fmt::format("Code {} belongs to {} at that time.", version.code, others.front().full_name()));
  return {};
}

void refuse_parent(const AreaVersion& version, std::string vi, std::string en, Problems& problems) {
  problems.refuse(version.kind == AreaKind::kCommune ? "V2" : "", "parent", std::move(vi), std::move(en));
}

/// Its parent is there, of a fitting kind, for all its time.
base::Status check_parent(store::Reader& session, const AreaVersion& version, Problems& problems) {
  if (version.kind == AreaKind::kProvince) {
    if (version.parent)
      problems.refuse("", "parent", "Tỉnh, thành phố không thuộc đơn vị nào.", "A province lies in no other area.");
    return {};
  }
  if (!version.parent) {
    refuse_parent(version, "Chọn đơn vị cấp trên.", "Choose the area it lies in.", problems);
    return {};
  }
  VG_ASSIGN(const std::vector<AreaVersion> parents,
            read_versions(session, "where area = $1 and valid_from < $2 and valid_to > $3 order by valid_from",
                          {*version.parent, version.to.number, version.from.number}));
  Day covered = version.from;
  for (const AreaVersion& parent : parents) {
    if (!may_lie_in(version.kind, parent.kind, std::max(version.from, std::min(version.to, parent.to) - 1))) {
      refuse_parent(version, fmt::format("{} không thể thuộc {}.", version.full_name(), parent.full_name()),
                    fmt::format("{} cannot lie in {}.", version.full_name(), parent.full_name()), problems);
      return {};
    }
    if (parent.from > covered) break;
    covered = std::max(covered, parent.to);
  }
  if (covered >= version.to) return {};
  refuse_parent(version, fmt::format("Đơn vị cấp trên không có hiệu lực từ {}.", covered.local()),
                fmt::format("The area it lies in does not exist from {} on.", covered.local()), problems);
  return {};
}

base::Status close_open_version(store::WriteSession& session, const AreaVersion& version, Problems& problems) {
  VG_ASSIGN(const std::vector<AreaVersion> open,
            read_versions(session, "where area = $1 and valid_from <= $2 and valid_to > $2",
                          {version.area, version.from.number}));
  if (open.empty()) return {};
  if (open.front().from == version.from) {
    problems.refuse(
        "V1", "from", fmt::format("Ngày {} đã có một thay đổi của {}.", version.from.local(), open.front().full_name()),
        fmt::format("There is a change of {} on {} already.", open.front().full_name(), version.from.local()));
    return {};
  }
  return session.run("update area_version set valid_to = $2 where id = $1", {open.front().id, version.from.number})
      .error();
}

std::set<std::string> terms_of(const std::string& path) {
  std::set<std::string> terms;
  for (const SearchWord& word : search_words(path, 64)) terms.insert(word.word);
  return terms;
}

base::Status write_path(store::WriteSession& session, const AreaVersion& version, const std::string& path) {
  VG_TRY(session.run_later("update area_version set path = $2 where id = $1", {version.id, path}));
  VG_TRY(session.run_later("delete from area_term where version = $1", {version.id}));
  for (const std::string& term : terms_of(path)) {
    VG_TRY(session.run_later("insert into area_term (term, version) values ($1, $2)", {term, version.id}));
  }
  return {};
}

base::Status index_below(store::WriteSession& session, const AreaVersion& version, int depth) {
  std::string path = fold(version.full_name());
  if (version.parent) {
    VG_ASSIGN(const std::vector<AreaVersion> parents,
              read_versions(session, "where area = $1 and valid_from < $2 and valid_to > $3 order by valid_from desc",
                            {*version.parent, version.to.number, version.from.number}));
    for (const AreaVersion& parent : parents) path += " " + parent.path;
  }
  VG_TRY(write_path(session, version, path));
  if (depth >= kDeepestTree) return {};
  VG_ASSIGN(const std::vector<AreaVersion> below,
            read_versions(session, "where parent = $1 and valid_from < $2 and valid_to > $3",
                          {version.area, version.to.number, version.from.number}));
  for (const AreaVersion& child : below) VG_TRY(index_below(session, child, depth + 1));
  return {};
}

}  // namespace

AreaVersion version_from(const AreaForm& form, AreaKind kind, const AreaId& area, Day from, Problems& problems) {
  AreaVersion version;
  version.area = area;
  version.kind = kind;
  version.from = from;
  version.to = form.to.value_or(kOpenEnd);
  version.name = typed_line("name", form.name, 1, kLongestName, problems);
  version.code = typed_line("code", form.code, 0, kLongestCode, problems);
  version.basis = typed_line("basis", form.basis, 0, kLongestBasis, problems);
  version.type = form.type;
  version.parent = form.parent;
  version.households = form.households;
  version.population = form.population;
  version.km2 = form.km2;
  if (version.to <= from) {
    problems.refuse("", "to", "Ngày kết thúc phải sau ngày bắt đầu.", "The last day must lie after the first.");
  }
  check_whole_number("households", form.households, 0, kMostHouseholds, problems);
  check_whole_number("population", form.population, 0, kMostPeople, problems);
  if (form.km2 && !(*form.km2 >= 0 && *form.km2 < 1e6)) {
    problems.refuse("", "km2", "Diện tích phải từ 0 đến 1.000.000 km².", "The area must be from 0 to 1,000,000 km².");
  }
  const AreaType* type = find_area_type(form.type);
  if (type == nullptr || type->kind != kind) {
    const Sentence word = kind_word(kind);
    problems.refuse("", "type", fmt::format("Chọn một loại của {}.", word.vi),
                    fmt::format("Choose a type of {}.", word.en));
  } else {
    version.name = without_type_word(std::move(version.name), *type);
  }
  return version;
}

base::Status check_version(store::Reader& session, const AreaVersion& version, Problems& problems) {
  if (const AreaType* type = find_area_type(version.type)) check_type(version, *type, problems);
  VG_TRY(check_overlap(session, version, problems));
  VG_TRY(check_code(session, version, problems));
  return check_parent(session, version, problems);
}

base::Status put_version(store::WriteSession& session, AreaVersion version, Problems& problems) {
  if (problems.refused()) return problems.status();
  version.id = session.new_id();
  VG_TRY(close_open_version(session, version, problems));
  VG_TRY(check_version(session, version, problems));
  if (problems.refused()) return problems.status();
  VG_TRY(session
             .run("insert into area_version (id, area, kind, name, type, code, parent, households, population, km2, "
                  "valid_from, "
                  "valid_to, basis, path) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '')",
                  {version.id, version.area, static_cast<int>(version.kind), version.name, version.type, version.code,
                   version.parent, version.households, version.population, version.km2, version.from.number,
                   version.to.number, version.basis})
             .error());
  return index_terms(session, version);
}

base::Status close_area(store::WriteSession& session, const AreaId& area, Day day) {
  return session
      .run("update area_version set valid_to = $2 where area = $1 and valid_from < $2 and valid_to > $2",
           {area, day.number})
      .error();
}

base::Status index_terms(store::WriteSession& session, const AreaVersion& version) {
  return index_below(session, version, 0);
}

}  // namespace vonggac::catalogue
