/// Puts RTP packets back into the order sent, drops duplicates and late ones, says how many are missing.
/// Packets that come in order are never copied; only those that wait for a missing one are.
/// Flow     push() -> kDeliver: the caller handles the packet itself, then takes next() until it is empty.
/// Threads  one thread at a time.
/// Owns     copies of the waiting packets, at most kWindow and kMostHeldBytes.
/// Numbers  RFC 3550 appendix A.1: 3000 = largest believable loss, two in sequence = restart.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/units.h"
#include "ingest/rtp.h"

namespace vonggac::ingest {

class Reorder {
 public:
  enum class Verdict : std::uint8_t {
    kDeliver,    ///< it is the next one
    kHeld,       ///< copied, waits for an earlier one
    kDuplicate,  ///< was here before
    kLate,       ///< its turn is over, or it does not fit the sequence
    kFull,       ///< no room: take next() with force until empty, then push again
  };
  struct Released {
    RtpPacket packet;  ///< payload is valid until the next call
    base::MonoTime arrival;
    std::uint32_t lost_before = 0;
  };
  static constexpr std::uint16_t kWindow = 1024;  ///< packets; 400 ms at 30 Mbit/s
  static constexpr std::size_t kMostHeldBytes = std::size_t{2} << 20;

  /// `ordered`: TCP. Nothing waits there; a hole in the sequence was made by the camera.
  Reorder(bool ordered, base::Micros wait) : ordered_(ordered), wait_(wait) {}

  /// `lost_before` is set with kDeliver.
  Verdict push(const RtpPacket& packet, base::MonoTime arrival, std::uint32_t& lost_before);
  /// The next waiting packet that is in order or has waited long enough (or any, if `force`).
  std::optional<Released> next(base::MonoTime now, bool force = false);
  /// Forgets everything: a new source begins.
  void reset();
  bool holds_any() const { return held_count_ > 0; }

 private:
  struct Slot {
    bool used = false;
    RtpPacket packet;
    base::MonoTime arrival;
    base::Bytes payload;
  };
  static constexpr std::size_t kMemory = 2048;  ///< sequence numbers remembered to tell duplicates from late ones

  Verdict accept(std::uint16_t sequence, std::uint32_t skipped);
  Verdict push_ahead(const RtpPacket& packet, base::MonoTime arrival, std::uint16_t ahead, std::uint32_t& lost_before);
  Verdict push_behind(const RtpPacket& packet, std::uint16_t behind, std::uint32_t& lost_before);
  Verdict restart_at(std::uint16_t sequence, std::uint32_t& lost_before);
  void keep_spare(base::Bytes buffer);
  void hold(const RtpPacket& packet, base::MonoTime arrival);
  void advance(std::uint32_t count);

  bool ordered_;
  base::Micros wait_;
  bool started_ = false;
  std::uint16_t expected_ = 0;
  std::bitset<kMemory> seen_;
  std::vector<Slot> slots_;         ///< kWindow of them once the first packet waits
  base::Bytes released_;            ///< payload of the packet that next() gave last
  std::vector<base::Bytes> spare_;  ///< emptied payload buffers, at most kMostSpare
  std::size_t held_count_ = 0;
  std::size_t held_bytes_ = 0;
  std::optional<std::uint16_t> restart_next_;
  std::uint32_t rejected_in_row_ = 0;
  bool unnumbered_ = false;  ///< the camera sends the same sequence number again and again
};

}  // namespace vonggac::ingest
