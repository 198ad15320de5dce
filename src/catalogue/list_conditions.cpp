#include "catalogue/list_conditions.h"

#include <fmt/format.h>

#include "catalogue/folding.h"

namespace vonggac::catalogue {

std::string Conditions::place(const store::Value& value) {
  values_.push_back(value);
  return fmt::format("${}", values_.size());
}

void Conditions::add(std::string_view text, const store::Value& value) {
  const std::size_t at = text.find("{}");
  join(std::string(text.substr(0, at)) + place(value) + std::string(text.substr(at + 2)));
}

void add_filter(Conditions& conditions, const CameraFilter& filter) {
  conditions.add("c.merged_into is null");
  if (!filter.life.empty()) conditions.add("c.life = {}", filter.life);
  if (!filter.health.empty()) conditions.add("c.health = {}", filter.health);
  if (!filter.kind.empty()) conditions.add("c.kind = {}", filter.kind);
  if (!filter.brand.empty()) conditions.add("c.brand_key = {}", fold(filter.brand));
}

void add_scope(Conditions& conditions, const ScopeAreas& scope) {
  if (scope.everywhere) return;
  if (scope.areas.empty()) return conditions.add("1 = 0");
  std::string any;
  for (const ScopeArea& one : scope.areas) {
    any += fmt::format("{}c.{} = {}", any.empty() ? "" : " or ", one.column, conditions.place(one.area));
  }
  conditions.add("(" + any + ")");
}

base::Result<ScopeAreas> scope_of_list(store::Reader& session, const ScopeFilter& scope,
                                       const std::optional<AreaId>& area, Day today) {
  if (area) return narrow_scope(session, scope, *area, today);
  return resolve_scope(session, scope, today);
}

base::Result<std::vector<CameraListed>> read_listed(store::Reader& session, std::string_view few, std::string_view rest,
                                                    const store::Parameters& values) {
  std::vector<CameraListed> found;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    CameraListed one{base::CameraId{row.id(0)},
                     row.text(1),
                     row.text(2),
                     row.text(3),
                     row.text(4),
                     row.text(5),
                     row.text(6),
                     row.text(7),
                     SiteId{row.id(8)},
                     row.text(9),
                     row.text(10),
                     AreaId{row.id(11)},
                     std::nullopt,
                     row.time(14)};
    if (!row.is_null(12)) one.point = GeoPoint{row.integer(12), row.integer(13)};
    found.push_back(std::move(one));
    return {};
  };
  // "cross join" keeps SQLite from walking the sites first; a limit keeps it from taking `few` apart.
  const std::string from = few.empty() ? "camera c" : fmt::format("({} limit 1000000) f cross join camera c", few);
  VG_TRY(session.visit(fmt::format("select c.id, c.code, c.name, c.kind, c.life, c.health, c.brand, c.device_model, "
                                   "c.site, s.code, s.address, c.area, c.lat_e6, c.lon_e6, c.made_at_us from {} cross "
                                   "join camera_site s where {}s.id = c.site and {}",
                                   from, few.empty() ? "" : "c.id = f.id and ", rest),
                       std::span<const store::Value>(values), take));
  return found;
}

}  // namespace vonggac::catalogue
