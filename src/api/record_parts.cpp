#include "api/record_parts.h"

#include <fmt/format.h>

#include "api/etag.h"
#include "base/digest.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kIdText = 36, kTagDigits = 32;

std::string digest_tag(const json::object& record) {
  return "\"" + base::sha256_hex(json::serialize(record)).substr(0, kTagDigits) + "\"";
}

std::string_view table_name(RecordTable table) {
  switch (table) {
    case RecordTable::kSite:
      return "camera_site";
    case RecordTable::kCamera:
      return "camera";
    case RecordTable::kRecorder:
      break;
  }
  return "recorder";
}

base::Result<std::string> changed_tag(store::Reader& session, RecordTable table, const base::Uuid& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select changed_at_us from {} where id = $1", table_name(table)), {id}));
  return rows.empty() ? std::string() : fmt::format("\"{}\"", rows[0].integer(0));
}

json::object words(std::string_view code, std::string_view vi, std::string_view en) {
  return {{"code", code}, {"vi", vi}, {"en", en}};
}

/// The ETag of the record at hand as it is now, and as it was just shown.
using TagNow = std::function<base::Result<std::string>(store::Reader& session)>;
using TagShown = std::function<base::Result<std::string>(store::Reader& session, const json::object& shown)>;

TagShown by_digest() {
  return [](store::Reader&, const json::object& shown) -> base::Result<std::string> { return digest_tag(shown); };
}
TagShown by_table(RecordTable table, const base::Uuid& id) {
  return [table, id](store::Reader& session, const json::object&) { return changed_tag(session, table, id); };
}

HttpReply read_tagged(const PoolServices& services, const Call& call, const TagShown& tag_shown, const ReadWork& work) {
  std::string tag;
  HttpReply reply =
      read_register(services, call.row->demand.name, [&](store::Reader& session) -> base::Result<json::object> {
        VG_ASSIGN(json::object shown, work(session));
        VG_ASSIGN(tag, tag_shown(session, shown));
        return shown;
      });
  if (reply.status == 200 && !tag.empty()) reply.headers.emplace_back("ETag", tag);
  return reply;
}

HttpReply amend_tagged(const PoolServices& services, const Call& call, const TagNow& tag_now, const TagShown& tag_shown,
                       const ChangeWork& work) {
  bool stale = false;
  std::string tag;
  const std::string& seen = call.request.if_match;
  HttpReply reply =
      change_register(services, call, 200,
                      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                        if (!seen.empty()) {
                          VG_ASSIGN(const std::string now, tag_now(session));
                          stale = !names_tag(seen, now);
                          if (stale) return base::invalid_argument("changed since it was read");
                        }
                        VG_ASSIGN(json::object shown, work(session, problems));
                        VG_ASSIGN(tag, tag_shown(session, shown));
                        return shown;
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

}  // namespace

json::value day_or_null(const std::optional<catalogue::Day>& day) {
  return day ? json::value(day->iso()) : json::value();
}
json::value real_or_null(const std::optional<double>& number) { return number ? json::value(*number) : json::value(); }
json::value end_or_null(catalogue::Day day) {
  return day == catalogue::kOpenEnd ? json::value() : json::value(day.iso());
}

json::value coded(std::span<const catalogue::NamedCode> list, std::string_view code) {
  if (code.empty()) return json::value();
  const catalogue::NamedCode* found = catalogue::find_code(list, code);
  return found == nullptr ? words(code, code, code) : words(found->code, found->vi, found->en);
}
json::value coded(const catalogue::CodeList& list, std::string_view code) { return coded(list.values, code); }
json::value coded(const catalogue::StateMachine& machine, std::string_view code) {
  if (code.empty()) return json::value();
  const catalogue::StateName* found = machine.find(code);
  return found == nullptr ? words(code, code, code) : words(found->code, found->vi, found->en);
}

json::array coded_list(std::span<const catalogue::NamedCode> list) {
  json::array out;
  for (const catalogue::NamedCode& one : list) out.push_back(coded(list, one.code));
  return out;
}

base::Status add_place(store::Reader& session, json::object& out, const catalogue::AreaId& area, catalogue::Day today) {
  out["area"] = area.to_string();
  json::array names;
  VG_ASSIGN(const std::vector<catalogue::AreaVersion> line, catalogue::lineage(session, area, today));
  for (const catalogue::AreaVersion& one : line) names.push_back(json::value(one.full_name()));
  out["in"] = std::move(names);
  return {};
}

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

catalogue::ScopeFilter scope_of(const Call& call) {
  return {call.admission.scope.everywhere, call.admission.scope.roots};
}
catalogue::Day today_of(const PoolServices& services) { return catalogue::Day::at(services.office.clock().wall_now()); }

base::Result<catalogue::Day> day_asked(const PoolServices& services, const Query& query) {
  const std::optional<std::string> text = query.text("day");
  return text ? catalogue::Day::parse(*text) : base::Result<catalogue::Day>(today_of(services));
}

base::Result<catalogue::ScopeFilter> scope_asked(store::Reader& session, const Call& call,
                                                 const std::optional<base::Uuid>& area, const PoolServices& services) {
  if (!area) return scope_of(call);
  VG_ASSIGN(const bool reached,
            is_reached(session, call, gate::ObjectKind::kArea, *area, services.office.clock().wall_now()));
  if (!reached) return base::not_found("there is no such area within reach");
  return catalogue::ScopeFilter::of(*area);
}

base::Result<bool> is_reached(store::Reader& session, const Call& call, gate::ObjectKind kind, const base::Uuid& id,
                              base::WallTime now) {
  VG_ASSIGN(const std::optional<gate::Object> object, gate::load_object(session, kind, id, now));
  return object && call.admission.caller.authority.may(call.row->demand.action, object->areas);
}

base::Status check_reach(store::WriteSession& session, const Call& call, gate::ObjectKind kind,
                         const std::optional<base::Uuid>& id, std::string_view field, catalogue::Problems& problems) {
  if (!id) return {};
  VG_ASSIGN(const bool reached, is_reached(session, call, kind, *id, session.now()));
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
  return read_tagged(services, call, by_digest(), show);
}

HttpReply amend_record(const PoolServices& services, const Call& call, const RecordRead& show,
                       const std::function<base::Status(store::WriteSession&, catalogue::Problems&)>& work) {
  const auto tag_now = [&](store::Reader& session) -> base::Result<std::string> {
    VG_ASSIGN(const json::object record, show(session));
    return digest_tag(record);
  };
  return amend_tagged(services, call, tag_now, by_digest(),
                      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                        VG_TRY(work(session, problems));
                        return show(session);
                      });
}

HttpReply read_record(const PoolServices& services, const Call& call, RecordTable table, const ReadWork& work) {
  return read_tagged(services, call, by_table(table, call.id), work);
}

HttpReply amend_record(const PoolServices& services, const Call& call, RecordTable table, const ChangeWork& work) {
  const auto tag_now = [&](store::Reader& session) { return changed_tag(session, table, call.id); };
  return amend_tagged(services, call, tag_now, by_table(table, call.id), work);
}

}  // namespace vonggac::api
