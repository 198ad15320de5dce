#include "media/h264_parameters.h"

#include "media/bit_reader.h"
#include "media/nal_units.h"
#include "media/video_usability.h"

namespace vonggac::media {
namespace {

bool has_chroma_fields(unsigned profile_idc) {
  switch (profile_idc) {
    case 100:
    case 110:
    case 122:
    case 244:
    case 44:
    case 83:
    case 86:
    case 118:
    case 128:
    case 138:
    case 139:
    case 134:
    case 135:
    case 144:  // High 4:4:4 of 2005, withdrawn since
      return true;
    default:
      return false;
  }
}

void skip_scaling_list(BitReader& reader, unsigned size) {
  int last = 8;
  int next = 8;
  for (unsigned i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) next = (last + reader.se() % 256 + 256) % 256;
    last = next == 0 ? last : next;
  }
}

void read_chroma_fields(BitReader& reader, H264Sps& sps) {
  sps.chroma_format_idc = static_cast<std::uint8_t>(reader.ue_max(3));
  if (sps.chroma_format_idc == 3) sps.separate_colour_planes = reader.flag();
  sps.bit_depth_luma = static_cast<std::uint8_t>(8 + reader.ue_max(6));
  sps.bit_depth_chroma = static_cast<std::uint8_t>(8 + reader.ue_max(6));
  reader.skip(1);  // qpprime_y_zero_transform_bypass
  if (!reader.flag()) return;
  const unsigned lists = sps.chroma_format_idc == 3 ? 12 : 8;
  for (unsigned i = 0; i < lists && !reader.failed(); ++i) {
    if (reader.flag()) skip_scaling_list(reader, i < 6 ? 16 : 64);
  }
}

void read_picture_order(BitReader& reader, H264Sps& sps) {
  sps.log2_max_frame_num = static_cast<std::uint8_t>(4 + reader.ue_max(12));
  sps.poc_type = static_cast<std::uint8_t>(reader.ue_max(2));
  if (sps.poc_type == 0) {
    (void)reader.ue_max(12);
  } else if (sps.poc_type == 1) {
    reader.skip(1);
    (void)reader.se();
    (void)reader.se();
    const unsigned count = reader.ue_max(255);
    for (unsigned i = 0; i < count && !reader.failed(); ++i) (void)reader.se();
  }
  sps.max_ref_frames = static_cast<std::uint8_t>(reader.ue_max(16));
  reader.skip(1);  // gaps_in_frame_num_value_allowed
}

void read_h264_size(BitReader& reader, H264Sps& sps) {
  constexpr std::uint32_t kMaxMacroblocks = kMaxPictureSide / 16;
  const std::uint32_t width_mbs = reader.ue_max(kMaxMacroblocks - 1) + 1;
  const std::uint32_t height_units = reader.ue_max(kMaxMacroblocks - 1) + 1;
  sps.frame_mbs_only = reader.flag();
  const std::uint32_t field_factor = sps.frame_mbs_only ? 1 : 2;
  if (!sps.frame_mbs_only) reader.skip(1);
  reader.skip(1);  // direct_8x8_inference
  sps.coded_width = width_mbs * 16;
  sps.coded_height = height_units * 16 * field_factor;
  sps.width = sps.coded_width;
  sps.height = sps.coded_height;
  if (sps.coded_height > kMaxPictureSide) reader.fail();
  if (!reader.flag()) return;
  const bool monochrome = sps.chroma_format_idc == 0 || sps.separate_colour_planes;
  const std::uint32_t unit_x = monochrome || sps.chroma_format_idc == 3 ? 1 : 2;
  const std::uint32_t unit_y = (monochrome || sps.chroma_format_idc != 1 ? 1 : 2) * field_factor;
  const std::uint64_t left = reader.ue(), right = reader.ue(), top = reader.ue(), bottom = reader.ue();
  const std::uint64_t crop_x = (left + right) * unit_x;
  const std::uint64_t crop_y = (top + bottom) * unit_y;
  if (crop_x >= sps.coded_width || crop_y >= sps.coded_height) {
    reader.fail();
    return;
  }
  sps.width -= static_cast<std::uint32_t>(crop_x);
  sps.height -= static_cast<std::uint32_t>(crop_y);
}

void read_h264_timing(BitReader& reader, VideoUsability& vui) {
  const std::uint32_t units_in_tick = reader.u(32);
  const std::uint32_t time_scale = reader.u(32);
  reader.skip(1);  // fixed_frame_rate
  if (reader.failed() || units_in_tick == 0 || time_scale == 0 || units_in_tick > 0x7FFFFFFF) return;
  vui.frame_rate = FrameRate{time_scale, units_in_tick * 2};  // a tick is a field
}

void read_h264_vui(BitReader& reader, VideoUsability& vui) {
  read_picture_usability(reader, vui);
  if (reader.flag()) read_h264_timing(reader, vui);
  const bool nal_hrd = reader.flag();
  if (nal_hrd) skip_h264_hrd(reader);
  const bool vcl_hrd = reader.flag();
  if (vcl_hrd) skip_h264_hrd(reader);
  if (nal_hrd || vcl_hrd) reader.skip(1);  // low_delay_hrd
  reader.skip(1);                          // pic_struct_present
  if (reader.flag()) {                     // bitstream_restriction
    reader.skip(1);
    for (int i = 0; i < 4; ++i) (void)reader.ue();
    const std::uint32_t reorder = reader.ue_max(16);
    const std::uint32_t buffered = reader.ue_max(16);
    if (!reader.failed()) {
      vui.max_reorder_frames = reorder;
      vui.max_buffered_frames = buffered;
    }
  }
  vui.truncated = reader.failed();
}

}  // namespace

