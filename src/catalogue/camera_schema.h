/// The step of the schema that holds cameras, their streams, devices, history and reference pictures, and recorders.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Columns kept twice, for lists: `area` ... `lon_e6` from the site (places.h), `health` from camera_health. `search`
/// is the folded text that is searched; `map_cell` a square of a tenth of a degree (map_cell_of in geo.h); `sort_name`
/// the folded name. `owner` and `custodian` are parties. Nothing here holds a password or an address with one (V29).
inline constexpr std::string_view kCameraSchema = R"(
create table retention_profile (
  province text not null,
  class text not null,
  min_days bigint not null,
  max_days bigint not null,
  basis text not null,
  primary key (province, class),
  check (min_days >= 0 and max_days >= min_days)
);
create table recorder (
  id bytea not null primary key,
  code text not null,
  site bytea references camera_site (id) deferrable initially deferred,
  brand text not null,
  device_model text not null,
  serial text not null,
  channels bigint not null,
  disk_days bigint,
  location text not null,
  commune bytea,
  made_at_us bigint not null,
  changed_at_us bigint not null
);
create unique index recorder_code on recorder (code);
create index recorder_serial on recorder (serial);
create table camera (
  id bytea not null primary key,
-- @sqlite
  code text not null,
  sort_name text not null,
-- @postgresql
  code text collate "C" not null,
  sort_name text collate "C" not null,
-- @both
  name text not null,
  kind text not null,
  site bytea not null references camera_site (id) deferrable initially deferred,
  recorder bytea references recorder (id) deferrable initially deferred,
  channel bigint,
  brand text not null,
  brand_key text not null,
  device_model text not null,
  serial text,
  mac text,
  onvif_uuid text,
  qcvn135 bigint not null,
  owner bytea,
  ownership text not null,
  purpose text not null,
  retention_class text not null,
  retention_days bigint not null,
  installed_day bigint,
  warranty_to_day bigint,
  password_by text not null,
  password_at_us bigint,
  audio bigint not null,
  audio_basis text not null,
  masks_drawn bigint not null,
  accepted_at_us bigint,
  accepted_by text not null,
  life text not null,
  life_since_us bigint not null,
  health text not null,
  area bytea not null,
  residential bytea,
  commune bytea,
  province bytea,
  lat_e6 bigint,
  lon_e6 bigint,
  map_cell bigint,
  search text not null,
  merged_into bytea references camera (id) deferrable initially deferred,
  made_at_us bigint not null,
  changed_at_us bigint not null
);
create unique index camera_code on camera (code);
create index camera_name on camera (sort_name, id);
create index camera_site_of on camera (site);
create index camera_recorder on camera (recorder, channel);
create index camera_mac on camera (mac);
create index camera_serial on camera (serial);
create index camera_onvif on camera (onvif_uuid);
create index camera_owner on camera (owner);
create index camera_life on camera (life, code);
create index camera_health_code on camera (health, code);
create index camera_brand on camera (brand_key, code);
create index camera_kind on camera (kind, code);
create index camera_newest on camera (made_at_us, id);
create index camera_area on camera (area, code);
create index camera_residential on camera (residential, code);
create index camera_commune on camera (commune, code);
create index camera_province on camera (province, code);
create index camera_province_name on camera (province, sort_name, id);
create index camera_province_newest on camera (province, made_at_us, id);
create index camera_province_life on camera (province, life, code);
create index camera_province_kind on camera (province, kind, code);
create index camera_province_health on camera (province, health, code);
create index camera_province_brand on camera (province, brand_key, code);
create index camera_eyes on camera (province, commune, residential, life, health, merged_into, kind);
create index camera_map on camera (lat_e6, lon_e6, merged_into, life, health, province, commune, residential);
create index camera_map_cell on camera (map_cell, lat_e6, lon_e6, merged_into, life, health, province, commune, residential);
-- @sqlite
create table camera_term (
  term text not null,
-- @postgresql
create table camera_term (
  term text collate "C" not null,
-- @both
  camera bytea not null references camera (id) deferrable initially deferred,
  primary key (term, camera)
);
create index camera_term_camera on camera_term (camera);
create table camera_step (
  camera bytea not null references camera (id) deferrable initially deferred,
  number bigint not null,
  from_state text not null,
  to_state text not null,
  at_us bigint not null,
  who text not null,
  evidence text not null,
  primary key (camera, number)
);
create table camera_service (
  camera bytea not null references camera (id) deferrable initially deferred,
  from_us bigint not null,
  to_us bigint not null,
  primary key (camera, from_us)
);
create table camera_device (
  camera bytea not null references camera (id) deferrable initially deferred,
  from_day bigint not null,
  to_day bigint not null,
  brand text not null,
  device_model text not null,
  serial text,
  mac text,
  onvif_uuid text,
  qcvn135 bigint not null,
  reason text not null,
  who text not null,
  primary key (camera, from_day)
);
create index camera_device_serial on camera_device (serial);
create index camera_device_mac on camera_device (mac);
create table camera_stream (
  camera bytea not null references camera (id) deferrable initially deferred,
  role text not null,
  template text not null,
  transport text not null,
  codec text not null,
  width bigint not null,
  height bigint not null,
  fps double precision not null,
  gop_ms bigint,
  skew_ms bigint,
  display_url text not null,
  endpoint text,
  measured_at_us bigint,
  primary key (camera, role)
);
create index camera_stream_endpoint on camera_stream (endpoint);
create table camera_reference (
  camera bytea not null references camera (id) deferrable initially deferred,
  light text not null,
  taken_at_us bigint not null,
  who text not null,
  media_type text not null,
  picture bytea not null,
  in_use bigint not null,
  primary key (camera, light, taken_at_us)
);
)";

}  // namespace vonggac::catalogue
