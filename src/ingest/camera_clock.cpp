#include "ingest/camera_clock.h"

#include <algorithm>
#include <cstdlib>

namespace vonggac::ingest {
namespace {
constexpr std::int64_t kNtpToUnixSeconds = 2'208'988'800;
constexpr std::int64_t kEraSeconds = std::int64_t{1} << 32;
constexpr std::int64_t kYear2000 = 946'684'800;
constexpr std::int64_t kEraEnd = kEraSeconds - kNtpToUnixSeconds;  // 2036-02-07T06:28:16Z
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kLargestJumpUs = 10'000'000;
constexpr std::int64_t kAgreementUs = 1'000'000;
}  // namespace

std::optional<base::WallTime> wall_of_ntp(std::uint64_t ntp, base::WallTime wall_now) {
  if (ntp == 0) return std::nullopt;
  std::int64_t seconds = static_cast<std::int64_t>(ntp >> 32) - kNtpToUnixSeconds;
  // Small numbers are era 1, but only once our own clock is (nearly) there; before, they are nonsense.
  if (seconds < kYear2000 && wall_now.us / 1'000'000 > kEraEnd - kDaySeconds) seconds += kEraSeconds;
  if (seconds < kYear2000) return std::nullopt;
  const auto fraction = static_cast<std::int64_t>((ntp & 0xFFFF'FFFFU) * 1'000'000 >> 32);
  return base::WallTime{seconds * 1'000'000 + fraction};
}

void CameraClock::on_sender_report(std::uint64_t ntp, base::WallTime wall_at_capture) {
  const std::optional<base::WallTime> camera_wall = wall_of_ntp(ntp, wall_at_capture);
  if (!camera_wall) {
    valid_ = false;
    doubted_count_ = 0;
    return;
  }
  const std::int64_t offset_us = (*camera_wall - wall_at_capture).count();
  if (count_ > 0 && std::abs(offset_us - offset_us_) > kLargestJumpUs) {
    doubt(offset_us);
  } else {
    doubted_count_ = 0;
    accept(offset_us);
  }
}

void CameraClock::accept(std::int64_t offset_us) {
  offsets_us_[count_ % kKept] = offset_us;
  ++count_;
  const std::size_t kept = std::min(count_, kKept);
  std::array<std::int64_t, kKept> sorted = offsets_us_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(kept / 2);
  std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(kept));
  offset_us_ = *middle;
  valid_ = true;
}

void CameraClock::doubt(std::int64_t offset_us) {
  valid_ = false;
  if (doubted_count_ > 0 && std::abs(offset_us - doubted_us_[doubted_count_ - 1]) > kAgreementUs) doubted_count_ = 0;
  doubted_us_[doubted_count_++] = offset_us;
  if (doubted_count_ < kAgreeing) return;
  count_ = 0;
  for (const std::int64_t agreed : doubted_us_) accept(agreed);
  doubted_count_ = 0;
}

}  // namespace vonggac::ingest