base::Result<H264Sps> parse_h264_sps(base::ByteSpan nal) {
  if (h264::nal_type(nal) != h264::kSps) return base::invalid_argument("not an H.264 SPS");
  if (nal.size() > kMaxParameterSetBytes) return base::invalid_argument("H.264 SPS too large");
  const base::Bytes rbsp = remove_emulation_prevention(nal, kMaxParameterSetBytes);
  BitReader reader(rbsp);
  reader.skip(8);
  H264Sps sps;
  sps.profile_idc = static_cast<std::uint8_t>(reader.u(8));
  sps.constraint_flags = static_cast<std::uint8_t>(reader.u(8));
  sps.level_idc = static_cast<std::uint8_t>(reader.u(8));
  sps.id = static_cast<std::uint8_t>(reader.ue_max(31));
  if (has_chroma_fields(sps.profile_idc)) read_chroma_fields(reader, sps);
  read_picture_order(reader, sps);
  read_h264_size(reader, sps);
  if (reader.failed()) return base::invalid_argument("malformed or oversized H.264 SPS");
  sps.core_bits = copy_bits(rbsp, 8, reader.position_bits());
  if (reader.flag()) read_h264_vui(reader, sps.vui);
  return sps;
}

base::Result<H264Pps> parse_h264_pps(base::ByteSpan nal) {
  if (h264::nal_type(nal) != h264::kPps) return base::invalid_argument("not an H.264 PPS");
  if (nal.size() > kMaxParameterSetBytes) return base::invalid_argument("H.264 PPS too large");
  const base::Bytes rbsp = remove_emulation_prevention(nal, 64);
  BitReader reader(rbsp);
  reader.skip(8);
  H264Pps pps;
  pps.id = static_cast<std::uint8_t>(reader.ue_max(255));
  pps.sps_id = static_cast<std::uint8_t>(reader.ue_max(31));
  pps.cabac = reader.flag();
  if (reader.failed()) return base::invalid_argument("malformed H.264 PPS");
  return pps;
}

VideoFormat video_format_of(const H264Sps& sps) {
  VideoFormat format;
  format.codec = Codec::kH264;
  format.profile_idc = sps.profile_idc;
  format.compatibility = sps.constraint_flags;
  format.level_idc = sps.level_idc;
  format.width = sps.width;
  format.height = sps.height;
  format.coded_width = sps.coded_width;
  format.coded_height = sps.coded_height;
  format.chroma_format_idc = sps.chroma_format_idc;
  format.bit_depth_luma = sps.bit_depth_luma;
  format.bit_depth_chroma = sps.bit_depth_chroma;
  format.frame_rate = sps.vui.frame_rate;
  format.max_reorder_frames = sps.vui.max_reorder_frames;
  // Without B slices (Baseline) or with output order = decoding order (type 2) nothing is reordered.
  if (!format.max_reorder_frames && (sps.profile_idc == 66 || sps.poc_type == 2)) format.max_reorder_frames = 0;
  format.sample_aspect = sps.vui.sample_aspect;
  format.colour = sps.vui.colour;
  return format;
}

}  // namespace vonggac::media
