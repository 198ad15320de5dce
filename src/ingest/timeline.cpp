#include "ingest/timeline.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace vonggac::ingest {
namespace {
constexpr std::int64_t kLatestUs = std::int64_t{1} << 49;  // 17 years of uptime; keeps Q16 far from overflow
constexpr std::int64_t kFutureJumpQ = kQ16Second / 2;
constexpr std::int64_t kBackwardJumpQ = kQ16Second;
constexpr std::int64_t kFarthestBack90k = 90'000;
constexpr std::int64_t kAgreementQ = kQ16Second / 2;
constexpr unsigned kLongestReorder = 4;
constexpr unsigned kLongestDeclaredReorder = 16;  ///< B pictures in a row; a pyramid declares far fewer
constexpr std::int64_t kDeclaredBackQ = kQ16Second / 2;
constexpr std::int64_t kLongestDeclaredDelayUs = 250'000;
constexpr unsigned kReorderEvidence = 2;
constexpr std::int64_t kEvidenceLifeQ = 10 * kQ16Second;
constexpr unsigned kEqualBeforeFrozen = 3;
constexpr std::int32_t kRebaseSeconds = 60;
/// A step beyond a quarter of the counter is a jump whatever else: counted from the base it could wrap around.
constexpr std::int32_t kFarthestStep = 1 << 30;
constexpr std::int64_t kStartDistrustQ = 5 * kQ16Second;

std::int64_t q16_of_us(std::int64_t us) {
  const std::int64_t safe = std::clamp<std::int64_t>(us, -kLatestUs, kLatestUs);
  return safe / 1'000'000 * kQ16Second + safe % 1'000'000 * kQ16Second / 1'000'000;
}
}  // namespace

/// RTP ticks as Q16 of the 90 kHz axis, at the present rate.
std::int64_t Timeline::scaled(std::int32_t ticks) const {
  const std::int64_t rate = clock_rate_hz_;
  const std::int64_t nominal = ticks / rate * kQ16Second + ticks % rate * kQ16Second / rate;
  return rate_ == 1.0 ? nominal : std::llround(static_cast<double>(nominal) * rate_);
}

std::int64_t Timeline::media_at(std::uint32_t timestamp) const {
  return base_q_ + scaled(static_cast<std::int32_t>(timestamp - base_timestamp_));
}

void Timeline::rebase(std::uint32_t timestamp, std::int64_t media_q) {
  base_timestamp_ = timestamp;
  base_q_ = media_q;
}

