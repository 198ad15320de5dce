/// The step of the schema that holds models (mô hình), their points, teams, events, money, cameras and evaluations.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Needs document_schema.h. A model's state is the newest row of model_state; the copy in `model` is for lists. Points
/// are what statistics count (điểm), teams (tổ) carry them out. Evaluations are added, never changed. Cameras are ids
/// of another table. `continues`: the point goes on what a merged model's point did.
inline constexpr std::string_view kModelSchema = R"(
create table model_type (
  code text not null primary key,
  official_name text not null,
  short_name text not null,
  category text not null,
  is_camera bigint not null,
  origin text not null
);
create table model (
  id bytea not null primary key,
  code text not null,
  type text not null references model_type (code) deferrable initially deferred,
  category text not null,
  name text not null,
  area bytea not null references area (id) deferrable initially deferred,
  proposer bytea references party (id) deferrable initially deferred,
  lead_organisation bytea references party (id) deferrable initially deferred,
  coordinator bytea references party (id) deferrable initially deferred,
  decision_number text not null,
  decision_day bigint,
  launch_day bigint,
  charter text not null,
  self_x text not null,
  state text not null,
  state_since bigint not null,
  rests_until bigint,
  merged_into bytea references model (id) deferrable initially deferred,
-- @sqlite
  path text not null,
-- @postgresql
  path text collate "C" not null,
-- @both
  made_at_us bigint not null
);
create unique index model_code on model (code);
create index model_path on model (path, id);
create index model_area on model (area);
create index model_launch on model (launch_day);
create table model_code_counter (
  prefix text not null primary key,
  last bigint not null
);
create table model_campaign (
  model bytea not null references model (id) deferrable initially deferred,
  campaign text not null,
  primary key (model, campaign)
);
create table model_state (
  model bytea not null references model (id) deferrable initially deferred,
  number bigint not null,
  state text not null,
  day bigint not null,
  decision_number text not null,
  decision_day bigint,
  reason text not null,
  paper text not null,
  until_day bigint,
  target bytea references model (id) deferrable initially deferred,
  document bytea references document (id) deferrable initially deferred,
  made_at_us bigint not null,
  primary key (model, number)
);
create table model_point (
  id bytea not null primary key,
  model bytea not null references model (id) deferrable initially deferred,
  area bytea references area (id) deferrable initially deferred,
  unit bytea references party (id) deferrable initially deferred,
  from_day bigint not null,
  to_day bigint not null,
  replicated_from bytea references model_point (id) deferrable initially deferred,
  continues bytea references model_point (id) deferrable initially deferred,
  made_at_us bigint not null,
  check (from_day < to_day)
);
create index model_point_model on model_point (model, from_day);
create index model_point_area on model_point (area);
create index model_point_unit on model_point (unit);
create table model_team (
  id bytea not null primary key,
  point bytea not null references model_point (id) deferrable initially deferred,
  name text not null,
  leader bytea references party (id) deferrable initially deferred,
  members bigint not null,
  households bigint not null,
  from_day bigint not null,
  to_day bigint not null
);
create index model_team_point on model_team (point, from_day);
create table model_camera (
  id bytea not null primary key,
  point bytea not null references model_point (id) deferrable initially deferred,
  camera bytea not null,
  from_day bigint not null,
  to_day bigint not null
);
create index model_camera_point on model_camera (point, from_day);
create index model_camera_camera on model_camera (camera, from_day);
create table model_event (
  id bytea not null primary key,
  model bytea not null references model (id) deferrable initially deferred,
  point bytea references model_point (id) deferrable initially deferred,
  kind text not null,
  day bigint not null,
  attendance bigint,
  note text not null,
  made_at_us bigint not null
);
create index model_event_model on model_event (model, day);
create table model_event_reference (
  event bytea not null references model_event (id) deferrable initially deferred,
  number bigint not null,
  document bytea references document (id) deferrable initially deferred,
  photo text,
  primary key (event, number)
);
create table model_funding (
  id bytea not null primary key,
  model bytea not null references model (id) deferrable initially deferred,
  source text not null,
  amount_vnd bigint not null,
  day bigint not null,
  donors text not null,
  shown bigint not null,
  document bytea references document (id) deferrable initially deferred,
  note text not null,
  made_at_us bigint not null
);
create index model_funding_model on model_funding (model, day);
create index model_funding_day on model_funding (day);
create table model_evaluation (
  id bytea not null primary key,
  model bytea not null references model (id) deferrable initially deferred,
  year bigint not null,
  self_score double precision,
  superior_score double precision,
  rank text not null,
  rule text not null,
  decision bytea references document (id) deferrable initially deferred,
  made_at_us bigint not null
);
create index model_evaluation_model on model_evaluation (model, year);
)";

}  // namespace vonggac::catalogue
