/// Steering committees 138: an organisation of kind BCD138 with members, a standing body and its founding decision.
/// How many there are must fit how many areas there are (V21).
/// Flow     form or import -> these functions -> committee, committee_member; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences and kInvalidArgument; V21 only warns. kNotFound: no such committee.
/// Source   seeds S1.9, S4.1, S4.11; golden vector G7 (146 = 9 + 97 + 40).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/organisations.h"

namespace vonggac::catalogue {

struct CommitteeForm {
  OrganisationForm organisation;  ///< kind is BCD138 whatever it says; its area is what the committee works for
  std::optional<PartyId> standing_organisation;
  std::string decision_number;
  std::optional<Day> decision_day;
};
struct Committee {
  Organisation organisation;
  std::optional<PartyId> standing_organisation;
  std::string decision_number;
  std::optional<Day> decision_day;
};
base::Result<PartyId> add_committee(store::WriteSession& session, const CommitteeForm& form, Problems& problems);
base::Result<std::optional<Committee>> committee_by_id(store::Reader& session, const PartyId& id);

struct CommitteeMember {
  base::Uuid id;
  PartyId person;
  std::string role;  ///< of committee_roles()
  Day from, to;
};
/// One head at a time.
base::Result<base::Uuid> add_committee_member(store::WriteSession& session, const PartyId& committee,
                                              const PartyId& person, std::string_view role, Day from,
                                              Problems& problems);
base::Status end_committee_member(store::WriteSession& session, const base::Uuid& member, Day day);
base::Result<std::vector<CommitteeMember>> committee_members(store::Reader& session, const PartyId& committee, Day day);

struct LevelCounts {
  std::int64_t province = 0, district = 0, commune = 0;
  std::int64_t all() const { return province + district + commune; }
  bool operator==(const LevelCounts&) const = default;
};
/// Committees in force on the day, in and under what the scope reaches.
base::Result<LevelCounts> committee_counts(store::Reader& session, const ScopeFilter& scope, Day day);
/// Areas of each kind on the day, in and under what the scope reaches.
base::Result<LevelCounts> area_counts(store::Reader& session, const ScopeFilter& scope, Day day);
/// V21: warns of each level where the two differ.
void check_committee_counts(const LevelCounts& committees, const LevelCounts& areas, Problems& problems);

}  // namespace vonggac::catalogue
