/// Recorded footage: lists, search, thumbnails, clips. Every list takes what the caller may see as an argument, before
/// anything is counted or cut.
#include <fmt/format.h>

#include "api/agreed_hours.h"
#include "api/byte_range.h"
#include "api/clip_source.h"
#include "api/footage_json.h"
#include "api/handler_parts.h"
#include "api/handlers.h"
#include "base/digest.h"
#include "gate/camera_access.h"
#include "record/motion_region.h"

namespace vonggac::api {
namespace {

constexpr std::int64_t kDefaultRows = 200;
constexpr std::int64_t kMaxRows = 1000;
constexpr std::size_t kMaxRowsLookedAt = 20'000, kMoreAtOnce = 8;  ///< where hours of an agreement hide some
constexpr base::Micros kMaxClipLength = base::Seconds(6 * 3600);
constexpr std::int64_t kDefaultHits = 200;
constexpr std::int64_t kMaxHits = 1000;
constexpr base::Micros kLongestRange = base::Seconds(400LL * 24 * 3600);

const catalogue::Sentence kBadQuery{"Tham số trên địa chỉ không hợp lệ.", "the query is not valid"};

/// The first sentence that applies; a refused query is told what is wrong with it, and never repeated.
base::Result<SearchFilter> search_filter(const Query& query) {
  SearchFilter filter;
  const auto cameras = query.cameras("camera");
  if (!cameras) return base::invalid_argument("camera is a list of at most 64 camera ids, separated by commas");
  filter.cameras = *cameras;
  const auto region = query.text("region");
  if (!region) return base::invalid_argument("region is needed: x,y,w,h or the corners of a polygon, 0 to 1");
  if (const auto parsed = record::MotionRegion::parse(*region); !parsed) return parsed.error();
  filter.region = *region;
  const auto from = query.time("from"), to = query.time("to");
  if (!from || !to) return base::invalid_argument("from and to are times in ISO 8601");
  filter.from = *from;
  filter.to = *to;
  if (filter.from && filter.to && *filter.to <= *filter.from) {
    return base::invalid_argument("to must be later than from");
  }
  if (filter.from && filter.to && *filter.to - *filter.from > kLongestRange) {
    return base::invalid_argument("from and to are at most 400 days apart");
  }
  const auto cells = query.number("min_cells", 1, static_cast<std::int64_t>(record::kMotionCells));
  if (!cells) return base::invalid_argument("min_cells is a whole number from 1 to 576");
  filter.min_cells = cells->value_or(1);
  const auto seconds = query.number("min_seconds", 1, 86'400);
  if (!seconds) return base::invalid_argument("min_seconds is a whole number from 1 to 86400");
  filter.min_seconds = seconds->value_or(1);
  const auto limit = query.number("limit", 1, kMaxHits);
  if (!limit) return base::invalid_argument("limit is a whole number from 1 to 1000");
  filter.limit = static_cast<std::size_t>(limit->value_or(kDefaultHits));
  return filter;
}

HttpReply image_reply(std::string jpeg) {
  HttpReply reply = text_reply(200, "image/jpeg", std::move(jpeg));
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

/// What of the cameras the caller may see for this. Nothing found in the register leaves nothing to see.
base::Result<gate::CameraChoice> visible(const PoolServices& services, const Call& call) {
  gate::CameraChoice cameras;
  const base::Status read = services.office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(cameras, gate::cameras_within(session, call.admission.scope, call.row->demand.action,
                                            services.office.clock().wall_now()));
    return {};
  });
  VG_TRY(read);
  return cameras;
}

base::Result<FootageFilter> filter_of(const Query& query) {
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

template <typename Row>
struct RowsRead {
  std::vector<Row> rows;
  bool more = false;
};
/// Rows of which hours of an agreement may hide some, so that more are read until there are enough. `read` gives the
/// newest ones, so many at most, and whether there are more.
template <typename Row, typename Read>
base::Result<RowsRead<Row>> agreed_rows(const AgreedHours& hours, std::size_t limit, std::size_t most, Read read) {
  for (std::size_t wanted = limit;; wanted = std::min(kMoreAtOnce * wanted, most)) {
    VG_ASSIGN(RowsRead<Row> out, read(wanted));
    const std::size_t given = out.rows.size();
    out.rows = in_agreed_hours(std::move(out.rows), hours);
    if (out.rows.size() < std::min(given, limit) && out.more && wanted < most) continue;
    out.more = out.more || out.rows.size() > limit;
    if (out.rows.size() > limit) out.rows.resize(limit);
    return out;
  }
}

template <typename Row, typename Json>
HttpReply footage_list(const PoolServices& services, const Call& call,
                       base::Result<std::vector<Row>> (ClipSource::*read)(const FootageFilter&), Json json) {
  base::Result<FootageFilter> filter = filter_of(call.query);
  if (!filter) return problem_reply(400, kBadQuery);
  auto choice = visible(services, call);
  if (!choice) return logged_problem("list of footage", choice.error());
  filter->among = std::move(choice->among);
  filter->except = std::move(choice->except);
  const auto found = agreed_rows<Row>(choice->hours, filter->limit, kMaxRowsLookedAt,
                                      [&](std::size_t wanted) -> base::Result<RowsRead<Row>> {
                                        filter->limit = wanted + 1;  // one more tells whether there are more
                                        VG_ASSIGN(std::vector<Row> rows, (services.clips.*read)(*filter));
                                        const bool more = rows.size() > wanted;
                                        if (more) rows.pop_back();
                                        return RowsRead<Row>{std::move(rows), more};
                                      });
  if (!found) return logged_problem("list of footage", found.error());
  return json_reply(json(found->rows, found->more));
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
    HttpReply reply = problem_reply(416, {"Không có phần dữ liệu đó.", "no byte of that range exists"});
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

/// Each opening of footage once: a player that asks for many ranges of the same clip makes one row.
base::Status note_playback(const PoolServices& services, const Call& call, base::WallTime from, base::WallTime to,
                           bool download) {
  const bool first_piece = call.request.range.empty() || call.request.range.starts_with("bytes=0-");
  if (!first_piece) return {};
  const std::string detail = fmt::format(R"({{"from":"{}","to":"{}"}})", base::to_iso8601(from), base::to_iso8601(to));
  return services.office.store().write_quietly([&](store::WriteSession& session) {
    return gate::note_done(session, call.admission, download ? "download" : "playback", detail);
  });
}

}  // namespace

HttpReply answer_clips(const PoolServices& services, const Call& call) {
  return footage_list(services, call, &ClipSource::clips, clips_json);
}
HttpReply answer_events(const PoolServices& services, const Call& call) {
  return footage_list(services, call, &ClipSource::events, events_json);
}
HttpReply answer_gaps(const PoolServices& services, const Call& call) {
  return footage_list(services, call, &ClipSource::gaps, gaps_json);
}
HttpReply answer_tampers(const PoolServices& services, const Call& call) {
  return footage_list(services, call, &ClipSource::tampers, tampers_json);
}

HttpReply answer_search(const PoolServices& services, const Call& call) {
  base::Result<SearchFilter> filter = search_filter(call.query);
  if (!filter) return problem_reply(400, {"Điều kiện tìm kiếm chưa đúng.", filter.error().message()});
  auto choice = visible(services, call);
  if (!choice) return logged_problem("motion search", choice.error());
  filter->among = std::move(choice->among);
  filter->except = std::move(choice->except);
  SearchHits last;
  auto found = agreed_rows<SearchHit>(choice->hours, filter->limit, kMaxHits,
                                      [&](std::size_t wanted) -> base::Result<RowsRead<SearchHit>> {
                                        filter->limit = wanted;
                                        VG_ASSIGN(last, services.clips.search(*filter));
                                        return RowsRead<SearchHit>{std::move(last.hits), last.more};
                                      });
  if (!found) return logged_problem("motion search", found.error());
  last.hits = std::move(found->rows);
  last.more = found->more;
  return json_reply(search_json(last));
}

HttpReply answer_thumbnail(const PoolServices& services, const Call& call) {
  const base::Result<base::Bytes> jpeg = services.clips.thumbnail(call.number);
  return jpeg ? image_reply(std::string(base::as_text(*jpeg))) : logged_problem("thumbnail", jpeg.error());
}

HttpReply answer_clip_file(const PoolServices& services, const Call& call) {
  const base::CameraId camera{call.id};
  const auto from = call.query.time("from");
  const auto to = call.query.time("to");
  const auto download = call.query.flag("download");
  if (!from || !to || !download || !*from || !*to || **to <= **from || **to - **from > kMaxClipLength) {
    return problem_reply(400, {"Cần thời điểm đầu và cuối, cách nhau nhiều nhất 6 giờ.",
                               "from and to are needed, at most six hours apart"});
  }
  const std::string name =
      *download ? fmt::format("{}_{}_{}.mp4", camera.to_string().substr(0, 8), compact_time(**from), compact_time(**to))
                : std::string();
  base::Result<std::shared_ptr<BodySource>> source = services.clips.open_clip(camera, **from, **to);
  if (!source) return logged_problem("clip", source.error());
  if (const base::Status noted = note_playback(services, call, **from, **to, *download); !noted.ok()) {
    return logged_problem("audit", noted);
  }
  const std::string identity =
      fmt::format("{} {} {} {}", camera.to_string(), (*from)->us, (*to)->us, (*source)->size_bytes());
  const std::string etag = "\"" + base::sha256_hex(identity).substr(0, 32) + "\"";
  return clip_reply(call.request, std::move(*source), etag, name);
}

}  // namespace vonggac::api
