#include "api/recorder_news.h"

#include <algorithm>
#include <utility>

#include "api/status_fields.h"
#include "media/object_class.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

/// What ended before that is not looked at again; longer than any pause between two looks.
constexpr base::Micros kArchiveWindow = base::Seconds(60);
constexpr std::size_t kMostArchiveRows = 1000;

json::value time_or_null(const std::optional<base::WallTime>& time) {
  return time ? json::value(base::to_iso8601(*time)) : json::value();
}

RecorderNews piece(std::string topic, const base::Uuid& subject, json::object body) {
  return {0, {}, std::move(topic), subject, std::move(body)};
}

struct Tampers {
  std::set<std::string> kinds;
  std::map<std::string, std::string> since;
};
Tampers tampers_of(const json::object& camera) {
  Tampers found;
  const json::value* list = camera.if_contains("tamper");
  if (list == nullptr || !list->is_array()) return found;
  for (const json::value& one : list->get_array()) {
    if (!one.is_object()) continue;
    const std::string kind = text_at(one.get_object(), "kind");
    found.kinds.insert(kind);
    found.since[kind] = text_at(one.get_object(), "since");
  }
  return found;
}

json::object event_body(const EventRow& row) {
  return {{"event", row.id},
          {"start", base::to_iso8601(row.start)},
          {"end", row.ended ? json::value(base::to_iso8601(row.end)) : json::value()},
          {"ended", row.ended},
          {"alarm", row.alarm.empty() ? json::value() : json::value(row.alarm)},
          {"score", row.score},
          {"class",
           row.labels.empty() ? json::value() : json::value(media::object_class_name(row.labels[0].object_class))}};
}

}  // namespace

void NewsShelf::put(std::vector<RecorderNews> news, base::WallTime now) {
  for (RecorderNews& one : news) {
    one.number = ++newest;
    one.at = now;
    kept.push_back(std::make_shared<const RecorderNews>(std::move(one)));
  }
  while (kept.size() > kMostKept) {
    floor = kept.front()->number;
    kept.pop_front();
  }
}

base::Result<ArchiveLook> look_at_archive(ClipSource& clips, base::WallTime now) {
  FootageFilter filter;
  filter.from = now - kArchiveWindow;
  filter.limit = kMostArchiveRows;
  ArchiveLook look;
  VG_ASSIGN(look.events, clips.events(filter));
  VG_ASSIGN(look.gaps, clips.gaps(filter));
  return look;
}

void RecorderDesk::forget() { *this = RecorderDesk(); }

std::vector<RecorderNews> RecorderDesk::compare_status(const std::string& status) {
  std::vector<RecorderNews> news;
  boost::system::error_code error;
  const json::value reply = json::parse(status, error);
  const json::value* cameras = error ? nullptr : reply.find_pointer("/status/cameras", error);
  if (cameras == nullptr || !cameras->is_array()) return news;
  std::set<base::CameraId> seen;
  for (const json::value& one : cameras->get_array()) {
    if (!one.is_object()) continue;
    const auto id = base::Uuid::parse(text_at(one.get_object(), "id"));
    if (!id) continue;
    seen.insert(base::CameraId{*id});
    compare_camera(base::CameraId{*id}, one.get_object(), news);
  }
  for (auto known = cameras_.begin(); known != cameras_.end();) {
    if (seen.contains(known->first)) {
      ++known;
      continue;
    }
    news.push_back(piece("recording.state", known->first, {{"state", "removed"}, {"recording", false}}));
    known = cameras_.erase(known);
  }
  if (const json::value* disk = reply.find_pointer("/status/disk", error); disk != nullptr && disk->is_object()) {
    const std::string state = text_at(disk->get_object(), "state");
    if (std::exchange(disk_, state) != state) news.push_back(piece("recording.disk", {}, {{"state", state}}));
  }
  if (!std::exchange(knows_status_, true)) news.clear();
  return news;
}

void RecorderDesk::compare_camera(const base::CameraId& id, const json::object& camera,
                                  std::vector<RecorderNews>& news) {
  CameraLook now{text_at(camera, "state"), text_at(camera, "reason"), "", flag_at(camera, "motion_active"), {}};
  const json::value* alarm = camera.if_contains("alarm");
  if (alarm != nullptr && alarm->is_object()) now.alarm_at = text_at(alarm->get_object(), "at");
  Tampers tampers = tampers_of(camera);
  now.tamper = tampers.kinds;
  const auto known = cameras_.find(id);
  const CameraLook before = known == cameras_.end() ? CameraLook{} : known->second;
  if (before.state != now.state || before.reason != now.reason) {
    news.push_back(piece("recording.state", id,
                         {{"state", now.state},
                          {"reason", now.reason},
                          {"recording", flag_at(camera, "recording")},
                          {"since", text_at(camera, "since")}}));
  }
  if (before.motion != now.motion) news.push_back(piece("recording.motion", id, {{"active", now.motion}}));
  if (!now.alarm_at.empty() && before.alarm_at != now.alarm_at) {
    news.push_back(
        piece("recording.alarm", id, {{"zone", text_at(alarm->get_object(), "zone")}, {"at", now.alarm_at}}));
  }
  for (const std::string& kind : now.tamper) {
    if (before.tamper.contains(kind)) continue;
    news.push_back(piece("recording.tamper", id, {{"kind", kind}, {"active", true}, {"since", tampers.since[kind]}}));
  }
  for (const std::string& kind : before.tamper) {
    if (!now.tamper.contains(kind)) news.push_back(piece("recording.tamper", id, {{"kind", kind}, {"active", false}}));
  }
  cameras_[id] = std::move(now);
}

std::vector<RecorderNews> RecorderDesk::compare_archive(const ArchiveLook& look) {
  std::vector<RecorderNews> news;
  std::map<std::int64_t, std::string> events;
  for (const EventRow& row : look.events) {
    // How long and how strong it is changes with each picture; its beginning, its alarm and its end are told.
    const std::string told = (row.ended ? "ended " : "begun ") + row.alarm;
    events[row.id] = told;
    const auto known = events_.find(row.id);
    if (known == events_.end() || known->second != told) {
      news.push_back(piece("recording.event", row.camera, event_body(row)));
    }
  }
  std::map<std::pair<base::CameraId, base::WallTime>, bool> gaps;
  for (const GapRow& row : look.gaps) {
    const std::pair key{row.camera, row.start};
    gaps[key] = row.end.has_value();
    const auto known = gaps_.find(key);
    if (known != gaps_.end() && known->second == row.end.has_value()) continue;
    news.push_back(
        piece("recording.gap", row.camera,
              {{"start", base::to_iso8601(row.start)}, {"end", time_or_null(row.end)}, {"cause", row.cause}}));
  }
  events_ = std::move(events);
  gaps_ = std::move(gaps);
  if (!std::exchange(knows_archive_, true)) news.clear();
  return news;
}

}  // namespace vonggac::api
