#include "api/record_parts.h"

#include "base/digest.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kIdText = 36, kTagDigits = 32;

std::string digest_tag(const json::object& record) {
  return "\"" + base::sha256_hex(json::serialize(record)).substr(0, kTagDigits) + "\"";
}

}  // namespace

json::value iso_or_null(const std::optional<catalogue::Day>& day) {
  return day ? json::value(day->iso()) : json::value();
}
json::value end_or_null(catalogue::Day day) {
  return day == catalogue::kOpenEnd ? json::value() : json::value(day.iso());
}

json::value named(std::span<const catalogue::NamedCode> list, std::string_view code) {
  if (code.empty()) return json::value();
  const catalogue::NamedCode* found = catalogue::find_code(list, code);
  if (found == nullptr) return json::object{{"code", code}, {"vi", code}, {"en", code}};
  return json::object{{"code", found->code}, {"vi", found->vi}, {"en", found->en}};
}

json::array named_list(std::span<const catalogue::NamedCode> list) {
  json::array out;
  for (const catalogue::NamedCode& one : list) out.push_back(named(list, one.code));
  return out;
}

void take_text(Form& form, std::string_view field, std::string& to, std::size_t most) {
  if (form.has(field)) to = form.maybe_text(field, most).value_or("");
}

catalogue::PartyScope party_scope(const Call& call) {
  return {call.admission.scope.everywhere, call.admission.scope.roots};
}
catalogue::Day day_now(const PoolServices& services) { return catalogue::Day::at(services.office.clock().wall_now()); }

base::Result<bool> is_reached(store::Reader& session, const Call& call, gate::ObjectKind kind, const base::Uuid& id,
                              base::WallTime now) {
  VG_ASSIGN(const std::optional<gate::Object> object, gate::load_object(session, kind, id, now));
  return object && call.admission.caller.authority.may(call.row->demand.action, object->areas);
}

base::Status check_named(store::Reader& session, const Call& call, gate::ObjectKind kind,
                         const std::optional<base::Uuid>& id, std::string_view field, base::WallTime now,
                         catalogue::Problems& problems) {
  if (!id) return {};
  VG_ASSIGN(const bool reached, is_reached(session, call, kind, *id, now));
  if (reached) return {};
  problems.refuse("", field, "Không có mục này trong phạm vi của bạn.", "There is no such thing within your reach.");
  return problems.status();
}

std::string mark_text(const catalogue::PageMark& mark) { return mark.id.to_string() + "." + mark.path; }

std::optional<catalogue::PageMark> mark_of(const std::optional<std::string>& text) {
  if (!text) return catalogue::PageMark{};
  if (text->size() <= kIdText || (*text)[kIdText] != '.') return std::nullopt;
  const auto id = base::Uuid::parse(std::string_view(*text).substr(0, kIdText));
  if (!id) return std::nullopt;
  return catalogue::PageMark{text->substr(kIdText + 1), *id};
}

json::value next_mark(const std::optional<catalogue::PageMark>& mark) {
  return mark ? json::value(mark_text(*mark)) : json::value();
}

std::optional<PageAsked> page_asked(const Query& query) {
  const auto limit = query.number("limit", 1, 200);
  const std::optional<catalogue::PageMark> after = mark_of(query.text("after"));
  if (!limit || !after) return std::nullopt;
  return PageAsked{*after, static_cast<std::size_t>(limit->value_or(100))};
}

HttpReply wrong_query() { return problem_reply(400, {"Tham số trên địa chỉ không hợp lệ.", "the query is not valid"}); }

HttpReply read_record(const PoolServices& services, const Call& call, const RecordRead& show) {
  std::string tag;
  HttpReply reply =
      read_register(services, call.row->demand.name, [&](store::Reader& session) -> base::Result<json::object> {
        VG_ASSIGN(json::object record, show(session));
        tag = digest_tag(record);
        return record;
      });
  if (reply.status == 200) reply.headers.emplace_back("ETag", tag);
  return reply;
}

HttpReply amend_record(const PoolServices& services, const Call& call, const RecordRead& show,
                       const std::function<base::Status(store::WriteSession&, catalogue::Problems&)>& work) {
  bool stale = false;
  std::string tag;
  const std::string& seen = call.request.if_match;
  HttpReply reply =
      change_register(services, call, 200,
                      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                        VG_ASSIGN(const json::object before, show(session));
                        stale = !seen.empty() && seen != "*" && seen.find(digest_tag(before)) == std::string::npos;
                        if (stale) return base::invalid_argument("changed since it was read");
                        const base::Status done = work(session, problems);
                        VG_TRY(done);
                        VG_ASSIGN(json::object after, show(session));
                        tag = digest_tag(after);
                        return after;
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
