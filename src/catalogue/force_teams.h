/// Forces that keep order at the grass roots: teams of commune police, ward guards, guards of agencies, and since
/// July 2024 the one Tổ bảo vệ an ninh, trật tự. Headcounts are told with the day they were true on; a report of
/// any day takes the last one before it.
/// Flow     form or import -> these functions -> force_team and what hangs on it; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences and kInvalidArgument; kNotFound: no such team.
/// Source   domain 2.2, seeds S1.6, S4.2 to S4.4, indicator I10.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/parties.h"

namespace vonggac::catalogue {

struct TeamId : base::Uuid {};

struct ForceTeamForm {
  std::string kind;  ///< of force_kinds(); historic ones end with June 2024
  std::string name;
  std::vector<AreaId> areas;    ///< at least one
  std::optional<PartyId> unit;  ///< whose guards they are; asked for BAO_VE_CO_QUAN
  std::string decision_number;
  std::optional<Day> decision_day;
  std::optional<Day> from, to;
  std::optional<std::int64_t> people;  ///< on the first day
};
struct ForceTeam {
  TeamId id;
  std::string kind, name;
  std::vector<AreaId> areas;
  std::optional<PartyId> unit;
  std::string decision_number;
  std::optional<Day> decision_day;
  Day from, to;
  std::string path;
};
base::Result<TeamId> add_force_team(store::WriteSession& session, const ForceTeamForm& form, Problems& problems);
base::Status end_force_team(store::WriteSession& session, const TeamId& id, Day day, Problems& problems);
base::Result<std::optional<ForceTeam>> force_team_by_id(store::Reader& session, const TeamId& id);

/// Told again for the same day: the newer figure stands.
base::Status count_force(store::WriteSession& session, const TeamId& id, std::int64_t people, Day as_of,
                         Problems& problems);
base::Result<std::optional<std::int64_t>> headcount(store::Reader& session, const TeamId& id, Day as_of);

struct ForceMember {
  base::Uuid id;
  PartyId person;
  std::string duty;
  Day from, to;
};
base::Result<base::Uuid> add_force_member(store::WriteSession& session, const TeamId& team, const PartyId& person,
                                          std::string_view duty, Day from, Problems& problems);
base::Status end_force_member(store::WriteSession& session, const base::Uuid& member, Day day);
base::Result<std::vector<ForceMember>> force_members(store::Reader& session, const TeamId& team, Day day);

struct ForceTeamPage {
  std::vector<ForceTeam> teams;  ///< without areas: force_team_by_id tells them
  std::optional<PageMark> next;
};
base::Result<ForceTeamPage> list_force_teams(store::Reader& session, const ScopeFilter& scope, Day day,
                                             const PageMark& after, std::size_t most);

/// I10, R7: how many teams of a kind there are, and how many people, on a day.
struct ForceCount {
  std::string kind;
  std::int64_t teams = 0, people = 0;
  std::int64_t without_headcount = 0;  ///< teams whose people nobody has told: the sum is too small by them
};
base::Result<std::vector<ForceCount>> force_counts(store::Reader& session, const ScopeFilter& scope, Day as_of);

}  // namespace vonggac::catalogue
