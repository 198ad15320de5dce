/// The step of the schema that holds repair tickets.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// `subject` is a camera, recorder or site; `site` where it is, for lists. `custodian` and `vendor` are parties.
/// `waited_us`: how long it awaited funds, without the time since `waiting_since_us`. Money in đồng.
inline constexpr std::string_view kTicketSchema = R"(
create table maintenance_ticket (
  id bytea not null primary key,
-- @sqlite
  code text not null,
-- @postgresql
  code text collate "C" not null,
-- @both
  subject_kind text not null,
  subject bytea not null,
  site bytea references camera_site (id) deferrable initially deferred,
  fault text not null,
  state text not null,
  by_machine bigint not null,
  opened_by text not null,
  broken_since_us bigint,
  reported_us bigint not null,
  accepted_us bigint,
  fixed_us bigint,
  ended_us bigint,
  recovered_us bigint,
  waiting_since_us bigint,
  waited_us bigint not null,
  custodian bytea,
  vendor bytea,
  cost_vnd bigint,
  payer text not null,
  parts text not null
);
create unique index maintenance_ticket_code on maintenance_ticket (code);
create index maintenance_ticket_subject on maintenance_ticket (subject, ended_us);
create index maintenance_ticket_state on maintenance_ticket (state, code);
create index maintenance_ticket_site on maintenance_ticket (site);
create index maintenance_ticket_fixed on maintenance_ticket (fixed_us);
create table ticket_step (
  ticket bytea not null references maintenance_ticket (id) deferrable initially deferred,
  number bigint not null,
  from_state text not null,
  to_state text not null,
  at_us bigint not null,
  who text not null,
  note text not null,
  primary key (ticket, number)
);
)";

}  // namespace vonggac::catalogue
