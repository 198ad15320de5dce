/// The VPS, SPS and PPS in force for a video track, from the SDP and from the stream itself.
/// Sets are kept by their id. The first in-band set of a kind throws out all SDP sets of that kind: an SDP may be
/// of another stream, rotated, or stale. Bytes are compared, never interpreted beyond the id.
/// Flow     SDP fmtp -> add_from_sdp; assembler -> add_in_band; take_change() before each access unit.
/// Threads  one thread at a time.
/// Errors   sets that cannot be read or are over the caps are ignored and counted.
/// Numbers  ITU-T H.264 7.3.2.1, 7.3.2.2; ITU-T H.265 7.3.2.1 - 7.3.2.3, 7.3.3.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "media/access_unit.h"

namespace vonggac::ingest {

class ParameterSets {
 public:
  static constexpr std::size_t kMostSetBytes = 4096;  ///< one set; real ones are below 300 bytes
  static constexpr std::size_t kMostSets = 16;        ///< of one kind

  ParameterSets(media::Codec codec, std::uint32_t clock_rate_hz) : codec_(codec), clock_rate_hz_(clock_rate_hz) {}

  /// Reads every sprop-* value: base64 items in any order, with or without start codes.
  void add_from_sdp(const std::map<std::string, std::string>& fmtp);
  /// A NAL unit of any type; others than parameter sets are ignored.
  void add_in_band(base::ByteSpan nal);
  /// Enough for a decoder: SPS and PPS, for H.265 also VPS.
  bool complete() const;
  /// The whole set, if it is complete and differs from what was taken last; else null.
  std::unique_ptr<media::TrackParameters> take_change();
  std::uint64_t ignored() const { return ignored_; }

 private:
  enum Kind : std::uint8_t { kVps = 0, kSps = 1, kPps = 2, kKinds = 3 };
  struct Sets {
    std::map<std::uint32_t, base::Bytes> by_id;
    bool in_band = false;
  };

  void add(base::ByteSpan nal, bool in_band);
  /// The first set in the stream: what the description announced no longer counts, but for this one's place.
  void drop_announced(Sets& sets, std::uint32_t id);
  static std::vector<base::Bytes> list_of(const Sets& sets);

  media::Codec codec_;
  std::uint32_t clock_rate_hz_;
  std::array<Sets, kKinds> sets_;
  bool changed_ = false;
  std::uint64_t ignored_ = 0;
};

}  // namespace vonggac::ingest
