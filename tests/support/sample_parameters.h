/// Parameter sets made by libx264 and libx265 (ffmpeg 5.1, testsrc2), with what ffprobe says about them.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "media/access_unit.h"

namespace vonggac::test {

inline base::Bytes from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  base::Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

inline media::TrackParameters h264_track(std::string_view sps, std::string_view pps) {
  media::TrackParameters p;
  p.codec = media::Codec::kH264;
  p.sps = {from_hex(sps)};
  p.pps = {from_hex(pps)};
  return p;
}

inline media::TrackParameters h265_track(std::string_view vps, std::string_view sps, std::string_view pps) {
  media::TrackParameters p;
  p.codec = media::Codec::kH265;
  p.vps = {from_hex(vps)};
  p.sps = {from_hex(sps)};
  p.pps = {from_hex(pps)};
  return p;
}

constexpr std::string_view kSps1080p15 = "67640028acb403c0113f2e02d40404050000030001000003001e0f1832a0";
constexpr std::string_view kSps1080p25 = "67640028acb403c0113f2e02d4040405000003000100000300320f1832a0";
constexpr std::string_view kPps1080 = "68ef0fcb";
constexpr std::string_view kSps320 = "6742c00cda0507ec0440000003004000000783c50aa8";
constexpr std::string_view kPps320 = "68ce0fc8";

/// High, 1920x1080 (coded 1088), 15 fps, bt709, no reordering.
inline media::TrackParameters h264_1080p() { return h264_track(kSps1080p15, kPps1080); }
/// Constrained Baseline, 320x240, 15 fps.
inline media::TrackParameters h264_320() { return h264_track(kSps320, kPps320); }
/// Main, 640x360, 10 fps, no B pictures.
inline media::TrackParameters h265_640() {
  return h265_track("40010c01ffff01600000030090000003000003003fba0240",
                    "42010101600000030090000003000003003fa005020171f2e5ba4a4c2f0168080000030008000003005040",
                    "4401c073c189");
}
/// The same with 25 fps in the VUI.
inline media::TrackParameters h265_640_at_25() {
  return h265_track("40010c01ffff01600000030090000003000003003fba0240",
                    "42010101600000030090000003000003003fa005020171f2e5ba4a4c2f016808000003000800000300c840",
                    "4401c073c189");
}
/// AAC LC, 16 kHz, mono.
inline media::TrackParameters aac_16k() {
  media::TrackParameters p;
  p.codec = media::Codec::kAac;
  p.audio_config = {0x14, 0x08};
  p.clock_rate_hz = 16'000;
  p.channels = 1;
  return p;
}
inline media::TrackParameters g711_mu() {
  media::TrackParameters p;
  p.codec = media::Codec::kG711Mu;
  p.clock_rate_hz = 8'000;
  p.channels = 1;
  return p;
}

}  // namespace vonggac::test
