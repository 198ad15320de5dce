#include "ingest/reorder.h"

namespace vonggac::ingest {
namespace {
constexpr std::uint16_t kMostBelievableLoss = 3000;
constexpr std::uint32_t kRejectsBeforeRestart = 32;
constexpr std::size_t kMostSpareBytes = 2048;  // of one spare buffer: an Ethernet packet
constexpr std::size_t kMostSpare = 32;
}  // namespace

void Reorder::reset() {
  for (Slot& slot : slots_) slot = Slot();
  held_count_ = 0;
  held_bytes_ = 0;
  started_ = false;
  seen_.reset();
  restart_next_.reset();
  rejected_in_row_ = 0;
  unnumbered_ = false;
}

Reorder::Verdict Reorder::push(const RtpPacket& packet, base::MonoTime arrival, std::uint32_t& lost_before) {
  lost_before = 0;
  if (!started_) {
    started_ = true;
    expected_ = packet.sequence;
  }
  const auto ahead = static_cast<std::uint16_t>(packet.sequence - expected_);
  if (ahead == 0) {
    unnumbered_ = false;
    return accept(packet.sequence, 0);
  }
  if (ahead < kMostBelievableLoss) return push_ahead(packet, arrival, ahead, lost_before);
  const auto behind = static_cast<std::uint16_t>(expected_ - packet.sequence);
  if (behind <= kMemory / 2) return push_behind(packet, behind, lost_before);
  // Far away: the sender began anew. TCP shows the sender's own order, so one packet is proof enough.
  if (ordered_ || restart_next_ == packet.sequence) return restart_at(packet.sequence, lost_before);
  restart_next_ = static_cast<std::uint16_t>(packet.sequence + 1);
  return Verdict::kLate;
}

Reorder::Verdict Reorder::push_ahead(const RtpPacket& packet, base::MonoTime arrival, std::uint16_t ahead,
                                     std::uint32_t& lost_before) {
  if (ordered_) {
    lost_before = ahead;
    return accept(packet.sequence, ahead);
  }
  if (!slots_.empty() && ahead < kWindow) {
    const Slot& slot = slots_[packet.sequence % kWindow];
    if (slot.used && slot.packet.sequence == packet.sequence) return Verdict::kDuplicate;
  }
  if (ahead >= kWindow || held_bytes_ + packet.payload.size() > kMostHeldBytes) {
    if (held_count_ > 0) return Verdict::kFull;
    lost_before = ahead;
    return accept(packet.sequence, ahead);
  }
  hold(packet, arrival);
  return Verdict::kHeld;
}

Reorder::Verdict Reorder::push_behind(const RtpPacket& packet, std::uint16_t behind, std::uint32_t& lost_before) {
  if (ordered_ && unnumbered_ && behind == 1) return Verdict::kDeliver;
  const bool seen = seen_.test(packet.sequence % kMemory);
  if (++rejected_in_row_ >= kRejectsBeforeRestart) {
    // Nothing but old numbers for a while: the camera restarted close by, or it does not count at all.
    unnumbered_ = ordered_ && behind == 1;
    return restart_at(packet.sequence, lost_before);
  }
  return seen ? Verdict::kDuplicate : Verdict::kLate;
}

Reorder::Verdict Reorder::restart_at(std::uint16_t sequence, std::uint32_t& lost_before) {
  const bool unnumbered = unnumbered_;
  reset();
  started_ = true;
  unnumbered_ = unnumbered;
  expected_ = sequence;
  lost_before = 1;  // how many is unknown; at least the unit in progress must be marked
  return accept(sequence, 0);
}

Reorder::Verdict Reorder::accept(std::uint16_t sequence, std::uint32_t skipped) {
  advance(skipped + 1);
  seen_.set(sequence % kMemory);
  rejected_in_row_ = 0;
  restart_next_.reset();
  return Verdict::kDeliver;
}

/// Moves the expected number on and forgets what the memory held at the new places.
void Reorder::advance(std::uint32_t count) {
  if (count >= kMemory / 2) {
    seen_.reset();
  } else {
    for (std::uint32_t i = 0; i < count; ++i) seen_.reset((expected_ + i) % kMemory);
  }
  expected_ = static_cast<std::uint16_t>(expected_ + count);
}

void Reorder::hold(const RtpPacket& packet, base::MonoTime arrival) {
  if (slots_.empty()) slots_.resize(kWindow);
  Slot& slot = slots_[packet.sequence % kWindow];
  if (!spare_.empty()) {
    slot.payload = std::move(spare_.back());
    spare_.pop_back();
  }
  slot.used = true;
  slot.packet = packet;
  slot.arrival = arrival;
  slot.payload.assign(packet.payload.begin(), packet.payload.end());
  slot.packet.payload = slot.payload;
  ++held_count_;
  held_bytes_ += slot.payload.size();
}

void Reorder::keep_spare(base::Bytes buffer) {
  if (buffer.capacity() == 0 || buffer.capacity() > kMostSpareBytes || spare_.size() >= kMostSpare) return;
  spare_.push_back(std::move(buffer));
}

std::optional<Reorder::Released> Reorder::next(base::MonoTime now, bool force) {
  if (held_count_ == 0) return std::nullopt;
  std::uint16_t skipped = 0;
  while (!slots_[static_cast<std::uint16_t>(expected_ + skipped) % kWindow].used) ++skipped;
  Slot& slot = slots_[static_cast<std::uint16_t>(expected_ + skipped) % kWindow];
  if (skipped > 0 && !force && now < slot.arrival + wait_) return std::nullopt;
  slot.used = false;
  --held_count_;
  held_bytes_ -= slot.payload.size();
  keep_spare(std::move(released_));
  released_ = std::move(slot.payload);
  slot.payload = base::Bytes();
  slot.packet.payload = released_;
  (void)accept(slot.packet.sequence, skipped);
  return Released{slot.packet, slot.arrival, skipped};
}

}  // namespace vonggac::ingest
