/// Reads the session description of a camera (RFC 4566 as RFC 2326 appendix C uses it) for what a recorder needs: which
/// section is video, which audio, their codec, payload type and control. Everything else, and every broken line,
/// is passed over: no line is required but an m= line. Addresses (o=, c=) are never used.
/// Flow     DESCRIBE body -> parse_sdp() -> choose_tracks() -> SETUP and TrackReceiver
/// Threads  plain values.
/// Errors   kInvalidArgument: no m= line at all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ingest/track_receiver.h"

namespace vonggac::ingest {

constexpr std::size_t kMaxSdpSections = 64;
constexpr std::size_t kMaxSdpFormats = 32;  ///< payload types of one section
constexpr std::size_t kMaxFmtpParameters = 64;

struct SdpRtpMap {
  std::string encoding;  ///< lower case
  std::uint32_t clock_rate_hz = 0;
  std::uint8_t channels = 0;
};

/// One m= section.
struct SdpSection {
  std::string kind;      ///< lower case: "video", "audio", "application", ...
  std::string protocol;  ///< as sent: "RTP/AVP"
  std::vector<std::uint8_t> payload_types;
  std::map<std::uint8_t, SdpRtpMap> rtpmaps;
  std::map<std::uint8_t, std::map<std::string, std::string>> fmtps;
  std::string control;
  bool send_only = false;  ///< audio: an ONVIF back channel, towards the camera
};

struct Sdp {
  std::string control;  ///< of the session; empty if absent
  std::vector<SdpSection> sections;
};
base::Result<Sdp> parse_sdp(base::ByteSpan text);

struct ChosenTrack {
  TrackDescription description;
  std::string control;
};
struct TrackChoice {
  std::optional<ChosenTrack> video;  ///< the first H.264 or H.265 section
  std::optional<ChosenTrack> audio;  ///< the first AAC or G.711 section that is not a back channel
  std::string video_codecs_seen;     ///< "jpeg, mp4v-es": for the message when there is no video; printable
};
TrackChoice choose_tracks(const Sdp& sdp);

}  // namespace vonggac::ingest
