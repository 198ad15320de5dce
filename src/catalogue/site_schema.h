/// The step of the schema that holds sites: places where cameras hang or could hang.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Coordinates in millionths of a degree. `area`, `residential`, `commune` and `province` are copies of where it lies
/// today (places.h); where it lay on which day stands in area_member. Days since 1970, null: unknown, or still there.
inline constexpr std::string_view kSiteSchema = R"(
create table camera_site (
  id bytea not null primary key,
-- @sqlite
  code text not null,
  sort_name text not null,
-- @postgresql
  code text collate "C" not null,
  sort_name text collate "C" not null,
-- @both
  name text not null,
  address text not null,
  route text not null,
  outside_residential bigint not null,
  lat_e6 bigint,
  lon_e6 bigint,
  azimuth_deg double precision,
  field_of_view_deg double precision,
  mount text not null,
  power text not null,
  uplink text not null,
  public_place bigint not null,
  public_basis text not null,
  critical_point text not null,
  homes_visible bigint not null,
  sign_text text not null,
  sign_photo text not null,
  sign_seen_day bigint,
  surveyed_day bigint,
  surveyed_by text not null,
  survey_light text not null,
  survey_note text not null,
  opened_day bigint not null,
  closed_day bigint,
  area bytea not null,
  residential bytea,
  commune bytea,
  province bytea,
  made_at_us bigint not null,
  changed_at_us bigint not null
);
create unique index camera_site_code on camera_site (code);
create index camera_site_map on camera_site (lat_e6, lon_e6);
create index camera_site_residential on camera_site (residential, code);
create index camera_site_commune on camera_site (commune, code);
create index camera_site_province on camera_site (province, code);
)";

}  // namespace vonggac::catalogue
