#include "api/routes.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/byte_range.h"
#include "api/footage_json.h"
#include "api/origin_check.h"
#include "api/page_assets.h"
#include "base/digest.h"
#include "base/log.h"

namespace vonggac::api {
namespace {

constexpr base::Micros kStatusAge = base::Millis(400);
constexpr base::Micros kSnapshotAge = base::Millis(500);
constexpr base::Micros kHealthAge = base::Seconds(2);
constexpr std::int64_t kDefaultRows = 200;
constexpr std::int64_t kMaxRows = 1000;

std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  return {target.substr(0, mark), mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
}

/// If-None-Match holds this tag or is a star (RFC 9110 section 13.1.2; tags of ours have no comma).
bool matches(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view one = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one.substr(0, 2) == "W/") one.remove_prefix(2);
    if (one == etag || one == "*") return true;
  }
  return false;
}

HttpReply logged_problem(const char* what, const base::Status& status) {
  const base::ErrorKind kind = status.kind();
  const bool caller = kind == base::ErrorKind::kNotFound || kind == base::ErrorKind::kInvalidArgument ||
                      kind == base::ErrorKind::kOutOfRange;
  if (!caller) base::log::warning("api", "{}: {}", what, status.to_string());
  return problem_reply(status);
}

HttpReply image_reply(std::string jpeg) {
  HttpReply reply = text_reply(200, "image/jpeg", std::move(jpeg));
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

base::Result<FootageFilter> filter_from(const Query& query, RouteKind kind) {
  std::set<std::string> names{"camera", "from", "to", "limit"};
  if (kind == RouteKind::kClips) names.insert("motion");
  if (kind == RouteKind::kEvents) names.insert("alarm");
  VG_TRY(query.only(names));
  FootageFilter filter;
  VG_ASSIGN(filter.camera, query.camera("camera"));
  VG_ASSIGN(filter.from, query.time("from"));
  VG_ASSIGN(filter.to, query.time("to"));
  VG_ASSIGN(filter.only_motion, query.flag("motion"));
  VG_ASSIGN(filter.only_alarms, query.flag("alarm"));
  VG_ASSIGN(const auto limit, query.number("limit", 1, kMaxRows));
  filter.limit = static_cast<std::size_t>(limit.value_or(kDefaultRows));
  if (filter.from && filter.to && *filter.to <= *filter.from) return base::invalid_argument("to is not after from");
  return filter;
}

/// One row more than asked for tells whether there are more.
template <typename Row, typename Json>
HttpReply list_reply(base::Result<std::vector<Row>> rows, std::size_t limit, Json json) {
  if (!rows) return logged_problem("list of footage", rows.error());
  const bool more = rows->size() > limit;
  if (more) rows->resize(limit);
  return json_reply(json(*rows, more));
}

HttpReply list_reply(RouteKind kind, ClipSource& clips, FootageFilter filter) {
  const std::size_t limit = filter.limit++;
  if (kind == RouteKind::kClips) return list_reply(clips.clips(filter), limit, clips_json);
  if (kind == RouteKind::kEvents) return list_reply(clips.events(filter), limit, events_json);
  if (kind == RouteKind::kTampers) return list_reply(clips.tampers(filter), limit, tampers_json);
  return list_reply(clips.gaps(filter), limit, gaps_json);
}

/// Routes that answer the same whatever is asked: a query says that the caller expects something else. The page and its
/// parts are not among them, people pass such addresses on with all sorts of endings.
bool takes_no_query(RouteKind kind) {
  return kind == RouteKind::kHealth || kind == RouteKind::kStatus || kind == RouteKind::kCameras ||
         kind == RouteKind::kSnapshot || kind == RouteKind::kThumbnail;
}

/// "20261121T140509Z".
std::string compact_time(base::WallTime t) {
  std::string out;
  for (const char c : base::to_iso8601(t).substr(0, 19)) {
    if (c != '-' && c != ':') out.push_back(c);
  }
  return out + "Z";
}

HttpReply clip_reply(const HttpRequest& request, std::shared_ptr<BodySource> source, const std::string& etag,
                     const std::string& download_name) {
  const std::uint64_t size = source->size_bytes();
  RangeAnswer range{RangeKind::kWhole, 0, size};
  if (!request.range.empty() && (request.if_range.empty() || request.if_range == etag)) {
    range = parse_range(request.range, size);
  }
  if (range.kind == RangeKind::kUnsatisfiable) {
    HttpReply reply = problem_reply(416, "no byte of that range exists");
    reply.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
    return reply;
  }
  HttpReply reply;
  reply.status = range.kind == RangeKind::kPart ? 206 : 200;
  reply.content_type = "video/mp4";
  reply.source = std::move(source);
  reply.first = range.first;
  reply.length = range.length;
  reply.headers.emplace_back("Accept-Ranges", "bytes");
  reply.headers.emplace_back("ETag", etag);
  reply.headers.emplace_back("Cache-Control", "no-store");
  if (range.kind == RangeKind::kPart) {
    reply.headers.emplace_back("Content-Range",
                               fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, size));
  }
  if (!download_name.empty()) {
    reply.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", download_name));
  }
  return reply;
}

}  // namespace

