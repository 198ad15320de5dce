/// Clips made in memory, so that tests need no files: real parameter sets, picture bytes without meaning.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "camsim/clip.h"

namespace vonggac::test {

inline base::Bytes from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  base::Bytes out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return out;
}

/// x264, Main profile, 640x360@10, VUI with HRD.
inline base::Bytes h264_sps() { return from_hex("674d4016da0280bfe584000003000400000300518a000c3500186a99c601e2c5d4"); }
inline base::Bytes h264_pps() { return from_hex("68ef3c80"); }
/// x264, High profile, 320x240@5.
inline base::Bytes h264_high_sps() { return from_hex("6764000cacd94141fb0110000003001000000300a0f1429960"); }
/// x265, Main profile, 640x360@10.
inline base::Bytes h265_vps() { return from_hex("40010c01ffff01600000030090000003000003003fba0240"); }
inline base::Bytes h265_sps() {
  return from_hex("42010101600000030090000003000003003fa00502016965bab930b9a02000000300200000030141");
}
inline base::Bytes h265_pps() { return from_hex("4401c173c189"); }

struct ClipShape {
  media::Codec codec = media::Codec::kH264;
  int frames = 20;
  int gop = 10;
  std::int64_t frame_90k = 9000;  ///< 10 fps
  std::size_t key_bytes = 3000;
  std::size_t other_bytes = 200;
};

/// Frame i's slice is filled with the byte i + 1.
inline std::shared_ptr<camsim::Clip> synthetic_clip(const ClipShape& shape = {}) {
  auto clip = std::make_shared<camsim::Clip>();
  const bool h265 = shape.codec == media::Codec::kH265;
  camsim::VideoTrack& video = clip->video;
  video.codec = shape.codec;
  video.sets.sps = {h265 ? h265_sps() : h264_sps()};
  video.sets.pps = {h265 ? h265_pps() : h264_pps()};
  if (h265) video.sets.vps = {h265_vps()};
  video.width = 640;
  video.height = 360;
  video.frame_rate = 90'000.0 / static_cast<double>(shape.frame_90k);
  video.duration_90k = shape.frames * shape.frame_90k;
  for (int i = 0; i < shape.frames; ++i) {
    const bool key = i % shape.gop == 0;
    base::Bytes nal(key ? shape.key_bytes : shape.other_bytes, static_cast<std::uint8_t>(i + 1));
    if (h265) {
      nal[0] = static_cast<std::uint8_t>((key ? 20 : 1) << 1);
      nal[1] = 1;
    } else {
      nal[0] = key ? 0x65 : 0x41;
    }
    clip->storage.push_back(std::move(nal));
  }
  for (int i = 0; i < shape.frames; ++i) {
    camsim::VideoFrame frame;
    frame.dts_90k = i * shape.frame_90k;
    frame.pts_90k = frame.dts_90k;
    frame.key = i % shape.gop == 0;
    frame.nals = {clip->storage[static_cast<std::size_t>(i)]};
    video.frames.push_back(std::move(frame));
  }
  return clip;
}

}  // namespace vonggac::test
