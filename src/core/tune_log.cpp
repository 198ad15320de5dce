#include "core/tune_log.h"

#include <algorithm>

#include "core/condition_texts.h"
#include "ipc/motion_texts.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::int64_t kJoinUs = 1'500'000;  // as motion::EventLogic ends an event
constexpr std::size_t kShownRecords = 200;
constexpr base::Micros kLiveFor = base::Seconds(5);

bool inside(const ipc::Polygon& polygon, float x, float y) {
  bool in = false;
  const auto& points = polygon.points;
  for (std::size_t i = 0, before = points.size() - 1; i < points.size(); before = i++) {
    const auto& [ax, ay] = points[i];
    const auto& [bx, by] = points[before];
    if ((ay > y) != (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay)) in = !in;
  }
  return in;
}

/// As motion::Zones decides, from foot points alone: ignored where most of them are, else in a detect zone with any.
bool in_zones(const ipc::Polygon& feet, const std::vector<ipc::Zone>& zones) {
  std::size_t ignored = 0, detected = 0;
  bool has_detect = false;
  for (const ipc::Zone& zone : zones) has_detect = has_detect || zone.kind == ipc::ZoneKind::kDetect;
  for (const auto& [x, y] : feet.points) {
    bool ignore = false, detect = !has_detect;
    for (const ipc::Zone& zone : zones) {
      if (!inside(zone.polygon, x, y)) continue;
      const bool blind = zone.kind == ipc::ZoneKind::kIgnore || zone.kind == ipc::ZoneKind::kPrivacy;
      (blind ? ignore : detect) = true;
    }
    ignored += ignore ? 1 : 0;
    detected += detect && !ignore ? 1 : 0;
  }
  return feet.points.empty() || (2 * ignored <= feet.points.size() && detected > 0);
}

bool same_zones(const std::vector<ipc::Zone>& a, const std::vector<ipc::Zone>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ipc::Zone& x, const ipc::Zone& y) {
    return x.kind == y.kind && x.polygon.points == y.polygon.points;
  });
}

double to_four_places(double value) { return static_cast<double>(static_cast<std::int64_t>(value * 1e4 + 0.5)) / 1e4; }

json::object both(const Sentence& sentence) { return {{"vi", sentence.vi}, {"en", sentence.en}}; }

json::object totals_json(const TuneTotals& totals) {
  return {{"events", totals.events}, {"moving_s", to_four_places(totals.seconds)}, {"things", totals.records}};
}

json::object record_json(const TuneRecord& record, bool fires) {
  const ipc::MotionCandidate& c = record.candidate;
  json::array fires_at;
  for (int n = 1; n <= 9; ++n) {
    if ((c.fires_at >> (n - 1) & 1) != 0) fires_at.emplace_back(n);
  }
  return {{"from", base::to_iso8601(record.start)},
          {"to", base::to_iso8601(record.end)},
          {"fired", c.verdict == ipc::MotionVerdict::kMoves},
          {"would_fire", fires},
          {"reason", ipc::motion_verdict_name(c.verdict)},
          {"text", both(sentence_of(c.verdict))},
          {"fires_at", std::move(fires_at)},
          {"pictures", c.pictures},
          {"travel", to_four_places(c.travel)},
          {"straightness", to_four_places(c.straightness)},
          {"area", to_four_places(c.area)},
          {"contrast", to_four_places(c.contrast)},
          {"brighter", to_four_places(c.brighter)},
          {"score", to_four_places(c.score)},
          {"box", json::array{to_four_places(c.box_x), to_four_places(c.box_y), to_four_places(c.box_w),
                              to_four_places(c.box_h)}}};
}

json::object view_json(const ipc::EngineView& view) {
  return {{"active", view.active},
          {"score", to_four_places(view.score)},
          {"threshold_grey", to_four_places(view.threshold_grey)},
          {"foreground", to_four_places(view.foreground)},
          {"things", view.things},
          {"reason", view.things == 0 ? "" : ipc::motion_verdict_name(view.verdict)},
          {"text", both(view.things == 0 ? Sentence{"", ""} : sentence_of(view.verdict))},
          {"pictures", view.pictures},
          {"pictures_needed", view.pictures_needed},
          {"travel", to_four_places(view.travel)},
          {"travel_needed", to_four_places(view.travel_needed)},
          {"events", view.events}};
}

