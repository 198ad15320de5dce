#include "motion/shadow_watch.h"

#include <algorithm>
#include <utility>

#include "motion/track_note.h"

namespace vonggac::motion {
namespace {

bool same(const ipc::Zone& a, const ipc::Zone& b) {
  return a.id == b.id && a.kind == b.kind && a.polygon.points == b.polygon.points;
}

bool same_settings(const ipc::AnalyseShadow& a, const ipc::AnalyseShadow& b) {
  return a.sensitivity == b.sensitivity && a.zones.size() == b.zones.size() &&
         std::equal(a.zones.begin(), a.zones.end(), b.zones.begin(), same);
}

}  // namespace

ShadowWatch::ShadowWatch(std::uint16_t slot, std::uint32_t generation, MessageSink sink)
    : slot_(slot), generation_(generation), sink_(std::move(sink)) {}

void ShadowWatch::start(const ipc::AnalyseShadow& wanted, base::MonoTime now) {
  until_us_ = std::min(wanted.until.us, now.us + kLongestUs);
  if (until_us_ <= now.us) {
    stop();
    return;
  }
  if (engine_ && same_settings(settings_, wanted)) return;
  settings_ = wanted;
  EngineSettings settings = engine_settings(wanted.sensitivity, wanted.zones);
  settings.explain = true;
  engine_ = Engine::create(settings);
  own_events_ = shadow_events_ = 0;
  told_us_ = 0;
}

void ShadowWatch::look(const Luma& picture, std::int64_t time_us, const EngineOutput& own) {
  if (!engine_) return;
  if (time_us >= until_us_) {
    stop();
    return;
  }
  const EngineOutput shadow = engine_->look(picture, time_us);
  own_events_ += own.event_started ? 1 : 0;
  shadow_events_ += shadow.event_started ? 1 : 0;
  for (const TrackNote& note : shadow.ended) {
    ipc::MotionCandidate candidate = candidate_of(note);
    candidate.slot = slot_;
    candidate.generation = generation_;
    candidate.shadow = true;
    sink_(std::move(candidate));
  }
  if (time_us - told_us_ < kTellUs) return;
  told_us_ = time_us;
  ipc::MotionLive live;
  live.slot = slot_;
  live.generation = generation_;
  live.time.us = time_us;
  live.own = own.view;
  live.own.events = own_events_;
  live.shadow = shadow.view;
  live.shadow.events = shadow_events_;
  sink_(live);
}

void ShadowWatch::stop() { engine_.reset(); }

}  // namespace vonggac::motion
