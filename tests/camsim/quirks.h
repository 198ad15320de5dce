/// Small deviations of real cameras that can be switched on one by one (verb `quirk`, option --quirk).
/// Threads  pure functions.
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <string_view>

namespace vonggac::camsim {

enum class Quirk : unsigned {
  kNoContentType,          ///< DESCRIBE reply without Content-Type
  kNoContentBase,          ///< DESCRIBE reply without Content-Base
  kSchemelessContentBase,  ///< Content-Base: host:port/path/
  kContentBaseNoSlash,     ///< Content-Base without the slash at its end
  kAbsoluteControl,        ///< a=control:rtsp://…/trackID=0
  kNoSessionControl,       ///< no a=control:* at session level
  kNoOriginLine,           ///< SDP without o=
  kSdpLfOnly,              ///< SDP lines end in LF
  kSdpTrailingNul,         ///< a zero byte after the SDP
  kTrailingSemicolon,      ///< Transport, Session and fmtp end in ';'
  kNoPacketizationMode,    ///< fmtp without packetization-mode
  kPaddedSsrc,             ///< ssrc=" 1A2B3C" with blanks
  kNoTransportSsrc,        ///< Transport without ssrc
  kWrongTransportSsrc,     ///< Transport names another ssrc than the packets
  kOtherChannels,          ///< the server picks other interleaved channels than asked for
  kSessionChanges,         ///< each SETUP answers with another Session
  kNoRtpInfo,              ///< PLAY reply without RTP-Info
  kZeroRtpInfo,            ///< RTP-Info with seq=0;rtptime=0
  kLowerCaseHeaders,       ///< reply header names in lower case
  kLfOnly,                 ///< reply lines end in LF
  kBlankLines,             ///< an extra empty line before each reply
  kNoPublic,               ///< OPTIONS reply without Public
  kAggregate,              ///< parameter sets and SEI in STAP-A / AP
  kAccessUnitDelimiter,    ///< each access unit begins with a delimiter
  kAnnexB,                 ///< key frames: all NAL units in one, with start codes between them
  kFuReservedBit,          ///< reserved bit of FU-A headers set
  kRtpExtension,           ///< RTP header extension on each packet
  kRtpPadding,             ///< RTP padding on each packet
  kNoMarker,               ///< marker bit never set
  kQop,                    ///< Digest offers qop="auth"
  kCount
};
using QuirkSet = std::bitset<static_cast<std::size_t>(Quirk::kCount)>;

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Quirk::kCount)> kQuirkNames = {
    "no_content_type",
    "no_content_base",
    "schemeless_content_base",
    "content_base_no_slash",
    "absolute_control",
    "no_session_control",
    "no_origin_line",
    "sdp_lf_only",
    "sdp_trailing_nul",
    "trailing_semicolon",
    "no_packetization_mode",
    "padded_ssrc",
    "no_transport_ssrc",
    "wrong_transport_ssrc",
    "other_channels",
    "session_changes",
    "no_rtp_info",
    "zero_rtp_info",
    "lower_case_headers",
    "lf_only",
    "blank_lines",
    "no_public",
    "aggregate",
    "access_unit_delimiter",
    "annex_b",
    "fu_reserved_bit",
    "rtp_extension",
    "rtp_padding",
    "no_marker",
    "qop"};

inline bool has(const QuirkSet& set, Quirk quirk) { return set.test(static_cast<std::size_t>(quirk)); }

inline std::optional<Quirk> parse_quirk(std::string_view name) {
  for (std::size_t i = 0; i < kQuirkNames.size(); ++i) {
    if (kQuirkNames[i] == name) return static_cast<Quirk>(i);
  }
  return std::nullopt;
}

}  // namespace vonggac::camsim
