#include "api/footage_json.h"

#include <cmath>

#include <boost/json.hpp>

#include "api/status_fields.h"
#include "base/base64.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

json::object span_json(const base::CameraId& camera, base::WallTime start, std::optional<base::WallTime> end) {
  json::object row{{"camera", camera.to_string()}, {"start", base::to_iso8601(start)}};
  if (end) {
    row["end"] = base::to_iso8601(*end);
    row["duration_ms"] = (*end - start).count() / 1000;
  } else {
    row["end"] = nullptr;
    row["duration_ms"] = nullptr;
  }
  return row;
}

/// Fractions of the picture to a thousandth: finer than a pixel of what was analysed.
double rounded(double value) { return std::round(value * 1000) / 1000; }

std::string list_json(const char* name, json::array rows, bool more) {
  return json::serialize(json::object{{name, std::move(rows)}, {"more", more}});
}

base::Result<json::object> parse_reply(const std::string& reply) {
  boost::system::error_code error;
  json::value value = json::parse(reply, error);
  if (error || !value.is_object()) return base::internal_error("core's reply cannot be read");
  return std::move(value.get_object());
}

void choose_cameras(json::value* cameras, const CameraChoice& keep) {
  if (cameras == nullptr || !cameras->is_array()) return;
  json::array kept;
  for (json::value& camera : cameras->get_array()) {
    if (keep(camera)) kept.push_back(std::move(camera));
  }
  *cameras = std::move(kept);
}

/// The recorder knows that they are paused, the register why.
void say_why_paused(json::value* cameras, const std::map<base::CameraId, catalogue::Sentence>& paused) {
  if (cameras == nullptr || !cameras->is_array() || paused.empty()) return;
  for (json::value& one : cameras->get_array()) {
    json::object* camera = one.if_object();
    if (camera == nullptr || text_at(*camera, "state") != "paused") continue;
    const auto id = base::Uuid::parse(text_at(*camera, "id"));
    const auto why = id ? paused.find(base::CameraId{*id}) : paused.end();
    if (why == paused.end()) continue;
    (*camera)["reason"] = "not_agreed";
    (*camera)["message"] = json::object{{"vi", why->second.vi}, {"en", why->second.en}};
  }
}

/// Addresses of cameras and user names at them are for who connects cameras, on the command line.
void strip_addresses(json::value* cameras) {
  if (cameras == nullptr || !cameras->is_array()) return;
  for (json::value& camera : cameras->get_array()) {
    if (!camera.is_object()) continue;
    for (const char* name : {"url", "sub_url", "user", "sub_user"}) camera.get_object().erase(name);
  }
}

}  // namespace

std::string clips_json(const std::vector<ClipRow>& rows, bool more) {
  json::array out;
  for (const ClipRow& clip : rows) {
    json::object row = span_json(clip.camera, clip.start, clip.end);
    row["size_bytes"] = clip.size_bytes;
    row["codec"] = clip.codec;
    row["width"] = clip.width;
    row["height"] = clip.height;
    row["motion"] = clip.has_motion;
    row["still_recording"] = clip.still_recording;
    out.push_back(std::move(row));
  }
  return list_json("clips", std::move(out), more);
}

std::string events_json(const std::vector<EventRow>& rows, bool more) {
  json::array out;
  for (const EventRow& event : rows) {
    json::object row = span_json(event.camera, event.start, event.end);
    row["id"] = event.id;
    row["ended"] = event.ended;
    row["score"] = rounded(event.score);
    row["box"] = json::array{rounded(event.box_x), rounded(event.box_y), rounded(event.box_w), rounded(event.box_h)};
    row["zone"] = event.zone;
    row["alarm"] = event.alarm.empty() ? json::value(nullptr) : json::value(event.alarm);
    row["alarm_at"] = event.alarm.empty() ? json::value(nullptr) : json::value(base::to_iso8601(event.alarm_at));
    row["start_reason"] = event.start_reason;
    row["end_reason"] = event.end_reason;
    row["thumbnail"] = event.has_thumbnail;
    json::array labels;
    for (const media::ObjectLabel& label : event.labels) {
      labels.push_back(
          json::object{{"class", media::object_class_name(label.object_class)}, {"score", rounded(label.score)}});
    }
    row["labels"] = std::move(labels);
    out.push_back(std::move(row));
  }
  return list_json("events", std::move(out), more);
}

