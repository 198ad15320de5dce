#include "api/register_parts.h"

#include <fmt/format.h>

#include "catalogue/parties.h"
#include "gate/objects.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

std::string_view table_name(Tagged table) {
  switch (table) {
    case Tagged::kSite:
      return "camera_site";
    case Tagged::kCamera:
      return "camera";
    case Tagged::kRecorder:
      break;
  }
  return "recorder";
}

base::Result<std::string> tag_of(store::Reader& session, Tagged table, const base::Uuid& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select changed_at_us from {} where id = $1", table_name(table)), {id}));
  return rows.empty() ? std::string() : fmt::format("\"{}\"", rows[0].integer(0));
}

bool is_among(std::string_view header, std::string_view tag) {
  return header == "*" || header.find(tag) != std::string_view::npos;
}

json::object words(std::string_view code, std::string_view vi, std::string_view en) {
  return {{"code", code}, {"vi", vi}, {"en", en}};
}

}  // namespace

void set_text(Form& form, std::string_view field, std::string& to, std::size_t most) {
  if (form.has(field)) to = form.maybe_text(field, most).value_or("");
}
void set_flag(Form& form, std::string_view field, bool& to) {
  if (form.has(field)) to = form.flag(field);
}
void set_day(Form& form, std::string_view field, std::optional<catalogue::Day>& to) {
  if (form.has(field)) to = form.maybe_day(field);
}
void set_real(Form& form, std::string_view field, std::optional<double>& to, double low, double high) {
  if (form.has(field)) to = form.maybe_real(field, low, high);
}
void set_number(Form& form, std::string_view field, std::optional<std::int64_t>& to, std::int64_t low,
                std::int64_t high) {
  if (form.has(field)) to = form.maybe_integer(field, low, high);
}

json::value coded(const catalogue::CodeList& list, std::string_view code) {
  if (code.empty()) return json::value();
  const catalogue::CodeName* found = list.find(code);
  return found == nullptr ? words(code, code, code) : words(found->code, found->vi, found->en);
}
json::value coded(const catalogue::StateMachine& machine, std::string_view code) {
  if (code.empty()) return json::value();
  const catalogue::StateName* found = machine.find(code);
  return found == nullptr ? words(code, code, code) : words(found->code, found->vi, found->en);
}
json::value day_json(const std::optional<catalogue::Day>& day) { return day ? json::value(day->iso()) : json::value(); }
json::value real_json(const std::optional<double>& number) { return number ? json::value(*number) : json::value(); }

base::Status add_place(store::Reader& session, json::object& out, const catalogue::AreaId& area, catalogue::Day today) {
  out["area"] = area.to_string();
  json::array names;
  VG_ASSIGN(const std::vector<catalogue::AreaVersion> line, catalogue::lineage(session, area, today));
  for (const catalogue::AreaVersion& one : line) names.push_back(json::value(one.full_name()));
  out["in"] = std::move(names);
  return {};
}

base::Status check_thing_reach(store::WriteSession& session, const Call& call, gate::ObjectKind kind,
                               const base::Uuid& id, std::string_view field, catalogue::Problems& problems) {
  VG_ASSIGN(const auto object, gate::load_object(session, kind, id, session.now()));
  if (object && call.admission.caller.authority.may(call.row->demand.action, object->areas)) return {};
  problems.refuse("", field, "Không có mục này trong phạm vi của bạn.", "There is no such thing within your reach.");
  return problems.status();
}

base::Status check_party_reach(store::WriteSession& session, const Call& call, const std::optional<base::Uuid>& party,
                               std::string_view field, catalogue::Problems& problems) {
  if (!party) return {};
  VG_ASSIGN(const auto found, catalogue::party_by_id(session, catalogue::PartyId{*party}));
  std::vector<base::Uuid> areas;
  if (found && found->area) {
    VG_ASSIGN(areas, gate::areas_reaching(session, *found->area, session.now()));
  }
  if (found && call.admission.caller.authority.may(call.row->demand.action, areas)) return {};
  problems.refuse("", field, "Không có người hoặc đơn vị này trong phạm vi của bạn.",
                  "There is no such person or body within your reach.");
  return problems.status();
}

catalogue::ScopeFilter scope_of(const Call& call) {
  return {call.admission.scope.everywhere, call.admission.scope.roots};
}
catalogue::Day today_of(const PoolServices& services) { return catalogue::Day::at(services.office.clock().wall_now()); }

HttpReply read_tagged(const PoolServices& services, const Call& call, Tagged table, const ReadWork& work) {
  std::string tag;
  HttpReply reply =
      read_register(services, call.row->demand.name, [&](store::Reader& session) -> base::Result<json::object> {
        VG_ASSIGN(tag, tag_of(session, table, call.id));
        return work(session);
      });
  if (reply.status == 200 && !tag.empty()) reply.headers.emplace_back("ETag", tag);
  return reply;
}

HttpReply change_tagged(const PoolServices& services, const Call& call, Tagged table, const ChangeWork& work) {
  bool stale = false;
  std::string tag;
  HttpReply reply =
      change_register(services, call, 200,
                      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                        VG_ASSIGN(tag, tag_of(session, table, call.id));
                        stale = !call.request.if_match.empty() && !is_among(call.request.if_match, tag);
                        if (stale) return base::invalid_argument("changed since it was read");
                        VG_ASSIGN(json::object done, work(session, problems));
                        VG_ASSIGN(tag, tag_of(session, table, call.id));
                        return done;
                      });
  if (stale) {
    return problem_reply(412,
                         {"Người khác vừa sửa mục này; hãy tải lại rồi sửa tiếp.",
                          "somebody changed this since you read it; load it again"},
                         "changed_meanwhile");
  }
  if (reply.status == 200) reply.headers.emplace_back("ETag", tag);
  return reply;
}

}  // namespace vonggac::api
