#include "api/routes.h"

#include <algorithm>

#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/etag.h"
#include "api/feed_topics.h"
#include "api/footage_json.h"
#include "api/handler_parts.h"
#include "api/page_assets.h"
#include "gate/agreement_pauses.h"
#include "gate/camera_access.h"

namespace vonggac::api {
namespace {

constexpr base::Micros kStatusAge = base::Millis(400);
constexpr base::Micros kSnapshotAge = base::Millis(500);
constexpr base::Micros kHealthAge = base::Seconds(2);
constexpr base::Micros kTuneAge = base::Millis(500);

std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  return {target.substr(0, mark), mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
}

HttpReply not_found_page() {
  return problem_reply(404, {"Không có trang này.", "there is no such page"}, "no_such_address");
}

bool changes_something(const HttpRequest& request) { return request.method != "GET" && request.method != "HEAD"; }

/// Whose browser sends its cookie along must also say that our own page asked; a program with a token has no cookie.
std::optional<HttpReply> forged(const HttpRequest& request) {
  if (!changes_something(request)) return std::nullopt;
  const bool by_program = request.cookie.empty() && request.origin.empty();
  if (by_program || is_same_origin(request.origin, request.host, request.secure)) return std::nullopt;
  return problem_reply(403, {"Yêu cầu đến từ trang khác nên bị từ chối.", "requests of other sites are refused"},
                       "foreign_site");
}

/// The upgrade at /api/v1/events has the path of the list, and a demand of its own.
const RouteRow& door_of(SocketKind kind) {
  static const RouteRow events{"GET", "/api/v1/events", Door::kAdmitted, feed_door(), "", nullptr, nullptr};
  return kind == SocketKind::kEvents ? events : *find_route("GET", "/api/v1/live").row;
}

gate::Demand tile_demand() {
  for (const RouteRow& row : route_table()) {
    if (row.path != "/api/v1/live") continue;
    gate::Demand demand = row.demand;
    demand.object = gate::ObjectKind::kCamera;
    return demand;
  }
  return {};
}

bool is_seen(const gate::CameraChoice& visible, const boost::json::value& camera) {
  const boost::json::value* id = camera.is_object() ? camera.get_object().if_contains("id") : nullptr;
  if (id == nullptr || !id->is_string()) return !visible.among;
  const auto parsed = base::Uuid::parse(std::string_view(id->get_string().data(), id->get_string().size()));
  return parsed ? visible.has(base::CameraId{*parsed}) : !visible.among.has_value();
}

}  // namespace

gate::Credentials credentials_of(const HttpRequest& request) {
  return {session_token_of(request.cookie), bearer_token_of(request.authorization), request.address};
}

gate::Asked asked_by(const Call& call) {
  gate::Asked asked;
  asked.credentials = credentials_of(call.request);
  if (variable_of(*call.row) == PathVariable::kId) asked.object = call.id;
  if (const auto purpose = call.query.id("purpose"); purpose) asked.purpose = *purpose;
  if (!call.row->demand.footage) return asked;
  const auto from = call.query.time("from"), to = call.query.time("to");
  if (from && to && *from && *to) asked.filmed = catalogue::Filmed{**from, **to};
  // Who takes footage away must be allowed that too.
  if (call.query.flag("download").value_or(false)) asked.further = access::Action::kExportMake;
  return asked;
}

std::optional<HttpReply> Routes::refusal(const HttpRequest& request) const {
  if (request.target.empty() || request.target.front() != '/') {
    return problem_reply(400, {"Địa chỉ không hợp lệ.", "the request target is not a path"});
  }
  if (request.host.empty()) return problem_reply(400, {"Thiếu tiêu đề Host.", "the Host header is missing"});
  if (!is_own_host(request.host, services_.address)) {
    return problem_reply(421, {"Trang này chỉ trả lời ở đúng tên và cổng của nó.",
                               "this page answers only to its own names and the port it listens on"});
  }
  if (auto refused = forged(request)) return refused;
  if (is_cross_site(request)) {
    return problem_reply(403, {"Yêu cầu đến từ trang khác nên bị từ chối.", "requests of other sites are refused"},
                         "foreign_site");
  }
  return std::nullopt;
}

std::optional<SocketKind> Routes::socket_of(const HttpRequest& request) {
  const std::string_view path = split_target(request.target).first;
  if (request.upgrade && path == "/api/v1/live") return SocketKind::kLive;
  if (request.upgrade && path == "/api/v1/events") return SocketKind::kEvents;
  return std::nullopt;
}

void Routes::handle(HttpRequest request, ReplySink sink) {
  ++services_.stats.requests;
  const auto counted = [sink = std::move(sink), &stats = services_.stats](HttpReply reply) {
    if (reply.status == 401 || reply.status == 403 || reply.status == 429) ++stats.refused;
    sink(std::move(reply));
  };
  std::variant<Call, HttpReply> called = call_of(std::move(request));
  if (HttpReply* refused = std::get_if<HttpReply>(&called)) {
    counted(std::move(*refused));
    return;
  }
  Call& call = std::get<Call>(called);
  if (call.row->door == Door::kOpen && call.row->on_loop != nullptr) {
    (this->*call.row->on_loop)(call, counted);
    return;
  }
  admit_and_answer(std::move(call), counted);
}

std::variant<Call, HttpReply> Routes::call_of(HttpRequest request) const {
  if (auto refused = refusal(request)) return std::move(*refused);
  const std::string target = request.target;
  const auto [path, query_text] = split_target(target);
  RouteMatch match = find_route(request.method, path);
  if (match.row == nullptr && !match.allow.empty()) {
    HttpReply reply =
        problem_reply(405, {"Địa chỉ này không nhận cách gọi đó.", "this address does not take that method"});
    reply.headers.emplace_back("Allow", match.allow);
    return reply;
  }
  if (match.row == nullptr) return not_found_page();
  base::Result<Query> query = Query::parse(query_text);
  if (!query || !query->only(match.row->query).ok()) {
    return problem_reply(400, {"Địa chỉ có tham số không dùng ở đây.",
                               "the query is malformed or has a name that this address does not take"});
  }
  return Call{std::move(request), std::move(*query), match.row, match.name, match.number, match.id, {}};
}

std::size_t Routes::most_body_bytes(std::string_view method, std::string_view target) {
  const RouteMatch match = find_route(method, split_target(target).first);
  return match.row == nullptr ? kMostFormBytes : match.row->most_body_bytes;
}

void Routes::admit_upload(HttpRequest head, std::function<void(std::optional<HttpReply>)> then) {
  std::variant<Call, HttpReply> called = call_of(std::move(head));
  if (HttpReply* refused = std::get_if<HttpReply>(&called)) {
    then(std::move(*refused));
    return;
  }
  const auto shared = std::make_shared<Call>(std::move(std::get<Call>(called)));
  const auto reply = std::make_shared<std::optional<HttpReply>>();
  const bool accepted = services_.files.run([this, shared, reply] { *reply = refuse_or_admit(*shared); },
                                            [reply, then] { then(std::move(*reply)); });
  if (!accepted) then(busy_reply());
}

FilePool& Routes::pool_of(Door door) {
  if (door == Door::kAdmittedLong) return services_.long_work;
  return door == Door::kOpenLogin || door == Door::kAdmittedLogin ? services_.logins : services_.files;
}

void Routes::admit_and_answer(Call call, const ReplySink& sink) {
  const RouteRow& row = *call.row;
  const bool open = row.door == Door::kOpen || row.door == Door::kOpenLogin;
  FilePool& pool = pool_of(row.door);
  // Who guesses must not fill the queue of those who log in.
  if (row.door == Door::kOpenLogin && changes_something(call.request)) {
    if (const std::optional<gate::Refusal> closed = services_.desk.closed_to(call.request.address)) {
      sink(refusal_reply(*closed));
      return;
    }
  }
  const auto shared = std::make_shared<Call>(std::move(call));
  const auto reply = std::make_shared<std::optional<HttpReply>>();
  const auto work = [this, shared, reply, open] {
    const RouteRow& wanted = *shared->row;
    if (!open) *reply = refuse_or_admit(*shared);
    if (!*reply && wanted.on_pool != nullptr) *reply = wanted.on_pool(pool_services(), *shared);
    // What is sent piece by piece may outlast the right to it.
    if (*reply && (*reply)->source && !open)
      (*reply)->permit = services_.permits.issue(wanted.demand, asked_by(*shared));
  };
  const ReplySink noting = open ? sink : noting_misuse(shared, sink);
  const bool accepted = pool.run(work, [this, shared, reply, noting] {
    if (*reply) {
      noting(std::move(**reply));
    } else {
      (this->*shared->row->on_loop)(*shared, noting);
    }
  });
  if (!accepted) sink(busy_reply());
}

ReplySink Routes::noting_misuse(std::shared_ptr<const Call> call, const ReplySink& sink) {
  return [this, call = std::move(call), sink](HttpReply reply) {
    if (reply.unknown_field) {
      const auto note = [&office = services_.office, call] {
        const base::Status noted = gate::note_misuse(office, call->admission, call->row->demand.name, "unknown_field");
        if (!noted.ok()) (void)logged_problem("audit", noted);
      };
      (void)services_.files.run(note, [] {});
    }
    sink(std::move(reply));
  };
}

std::optional<HttpReply> Routes::refuse_or_admit(Call& call) {
  const gate::Demand& demand = call.row->demand;
  gate::Asked asked = asked_by(call);
  if (variable_of(*call.row) == PathVariable::kEvent) {
    // The event's camera decides. An event that is not there is answered like one of a camera that is not there.
    const base::Result<EventPlace> place = services_.clips.place_of_event(call.number);
    if (!place && place.error().kind() != base::ErrorKind::kNotFound) return logged_problem("event", place.error());
    asked.object = place ? base::Uuid(place->camera) : base::Uuid{};
    if (place) asked.filmed = catalogue::Filmed{place->start, place->end};
  }
  base::Result<gate::AdmissionOutcome> outcome = gate::admit(services_.office, demand, asked);
  if (!outcome) return logged_problem("admission", outcome.error());
  if (const gate::Refusal* refusal = std::get_if<gate::Refusal>(&*outcome)) return refusal_reply(*refusal);
  call.admission = std::move(std::get<gate::Admission>(*outcome));
  if (demand.object != gate::ObjectKind::kNone && asked.object) call.id = *asked.object;
  return std::nullopt;
}

void Routes::admit_socket(SocketKind kind, const HttpRequest& request,
                          std::function<void(std::optional<HttpReply>, SocketVisitor)> then) {
  std::optional<HttpReply> refused = refusal(request);
  // A program with a token has no page, and no cookie that another site's page could use.
  const bool by_program = kind == SocketKind::kEvents && request.cookie.empty() && request.origin.empty();
  if (!refused && !by_program && !is_same_origin(request.origin, request.host, request.secure)) {
    refused = problem_reply(
        403, {"Chỉ trang của hệ thống mở được kênh này.", "this socket opens only for our own page"}, "foreign_site");
  }
  if (refused) {
    then(std::move(refused), {});
    return;
  }
  if (split_target(request.target).second.size() > 0) {  // a token in an address would stand in logs and histories
    then(problem_reply(400, {"Địa chỉ này không nhận tham số.", "this address takes no query"}), {});
    return;
  }
  Call call{request, Query(), &door_of(kind), "", 0, {}, {}};
  const auto shared = std::make_shared<Call>(std::move(call));
  const auto reply = std::make_shared<std::optional<HttpReply>>();
  const bool accepted =
      services_.files.run([this, shared, reply] { *reply = refuse_or_admit(*shared); },
                          [shared, reply, then] {
                            then(std::move(*reply), {credentials_of(shared->request), shared->admission.caller.user});
                          });
  if (!accepted) then(busy_reply(), {});
}

void Routes::admit_tile(const gate::Credentials& credentials, const base::CameraId& camera,
                        std::function<void(std::shared_ptr<gate::Permit>)> then) {
  static const gate::Demand demand = tile_demand();
  gate::Asked asked;
  asked.credentials = credentials;
  asked.object = camera;
  const auto permit = std::make_shared<std::shared_ptr<gate::Permit>>();
  const auto work = [this, asked, permit] {
    const base::Result<gate::AdmissionOutcome> outcome = gate::admit(services_.office, demand, asked);
    if (!outcome || !std::holds_alternative<gate::Admission>(*outcome)) return;
    *permit = services_.permits.issue(demand, asked);
  };
  if (!services_.files.run(work, [permit, then] { then(std::move(*permit)); })) then(nullptr);
}

void Routes::with_visible(const Call& call, const ReplySink& sink, std::function<void(const Visible&)> then) {
  const auto found = std::make_shared<base::Result<Visible>>(base::internal_error("not read"));
  const auto read = [this, scope = call.admission.scope, action = call.row->demand.action, found] {
    const base::Status status = services_.office.store().read([&](store::Reader& session) -> base::Status {
      const base::WallTime now = services_.clock.wall_now();
      Visible visible;
      VG_ASSIGN(visible.choice, gate::cameras_within(session, scope, action, now));
      VG_ASSIGN(visible.paused, gate::paused_by_agreement(session, now));
      *found = std::move(visible);
      return {};
    });
    if (!status.ok()) *found = status;
  };
  const bool accepted = services_.files.run(read, [found, sink, then = std::move(then)] {
    if (*found) {
      then(**found);
    } else {
      sink(logged_problem("cameras", found->error()));
    }
  });
  if (!accepted) sink(busy_reply());
}

void Routes::answer_page(const Call& call, const ReplySink& sink) { sink(asset_reply(call.request, "index.html")); }

void Routes::answer_asset(const Call& call, const ReplySink& sink) { sink(asset_reply(call.request, call.name)); }

HttpReply Routes::asset_reply(const HttpRequest& request, std::string_view name) const {
  const PageAsset* asset = find_page_asset(name);
  if (asset == nullptr) return not_found_page();
  HttpReply reply;
  if (names_tag(request.if_none_match, asset->etag)) {
    reply.status = 304;
  } else {
    reply = text_reply(200, std::string(asset->content_type), std::string(asset->content));
  }
  reply.headers.emplace_back("ETag", std::string(asset->etag));
  reply.headers.emplace_back("Cache-Control", "no-cache");
  return reply;
}

void Routes::answer_health(const Call&, const ReplySink& sink) {
  services_.core.ask(R"({"op":"status"})", kHealthAge, [sink](const base::Result<std::string>& reply) {
    sink(reply ? json_reply(std::string(R"({"status":"ok"})"))
               : problem_reply(503, {"Bộ ghi không trả lời.", "the recorder does not answer"}));
  });
}

void Routes::answer_ready(const Call& call, const ReplySink& sink) {
  on_pool(
      services_.files,
      [&office = services_.office] {
        const auto newest = office.newest_change();
        return newest ? json_reply(std::string(R"({"status":"ready"})"))
                      : problem_reply(503, {"Sổ đăng ký chưa đọc được.", "the register cannot be read"});
      },
      [this, call, sink](HttpReply reply) {
        if (reply.status == 200) {
          answer_health(call, sink);
        } else {
          sink(std::move(reply));
        }
      });
}

void Routes::answer_openapi(const Call& call, const ReplySink& sink) {
  sink(asset_reply(call.request, "openapi.json"));
}

void Routes::answer_status(const Call& call, const ReplySink& sink) {
  with_visible(call, sink, [this, sink](const Visible& visible) {
    services_.core.ask(
        R"({"op":"status"})", kStatusAge,
        [sink, visible, &stats = services_.stats](const base::Result<std::string>& reply) {
          const auto keep = [&](const boost::json::value& camera) { return is_seen(visible.choice, camera); };
          const base::Result<std::string> json = reply ? status_json(*reply, stats, keep, visible.paused) : reply;
          sink(json ? json_reply(*json) : logged_problem("status", json.error()));
        });
  });
}

void Routes::answer_cameras(const Call& call, const ReplySink& sink) {
  with_visible(call, sink, [this, sink](const Visible& visible) {
    services_.core.ask(R"({"op":"camera.list"})", kStatusAge, [sink, visible](const base::Result<std::string>& reply) {
      const auto keep = [&](const boost::json::value& camera) { return is_seen(visible.choice, camera); };
      const base::Result<std::string> json = reply ? cameras_json(*reply, keep) : reply;
      sink(json ? json_reply(*json) : logged_problem("camera list", json.error()));
    });
  });
}

void Routes::answer_snapshot(const Call& call, const ReplySink& sink) {
  const std::string question = fmt::format(R"({{"op":"snapshot","id":"{}"}})", call.id.to_string());
  services_.core.ask(question, kSnapshotAge, [sink, &clock = services_.clock](const base::Result<std::string>& reply) {
    if (!reply) {
      sink(logged_problem("snapshot", reply.error()));
      return;
    }
    base::Result<SnapshotImage> image = snapshot_from(*reply);
    if (!image) {
      sink(logged_problem("snapshot", image.error()));
      return;
    }
    HttpReply out = text_reply(200, "image/jpeg", std::move(image->jpeg));
    out.headers.emplace_back("Cache-Control", "no-store");
    out.headers.emplace_back("Vonggac-Taken-At", base::to_iso8601(image->taken_at));
    out.headers.emplace_back("Vonggac-Age-Ms", std::to_string((clock.wall_now() - image->taken_at).count() / 1000));
    sink(std::move(out));
  });
}

void Routes::answer_tune(const Call& call, const ReplySink& sink) {
  const auto sensitivity = call.query.number("sensitivity", 1, 9);
  const auto minutes = call.query.number("minutes", 1, 60);
  if (!sensitivity || !minutes) {
    sink(problem_reply(400, {"Độ nhạy từ 1 đến 9, số phút từ 1 đến 60.",
                             "the tuner takes sensitivity (1 to 9) and minutes (1 to 60)"}));
    return;
  }
  boost::json::object question{{"op", "motion.tune"}, {"id", call.id.to_string()}};
  if (*sensitivity) question["sensitivity"] = **sensitivity;
  if (*minutes) question["minutes"] = **minutes;
  services_.core.ask(boost::json::serialize(question), kTuneAge, [sink](const base::Result<std::string>& reply) {
    const base::Result<std::string> json = reply ? tune_json(*reply) : reply;
    sink(json ? json_reply(*json) : logged_problem("tuner", json.error()));
  });
}

void Routes::answer_live_without_upgrade(const Call&, const ReplySink& sink) {
  HttpReply reply = problem_reply(426, {"Địa chỉ này là WebSocket.", "this address is a WebSocket"});
  reply.headers.emplace_back("Upgrade", "websocket");
  sink(std::move(reply));
}

void Routes::on_pool(FilePool& pool, std::function<HttpReply()> work, const ReplySink& sink) {
  const auto reply = std::make_shared<HttpReply>();
  const bool accepted =
      pool.run([work = std::move(work), reply] { *reply = work(); }, [reply, sink] { sink(std::move(*reply)); });
  if (!accepted) sink(busy_reply());
}

}  // namespace vonggac::api
