/// H.264 sequence and picture parameter sets.
/// Threads  stateless.
/// Errors   kInvalidArgument: malformed before the VUI, or beyond the caps of video_format.h. A damaged VUI is
///          tolerated (cameras send them): vui.truncated is set.
/// Source   ITU-T H.264 section 7.3.2.1.1 and 7.3.2.2, annex E.1.
#pragma once

#include "media/video_format.h"

namespace vonggac::media {

struct H264Sps {
  std::uint8_t id = 0;  ///< 0 .. 31
  std::uint8_t profile_idc = 0;
  std::uint8_t constraint_flags = 0;
  std::uint8_t level_idc = 0;
  std::uint8_t chroma_format_idc = 1;
  bool separate_colour_planes = false;
  std::uint8_t bit_depth_luma = 8, bit_depth_chroma = 8;
  std::uint8_t log2_max_frame_num = 4;
  std::uint8_t poc_type = 0;
  std::uint8_t max_ref_frames = 0;
  bool frame_mbs_only = true;
  std::uint32_t coded_width = 0, coded_height = 0;
  std::uint32_t width = 0, height = 0;  ///< cropped
  VideoUsability vui;
  base::Bytes core_bits;  ///< all syntax before the VUI, for comparison
};

struct H264Pps {
  std::uint8_t id = 0;      ///< 0 .. 255
  std::uint8_t sps_id = 0;  ///< 0 .. 31
  bool cabac = false;
};

/// `nal` with its header byte.
base::Result<H264Sps> parse_h264_sps(base::ByteSpan nal);
base::Result<H264Pps> parse_h264_pps(base::ByteSpan nal);
/// The parts of VideoFormat this SPS gives.
VideoFormat video_format_of(const H264Sps& sps);

}  // namespace vonggac::media
