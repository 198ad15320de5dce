/// The step of the schema that holds people and bodies.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Needs area_schema.h and name_terms.h. Days are numbers since 1970; [valid_from, valid_to). A party is a person, a
/// household, an organisation, a unit (agency, firm, school) or a vendor; what only one of them has stands in a table
/// of its own. No numbers of identity papers, no pictures.
inline constexpr std::string_view kPartySchema = R"(
create table party (
  id bytea not null primary key,
  kind text not null,
  name text not null,
  phone text,
  area bytea references area (id) deferrable initially deferred,
  address text not null,
  notes text not null,
-- @sqlite
  path text not null,
-- @postgresql
  path text collate "C" not null,
-- @both
  valid_from bigint not null,
  valid_to bigint not null,
  made_at_us bigint not null,
  changed_at_us bigint not null,
  check (valid_from < valid_to)
);
create index party_path on party (kind, path, id);
create index party_any_path on party (path, id);
create index party_area on party (area, kind);
create index party_phone on party (phone);
create table organisation (
  party bytea not null primary key references party (id) deferrable initially deferred,
  kind text not null,
  level text not null,
  head bytea references party (id) deferrable initially deferred,
  successor bytea references party (id) deferrable initially deferred
);
create index organisation_kind on organisation (kind, level);
create table unit (
  party bytea not null primary key references party (id) deferrable initially deferred,
  kind text not null,
  head bytea references party (id) deferrable initially deferred,
  people bigint
);
create table household (
  party bytea not null primary key references party (id) deferrable initially deferred,
  head bytea references party (id) deferrable initially deferred,
  business bigint not null
);
create table committee (
  organisation bytea not null primary key references organisation (party) deferrable initially deferred,
  standing_organisation bytea references organisation (party) deferrable initially deferred,
  decision_number text not null,
  decision_day bigint
);
create table committee_member (
  id bytea not null primary key,
  committee bytea not null references committee (organisation) deferrable initially deferred,
  person bytea not null references party (id) deferrable initially deferred,
  role text not null,
  from_day bigint not null,
  to_day bigint not null
);
create index committee_member_of on committee_member (committee, from_day);
create table force_team (
  id bytea not null primary key,
  kind text not null,
  name text not null,
  unit bytea references party (id) deferrable initially deferred,
  decision_number text not null,
  decision_day bigint,
  valid_from bigint not null,
  valid_to bigint not null,
-- @sqlite
  path text not null,
-- @postgresql
  path text collate "C" not null,
-- @both
  made_at_us bigint not null,
  check (valid_from < valid_to)
);
create index force_team_path on force_team (path, id);
create table force_team_area (
  team bytea not null references force_team (id) deferrable initially deferred,
  area bytea not null references area (id) deferrable initially deferred,
  primary key (team, area)
);
create index force_team_area_area on force_team_area (area);
create table force_headcount (
  team bytea not null references force_team (id) deferrable initially deferred,
  as_of bigint not null,
  people bigint not null,
  primary key (team, as_of)
);
create table force_member (
  id bytea not null primary key,
  team bytea not null references force_team (id) deferrable initially deferred,
  person bytea not null references party (id) deferrable initially deferred,
  duty text not null,
  from_day bigint not null,
  to_day bigint not null
);
create index force_member_team on force_member (team, from_day);
)";

}  // namespace vonggac::catalogue
