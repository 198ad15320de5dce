/// One track of one session: gives the shared packets this receiver's numbers and sends them, with sender reports
/// in between and the losses that the camera's faults ask for.
/// Flow     Feed -> TrackSender -> PacketOut
/// Threads  bound to the reactor's thread. Borrows `faults` and `reactor`. Must be detached from its feed first.
/// Units    time stamps in ticks of the track's clock, modulo 2^32 on the wire.
#pragma once

#include <cstdint>
#include <memory>
#include <random>

#include "camsim/faults.h"
#include "camsim/feed.h"
#include "camsim/packet_out.h"

namespace vonggac::camsim {

struct SenderSetup {
  std::uint32_t clock_rate_hz = 90'000;
  std::uint32_t ssrc = 0;
  std::uint16_t first_sequence = 0;
  std::uint32_t timestamp_base = 0;
  bool join_at_key = true;
  std::uint64_t seed = 1;
};

struct SenderCounts {
  std::uint64_t units = 0;
  std::uint64_t units_dropped = 0;  ///< the receiver was too slow
  std::uint64_t bytes = 0;
};

class TrackSender final : public UnitSink {
 public:
  /// Adds to `counts`, which outlives it.
  TrackSender(Reactor& reactor, const Faults& faults, std::unique_ptr<PacketOut> out, const SenderSetup& setup,
              SenderCounts& counts);
  ~TrackSender() override;

  void on_unit(WireUnit& unit, const UnitTiming& timing) override;
  bool waits_for_key() const override { return waits_for_key_; }
  std::uint16_t next_sequence() const { return sequence_; }
  std::uint32_t wire_timestamp(std::int64_t ticks) const;
  std::uint32_t ssrc() const { return setup_.ssrc; }

 private:
  void send_report_if_due(const UnitTiming& timing);
  std::int64_t report_wall_us(const UnitTiming& timing);
  bool send_torn(const WireUnit& unit);
  void send_with_losses(const WireUnit& unit);
  void send_later(base::ByteSpan packet, std::int64_t delay_us);
  bool chance(double pct) { return pct > 0 && std::uniform_real_distribution<double>(0, 100)(random_) < pct; }

  Reactor& reactor_;
  const Faults& faults_;
  std::unique_ptr<PacketOut> out_;
  SenderSetup setup_;
  std::uint16_t sequence_;
  bool waits_for_key_;
  std::minstd_rand random_;
  SenderCounts& counts_;
  std::uint32_t packets_sent_ = 0;
  std::uint32_t octets_sent_ = 0;
  std::int64_t next_report_us_ = 0;
  std::int64_t next_tear_us_ = 0;
  bool jump_turn_ = false;
  base::Bytes held_back_;        ///< a packet that lets the next one pass
  std::shared_ptr<bool> alive_;  ///< delayed packets ask it before they use `this`
};

}  // namespace vonggac::camsim
