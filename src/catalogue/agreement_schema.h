/// The step of the schema that holds agreements with owners of cameras.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Needs party_schema.h. Rows are never changed but for a withdrawal, and never deleted. `number` counts up: of several
/// agreements about a camera that have begun, the one with the highest number governs. Cameras are ids of another
/// table.
inline constexpr std::string_view kAgreementSchema = R"(
create table agreement (
  id bytea not null primary key,
  number bigint not null,
  giver bytea not null references party (id) deferrable initially deferred,
  live bigint not null,
  playback bigint not null,
  on_request_only bigint not null,
  health_only bigint not null,
  audio bigint not null,
  hours text not null,
  masks text not null,
  notice_shown bigint not null,
  form_reference text not null,
  confirmation_reference text not null,
  text_version text not null,
  from_day bigint not null,
  last_day bigint not null,
  made_at_us bigint not null,
  made_by bytea,
  withdrawn_at_us bigint,
  withdrawn_by bytea,
  withdrawn_how text,
  check (from_day <= last_day)
);
create unique index agreement_number on agreement (number);
create index agreement_giver on agreement (giver, number);
create index agreement_last_day on agreement (last_day);
create table agreement_camera (
  camera bytea not null,
  number bigint not null,
  agreement bytea not null references agreement (id) deferrable initially deferred,
  primary key (camera, number)
);
create index agreement_camera_of on agreement_camera (agreement);
)";

}  // namespace vonggac::catalogue
