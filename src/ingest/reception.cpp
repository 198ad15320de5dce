#include "ingest/reception.h"

#include <algorithm>
#include <limits>

namespace vonggac::ingest {

void Reception::restart(std::uint32_t ssrc, std::uint16_t sequence) {
  const std::uint32_t clock_rate_hz = clock_rate_hz_;
  *this = Reception(clock_rate_hz);
  started_ = true;
  ssrc_ = ssrc;
  base_sequence_ = sequence;
  highest_ = sequence;
}

void Reception::on_packet(std::uint16_t sequence, std::uint32_t timestamp, base::MonoTime arrival) {
  const auto ahead = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - highest_));
  if (ahead > 0) {
    if (sequence < highest_) cycles_ += 1U << 16;
    highest_ = sequence;
  }
  ++received_;

  const auto seconds = static_cast<std::uint64_t>(arrival.us) / 1'000'000;
  const auto rest_us = static_cast<std::uint64_t>(arrival.us) % 1'000'000;
  const auto arrival_ticks =
      static_cast<std::uint32_t>(seconds * clock_rate_hz_ + rest_us * clock_rate_hz_ / 1'000'000);
  const std::uint32_t transit = arrival_ticks - timestamp;
  if (transit_known_) {
    const auto change = static_cast<std::int32_t>(transit - transit_);
    // A jump of the camera's clock is not jitter; the clamp keeps it from filling the estimate for minutes.
    const std::uint32_t size =
        change < 0 ? 0U - static_cast<std::uint32_t>(change) : static_cast<std::uint32_t>(change);
    const std::uint32_t clamped = std::min(size, clock_rate_hz_);
    jitter_times_16_ += clamped - ((jitter_times_16_ + 8) >> 4);
  }
  transit_ = transit;
  transit_known_ = true;
}

void Reception::on_sender_report(std::uint64_t ntp, base::MonoTime arrival) {
  sr_seen_ = true;
  last_sr_ = static_cast<std::uint32_t>(ntp >> 16);
  sr_arrival_ = arrival;
}

ReportBlock Reception::report(base::MonoTime now) {
  ReportBlock block;
  block.ssrc = ssrc_;
  block.highest_sequence = static_cast<std::uint32_t>(cycles_ + highest_);
  const std::uint64_t expected = cycles_ + highest_ - base_sequence_ + 1;
  const auto lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(received_);
  block.cumulative_lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost, -0x80'0000, 0x7F'FFFF));

  const std::uint64_t expected_now = expected - expected_before_;
  const std::uint64_t received_now = received_ - received_before_;
  if (expected_now > received_now) {
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::uint64_t>((expected_now - received_now) * 256 / expected_now, 255));
  }
  expected_before_ = expected;
  received_before_ = received_;

  block.jitter = jitter_times_16_ >> 4;
  if (sr_seen_) {
    block.last_sr = last_sr_;
    const std::int64_t delay_us = std::max<std::int64_t>((now - sr_arrival_).count(), 0);
    const std::int64_t delay = delay_us / 1'000'000 * 65'536 + delay_us % 1'000'000 * 65'536 / 1'000'000;
    block.delay_since_sr =
        static_cast<std::uint32_t>(std::min<std::int64_t>(delay, std::numeric_limits<std::uint32_t>::max()));
  }
  return block;
}

}  // namespace vonggac::ingest
