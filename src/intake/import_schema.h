/// The step of the schema that holds imports: files that were looked at, and what became of each of their rows.
#pragma once

#include <string_view>

namespace vonggac::intake {

/// `state`: dry, applied, undone. `cells` keeps what was written in the file, by field (V34), without passwords.
/// `choice`: make, skip, merge. `site`, `camera`, `party` are what was made; `fate` what became of it when undone.
inline constexpr std::string_view kImportSchema = R"(
create table import (
  id bytea not null primary key,
  who text not null,
  file_name text not null,
  sheet text not null,
  digest text not null,
  day bigint not null,
  within bytea,
  state text not null,
  remarks text not null,
  made_at_us bigint not null,
  applied_at_us bigint,
  undone_at_us bigint
);
create index import_newest on import (made_at_us, id);
create index import_who on import (who, made_at_us, id);
create table import_row (
  import bytea not null references import (id) deferrable initially deferred,
  number bigint not null,
  cells text not null,
  outcome text not null,
  findings text not null,
  same text not null,
  choice text not null,
  merge_with bytea,
  area bytea,
  site bytea,
  camera bytea,
  party bytea,
  fate text not null,
  primary key (import, number)
);
create index import_row_outcome on import_row (import, outcome, number);
create index import_row_camera on import_row (camera);
)";

}  // namespace vonggac::intake
