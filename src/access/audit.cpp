#include "access/audit.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace vonggac::access {
namespace {

constexpr std::string_view kAuditColumns =
    "seq, at_us, actor, actor_name, action, allowed, subject_kind, subject, area, purpose, detail, address, hash";

AuditRow audit_row_of(const store::Row& row) {
  AuditRow entry;
  entry.seq = row.integer(0);
  entry.at = row.time(1);
  entry.actor = row.maybe_id(2);
  entry.actor_name = row.text(3);
  entry.action = row.text(4);
  entry.allowed = row.flag(5);
  entry.subject_kind = row.text(6);
  entry.subject = row.maybe_id(7);
  entry.area = row.maybe_id(8);
  entry.purpose = row.text(9);
  entry.detail = row.text(10);
  entry.address = row.text(11);
  entry.hash = row.bytes(12);
  return entry;
}

std::vector<AuditRow> audit_rows_of(const store::Rows& rows) {
  std::vector<AuditRow> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(audit_row_of(rows[i]));
  return found;
}

/// Each field with its length before it: no two rows have the same bytes.
base::Bytes chained_hash(const base::Bytes& before, std::int64_t seq, base::WallTime at, const AuditEntry& entry) {
  base::Sha256 sha;
  const auto feed = [&](base::ByteSpan bytes) {
    const std::string size = fmt::format("{}:", bytes.size());
    sha.update(base::as_bytes(size));
    sha.update(bytes);
  };
  const auto feed_id = [&](const std::optional<base::Uuid>& id) {
    feed(id ? base::ByteSpan(id->bytes) : base::ByteSpan());
  };
  feed(before);
  feed(base::as_bytes(fmt::format("{} {} {}", seq, at.us, entry.allowed ? 1 : 0)));
  feed_id(entry.actor);
  feed_id(entry.subject);
  feed_id(entry.area);
  for (const std::string* text :
       {&entry.actor_name, &entry.action, &entry.subject_kind, &entry.purpose, &entry.detail, &entry.address}) {
    feed(base::as_bytes(*text));
  }
  const base::Sha256Digest digest = sha.finish();
  return {digest.begin(), digest.end()};
}

}  // namespace

base::Status write_audit(store::WriteSession& session, const AuditEntry& entry) {
  VG_ASSIGN(const store::Rows last, session.query("select seq, hash from audit_head"));
  const std::int64_t seq = last.empty() ? 1 : last[0].integer(0) + 1;
  const base::Bytes before = last.empty() ? base::Bytes() : last[0].bytes(1);
  const base::Bytes hash = chained_hash(before, seq, session.now(), entry);
  VG_TRY(session
             .run_aside(
                 fmt::format("insert into audit ({}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                             kAuditColumns),
                 {seq, session.now(), entry.actor, entry.actor_name, entry.action, entry.allowed, entry.subject_kind,
                  entry.subject, entry.area, entry.purpose, entry.detail, entry.address, hash})
             .error());
  return session
      .run_aside(
          "insert into audit_head (one, seq, hash) values (1, $1, $2) on conflict (one) do update set seq = "
          "excluded.seq, "
          "hash = excluded.hash",
          {seq, hash})
      .error();
}

base::Result<std::vector<AuditRow>> newest_audit(store::Reader& session, std::int64_t before_seq, std::int64_t most) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from audit where seq < $1 order by seq desc limit $2", kAuditColumns),
                          {before_seq, most}));
  return audit_rows_of(rows);
}

base::Result<std::vector<AuditRow>> audit_of_subject(store::Reader& session, const base::Uuid& subject,
                                                     std::int64_t before_seq, std::int64_t most) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from audit where subject = $1 and seq < $2 order by seq desc limit $3",
                                      kAuditColumns),
                          {subject, before_seq, most}));
  return audit_rows_of(rows);
}

base::Result<std::optional<std::string>> check_audit(store::Reader& session) {
  std::optional<std::string> fault;
  std::int64_t expected = 0;
  base::Bytes before;
  const store::Reader::Visitor compare = [&](const store::Row& row) -> base::Status {
    const AuditRow entry = audit_row_of(row);
    if (fault) return {};
    if (expected == 0 && entry.seq != 1) fault = fmt::format("the rows before {} are missing", entry.seq);
    if (expected != 0 && entry.seq != expected) fault = fmt::format("row {} is missing", expected);
    if (!fault && chained_hash(before, entry.seq, entry.at, entry) != entry.hash)
      fault = fmt::format("row {} was changed", entry.seq);
    expected = entry.seq + 1;
    before = entry.hash;
    return {};
  };
  VG_TRY(session.visit(fmt::format("select {} from audit order by seq", kAuditColumns), std::span<const store::Value>(),
                       compare));
  VG_ASSIGN(const store::Rows head, session.query("select seq, hash from audit_head"));
  const bool same_end = head.empty() ? expected == 0 : head[0].integer(0) + 1 == expected && head[0].bytes(1) == before;
  if (!fault && !same_end) fault = "the newest rows are missing";
  return fault;
}

}  // namespace vonggac::access