void Timeline::expect_reordering(std::uint32_t max_reorder_frames, std::int64_t picture_us) {
  declared_reorder_ = max_reorder_frames;
  declared_picture_q_ = q16_of_us(std::clamp<std::int64_t>(picture_us, 1'000, 1'000'000));
  // A pyramid of three B pictures declares two and delays by three.
  const std::int64_t pictures = max_reorder_frames == 0 ? 0 : std::min<std::int64_t>(max_reorder_frames, 3) + 1;
  declared_delay_q_ = q16_of_us(std::clamp<std::int64_t>(pictures * picture_us, 0, kLongestDeclaredDelayUs));
}

void Timeline::start(std::uint32_t timestamp, std::int64_t arrival_q) {
  started_ = true;
  restart_ = false;
  // Else the first picture would be shown after the B pictures that come behind it.
  rebase(timestamp, arrival_q - declared_delay_q_);
  correction_q_ = 0;
  distrust_until_q_ = arrival_q + kStartDistrustQ;
  reference_ = timestamp;
  reference_arrival_q_ = arrival_q;
  last_pts_ = std::numeric_limits<std::int64_t>::min() / 2;
  recent_pts_.fill(last_pts_);
  (void)delays_.add(arrival_q, declared_delay_q_);
}

/// Where a unit belongs if its timestamp is not believed: as far from the reference as its arrival is.
std::int64_t Timeline::media_by_arrival(std::int64_t arrival_q) const {
  return media_at(reference_) + std::max<std::int64_t>(arrival_q - reference_arrival_q_, 0);
}

void Timeline::re_anchor(std::uint32_t timestamp, std::int64_t arrival_q) {
  const std::int64_t media_q = media_by_arrival(arrival_q);
  rebase(timestamp, media_q);
  move_reference(timestamp, arrival_q);
  distrust_until_q_ = std::max(distrust_until_q_, arrival_q + kStartDistrustQ);
  restart_ = false;
  discontinuity_ = true;
  ++stats_.jumps;
}

void Timeline::move_reference(std::uint32_t timestamp, std::int64_t arrival_q) {
  reference_ = timestamp;
  reference_arrival_q_ = arrival_q;
  candidate_.reset();
  backward_run_ = 0;
  // Whole seconds keep the base exact for every clock rate.
  const auto since_base = static_cast<std::int32_t>(timestamp - base_timestamp_);
  const auto clock_rate = static_cast<std::int32_t>(clock_rate_hz_);
  if (since_base / clock_rate >= kRebaseSeconds) {
    const std::int32_t whole = since_base / clock_rate * clock_rate;
    rebase(base_timestamp_ + static_cast<std::uint32_t>(whole), base_q_ + scaled(whole));
  }
}

Timeline::Place Timeline::place(std::uint32_t timestamp, base::MonoTime arrival) {
  const std::int64_t arrival_q = q16_of_us(arrival.us);
  in_order_ = true;
  discontinuity_ = false;
  if (!started_) {
    start(timestamp, arrival_q);
    return finish(media_at(timestamp), arrival.us);
  }
  const auto step = static_cast<std::int32_t>(timestamp - reference_);
  std::int64_t media_q = 0;
  if (restart_) {
    re_anchor(timestamp, arrival_q);
    media_q = media_at(timestamp);
  } else if (step > kFarthestStep || step < -kFarthestStep) {
    media_q = place_jump(timestamp, arrival_q);
  } else if (step > 0) {
    media_q = place_forward(timestamp, arrival_q);
  } else if (step == 0) {
    media_q = place_equal(timestamp, arrival_q);
  } else {
    media_q = place_backward(timestamp, arrival_q);
  }
  if (step != 0) equal_run_ = 0;
  return finish(media_q + correction_q_, arrival.us);
}

std::int64_t Timeline::place_forward(std::uint32_t timestamp, std::int64_t arrival_q) {
  const std::int64_t media_q = media_at(timestamp);
  const std::int64_t step_q = media_q - media_at(reference_);
  const std::int64_t gap_q = std::max<std::int64_t>(arrival_q - reference_arrival_q_, 0);
  const std::int64_t ahead_q = media_q + correction_q_ - arrival_q;
  if (step_q > gap_q + kFutureJumpQ && ahead_q > kFutureJumpQ) return place_jump(timestamp, arrival_q);
  if (backward_run_ > 0) {
    // It went back and returned: the mark of B pictures.
    if (arrival_q - evidence_q_ > kEvidenceLifeQ) reorder_evidence_ = 0;
    evidence_q_ = arrival_q;
    reordering_ = ++reorder_evidence_ >= kReorderEvidence;
  }
  if (candidate_) ++stats_.outliers;
  move_reference(timestamp, arrival_q);
  steer(step_q, gap_q, arrival_q, media_q);
  return media_at(timestamp);  // the rate may have been corrected
}

std::int64_t Timeline::place_equal(std::uint32_t timestamp, std::int64_t arrival_q) {
  ++stats_.equal_timestamps;
  if (++equal_run_ < kEqualBeforeFrozen) return media_at(timestamp);
  // The camera's timestamp stands still: arrival is all there is.
  const std::int64_t gap_q = std::max<std::int64_t>(arrival_q - reference_arrival_q_, 0);
  base_q_ += gap_q;
  move_reference(timestamp, arrival_q);
  const std::int64_t media_q = media_at(timestamp);
  steer(gap_q, gap_q, arrival_q, media_q);
  return media_at(timestamp);
}

std::int64_t Timeline::place_backward(std::uint32_t timestamp, std::int64_t arrival_q) {
  ++stats_.backward_timestamps;
  const std::int64_t back_q = media_at(reference_) - media_at(timestamp);
  if (back_q > kBackwardJumpQ) return place_jump(timestamp, arrival_q);
  if (++backward_run_ > (declared_reorder_ > 0 ? kLongestDeclaredReorder : kLongestReorder)) {
    reordering_ = false;
    reorder_evidence_ = 0;
    re_anchor(timestamp, arrival_q);
    return media_at(timestamp);
  }
  const bool believed = reordering_ || (declared_reorder_ > 0 && back_q <= kDeclaredBackQ);
  if (!believed) return media_at(reference_);  // finish() puts it one tick after its predecessor
  in_order_ = false;
  return media_at(timestamp);
}

std::int64_t Timeline::place_jump(std::uint32_t timestamp, std::int64_t arrival_q) {
  if (candidate_) {
    const auto since = static_cast<std::int32_t>(timestamp - candidate_->timestamp);
    if (std::abs(scaled(since) - (arrival_q - candidate_->arrival_q)) < kAgreementQ) {
      re_anchor(timestamp, arrival_q);
      return media_at(timestamp);
    }
    ++stats_.outliers;
  }
  candidate_ = Candidate{timestamp, arrival_q};
  return media_by_arrival(arrival_q);
}

Timeline::Place Timeline::finish(std::int64_t mapped_q, std::int64_t arrival_us) {
  std::int64_t pts = mapped_q >> 16;
  if (in_order_) {
    pts = std::max(pts, last_pts_ + 1);
    last_pts_ = pts;
  } else {
    // Units that came too early have pushed the axis ahead of where this one was mapped to.
    pts = std::max(pts, last_pts_ - kFarthestBack90k);
    while (std::find(recent_pts_.begin(), recent_pts_.end(), pts) != recent_pts_.end()) ++pts;
  }
  recent_pts_[recent_next_] = pts;
  recent_next_ = (recent_next_ + 1) % recent_pts_.size();
  Place place;
  place.pts.ticks_90k = pts;
  place.capture.us = std::min(base::us_from_90k(pts), arrival_us);
  place.discontinuity = discontinuity_;
  return place;
}

std::optional<base::MonoTime> Timeline::locate(std::uint32_t timestamp) const {
  if (!started_) return std::nullopt;
  return base::MonoTime{base::us_from_90k((media_at(timestamp) + correction_q_) >> 16)};
}

}  // namespace vonggac::ingest