/// What the figures of "with" leave out, in words.
Sentence caveat(const TuneSettings& own, const TuneSettings& asked) {
  if (same_settings(own, asked)) return {"", ""};
  if (asked.sensitivity > own.sensitivity) {
    return {
        "Ít nhất: cài đặt hiện tại không thấy những gì nhạt hơn ngưỡng của nó. Chạy thử song song để biết chính xác.",
        "At least: what is fainter than the present threshold was not seen. The shadow run tells exactly."};
  }
  if (!same_zones(own.zones, asked.zones)) {
    return {"Ước lượng theo vị trí chân; chỗ đang bị loại trừ thì không có số liệu.",
            "Estimated from where things stood; places that are ignored now are not known."};
  }
  return {"Ước lượng theo những gì đã theo dõi được.", "Estimated from what was followed."};
}

}  // namespace

bool same_settings(const TuneSettings& a, const TuneSettings& b) {
  return a.sensitivity == b.sensitivity && same_zones(a.zones, b.zones);
}

bool would_fire(const ipc::MotionCandidate& c, const TuneSettings& own, const TuneSettings& asked) {
  if (same_settings(own, asked)) return c.verdict == ipc::MotionVerdict::kMoves;
  const bool moves = asked.sensitivity == own.sensitivity
                         ? c.verdict == ipc::MotionVerdict::kMoves || c.verdict == ipc::MotionVerdict::kOutsideZones
                         : (c.fires_at >> (std::clamp<int>(asked.sensitivity, 1, 9) - 1) & 1) != 0;
  return moves && in_zones(c.feet, asked.zones);
}

TuneTotals totals_of(const std::vector<const TuneRecord*>& firing) {
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;
  for (const TuneRecord* record : firing) spans.emplace_back(record->start.us, record->end.us);
  std::sort(spans.begin(), spans.end());
  TuneTotals totals;
  totals.records = spans.size();
  std::int64_t end_us = INT64_MIN / 2, moving_us = 0;
  for (const auto& [from_us, to_us] : spans) {
    if (from_us > end_us + kJoinUs) {
      ++totals.events;
      moving_us += to_us - from_us;
    } else if (to_us > end_us) {
      moving_us += to_us - end_us;
    }
    end_us = std::max(end_us, to_us);
  }
  totals.seconds = static_cast<double>(moving_us) * 1e-6;
  return totals;
}

void TuneLog::add(TuneRecord record) {
  const base::WallTime newest = record.end;
  records_.push_back(std::move(record));
  while (records_.size() > kMaxRecords || newest - records_.front().end > kKeep) records_.pop_front();
}

void TuneLog::set_live(const ipc::MotionLive& live, base::WallTime at) { live_ = Live{live, at}; }

void TuneLog::begin_shadow(const TuneSettings& settings, base::WallTime from, base::WallTime until) {
  const bool goes_on = shadow_ && shadow_->until > from && same_settings(shadow_->settings, settings);
  if (goes_on) {
    shadow_->until = until;
    return;
  }
  shadow_ = Shadow{settings, from, until};
  live_.reset();
  std::erase_if(records_, [](const TuneRecord& record) { return record.candidate.shadow; });
}

json::object TuneLog::answer(const TuneSettings& own, const TuneSettings& asked, base::WallTime now,
                             base::Micros span) const {
  std::vector<const TuneRecord*> now_firing, asked_firing, shadow_firing;
  json::array shown;
  for (auto record = records_.rbegin(); record != records_.rend(); ++record) {
    if (now - record->end > span) continue;
    const bool fired = record->candidate.verdict == ipc::MotionVerdict::kMoves;
    if (record->candidate.shadow) {
      if (fired) shadow_firing.push_back(&*record);
      continue;
    }
    const bool fires = would_fire(record->candidate, own, asked);
    if (fired) now_firing.push_back(&*record);
    if (fires) asked_firing.push_back(&*record);
    if (shown.size() < kShownRecords) shown.push_back(record_json(*record, fires));
  }
  json::object with = totals_json(totals_of(asked_firing));
  with["sensitivity"] = asked.sensitivity;
  with["note"] = both(caveat(own, asked));
  json::object in_force = totals_json(totals_of(now_firing));
  in_force["sensitivity"] = own.sensitivity;
  json::object out{{"minutes", span.count() / 60'000'000},
                   {"now", std::move(in_force)},
                   {"with", std::move(with)},
                   {"things", std::move(shown)},
                   {"live", nullptr},
                   {"shadow", nullptr}};
  if (live_ && now - live_->at < kLiveFor) out["live"] = view_json(live_->message.own);
  if (shadow_ && shadow_->until > now) {
    json::object shadow = totals_json(totals_of(shadow_firing));
    shadow["sensitivity"] = shadow_->settings.sensitivity;
    shadow["from"] = base::to_iso8601(shadow_->from);
    shadow["until"] = base::to_iso8601(shadow_->until);
    shadow["live"] = nullptr;
    if (live_ && now - live_->at < kLiveFor) shadow["live"] = view_json(live_->message.shadow);
    out["shadow"] = std::move(shadow);
  }
  return out;
}

}  // namespace vonggac::core
