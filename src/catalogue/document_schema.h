/// The step of the schema that holds documents and what they say of each other.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Needs party_schema.h. `issuer_key` is the issuer's name folded, so that a number is one document however its issuer
/// is typed; `year` is 0 where nobody knows it. Edges go from the younger document to what it rests on.
inline constexpr std::string_view kDocumentSchema = R"(
create table document (
  id bytea not null primary key,
  number text not null,
  year bigint not null,
  type text not null,
  day bigint,
  issuer text not null,
  issuer_key text not null,
  issuer_organisation bytea references party (id) deferrable initially deferred,
  area bytea references area (id) deferrable initially deferred,
  signer text not null,
  signer_role text not null,
  title text not null,
  file_sha256 text,
  valid_to bigint not null,
-- @sqlite
  path text not null,
-- @postgresql
  path text collate "C" not null,
-- @both
  made_at_us bigint not null
);
create unique index document_number on document (number, issuer_key, year);
create index document_path on document (path, id);
create index document_area on document (area);
create table document_edge (
  document bytea not null references document (id) deferrable initially deferred,
  kind text not null,
  target bytea not null references document (id) deferrable initially deferred,
  primary key (document, kind, target)
);
create index document_edge_target on document_edge (target, kind);
create table document_recipient (
  id bytea not null primary key,
  document bytea not null references document (id) deferrable initially deferred,
  organisation bytea not null references party (id) deferrable initially deferred,
  due_day bigint,
  state text not null,
  reported_day bigint,
  reply bytea references document (id) deferrable initially deferred,
  note text not null
);
create unique index document_recipient_of on document_recipient (document, organisation);
create index document_recipient_due on document_recipient (state, due_day);
)";

}  // namespace vonggac::catalogue
