/// The step of the schema that holds areas in time.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Days are numbers since 1970; [valid_from, valid_to). An area is only its identity; what it is called, of which type,
/// under which code and where it lies stands in its versions. `path` is the folded name of the version and of all it
/// lies in, for searching. `area_member` says in which area something lies that is no area (a site, a household) from
/// which day to which; `area_moved` which areas lie elsewhere since a day, for whoever keeps copies of it (places.h).
inline constexpr std::string_view kAreaSchema = R"(
create table area (
  id bytea not null primary key,
  kind bigint not null
);
create table area_version (
  id bytea not null primary key,
  area bytea not null references area (id) deferrable initially deferred,
  kind bigint not null,
  name text not null,
  type text not null,
  code text not null,
  parent bytea references area (id) deferrable initially deferred,
  households bigint,
  population bigint,
  km2 double precision,
  valid_from bigint not null,
  valid_to bigint not null,
  basis text not null,
  path text not null,
  check (valid_from < valid_to)
);
create unique index area_version_start on area_version (area, valid_from);
create index area_version_code on area_version (code, valid_from);
create index area_version_parent on area_version (parent, valid_from);
-- @sqlite
create table area_term (
  term text not null,
-- @postgresql
create table area_term (
  term text collate "C" not null,
-- @both
  version bytea not null references area_version (id) deferrable initially deferred,
  primary key (term, version)
);
create index area_term_version on area_term (version);
create table area_change (
  id bytea not null primary key,
  day bigint not null,
  kind text not null,
  basis text not null,
  made_at_us bigint not null
);
create table area_change_part (
  change bytea not null references area_change (id) deferrable initially deferred,
  number bigint not null,
  from_area bytea references area (id) deferrable initially deferred,
  to_area bytea references area (id) deferrable initially deferred,
  whole bigint not null,
  households bigint,
  population bigint,
  km2 double precision,
  primary key (change, number)
);
create index area_change_part_from on area_change_part (from_area);
create index area_change_part_to on area_change_part (to_area);
create table reassignment (
  id bytea not null primary key,
  change bytea not null references area_change (id) deferrable initially deferred,
  subject_kind text not null,
  subject bytea not null,
  from_area bytea not null references area (id) deferrable initially deferred,
  proposed_area bytea references area (id) deferrable initially deferred,
  settled_at_us bigint,
  settled_area bytea references area (id) deferrable initially deferred
);
create index reassignment_open on reassignment (settled_at_us, from_area);
create table area_member (
  kind text not null,
  subject bytea not null,
  area bytea not null references area (id) deferrable initially deferred,
  from_day bigint not null,
  to_day bigint not null,
  primary key (subject, from_day),
  check (from_day < to_day)
);
create index area_member_area on area_member (area, kind, from_day);
create table area_moved (
  area bytea not null references area (id) deferrable initially deferred,
  day bigint not null,
  primary key (area, day)
);
create table area_shape (
  version bytea not null primary key references area_version (id) deferrable initially deferred,
  polygon text not null
);
)";

}  // namespace vonggac::catalogue
