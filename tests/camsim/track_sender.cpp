#include "camsim/track_sender.h"

#include <algorithm>

#include "camsim/rtcp.h"

namespace vonggac::camsim {
namespace {

constexpr std::int64_t kReportInterval_us = 2'000'000;
/// 2036-02-07T06:28:16Z, where the 32 bits of NTP seconds wrap.
constexpr std::int64_t kNtpWrapWall_us = 2'085'978'496'000'000;

}  // namespace

TrackSender::TrackSender(Reactor& reactor, const Faults& faults, std::unique_ptr<PacketOut> out,
                         const SenderSetup& setup, SenderCounts& counts)
    : reactor_(reactor),
      faults_(faults),
      out_(std::move(out)),
      setup_(setup),
      sequence_(setup.first_sequence),
      waits_for_key_(setup.join_at_key),
      random_(static_cast<std::minstd_rand::result_type>(setup.seed)),
      counts_(counts),
      alive_(std::make_shared<bool>(true)) {}

TrackSender::~TrackSender() { *alive_ = false; }

std::uint32_t TrackSender::wire_timestamp(std::int64_t ticks) const {
  return setup_.timestamp_base + static_cast<std::uint32_t>(static_cast<std::uint64_t>(ticks));
}

void TrackSender::on_unit(WireUnit& unit, const UnitTiming& timing) {
  if (faults_.blackhole) return;
  if (waits_for_key_ && !timing.key) return;
  waits_for_key_ = false;
  send_report_if_due(timing);
  if (unit.empty()) return;
  unit.patch({out_->channel(false), sequence_, wire_timestamp(timing.timestamp), setup_.ssrc});
  sequence_ = static_cast<std::uint16_t>(sequence_ + unit.packets().size());
  packets_sent_ += static_cast<std::uint32_t>(unit.packets().size());
  const std::size_t overhead = unit.packets().size() * (kInterleavedHeaderBytes + kRtpHeaderBytes);
  octets_sent_ += static_cast<std::uint32_t>(unit.bytes().size() - overhead);
  if (faults_.loss.active() || !held_back_.empty()) {
    send_with_losses(unit);
  } else if (!send_torn(unit) && !out_->send_unit(unit)) {
    ++counts_.units_dropped;
    return;
  }
  ++counts_.units;
  counts_.bytes += unit.bytes().size();
}

std::int64_t TrackSender::report_wall_us(const UnitTiming& timing) {
  const std::int64_t age_us = reactor_.now_us() - timing.capture_us;
  const std::int64_t wall_us = reactor_.wall_us() - age_us + faults_.clock_offset_us;
  switch (faults_.sender_report) {
    case SenderReportMode::kNormal:
    case SenderReportMode::kNone:
      return wall_us;
    case SenderReportMode::k1970:
      return timing.capture_us;  // a camera without a clock counts from its start
    case SenderReportMode::k2036:
      return kNtpWrapWall_us - 5'000'000 + timing.capture_us % 10'000'000;
    case SenderReportMode::kJump:
      jump_turn_ = !jump_turn_;
      return wall_us + (jump_turn_ ? faults_.sender_report_jump_us : 0);
  }
  return wall_us;
}

void TrackSender::send_report_if_due(const UnitTiming& timing) {
  const std::int64_t now = reactor_.now_us();
  if (now < next_report_us_) return;
  next_report_us_ = now + kReportInterval_us;
  if (faults_.sender_report == SenderReportMode::kNone) return;
  SenderReport report;
  report.ssrc = setup_.ssrc;
  report.ntp = ntp_from_wall({report_wall_us(timing)});
  report.rtp_timestamp = wire_timestamp(timing.timestamp);
  report.packets = packets_sent_;
  report.octets = octets_sent_;
  const base::Bytes body = make_sender_report(report);
  base::Bytes packet = {'$', out_->channel(true), static_cast<std::uint8_t>(body.size() >> 8),
                        static_cast<std::uint8_t>(body.size())};
  packet.insert(packet.end(), body.begin(), body.end());
  out_->send_packet(packet, true);
}

/// As servers do that drop what a full socket buffer did not take: the unit ends inside a packet.
bool TrackSender::send_torn(const WireUnit& unit) {
  if (faults_.tear_every_us <= 0 || !out_->is_stream()) return false;
  const std::int64_t now = reactor_.now_us();
  if (next_tear_us_ == 0) next_tear_us_ = now + faults_.tear_every_us;
  if (now < next_tear_us_) return false;
  next_tear_us_ = now + faults_.tear_every_us;
  const std::size_t size = unit.bytes().size();
  const std::size_t kept = std::uniform_int_distribution<std::size_t>(size / 4, size - size / 4)(random_);
  out_->send_packet(unit.bytes().first(kept), false);
  return true;
}

void TrackSender::send_later(base::ByteSpan packet, std::int64_t delay_us) {
  reactor_.at(reactor_.now_us() + delay_us, [this, alive = alive_, bytes = base::Bytes(packet.begin(), packet.end())] {
    if (*alive) out_->send_packet(bytes, false);
  });
}

void TrackSender::send_with_losses(const WireUnit& unit) {
  const LossModel& loss = faults_.loss;
  const auto send = [&](base::ByteSpan packet) {
    if (loss.jitter_us <= 0) return out_->send_packet(packet, false);
    send_later(packet, std::uniform_int_distribution<std::int64_t>(0, loss.jitter_us)(random_));
  };
  for (const WireUnit::Packet& item : unit.packets()) {
    const base::ByteSpan packet = unit.interleaved(item);
    if (chance(loss.loss_pct)) continue;
    if (held_back_.empty() && chance(loss.reorder_pct)) {
      held_back_.assign(packet.begin(), packet.end());
      continue;
    }
    send(packet);
    if (chance(loss.duplicate_pct)) send(packet);
    if (held_back_.empty()) continue;
    send(held_back_);
    held_back_.clear();
  }
}

}  // namespace vonggac::camsim