std::optional<HttpReply> Routes::refusal(const HttpRequest& request) const {
  if (request.target.empty() || request.target.front() != '/') {
    return problem_reply(400, "the request target is not a path");
  }
  if (request.host.empty()) return problem_reply(400, "the Host header is missing");
  if (!is_loopback_host(request.host, services_.port)) {
    return problem_reply(421, "this page answers only to the loopback address and port it listens on");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    if (!request.origin.empty() && !is_same_origin(request.origin, request.host)) {
      return problem_reply(403, "requests of other sites are refused");
    }
    HttpReply reply = problem_reply(405, "only GET and HEAD are answered");
    reply.headers.emplace_back("Allow", "GET, HEAD");
    return reply;
  }
  if (is_cross_site(request)) return problem_reply(403, "requests of other sites are refused");
  return std::nullopt;
}

std::optional<HttpReply> Routes::live_refusal(const HttpRequest& request) const {
  if (auto refused = refusal(request)) return refused;
  if (!is_same_origin(request.origin, request.host)) {
    return problem_reply(403, "the live socket opens only for our own page");
  }
  return std::nullopt;
}

void Routes::handle(const HttpRequest& request, ReplySink sink) {
  if (auto refused = refusal(request)) {
    sink(std::move(*refused));
    return;
  }
  const auto [path, query_text] = split_target(request.target);
  const Route route = route_of(path);
  const base::Result<Query> query = Query::parse(query_text);
  if (!query || (takes_no_query(route.kind) && !query->only({}).ok())) {
    sink(problem_reply(400, "the query is not valid"));
    return;
  }
  answer_route(request, route, *query, sink);
}

void Routes::answer_route(const HttpRequest& request, const Route& route, const Query& query, const ReplySink& sink) {
  switch (route.kind) {
    case RouteKind::kPage:
      sink(answer_asset(request, "index.html"));
      return;
    case RouteKind::kAsset:
      sink(answer_asset(request, route.asset));
      return;
    case RouteKind::kHealth:
      answer_health(sink);
      return;
    case RouteKind::kStatus:
      answer_status(sink);
      return;
    case RouteKind::kCameras:
      answer_cameras(sink);
      return;
    case RouteKind::kSnapshot:
      answer_snapshot(route.camera, sink);
      return;
    case RouteKind::kClips:
    case RouteKind::kEvents:
    case RouteKind::kGaps:
    case RouteKind::kTampers:
      answer_list(route.kind, query, sink);
      return;
    case RouteKind::kSearch:
      answer_search(query, sink);
      return;
    case RouteKind::kTune:
      answer_tune(route.camera, query, sink);
      return;
    case RouteKind::kThumbnail:
      answer_thumbnail(route.event, sink);
      return;
    case RouteKind::kClipFile:
      answer_clip_file(request, route.camera, query, sink);
      return;
    case RouteKind::kLive: {
      HttpReply reply = problem_reply(426, "this address is a WebSocket");
      reply.headers.emplace_back("Upgrade", "websocket");
      sink(std::move(reply));
      return;
    }
    case RouteKind::kUnknown:
      break;
  }
  sink(problem_reply(404, "there is no such page"));
}

HttpReply Routes::answer_asset(const HttpRequest& request, std::string_view name) const {
  const PageAsset* asset = find_page_asset(name);
  if (asset == nullptr) return problem_reply(404, "there is no such page");
  HttpReply reply;
  if (matches(request.if_none_match, asset->etag)) {
    reply.status = 304;
  } else {
    reply = text_reply(200, std::string(asset->content_type), std::string(asset->content));
  }
  reply.headers.emplace_back("ETag", std::string(asset->etag));
  reply.headers.emplace_back("Cache-Control", "no-cache");
  return reply;
}

