/// The step of the schema that holds what the recorder sees of its cameras.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// `camera_health`: one row for each camera that was ever looked at. `raw` is what the last look said, before it was
/// confirmed; `flips` when it changed between good and bad lately; `bad_since_us` 0 while it is well; `noted_state` for
/// which state a repair ticket knows of it. Spans: [from_us, to_us), the one that lasts ends at the largest number.
inline constexpr std::string_view kHealthSchema = R"(
create table camera_health (
  camera bytea not null primary key references camera (id) deferrable initially deferred,
  state text not null,
  since_us bigint not null,
  raw text not null,
  raw_since_us bigint not null,
  last_us bigint not null,
  flips text not null,
  tamper text not null,
  skew_ms bigint,
  bad_since_us bigint not null,
  noted_state text not null
);
create index camera_health_bad on camera_health (bad_since_us);
create index camera_health_noted on camera_health (noted_state);
create index camera_health_last on camera_health (last_us);
create table camera_health_span (
  camera bytea not null references camera (id) deferrable initially deferred,
  from_us bigint not null,
  to_us bigint not null,
  state text not null,
  primary key (camera, from_us)
);
create table maintenance_plan (
  id bytea not null primary key,
  camera bytea not null references camera (id) deferrable initially deferred,
  from_us bigint not null,
  to_us bigint not null,
  reason text not null,
  who text not null
);
create index maintenance_plan_camera on maintenance_plan (camera, to_us);
)";

}  // namespace vonggac::catalogue
