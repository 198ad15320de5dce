/// The part of CameraAnalyser that decides what is decoded: asleep, awake, coasting (docs/architecture/motion.md).
#include <algorithm>

#include "motion/camera_analyser.h"

namespace vonggac::motion {
namespace {

// After the last sign of movement: as long as it takes until the next key picture could find it again.
constexpr std::int64_t kStayAwakeLeastUs = 1'000'000, kStayAwakeMostUs = 4'000'000;
constexpr std::int64_t kFirstLookUs = 3'000'000;    // at the start: learn the background from every picture
constexpr std::int64_t kEvidenceUs = 1'500'000;     // before the sign that woke us: what is needed to follow something
constexpr std::int64_t kKeyEveryUs = 1'500'000;     // asleep, without a sign; most cameras send one every 1 to 4 s
constexpr std::int64_t kWatchEventUs = 1'400'000;   // every picture, then coasting
constexpr std::int64_t kWatchLongerUs = 1'900'000;  // where key pictures are further apart
constexpr std::int64_t kFirstCoastUs = 5'000'000;  // then everything is looked at again; if it was right, twice as long
constexpr std::int64_t kSceneCoastUs = 24'000'000;  // at most
constexpr int kShowerPictures = 48;  // 6 s; traffic looks like one for 2 s now and then, rain without a pause
constexpr int kStillKeys = 2;        // the first sparse picture has nothing to be compared with
constexpr std::int64_t kLongGopUs = 4'000'000;  // above it key pictures are too rare to rely on
constexpr int kShortGopsToTrust = 3;
constexpr std::int64_t kLongerGopUs = 2'500'000;
constexpr std::int64_t kLookBetweenUs = 3'000'000;  // so long a GOP is looked at half way as well

}  // namespace

/// Cameras whose key pictures come seldom ("smart" GOPs of 4 to 10 s) are decoded in full.
void CameraAnalyser::note_gop(const media::AccessUnit& unit) {
  if (last_key_us_ == kNever) last_key_us_ = unit.capture.us;
  const std::int64_t since_us = unit.capture.us - last_key_us_;
  if (since_us > kLongGopUs) {
    long_gop_ = true;
    short_gops_ = 0;
  }
  if (!unit.key || since_us <= 0) return;
  short_gops_ = since_us > kLongGopUs ? 0 : short_gops_ + 1;
  if (short_gops_ >= kShortGopsToTrust) long_gop_ = false;
  last_key_us_ = unit.capture.us;
  gop_us_ = since_us;
}

// ---- asleep ----------------------------------------------------------------------------------------------

void CameraAnalyser::step_asleep(const media::AccessUnit& unit, OnsetSign onset) {
  if (woken(unit.capture.us)) {
    coasting_ = false;
    wake(unit.capture.us);
    return;
  }
  if (coasting_) {
    coast(unit);
    return;
  }
  if (unit.key) {
    look_at_key(unit);
    return;
  }
  if (!held_ && (long_gop_ || full_decode_ || onset == OnsetSign::kClear)) {
    wake(unit.capture.us);
    return;
  }
  if (!needs_key_ && looks_between()) {
    if (decode_sparse(unit) && peek_wakes(unit.capture.us)) return;
    if (!failed_) waiting_.advance();
    return;
  }
  if (held_) ++counters_.shed;
  key_is_due_ = key_is_due_ || onset != OnsetSign::kNone;
  waiting_.advance();
}

/// Key pictures are dear: two thirds of what a quiet camera costs. Cameras that send several a second need no more of
/// them looked at than others.
bool CameraAnalyser::may_pass_key(std::int64_t time_us) const {
  if (only_keys() || full_decode_ || long_gop_ || key_is_due_ || snapshot_wanted_ || looks_between()) return false;
  return time_us >= last_look_us_ && time_us - last_look_us_ < kKeyEveryUs;
}

/// Stage 2. The engine only peeks first: if something is there, the pictures before this one must be looked at first.
void CameraAnalyser::look_at_key(const media::AccessUnit& unit) {
  waiting_.keep_from(unit.capture.us - kEvidenceUs);
  if (may_pass_key(unit.capture.us)) {
    waiting_.advance();
    return;
  }
  key_is_due_ = false;
  if (decode_sparse(unit) && peek_wakes(unit.capture.us)) return;
  if (!failed_) waiting_.advance();
}

/// Key pictures by themselves; where they are far apart also what follows one, up to half way, cheap as it is while
/// nothing moves. Whether `pictures_` is to be looked at: that of the key picture, and the one half way.
bool CameraAnalyser::decode_sparse(const media::AccessUnit& unit) {
  pictures_.clear();
  ++(unit.key ? counters_.key_decoded : counters_.between_decoded);
  const bool goes_on = looks_between();
  if (unit.key) between_us_ = unit.capture.us + gop_us_ / 2;
  if (unit.key && goes_on) decoder_->reset();
  const bool fine = decoded(goes_on ? decoder_->decode(*unit.payload, unit.capture.us, pictures_)
                                    : decoder_->decode_alone(*unit.payload, unit.capture.us, pictures_));
  needs_key_ = !goes_on || !fine || unit.damaged;
  if (failed_ || !fine || pictures_.empty()) return false;
  if (unit.key || pictures_.front().key()) return true;
  const bool half_way = !needs_key_ && unit.capture.us >= between_us_;
  needs_key_ = needs_key_ || half_way;
  return half_way;
}

/// The pictures of this unit, as seen by an engine that sleeps: whether one of them woke the camera.
bool CameraAnalyser::peek_wakes(std::int64_t time_us) {
  for (media::av::Picture& picture : pictures_) {
    if (failed_ || !hide(picture)) return false;
    maybe_snapshot(picture);
    watch_view(picture);
    if (!only_keys() && (full_decode_ || long_gop_ || engine_->peek(luma_of(picture)))) {
      wake(time_us);
      return true;
    }
    look(picture, !only_keys());
  }
  return false;
}

bool CameraAnalyser::looks_between() const { return gop_us_ >= kLookBetweenUs && !only_keys(); }

/// Goes back to a key picture before the sign where one is still kept; else to the next one to come.
void CameraAnalyser::wake(std::int64_t time_us) {
  ++counters_.wake_ups;
  awake_ = true;
  key_is_due_ = false;
  stay_awake(time_us);
  needs_key_ = true;
  waiting_.keep_from(last_look_us_);  // what lies before it the engine would not look at again
  if (waiting_.first_us() > dropped_us_) {
    waiting_.rewind(clock_.mono_now());
  } else {
    waiting_.forget_passed();  // between that key picture and here something is missing
  }
}

void CameraAnalyser::stay_awake(std::int64_t time_us) {
  awake_until_us_ = std::max(awake_until_us_, time_us + std::clamp(gop_us_, kStayAwakeLeastUs, kStayAwakeMostUs));
}

// ---- coasting --------------------------------------------------------------------------------------------

void CameraAnalyser::maybe_coast(std::int64_t time_us) {
  if (full_decode_ || long_gop_ || only_keys() || woken(time_us)) return;
  if (!awake_ || !event_active_ || event_watched_since_us_ == kNever) return;
  const std::int64_t watch_us = gop_us_ < kLongerGopUs ? kWatchEventUs : kWatchLongerUs;
  if (time_us - event_watched_since_us_ < watch_us) return;
  // Nothing moves there any more: the event's last moments are watched. Between key pictures rain is told from nothing.
  if (!moved_ || shower_pictures_ >= kShowerPictures) return;
  awake_ = false;
  coasting_ = true;
  still_keys_ = 0;
  coast_us_ = std::clamp(2 * coast_us_, kFirstCoastUs, kSceneCoastUs);
  coast_until_us_ = time_us + coast_us_;
}

void CameraAnalyser::coast(const media::AccessUnit& unit) {
  const bool between = !unit.key && !needs_key_ && looks_between();
  if (!unit.key && !between && !long_gop_) {
    waiting_.advance();
    return;
  }
  const bool sparse = unit.key || between;
  const bool seen = sparse && decode_sparse(unit);
  if (failed_) return;
  if (between && !seen) {
    waiting_.advance();
    return;
  }
  moved_ = candidate_ = false;
  if (seen) look_at_all();
  if (failed_) return;
  still_keys_ = moved_ ? 0 : still_keys_ + 1;
  if (!between) waiting_.forget_passed();
  if (sparse && event_active_ && still_keys_ < kStillKeys && unit.capture.us < coast_until_us_) {
    waiting_.advance();
    return;
  }
  coasting_ = false;
  event_watched_since_us_ = kNever;
  // Empty again: asleep. Where the next picture to be looked at is far the next seconds are watched all the same.
  if (sparse && !event_active_ && !candidate_ && (gop_us_ < kLongerGopUs || looks_between())) {
    waiting_.advance();
    return;
  }
  if (between) {
    wake(unit.capture.us);
    return;
  }
  // The key picture is decoded again by step_awake(), as the start of what follows it.
  awake_ = true;
  stay_awake(unit.capture.us);
}

void CameraAnalyser::look_at_all() {
  for (media::av::Picture& picture : pictures_) {
    if (failed_ || !hide(picture)) return;
    maybe_snapshot(picture);
    watch_view(picture);
    look(picture);
  }
}

// ---- awake -----------------------------------------------------------------------------------------------

/// Asleep in the middle of a GOP if need be: what follows is kept, and a wake-up begins at the key picture again.
void CameraAnalyser::maybe_sleep(std::int64_t time_us) {
  if (woken(time_us)) return;
  if (!only_keys() && (full_decode_ || long_gop_ || time_us < awake_until_us_)) return;
  awake_ = false;
  event_watched_since_us_ = kNever;
  // At a key picture that has just been looked at; else the decoder is as good as lost.
  between_us_ = time_us + gop_us_ / 2;
  needs_key_ = !looks_between();
}

void CameraAnalyser::step_awake(const media::AccessUnit& unit) {
  if (awake_until_us_ == kNever) awake_until_us_ = unit.capture.us + kFirstLookUs;
  if (unit.key) {
    waiting_.forget_passed();
    maybe_coast(unit.capture.us);
    if (!awake_) return;  // the next step sees the same key picture, coasting
  }
  waiting_.advance();
  if (needs_key_ && !unit.key) {
    ++counters_.unreadable;
    return;
  }
  if (needs_key_) decoder_->reset();
  needs_key_ = false;
  pictures_.clear();
  ++counters_.run_decoded;
  (void)decoded(decoder_->decode(*unit.payload, unit.capture.us, pictures_));
  if (failed_) return;
  if (!unit.damaged) look_at_run(unit.key);  // smears of a damaged picture move like something alive
  // Far from the next key picture it is better to go on than to go back for the next sign.
  if (unit.key || gop_us_ < kLongerGopUs) maybe_sleep(unit.capture.us);
}

void CameraAnalyser::look_at_run(bool key) {
  for (media::av::Picture& picture : pictures_) {
    const bool shown = key || snapshot_wanted_, looked_at = sampler_.take(picture.time_us());
    if ((!shown && !looked_at) || !hide(picture)) continue;
    if (shown) maybe_snapshot(picture);
    watch_view(picture);
    if (looked_at) look(picture);
  }
}

}  // namespace vonggac::motion
