/// Gathers NAL units into access units: what H.264 and H.265 depacketisers share.
/// Where a unit ends. The marker bit and the timestamp should say it, but cameras set the marker on every slice or
/// never, put parameter sets into packets of their own time, or give two pictures one time. So:
///  - a unit without a slice never ends;
///  - parameter sets, SEI and delimiters after a slice begin the next unit, whatever their timestamp. But parameter
///    sets of the picture's own time wait for what follows: GStreamer repeats them before every slice of a key picture;
///  - a slice of another timestamp begins the next unit, unless it goes on within the picture (quirk, 10 ms);
///  - a slice that begins a picture ends a unit that had its marker, or any if markers never come;
///  - once markers have proven right kConfirmations times, the unit is handed over with the marker itself; until
///    then, and for cameras whose markers lie, with the first packet of the next unit or after a while of silence.
/// Flow     begin_packet, then per NAL unit begin_nal/append/end_nal, then end_packet.
/// Threads  one thread at a time.
/// Owns     the open unit's buffer; each packet byte is copied once, from the packet into it.
/// Errors   damage is marked on the unit; oversized units are cut.
#pragma once

#include <cstdint>
#include <vector>

#include "ingest/depacketizer.h"
#include "ingest/parameter_sets.h"

namespace vonggac::ingest {

class UnitAssembler {
 public:
  UnitAssembler(media::Codec codec, std::uint32_t clock_rate_hz, std::size_t max_unit_bytes);

  void set_output(std::vector<RawUnit>& out) { out_ = &out; }
  ParameterSets& parameter_sets() { return parameter_sets_; }

  /// `lost_before` packets are missing before this one.
  void begin_packet(std::uint32_t timestamp, std::uint32_t lost_before, base::MonoTime arrival);
  void end_packet(bool marker);

  /// `header`: the NAL unit's own 1 or 2 header bytes. `first_byte`: what follows it, or 0 if not known yet.
  void begin_nal(base::ByteSpan header, std::uint8_t first_byte);
  void append(base::ByteSpan bytes);
  enum class NalEnd : std::uint8_t { kWhole, kTruncated };
  /// A truncated slice is kept: decoders show what there is. Other truncated NAL units are dropped.
  void end_nal(NalEnd end);
  bool nal_open() const { return nal_open_; }
  /// begin, append and end in one; a start code in front is taken off.
  void whole_nal(base::ByteSpan nal);

  /// Part of the present picture is known to be missing.
  void mark_damaged();
  void on_tick(base::MonoTime now);
  void flush();

  std::uint64_t units_before_parameters() const { return units_before_parameters_; }
  std::uint64_t oversized_units() const { return oversized_units_; }

 private:
  struct Traits;  ///< of one NAL unit, by codec
  struct Open {
    std::shared_ptr<base::Bytes> payload;
    std::uint32_t timestamp = 0;
    base::MonoTime arrival;
    bool has_slice = false;
    bool key = false;
    bool damaged = false;      ///< something of this very unit is missing
    bool loss_before = false;  ///< something before its first slice is missing: perhaps a whole unit
    bool marked = false;       ///< its last packet carried the marker
    bool oversized = false;
    std::size_t tail = 0;  ///< where parameter sets after a slice begin that may be the next unit's; 0: none
  };

  Traits traits_of(base::ByteSpan header, std::uint8_t first_byte) const;
  bool begins_next_unit(const Traits& traits) const;
  void resolve_tail(const Traits& traits);
  void account_all(std::size_t from);
  void note_marker_use(const Traits& traits);
  void drop_full_prefix();
  bool room_for(std::size_t bytes);
  void account(base::ByteSpan nal);
  void split_start_codes();
  void finish_unit();
  base::ByteSpan nal_bytes() const;

  media::Codec codec_;
  std::size_t header_bytes_;
  std::size_t max_unit_bytes_;
  std::uint32_t same_picture_ticks_;
  ParameterSets parameter_sets_;
  std::vector<RawUnit>* out_ = nullptr;

  Open open_;
  bool nal_open_ = false;
  bool nal_discarded_ = false;  ///< the unit is full: its bytes go nowhere
  std::size_t nal_begin_ = 0;   ///< of its length prefix
  base::Bytes scratch_;         ///< only for payloads with start codes

  std::uint32_t packet_timestamp_ = 0;
  base::MonoTime packet_arrival_;
  bool packet_follows_loss_ = false;
  bool pending_loss_ = false;  ///< for the unit that begins next

  int marker_confirmations_ = 0;
  bool marker_lies_ = false;
  bool marker_seen_ = false;
  bool emitted_early_ = false;  ///< the last unit went out before its successor was seen
  std::uint32_t emitted_timestamp_ = 0;
  std::size_t expected_bytes_ = 4096;
  base::MonoTime last_packet_;

  std::uint64_t units_before_parameters_ = 0;
  std::uint64_t oversized_units_ = 0;
};

}  // namespace vonggac::ingest
