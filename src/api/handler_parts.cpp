#include "api/handler_parts.h"

#include <fmt/format.h>

#include "access/sessions.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "catalogue/places.h"
#include "gate/kept_replies.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

bool is_callers_doing(base::ErrorKind kind) {
  return kind == base::ErrorKind::kNotFound || kind == base::ErrorKind::kInvalidArgument ||
         kind == base::ErrorKind::kOutOfRange || kind == base::ErrorKind::kPermissionDenied;
}

/// Only what makes something new can be made twice.
bool is_keyed(const Call& call, unsigned status_when_done) {
  return status_when_done == 201 && call.row->method == "POST" && !call.request.idempotency_key.empty();
}

std::string request_hash(const HttpRequest& request) { return base::sha256_hex(request.target + "\n" + request.body); }

/// True: this very request was answered before, and `reply` is what it got.
base::Result<bool> answer_again(store::WriteSession& session, const PoolServices& services, const Call& call,
                                const std::string& hash, gate::KeptReply& reply, catalogue::Problems& problems) {
  const std::string& key = call.request.idempotency_key;
  if (!gate::is_request_key(key)) {
    problems.refuse("", "Idempotency-Key", "Khóa chống gửi trùng có từ 1 đến 80 ký tự không dấu, không dấu cách.",
                    "An Idempotency-Key has 1 to 80 visible ASCII characters.");
    return problems.status();
  }
  VG_ASSIGN(gate::Repeat repeat,
            gate::kept_reply(session, services.office.seal(), call.admission.caller.user, key, hash, session.now()));
  if (std::holds_alternative<gate::OtherRequest>(repeat)) {
    problems.refuse("", "Idempotency-Key", "Khóa chống gửi trùng này đã dùng cho một yêu cầu khác.",
                    "This Idempotency-Key was used for another request.");
    return problems.status();
  }
  gate::KeptReply* kept = std::get_if<gate::KeptReply>(&repeat);
  if (kept == nullptr) return false;
  reply = std::move(*kept);
  return true;
}

}  // namespace

std::pair<std::string, std::string> session_cookie(const std::string& token) {
  return {"Set-Cookie", fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", kSessionCookie,
                                    token, access::kSessionLength.count())};
}

std::pair<std::string, std::string> no_session_cookie() {
  return {"Set-Cookie", fmt::format("{}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0", kSessionCookie)};
}

std::string session_token_of(std::string_view header) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    std::string_view pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    if (pair.size() > kSessionCookie.size() && pair.starts_with(kSessionCookie) && pair[kSessionCookie.size()] == '=') {
      return std::string(pair.substr(kSessionCookie.size() + 1, 128));
    }
  }
  return {};
}

std::string bearer_token_of(std::string_view authorization) {
  constexpr std::string_view kBearer = "Bearer ";
  if (!authorization.starts_with(kBearer)) return {};
  return std::string(authorization.substr(kBearer.size(), 128));
}

HttpReply json_reply(const json::object& object, unsigned status) {
  HttpReply reply = json_reply(json::serialize(object));
  reply.status = status;
  return reply;
}

HttpReply no_content() {
  HttpReply reply;
  reply.status = 204;
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

HttpReply logged_problem(std::string_view what, const base::Status& status) {
  if (is_callers_doing(status.kind())) return problem_reply(status);
  constexpr std::size_t kIncidentLength = 8;
  const std::string id = base::Uuid::make_v7(base::SystemClock()).to_string();
  const std::string incident = id.substr(id.size() - kIncidentLength);
  base::log::warning("api", "{}: {} [incident {}]", what, status.to_string(), incident);
  return problem_reply(status, incident);
}

HttpReply with_form(const Call& call, const std::function<HttpReply(Form&)>& with) {
  std::variant<Form, HttpReply> parsed = Form::parse(call.request);
  if (HttpReply* refusal = std::get_if<HttpReply>(&parsed)) return std::move(*refusal);
  Form& form = std::get<Form>(parsed);
  HttpReply reply = with(form);
  reply.unknown_field = form.has_unknown_field();
  return reply;
}

HttpReply change_register(const PoolServices& services, const Call& call, unsigned status_when_done,
                          const ChangeWork& work, const std::string& detail_json) {
  catalogue::Problems problems;
  gate::KeptReply reply;
  const bool keyed = is_keyed(call, status_when_done);
  const std::string hash = keyed ? request_hash(call.request) : std::string();
  const base::Status written = services.office.store().write([&](store::WriteSession& session) -> base::Status {
    problems = catalogue::Problems();
    if (keyed) {
      VG_ASSIGN(const bool repeated, answer_again(session, services, call, hash, reply, problems));
      if (repeated) return {};
    }
    VG_ASSIGN(json::object done, work(session, problems));
    if (problems.refused()) return problems.status();
    if (!problems.all().empty()) done["warnings"] = problems_json(problems);
    reply = {status_when_done, json::serialize(done)};
    VG_TRY(gate::note_done(session, call.admission, call.row->demand.name, detail_json));
    if (!keyed) return {};
    return gate::keep_reply(session, services.office.seal(), call.admission.caller.user, call.request.idempotency_key,
                            hash, reply);
  });
  if (!written.ok() && problems.refused()) return problems_reply(problems);
  if (!written.ok()) return logged_problem(call.row->demand.name, written);
  HttpReply out = json_reply(std::move(reply.body));
  out.status = reply.status;
  return out;
}

HttpReply change_areas(const PoolServices& services, const Call& call, unsigned status_when_done,
                       const ChangeWork& work) {
  return change_register(
      services, call, status_when_done,
      [&work](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
        VG_ASSIGN(json::object done, work(session, problems));
        VG_TRY(catalogue::catch_up_places(session).error());
        return done;
      });
}

HttpReply read_register(const PoolServices& services, std::string_view what, const ReadWork& work) {
  json::object found;
  const base::Status read = services.office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(found, work(session));
    return {};
  });
  return read.ok() ? json_reply(found) : logged_problem(what, read);
}

json::value json_or_null(const std::optional<std::string>& text) { return text ? json::value(*text) : json::value(); }
json::value json_or_null(const std::optional<base::WallTime>& time) {
  return time ? json::value(base::to_iso8601(*time)) : json::value();
}
json::value json_or_null(const std::optional<base::Uuid>& id) {
  return id ? json::value(id->to_string()) : json::value();
}
json::value json_or_null(const std::optional<std::int64_t>& number) {
  return number ? json::value(*number) : json::value();
}

json::object sentence_json(const catalogue::Sentence& sentence) { return {{"vi", sentence.vi}, {"en", sentence.en}}; }

json::array problems_json(const catalogue::Problems& problems) {
  json::array list;
  for (const catalogue::Problem& one : problems.all()) {
    list.push_back(json::object{
        {"rule", one.rule}, {"field", one.field}, {"warning", one.warning}, {"sentence", sentence_json(one.sentence)}});
  }
  return list;
}

}  // namespace vonggac::api
