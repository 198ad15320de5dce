/// Reading the audit: all of a node, or what happened to one thing.
#include "access/audit.h"
#include "api/handler_parts.h"
#include "api/handlers.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostAuditRows = 200;

json::object audit_row_json(const access::AuditRow& row) {
  boost::system::error_code error;
  json::value detail = json::parse(row.detail, error);
  return {{"seq", row.seq},
          {"at", base::to_iso8601(row.at)},
          {"actor", json_or_null(row.actor)},
          {"actor_name", row.actor_name},
          {"action", row.action},
          {"allowed", row.allowed},
          {"subject_kind", row.subject_kind},
          {"subject", json_or_null(row.subject)},
          {"purpose", row.purpose},
          {"detail", error ? json::value() : std::move(detail)},
          {"address", row.address}};
}

using AuditRead =
    std::function<base::Result<std::vector<access::AuditRow>>(store::Reader&, std::int64_t, std::int64_t)>;

HttpReply audit_list(const PoolServices& services, const Call& call, const AuditRead& read) {
  const auto before = call.query.number("before", 1, INT64_MAX), limit = call.query.number("limit", 1, kMostAuditRows);
  if (!before || !limit) return problem_reply(400, {"Tham số trên địa chỉ không hợp lệ.", "the query is not valid"});
  const std::int64_t most = limit->value_or(100);
  return read_register(services, "audit", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const std::vector<access::AuditRow> rows, read(session, before->value_or(INT64_MAX), most));
    json::array list;
    for (const access::AuditRow& row : rows) list.push_back(audit_row_json(row));
    const bool more = static_cast<std::int64_t>(rows.size()) == most;
    return json::object{{"audit", std::move(list)},
                        {"next_before", more ? json::value(rows.back().seq) : json::value()}};
  });
}

}  // namespace

HttpReply answer_audit(const PoolServices& services, const Call& call) {
  return audit_list(services, call, [](store::Reader& session, std::int64_t before, std::int64_t most) {
    return access::newest_audit(session, before, most);
  });
}

HttpReply answer_object_audit(const PoolServices& services, const Call& call) {
  return audit_list(services, call, [&](store::Reader& session, std::int64_t before, std::int64_t most) {
    return access::audit_of_subject(session, call.id, before, most);
  });
}

}  // namespace vonggac::api
