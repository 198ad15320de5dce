/// Rows of party, inside this room: what all kinds of parties share.
/// Threads  within a transaction of room store.
#pragma once

#include <string_view>
#include <vector>

#include "catalogue/parties.h"

namespace vonggac::catalogue {

inline constexpr std::string_view kPartyColumns =
    "p.id, p.kind, p.name, p.phone, p.area, p.address, p.notes, p.valid_from, p.valid_to, p.path";
inline constexpr std::size_t kPartyColumnCount = 10;

inline store::Value day_or_null(const std::optional<Day>& day) {
  return day ? store::Value(day->number) : store::Value();
}
Party party_of(const store::Row& row);
/// Checks and writes the row and its search words; tells nobody. kInvalidArgument if problems has refused.
base::Result<PartyId> put_party(store::WriteSession& session, std::string_view kind, const PartyForm& form,
                                Problems& problems);
/// Writes what the form says over what is there; tells nobody.
base::Status rewrite_party(store::WriteSession& session, const Party& before, const PartyForm& form,
                           Problems& problems);
base::Status tell_party(store::WriteSession& session, const PartyId& id, std::string_view kind);
/// kNotFound if there is none.
base::Result<Party> must_be_party(store::Reader& session, const PartyId& id);
/// Refuses `field` if the party is not there or of none of these kinds (words of party_kinds(), blank-separated).
base::Status check_party(store::Reader& session, std::string_view field, const std::optional<PartyId>& id,
                         std::string_view kinds, Problems& problems);
/// Refuses `field` if the area does not exist on that day.
base::Status check_area(store::Reader& session, std::string_view field, const std::optional<AreaId>& area, Day day,
                        Problems& problems);

}  // namespace vonggac::catalogue
