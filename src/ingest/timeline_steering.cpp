/// The half of Timeline that keeps media time and arrival together: slewing, silences, wrong rates.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ingest/timeline.h"

namespace vonggac::ingest {
namespace {
constexpr std::int64_t kDeadBandQ = q16_ms(20);
constexpr std::int64_t kSettledQ = q16_ms(2);
constexpr std::int64_t kStartStepQ = q16_ms(20);
constexpr std::int64_t kReorderedStartStepQ = q16_ms(500);  // a step mixes up the order of B pictures: rather slew
constexpr std::int64_t kEagerErrorQ = q16_ms(60);
constexpr std::int64_t kLargeErrorQ = q16_ms(100);
// Slew rates as parts of elapsed media time.
constexpr std::int64_t kGentle = 2000;  // 1/2000 = 500 ppm
constexpr std::int64_t kFirm = 50;      // 2 %: late for the whole 32 s
constexpr std::int64_t kFast = 10;      // 10 %: packets before their capture, which cannot be the network
constexpr std::int64_t kEager = 4;      // 25 %: while the camera's rate is not trusted
constexpr std::int64_t kLongestStepQ = kQ16Second;

constexpr std::int64_t kSilenceQ = kQ16Second / 2;
constexpr unsigned kSilencesBeforeArrivalRules = 3;
constexpr std::int64_t kPaceWindowQ = kQ16Second / 2;

constexpr std::int64_t kRateDistrustQ = 10 * kQ16Second;
constexpr double kSmallestRateChange = 0.0008;
constexpr double kUnityBand = 0.001;
constexpr double kSlowestRate = 0.1;
constexpr double kFastestRate = 16.0;  // two pictures a second with the timestamps of 30
}  // namespace

/// `step_q`: media time since the unit before; `gap_q`: arrival time since then.
void Timeline::steer(std::int64_t step_q, std::int64_t gap_q, std::int64_t arrival_q, std::int64_t media_q) {
  const std::int64_t delay_q = arrival_q - media_q;
  const bool bucket_closed = delays_.add(arrival_q, delay_q);
  const bool starting = stats_.rate_corrections == 0 && arrival_q < distrust_until_q_;
  if (starting) step_at_start(delay_q);
  watch_silence(gap_q - step_q, arrival_q, media_q);
  if (bucket_closed) check_rate(arrival_q);
  slew(std::min(std::max(step_q, gap_q / 2), kLongestStepQ));
}

/// In the first seconds nothing is known of this camera yet, so what arrival shows is followed at once.
void Timeline::step_at_start(std::int64_t delay_q) {
  const std::int64_t lately_q = delays_.lowest_lately();
  if (delay_q - correction_q_ < (declared_reorder_ > 0 ? -kReorderedStartStepQ : -kStartStepQ)) {
    correction_q_ = delay_q;
  } else if (delays_.closed_buckets() >= 2 && lately_q - correction_q_ > kEagerErrorQ) {
    correction_q_ = lately_q;
  } else {
    return;
  }
  slewing_ = false;
}

void Timeline::slew(std::int64_t step_q) {
  const bool eager = reference_arrival_q_ < distrust_until_q_;
  const std::int64_t error_q = (eager ? delays_.lowest_lately() : delays_.lowest()) - correction_q_;
  const std::int64_t size_q = std::abs(error_q);
  if (size_q <= (slewing_ ? kSettledQ : kDeadBandQ)) {
    slewing_ = false;
    return;
  }
  slewing_ = true;
  std::int64_t part = kGentle;
  if (eager && size_q > kEagerErrorQ) {
    part = kEager;
  } else if (size_q > kLargeErrorQ) {
    part = error_q < 0 ? kFast : kFirm;
  } else if (eager) {
    part = kFirm;
  }
  std::int64_t most_q = std::min(step_q / part, size_q);
  // B pictures lie a picture and more behind the one before their group: back by less, and they stay there.
  if (error_q < 0 && declared_reorder_ > 0) most_q = std::min(most_q, declared_picture_q_);
  correction_q_ += error_q < 0 ? -most_q : most_q;
}

/// Arrival went on half a second more than media time: either the network held units up, and those that follow come
/// faster than they were made, or the camera's clock stood still, and they come at their own pace, all as late.
void Timeline::watch_silence(std::int64_t stopped_q, std::int64_t arrival_q, std::int64_t media_q) {
  const std::int64_t late_q = arrival_q - media_q - correction_q_;
  if (stopped_q > kSilenceQ && late_q > kSilenceQ) {
    silence_ = Silence{arrival_q, media_q, late_q, late_q};
    // Before every single unit: a picture a second with the timestamps of 25 a second. They say nothing; arrival does.
    if (++silences_in_a_row_ >= kSilencesBeforeArrivalRules) skip_silence(late_q, arrival_q, media_q);
    return;
  }
  silences_in_a_row_ = 0;
  if (!silence_) return;
  silence_->least_late_q = std::min(silence_->least_late_q, late_q);
  if (silence_->least_late_q < silence_->first_late_q * 4 / 5) {
    silence_.reset();
    return;
  }
  const std::int64_t media_span_q = media_q - silence_->media_q;
  if (media_span_q < kPaceWindowQ) return;
  if ((arrival_q - silence_->arrival_q) * 100 < media_span_q * 93) {  // a queue that drains
    silence_.reset();
    return;
  }
  skip_silence(silence_->least_late_q, arrival_q, media_q);
  discontinuity_ = true;
  ++stats_.jumps;
}

void Timeline::skip_silence(std::int64_t late_q, std::int64_t arrival_q, std::int64_t media_q) {
  correction_q_ += late_q;
  slewing_ = false;
  silence_.reset();
  delays_.clear();
  (void)delays_.add(arrival_q, arrival_q - media_q);
}

void Timeline::check_rate(std::int64_t arrival_q) {
  struct Window {
    std::size_t buckets;
    std::int64_t threshold_q;
    bool only_eager;
  };
  // The shorter the window, the larger the drift that is believed: 4 %, 5 %, 1 %, 0.1 %.
  static constexpr std::array<Window, 4> kWindows = {
      {{4, q16_ms(80), true}, {8, q16_ms(200), false}, {16, q16_ms(80), false}, {56, q16_ms(28), false}}};
  const bool eager = arrival_q < distrust_until_q_;
  for (const Window& window : kWindows) {
    if (window.only_eager && !eager) continue;
    const auto drift = delays_.drift(window.buckets, window.threshold_q);
    if (!drift) continue;
    // A falling delay is only a queue that drains, unless packets come before their time.
    if (drift->delay_change_q < 0 && drift->last_delay_q >= correction_q_ - q16_ms(5)) continue;
    apply_rate(*drift, arrival_q);
    return;
  }
}

void Timeline::apply_rate(const DelayFilter::Drift& drift, std::int64_t arrival_q) {
  const std::int64_t media_span_q = drift.arrival_span_q - drift.delay_change_q;
  if (media_span_q <= 0 || drift.arrival_span_q <= 0) return;
  const double factor = static_cast<double>(drift.arrival_span_q) / static_cast<double>(media_span_q);
  double rate = std::clamp(rate_ * factor, kSlowestRate, kFastestRate);
  if (std::abs(rate - 1.0) < kUnityBand) rate = 1.0;
  if (std::abs(rate / rate_ - 1.0) < kSmallestRateChange) return;
  const std::int64_t media_q = media_at(reference_);
  rebase(reference_, media_q);
  rate_ = rate;
  distrust_until_q_ = std::max(distrust_until_q_, arrival_q + kRateDistrustQ);
  silence_.reset();
  delays_.clear();
  (void)delays_.add(arrival_q, arrival_q - media_q);
  ++stats_.rate_corrections;
  stats_.rate_ppm = std::llround((rate - 1.0) * 1e6);
}

}  // namespace vonggac::ingest
