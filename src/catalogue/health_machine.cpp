/// HealthMachine: the calming of what single looks say (health.h).
#include <algorithm>
#include <cstdlib>

#include "catalogue/health.h"

namespace vonggac::catalogue {
namespace {

constexpr std::string_view kGood = "CO_TIN_HIEU", kUnstable = "CHAP_CHON";

}  // namespace

std::string_view health_of(const HealthSample& sample, const HealthRules& rules) {
  if (!sample.configured) return "CHUA_CAU_HINH";
  if (!sample.reachable) return "MAT_TIN_HIEU";
  if (!sample.video) return "MAT_HINH";
  if (!sample.tamper.empty()) return "BI_CHE_MO";
  if (sample.recording && !*sample.recording) return "KHONG_GHI";
  if (sample.skew_ms && std::llabs(*sample.skew_ms) > rules.skew_ms) return "LECH_GIO";
  return kGood;
}

bool health_is_good(std::string_view state) { return state == kGood; }
bool health_is_bad(std::string_view state) { return !health_is_good(state) && state != "CHUA_CAU_HINH"; }
bool health_records(std::string_view state) {
  return state == kGood || state == kUnstable || state == "BI_CHE_MO" || state == "LECH_GIO";
}

void HealthMachine::note_raw(std::string_view now, base::WallTime at, const HealthRules& rules) {
  if (now != raw) {
    if (health_is_good(now) != health_is_good(raw)) flips_us.push_back(at.us);
    raw = now;
    raw_since = at;
  }
  std::erase_if(flips_us, [&](std::int64_t us) { return at.us - us > rules.flap_window.count(); });
}

void HealthMachine::enter(std::string_view next, base::WallTime from) {
  state = next;
  since = std::max(from, since);
}

std::optional<HealthMachine::Change> HealthMachine::take(const HealthSample& sample, const HealthRules& rules) {
  const std::string_view now = health_of(sample, rules);
  if (state.empty()) {
    state = raw = now;
    since = raw_since = last = sample.at;
    return Change{};
  }
  if (sample.at <= last) return std::nullopt;
  const base::WallTime before = last;
  last = sample.at;
  if (sample.at - before > rules.silence) {
    flips_us.clear();
    raw = now;
    raw_since = sample.at;
    enter(now, sample.at);
    return Change{before};
  }
  note_raw(now, sample.at, rules);
  if (flips_us.size() >= rules.flaps) {
    if (state == kUnstable) return std::nullopt;
    enter(kUnstable, base::WallTime{flips_us.front()});
    return Change{};
  }
  const base::Micros needed = state == kUnstable ? rules.calm : rules.confirm;
  if (raw == state || sample.at - raw_since < needed) return std::nullopt;
  flips_us.clear();
  enter(raw, raw_since);
  return Change{};
}

}  // namespace vonggac::catalogue
