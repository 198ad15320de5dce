/// RTP payloads of AAC to frames: RFC 3640 (mpeg4-generic, AAC-hbr and AAC-lbr) and RFC 6416 (MP4A-LATM with the
/// configuration in the SDP). Fragments are joined; ADTS headers that some cameras leave in are taken off.
/// LATM is recognised by what its fmtp has (cpresent, object) and lacks (mode, sizelength).
/// Threads  one thread at a time.
/// Errors   create(): kInvalidArgument for a configuration that is missing or is no AAC.
/// Numbers  RFC 3640 sections 3.2.1, 3.3.5, 3.3.6, 4.1; RFC 6416 sections 6.1, 6.2; ISO/IEC 13818-7 6.2 (ADTS).
#pragma once

#include <array>
#include <map>
#include <string>

#include "base/result.h"
#include "ingest/aac_config.h"
#include "ingest/buffer_pool.h"
#include "ingest/depacketizer.h"

namespace vonggac::ingest {

class AacDepacketizer final : public Depacketizer {
 public:
  static base::Result<std::unique_ptr<AacDepacketizer>> create(std::uint32_t clock_rate_hz, std::uint8_t channels,
                                                               const std::map<std::string, std::string>& fmtp);
  void push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
            std::vector<RawUnit>& out) override;
  void restart(std::vector<RawUnit>& out) override;

 private:
  static constexpr std::size_t kMostFrames = 64;          ///< of one packet; 64 x 23 ms is beyond any interleaving
  static constexpr std::size_t kMostFrameBytes = 16'384;  ///< 6144 bits a channel (ISO/IEC 14496-3), with room
  struct Layout {
    bool latm = false;
    unsigned size_bits = 13;
    unsigned index_bits = 3;
    unsigned index_delta_bits = 3;
  };

  AacDepacketizer() = default;
  static base::Result<Layout> layout_of(const std::map<std::string, std::string>& fmtp);
  using Sizes = std::array<std::size_t, kMostFrames>;
  std::size_t read_sizes(base::ByteReader& reader, Sizes& sizes) const;
  base::Micros playing_time(std::size_t frames) const;
  void on_generic(const RtpPacket& packet, base::MonoTime arrival, std::vector<RawUnit>& out);
  void on_latm(const RtpPacket& packet, base::MonoTime arrival, std::vector<RawUnit>& out);
  bool gather_fragment(base::ByteSpan bytes, std::uint32_t timestamp);
  void drop_fragment();
  void emit(base::ByteSpan frame, std::uint32_t timestamp, base::MonoTime arrival, std::vector<RawUnit>& out);

  Layout layout_;
  media::TrackParameters parameters_;
  bool parameters_sent_ = false;
  std::uint32_t frame_ticks_ = 1024;  ///< of the RTP clock
  BufferPool buffers_;
  base::Bytes fragment_;
  bool fragment_open_ = false;
  std::uint32_t fragment_timestamp_ = 0;
};

}  // namespace vonggac::ingest
