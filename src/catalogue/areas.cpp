#include "catalogue/areas.h"

#include <fmt/format.h>

#include "catalogue/area_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kDeepest = 5;  // province, district, commune, residential area, group

AreaId area_id(const base::Uuid& id) { return AreaId{id}; }

}  // namespace

std::string AreaVersion::full_name() const {
  const AreaType* known = find_area_type(type);
  return known == nullptr ? name : fmt::format("{} {}", known->vi, name);
}

AreaVersion area_version_of(const store::Row& row) {
  AreaVersion version;
  version.id = row.id(0);
  version.area = area_id(row.id(1));
  version.kind = area_kind_of(row.integer(2)).value_or(AreaKind::kGroup);
  version.name = row.text(3);
  version.type = row.text(4);
  version.code = row.text(5);
  if (!row.is_null(6)) version.parent = area_id(row.id(6));
  version.households = row.maybe_integer(7);
  version.population = row.maybe_integer(8);
  if (!row.is_null(9)) version.km2 = row.real(9);
  version.from = {row.integer(10)};
  version.to = {row.integer(11)};
  version.basis = row.text(12);
  version.path = row.text(13);
  return version;
}

base::Result<std::vector<AreaVersion>> read_versions(store::Reader& session, std::string_view condition,
                                                     const store::Parameters& parameters) {
  std::vector<AreaVersion> found;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    found.push_back(area_version_of(row));
    return {};
  };
  VG_TRY(session.visit(fmt::format("select {} from area_version v {}", kVersionColumns, condition),
                       std::span<const store::Value>(parameters), take));
  return found;
}

base::Result<std::optional<AreaVersion>> area_on(store::Reader& session, const AreaId& area, Day day) {
  VG_ASSIGN(std::vector<AreaVersion> found,
            read_versions(session, "where area = $1 and valid_from <= $2 and valid_to > $2", {area, day.number}));
  if (found.empty()) return std::optional<AreaVersion>();
  return std::optional<AreaVersion>(std::move(found.front()));
}

base::Result<std::optional<AreaVersion>> area_by_code(store::Reader& session, AreaKind kind, std::string_view code,
                                                      Day day) {
  VG_ASSIGN(std::vector<AreaVersion> found,
            read_versions(session, "where code = $1 and valid_from <= $2 and valid_to > $2 and kind = $3",
                          {code, day.number, static_cast<int>(kind)}));
  if (found.empty()) return std::optional<AreaVersion>();
  return std::optional<AreaVersion>(std::move(found.front()));
}

base::Result<std::vector<AreaVersion>> versions_of(store::Reader& session, const AreaId& area) {
  return read_versions(session, "where area = $1 order by valid_from", {area});
}

base::Result<std::vector<AreaVersion>> areas_in(store::Reader& session, const AreaId& parent, Day day) {
  return read_versions(session, "where parent = $1 and valid_from <= $2 and valid_to > $2 order by path, id",
                       {parent, day.number});
}

base::Result<std::vector<AreaVersion>> areas_at_top(store::Reader& session, Day day) {
  return read_versions(session, "where parent is null and valid_from <= $1 and valid_to > $1 order by path, id",
                       {day.number});
}

base::Result<std::vector<AreaVersion>> lineage(store::Reader& session, const AreaId& area, Day day) {
  std::vector<AreaVersion> line;
  std::optional<AreaId> next = area;
  while (next && line.size() < kDeepest) {
    VG_ASSIGN(std::optional<AreaVersion> version, area_on(session, *next, day));
    if (!version) break;
    next = version->parent;
    line.push_back(std::move(*version));
  }
  return line;
}

}  // namespace vonggac::catalogue
