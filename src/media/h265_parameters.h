/// H.265 video, sequence and picture parameter sets.
/// Threads  stateless.
/// Errors   kInvalidArgument: malformed before the VUI (or the VPS timing), or beyond the caps of video_format.h.
///          A damaged VUI is tolerated: vui.truncated is set.
/// Source   ITU-T H.265 section 7.3.2.1 to 7.3.2.3, 7.3.3, 7.3.4, 7.3.7, annex E.2.
#pragma once

#include <optional>

#include "media/video_format.h"

namespace vonggac::media {

struct H265Profile {
  std::uint8_t space = 0;
  bool high_tier = false;
  std::uint8_t idc = 0;
  std::uint32_t compatibility_flags = 0;
  std::uint64_t constraint_flags = 0;  ///< 48 bits
  std::uint8_t level_idc = 0;
};

struct H265Vps {
  std::uint8_t id = 0;  ///< 0 .. 15
  std::uint8_t max_sub_layers = 1;
  bool temporal_id_nesting = false;
  H265Profile profile;
  std::optional<FrameRate> frame_rate;
  base::Bytes core_bits;  ///< all syntax before the timing, for comparison
};

struct H265Sps {
  std::uint8_t id = 0;      ///< 0 .. 15
  std::uint8_t vps_id = 0;  ///< 0 .. 15
  std::uint8_t max_sub_layers = 1;
  bool temporal_id_nesting = false;
  H265Profile profile;
  std::uint8_t chroma_format_idc = 1;
  bool separate_colour_planes = false;
  std::uint8_t bit_depth_luma = 8, bit_depth_chroma = 8;
  std::uint8_t log2_max_poc_lsb = 4;
  std::uint32_t max_reorder_frames = 0;
  std::uint32_t coded_width = 0, coded_height = 0;
  std::uint32_t width = 0, height = 0;  ///< cropped by the conformance window
  VideoUsability vui;
  base::Bytes core_bits;  ///< all syntax before the VUI
  base::Bytes tail_bits;  ///< all syntax after a VUI that could be read
};

struct H265Pps {
  std::uint8_t id = 0;      ///< 0 .. 63
  std::uint8_t sps_id = 0;  ///< 0 .. 15
};

/// `nal` with its header bytes.
base::Result<H265Vps> parse_h265_vps(base::ByteSpan nal);
base::Result<H265Sps> parse_h265_sps(base::ByteSpan nal);
base::Result<H265Pps> parse_h265_pps(base::ByteSpan nal);
/// The parts of VideoFormat this SPS gives.
VideoFormat video_format_of(const H265Sps& sps);

}  // namespace vonggac::media
