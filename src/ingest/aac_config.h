/// What an AudioSpecificConfig says about rate, channels and frame length, and how LATM wraps one.
/// Threads  plain functions and values.
/// Errors   nullopt for what cannot be read or is no AAC.
/// Numbers  ISO/IEC 14496-3: 1.6.2.1 (AudioSpecificConfig), table 1.18 (rates), 1.7.3 (StreamMuxConfig).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "ingest/bit_reader.h"

namespace vonggac::ingest {

struct AacConfig {
  std::uint8_t object_type = 0;        ///< 2 = LC; 5 and 29 = with SBR, PS
  std::uint32_t sample_rate_hz = 0;    ///< of the core coder
  std::uint8_t channels = 0;           ///< 0: in a program config element
  std::uint16_t frame_samples = 1024;  ///< of the core coder: 1024 or 960
};

/// Reads from where `bits` stands, up to and with the GASpecificConfig.
std::optional<AacConfig> read_aac_config(BitReader& bits);
std::optional<AacConfig> parse_aac_config(base::ByteSpan audio_specific_config);

/// The AudioSpecificConfig inside a StreamMuxConfig with one program, one layer and one frame a packet
/// (what RFC 6416 receivers meet); shifted to whole bytes.
std::optional<base::Bytes> aac_config_of_latm(base::ByteSpan stream_mux_config);

/// An even count of hexadecimal digits, else empty.
base::Bytes decode_hex(std::string_view text);

}  // namespace vonggac::ingest