void Routes::answer_health(const ReplySink& sink) {
  services_.core.ask(R"({"op":"status"})", kHealthAge, [sink](const base::Result<std::string>& reply) {
    sink(reply ? json_reply(R"({"status":"ok"})") : problem_reply(503, "the recorder does not answer"));
  });
}

void Routes::answer_status(const ReplySink& sink) {
  services_.core.ask(R"({"op":"status"})", kStatusAge,
                     [sink, &stats = services_.stats](const base::Result<std::string>& reply) {
                       const base::Result<std::string> json = reply ? status_json(*reply, stats) : reply;
                       sink(json ? json_reply(*json) : logged_problem("status", json.error()));
                     });
}

void Routes::answer_cameras(const ReplySink& sink) {
  services_.core.ask(R"({"op":"camera.list"})", kStatusAge, [sink](const base::Result<std::string>& reply) {
    const base::Result<std::string> json = reply ? cameras_json(*reply) : reply;
    sink(json ? json_reply(*json) : logged_problem("camera list", json.error()));
  });
}

void Routes::answer_snapshot(const base::CameraId& camera, const ReplySink& sink) {
  const std::string question = fmt::format(R"({{"op":"snapshot","id":"{}"}})", camera.to_string());
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
    HttpReply out = image_reply(std::move(image->jpeg));
    out.headers.emplace_back("Vonggac-Taken-At", base::to_iso8601(image->taken_at));
    out.headers.emplace_back("Vonggac-Age-Ms", std::to_string((clock.wall_now() - image->taken_at).count() / 1000));
    sink(std::move(out));
  });
}

void Routes::answer_list(RouteKind kind, const Query& query, const ReplySink& sink) {
  const base::Result<FootageFilter> filter = filter_from(query, kind);
  if (!filter) {
    sink(problem_reply(400, "the query is not valid"));
    return;
  }
  on_pool([kind, &clips = services_.clips, wanted = *filter] { return list_reply(kind, clips, wanted); }, sink);
}

void Routes::answer_thumbnail(std::int64_t event, const ReplySink& sink) {
  on_pool(
      [event, &clips = services_.clips] {
        const base::Result<base::Bytes> jpeg = clips.thumbnail(event);
        return jpeg ? image_reply(std::string(base::as_text(*jpeg))) : logged_problem("thumbnail", jpeg.error());
      },
      sink);
}

void Routes::answer_clip_file(const HttpRequest& request, const base::CameraId& camera, const Query& query,
                              const ReplySink& sink) {
  const base::Status known = query.only({"from", "to", "download"});
  const auto from = query.time("from");
  const auto to = query.time("to");
  const auto download = query.flag("download");
  if (!known.ok() || !from || !to || !download || !*from || !*to || **to <= **from || **to - **from > kMaxClipLength) {
    sink(problem_reply(400, "from and to are needed, at most six hours apart"));
    return;
  }
  const std::string name =
      *download ? fmt::format("{}_{}_{}.mp4", camera.to_string().substr(0, 8), compact_time(**from), compact_time(**to))
                : std::string();
  on_pool(
      [request, camera, start = **from, end = **to, name, &clips = services_.clips] {
        base::Result<std::shared_ptr<BodySource>> source = clips.open_clip(camera, start, end);
        if (!source) return logged_problem("clip", source.error());
        const std::string identity =
            fmt::format("{} {} {} {}", camera.to_string(), start.us, end.us, (*source)->size_bytes());
        const std::string etag = "\"" + base::sha256_hex(identity).substr(0, 32) + "\"";
        return clip_reply(request, std::move(*source), etag, name);
      },
      sink);
}

void Routes::on_pool(std::function<HttpReply()> work, const ReplySink& sink) {
  const auto reply = std::make_shared<HttpReply>();
  const bool accepted = services_.files.run([work = std::move(work), reply] { *reply = work(); },
                                            [reply, sink] { sink(std::move(*reply)); });
  if (!accepted) sink(problem_reply(503, "too many requests wait for the disk; try again in a moment"));
}

}  // namespace vonggac::api
