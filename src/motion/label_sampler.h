/// Chooses which moving thing of a camera is shown to the object classifier, and when: at most two a second, one after
/// the other where several move; seldom once the classifier is sure.
/// Threads  one thread at a time.
/// Units    capture times in microseconds; parts 0..1 of the picture.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "media/av/picture_crop.h"
#include "motion/engine.h"

namespace vonggac::motion {

class LabelSampler {
 public:
  static constexpr std::int64_t kIntervalUs = 500'000;
  static constexpr std::int64_t kSureIntervalUs = 4'000'000;
  static constexpr float kSure = 0.8F;
  static constexpr float kMargin = 0.25F;     ///< of the box, added on each side
  static constexpr float kLeastSide = 0.06F;  ///< of the picture: what surrounds a small thing helps to know it
  static constexpr std::size_t kMaxInTurn = 4;

  /// The part of the picture to show now.
  std::optional<media::av::PicturePart> choose(std::uint64_t event, const std::vector<MovingBox>& boxes,
                                               std::int64_t time_us) {
    if (boxes.empty()) return std::nullopt;
    if (event != event_) {
      event_ = event;
      sure_ = false;
      turn_ = 0;
    }
    const std::int64_t interval_us = sure_ ? kSureIntervalUs : kIntervalUs;
    if (time_us >= last_us_ && time_us - last_us_ < interval_us) return std::nullopt;
    last_us_ = time_us;
    std::vector<const MovingBox*> best;
    for (const MovingBox& box : boxes) best.push_back(&box);
    std::sort(best.begin(), best.end(), [](const auto* a, const auto* b) { return a->score > b->score; });
    return with_margin(best[turn_++ % std::min(best.size(), kMaxInTurn)]->box);
  }
  /// The classifier's answer for an event.
  void note(std::uint64_t event, float score) { sure_ = sure_ || (event == event_ && score >= kSure); }

 private:
  static media::av::PicturePart with_margin(const Box& box) {
    const float w = std::max(box.w * (1 + 2 * kMargin), kLeastSide),
                h = std::max(box.h * (1 + 2 * kMargin), kLeastSide);
    const float left = std::max(0.0F, box.x + box.w / 2 - w / 2), top = std::max(0.0F, box.y + box.h / 2 - h / 2);
    const float right = std::min(1.0F, box.x + box.w / 2 + w / 2), bottom = std::min(1.0F, box.y + box.h / 2 + h / 2);
    return {left, top, right - left, bottom - top};
  }

  std::uint64_t event_ = 0;
  bool sure_ = false;
  std::size_t turn_ = 0;
  std::int64_t last_us_ = INT64_MIN / 2;
};

}  // namespace vonggac::motion
