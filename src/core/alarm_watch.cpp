#include "core/alarm_watch.h"

#include <algorithm>

#include "core/schedule_text.h"

namespace vonggac::core {
namespace {

/// When the hit raised an alarm; nothing outside the zone's hours. Reports come every second, so that looking at the
/// first and the last moment misses no beginning of the hours by more than that.
std::optional<base::WallTime> raised_at(const ipc::WatchHit& hit, const ipc::Zone& zone,
                                        const AlarmWatch::WallOf& wall_of) {
  const base::WallTime first = wall_of(hit.first), last = wall_of(hit.last);
  if (zone.hours.empty()) return first;
  const auto hours = parse_hours(zone.hours);
  if (!hours) return first;  // checked when it was set; better an alarm too many
  if (in_hours(*hours, first)) return first;
  return in_hours(*hours, last) ? std::optional(last) : std::nullopt;
}

}  // namespace

const std::optional<Alarm>& AlarmWatch::judge(const ipc::MotionReport& report, const std::vector<ipc::Zone>& zones,
                                              const WallOf& wall_of) {
  fresh_ = false;
  if (report.event != event_ || report.generation != generation_) {
    event_ = report.event;
    generation_ = report.generation;
    alarm_.reset();
  }
  if (alarm_) return alarm_;
  for (const ipc::WatchHit& hit : report.watched) {
    const auto zone = std::find_if(zones.begin(), zones.end(), [&hit](const ipc::Zone& one) {
      return one.kind == ipc::ZoneKind::kWatch && one.id == hit.zone;
    });
    if (zone == zones.end()) continue;
    const std::optional<base::WallTime> at = raised_at(hit, *zone, wall_of);
    if (at && (!alarm_ || *at < alarm_->at)) alarm_ = Alarm{hit.zone, *at};
  }
  fresh_ = alarm_.has_value();
  return alarm_;
}

}  // namespace vonggac::core
