/// What lies in an area and is no area itself: sites, later households and bodies. Each lies in one area at a time; a
/// change of areas takes it along, or lets it wait for a person (area_changes.h).
/// Flow     registration -> put_member; area_changes -> move_members / queue_members
/// Threads  within a transaction of room store.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "catalogue/area_changes.h"

namespace vonggac::catalogue {

/// From `from` on until further notice; it ends where it lay before.
base::Status put_member(store::WriteSession& session, std::string_view kind, const base::Uuid& subject,
                        const AreaId& area, Day from);
/// It is gone: dismantled, moved away.
base::Status end_member(store::WriteSession& session, const base::Uuid& subject, Day day);
base::Result<std::optional<AreaId>> member_area(store::Reader& session, const base::Uuid& subject, Day day);
/// How many lie in the area itself on this day or later.
base::Result<std::int64_t> count_members(store::Reader& session, const AreaId& area, Day day);

/// All that lies in `from` itself lies in `to` from this day on.
base::Status move_members(store::WriteSession& session, const AreaId& from, const AreaId& to, Day day);
/// All that lies in `area` itself waits for a person.
base::Status queue_members(store::WriteSession& session, const ChangeId& change, const AreaId& area, Day day);
/// Remembers that the area lies elsewhere from this day on, see places.h.
base::Status note_moved(store::WriteSession& session, const AreaId& area, Day day);

/// The areas it lies in, by kind, as lists filter by them.
struct AreaPlace {
  std::optional<AreaId> residential, commune, province;
};
base::Result<AreaPlace> place_of(store::Reader& session, const AreaId& area, Day day);
/// The area and all that lies in it on this day.
base::Result<std::vector<AreaId>> areas_below(store::Reader& session, const AreaId& area, Day day);

}  // namespace vonggac::catalogue
