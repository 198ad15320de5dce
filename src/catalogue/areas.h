/// Areas in time: province, district (until 2025-06-30), commune, residential area, group. An area keeps its identity
/// through renamings and mergers; what changes are its versions, each valid from one day to another. Flow     form or
/// import -> these functions -> store; every change tells the outbox. Threads  within a transaction of room store.
/// Errors   what a person did wrong goes to Problems (rules V1 to V5) and the call gives kInvalidArgument; kNotFound:
/// no such
///          area on that day.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "catalogue/area_types.h"
#include "catalogue/day.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::catalogue {

struct AreaId : base::Uuid {};

struct AreaVersion {
  base::Uuid id;
  AreaId area;
  AreaKind kind = AreaKind::kCommune;
  std::string name;  ///< without the type's word: "Bạc Liêu"
  std::string type;  ///< code of an AreaType
  std::string code;  ///< official code; empty where there is none
  std::optional<AreaId> parent;
  std::optional<std::int64_t> households, population;
  std::optional<double> km2;
  Day from, to = kOpenEnd;
  std::string basis;  ///< number of the decision
  std::string path;   ///< folded, for searching

  /// "Phường Bạc Liêu".
  std::string full_name() const;
};

/// What a person says of a new area or a new version.
struct AreaForm {
  std::string name, type, code;
  std::optional<AreaId> parent;
  std::optional<std::int64_t> households, population;
  std::optional<double> km2;
  std::string basis;
  std::optional<Day> to;  ///< of something that is over already; else it lasts until further notice
};

/// The version that is valid on this day.
base::Result<std::optional<AreaVersion>> area_on(store::Reader& session, const AreaId& area, Day day);
/// V4: at most one. A code may name different areas at different times.
base::Result<std::optional<AreaVersion>> area_by_code(store::Reader& session, AreaKind kind, std::string_view code,
                                                      Day day);
base::Result<std::vector<AreaVersion>> versions_of(store::Reader& session, const AreaId& area);
/// What lies directly in it on this day, by name.
base::Result<std::vector<AreaVersion>> areas_in(store::Reader& session, const AreaId& parent, Day day);
/// What lies in nothing on this day: the provinces.
base::Result<std::vector<AreaVersion>> areas_at_top(store::Reader& session, Day day);
/// From the area up to its province.
base::Result<std::vector<AreaVersion>> lineage(store::Reader& session, const AreaId& area, Day day);

/// Adds an area that exists from this day on.
base::Result<AreaId> add_area(store::WriteSession& session, const AreaForm& form, Day from, Problems& problems);

/// By name, however it is typed; names of what it lies in narrow it down ("to 5 p xuan ha"). Best first: the words in
/// the name of the area itself, larger areas, then by name.
base::Result<std::vector<AreaVersion>> find_areas(store::Reader& session, std::string_view query, Day day,
                                                  std::size_t most = 20);

}  // namespace vonggac::catalogue
