/// Who did what to which thing, when, why, and whether it was allowed: append only, each row chained to the one before
/// by SHA-256, so that a row that was changed or taken away shows; the chain's end is kept apart, so that missing
/// newest rows show too. Threads  within a transaction of room store (one writer at a time, so the chain has one end).
/// Errors   those of the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "store/store.h"

namespace vonggac::access {

inline constexpr std::string_view kAuditSchema = R"(
create table audit (
  seq bigint not null primary key,
  at_us bigint not null,
  actor bytea,
  actor_name text not null,
  action text not null,
  allowed bigint not null,
  subject_kind text not null,
  subject bytea,
  area bytea,
  purpose text not null,
  detail text not null,
  address text not null,
  hash bytea not null
);
create table audit_head (
  one bigint not null primary key check (one = 1),
  seq bigint not null,
  hash bytea not null
);
create index audit_subject on audit (subject, seq);
create index audit_actor on audit (actor, seq);
)";

struct AuditEntry {
  std::optional<base::Uuid> actor;  ///< none: not logged in, or the system itself
  std::string actor_name;           ///< as it was then
  std::string action;               ///< "login", "playback", "camera.changed" ...
  bool allowed = true;
  std::string subject_kind;
  std::optional<base::Uuid> subject, area;
  std::string purpose;  ///< as typed
  std::string detail;   ///< a JSON object without secrets
  std::string address;  ///< of the client
};
struct AuditRow : AuditEntry {
  std::int64_t seq = 0;
  base::WallTime at;
  base::Bytes hash;
};

base::Status write_audit(store::WriteSession& session, const AuditEntry& entry);
/// The whole book, newest first.
base::Result<std::vector<AuditRow>> newest_audit(store::Reader& session, std::int64_t before_seq, std::int64_t most);
/// What happened to a thing, newest first: the owner of a camera reads who opened it.
base::Result<std::vector<AuditRow>> audit_of_subject(store::Reader& session, const base::Uuid& subject,
                                                     std::int64_t before_seq, std::int64_t most);
/// Nothing, or the first row that does not fit the chain, in words.
base::Result<std::optional<std::string>> check_audit(store::Reader& session);

}  // namespace vonggac::access