std::string search_json(const SearchHits& found) {
  json::array out;
  for (const SearchHit& hit : found.hits) {
    json::object row = span_json(hit.camera, hit.start, hit.end);
    row["score"] = rounded(hit.score);
    row["moving_s"] = hit.moving_seconds;
    row["footage"] = hit.has_footage;
    row["event"] = hit.event ? json::value(*hit.event) : json::value(nullptr);
    row["thumbnail"] = hit.has_thumbnail;
    out.push_back(std::move(row));
  }
  return json::serialize(json::object{{"hits", std::move(out)}, {"more", found.more}, {"complete", found.complete}});
}

std::string gaps_json(const std::vector<GapRow>& rows, bool more) {
  json::array out;
  for (const GapRow& gap : rows) {
    json::object row = span_json(gap.camera, gap.start, gap.end);
    row["cause"] = gap.cause;
    row["detail"] = gap.detail;
    out.push_back(std::move(row));
  }
  return list_json("gaps", std::move(out), more);
}

std::string tampers_json(const std::vector<TamperRow>& rows, bool more) {
  json::array out;
  for (const TamperRow& one : rows) {
    json::object row = span_json(one.camera, one.start, one.end);
    row["id"] = one.id;
    row["kind"] = one.kind;
    row["ended_by"] = one.ended_by;
    out.push_back(std::move(row));
  }
  return list_json("tampers", std::move(out), more);
}

base::Result<std::string> status_json(const std::string& reply, const WebStats& stats, const CameraChoice& keep,
                                      const std::map<base::CameraId, catalogue::Sentence>& paused) {
  VG_ASSIGN(json::object parsed, parse_reply(reply));
  json::value* status = parsed.if_contains("status");
  if (status == nullptr || !status->is_object()) return base::internal_error("core's status has another shape");
  json::object& out = status->get_object();
  choose_cameras(out.if_contains("cameras"), keep);
  strip_addresses(out.if_contains("cameras"));
  say_why_paused(out.if_contains("cameras"), paused);
  out["web"] = json::object{{"connections", stats.connections},
                            {"connections_refused", stats.connections_refused},
                            {"connections_made_room", stats.connections_made_room},
                            {"viewers", stats.viewers},
                            {"tiles", stats.tiles},
                            {"units_sent", stats.units_sent},
                            {"units_dropped", stats.units_dropped},
                            {"viewers_cut", stats.viewers_cut},
                            {"feed_readers", stats.feed_readers},
                            {"feed_messages", stats.feed_messages},
                            {"requests", stats.requests},
                            {"refused", stats.refused}};
  return json::serialize(out);
}

base::Result<std::string> cameras_json(const std::string& reply, const CameraChoice& keep) {
  VG_ASSIGN(json::object parsed, parse_reply(reply));
  json::value* cameras = parsed.if_contains("cameras");
  if (cameras == nullptr || !cameras->is_array()) return base::internal_error("core's list has another shape");
  choose_cameras(cameras, keep);
  strip_addresses(cameras);
  return json::serialize(json::object{{"cameras", std::move(*cameras)}});
}

base::Result<std::string> tune_json(const std::string& reply) {
  VG_ASSIGN(json::object parsed, parse_reply(reply));
  parsed.erase("ok");
  return json::serialize(parsed);
}

base::Result<SnapshotImage> snapshot_from(const std::string& reply) {
  VG_ASSIGN(const json::object parsed, parse_reply(reply));
  const json::value* image = parsed.if_contains("jpeg_base64");
  const json::value* taken_at = parsed.if_contains("taken_at");
  if (image == nullptr || !image->is_string() || taken_at == nullptr || !taken_at->is_string()) {
    return base::internal_error("core's snapshot has another shape");
  }
  SnapshotImage out;
  VG_ASSIGN(const base::Bytes jpeg, base::from_base64(image->get_string()));
  out.jpeg = base::as_text(jpeg);
  VG_ASSIGN(out.taken_at, base::parse_iso8601(std::string(taken_at->get_string())));
  return out;
}

}  // namespace vonggac::api
