/// Bodies: organisations with a level and a successor, units (agency, firm, school), households. Each is a party
/// with what only it has. An organisation that is reformed ends, its successor goes on.
/// Flow     form or import -> these functions -> party and its own table; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences and kInvalidArgument; kNotFound: no such body.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalogue/parties.h"

namespace vonggac::catalogue {

struct OrganisationForm {
  PartyForm party;
  std::string kind;   ///< of organisation_kinds()
  std::string level;  ///< of organisation_levels(); HUYEN ends with June 2025
  std::optional<PartyId> head;
};
struct Organisation {
  Party party;
  std::string kind, level;
  std::optional<PartyId> head, successor;
};
base::Result<PartyId> add_organisation(store::WriteSession& session, const OrganisationForm& form, Problems& problems);
base::Status amend_organisation(store::WriteSession& session, const PartyId& id, const OrganisationForm& form,
                                Problems& problems);
base::Result<std::optional<Organisation>> organisation_by_id(store::Reader& session, const PartyId& id);
/// The organisation ends on `day`, `successor` does its work from then on.
base::Status succeed_organisation(store::WriteSession& session, const PartyId& id, const PartyId& successor, Day day,
                                  Problems& problems);
/// Who does its work on that day: itself, or the last of its successors that has begun. Nullopt: nobody.
base::Result<std::optional<PartyId>> organisation_in_charge(store::Reader& session, const PartyId& id, Day day);

struct UnitForm {
  PartyForm party;
  std::string kind;  ///< of unit_kinds()
  std::optional<PartyId> head;
  std::optional<std::int64_t> people;
};
struct Unit {
  Party party;
  std::string kind;
  std::optional<PartyId> head;
  std::optional<std::int64_t> people;
};
base::Result<PartyId> add_unit(store::WriteSession& session, const UnitForm& form, Problems& problems);
base::Status amend_unit(store::WriteSession& session, const PartyId& id, const UnitForm& form, Problems& problems);
base::Result<std::optional<Unit>> unit_by_id(store::Reader& session, const PartyId& id);

/// Lies in a residential area or group. `party.name` is how people call it ("Hộ ông Nguyễn Văn A").
struct HouseholdForm {
  PartyForm party;
  std::optional<PartyId> head;
  bool business = false;
};
struct Household {
  Party party;
  std::optional<PartyId> head;
  bool business = false;
};
base::Result<PartyId> add_household(store::WriteSession& session, const HouseholdForm& form, Problems& problems);
base::Status amend_household(store::WriteSession& session, const PartyId& id, const HouseholdForm& form,
                             Problems& problems);
base::Result<std::optional<Household>> household_by_id(store::Reader& session, const PartyId& id);

}  // namespace vonggac::catalogue
