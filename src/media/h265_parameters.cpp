#include "media/h265_parameters.h"

#include <algorithm>
#include <array>

#include "media/bit_reader.h"
#include "media/nal_units.h"
#include "media/video_usability.h"

namespace vonggac::media {
namespace {

constexpr std::size_t kHeaderBits = 16;

void read_profile_tier_level(BitReader& reader, unsigned max_sub_layers_minus1, H265Profile& profile) {
  profile.space = static_cast<std::uint8_t>(reader.u(2));
  profile.high_tier = reader.flag();
  profile.idc = static_cast<std::uint8_t>(reader.u(5));
  profile.compatibility_flags = reader.u(32);
  profile.constraint_flags = static_cast<std::uint64_t>(reader.u(24)) << 24;
  profile.constraint_flags |= reader.u(24);
  profile.level_idc = static_cast<std::uint8_t>(reader.u(8));
  if (max_sub_layers_minus1 == 0) return;
  std::array<bool, 8> has_profile{};
  std::array<bool, 8> has_level{};
  for (unsigned i = 0; i < 8; ++i) {
    has_profile[i] = reader.flag() && i < max_sub_layers_minus1;
    has_level[i] = reader.flag() && i < max_sub_layers_minus1;
  }
  for (unsigned i = 0; i < max_sub_layers_minus1; ++i) {
    if (has_profile[i]) reader.skip(88);
    if (has_level[i]) reader.skip(8);
  }
}

/// Returns max_num_reorder of the highest sub-layer.
std::uint32_t read_sub_layer_ordering(BitReader& reader, unsigned max_sub_layers_minus1) {
  std::uint32_t reorder = 0;
  for (unsigned i = reader.flag() ? 0 : max_sub_layers_minus1; i <= max_sub_layers_minus1; ++i) {
    (void)reader.ue_max(15);
    reorder = reader.ue_max(15);
    (void)reader.ue();
  }
  return reorder;
}

void skip_scaling_lists(BitReader& reader) {
  for (unsigned size_id = 0; size_id < 4; ++size_id) {
    const unsigned coefficients = std::min(64U, 1U << (4 + (size_id << 1)));
    for (unsigned matrix = 0; matrix < 6 && !reader.failed(); matrix += size_id == 3 ? 3 : 1) {
      if (!reader.flag()) {
        (void)reader.ue();
        continue;
      }
      if (size_id > 1) (void)reader.se();
      for (unsigned i = 0; i < coefficients && !reader.failed(); ++i) (void)reader.se();
    }
  }
}

/// One st_ref_pic_set; returns its NumDeltaPocs.
unsigned skip_reference_set(BitReader& reader, bool first, unsigned previous_count) {
  constexpr unsigned kMaxPictures = 16;
  unsigned count = 0;
  if (!first && reader.flag()) {
    reader.skip(1);
    (void)reader.ue();
    for (unsigned j = 0; j <= previous_count; ++j) {
      const bool used = reader.flag();
      if (used || reader.flag()) ++count;
    }
  } else {
    const unsigned negative = reader.ue_max(kMaxPictures);
    const unsigned positive = reader.ue_max(kMaxPictures);
    count = negative + positive;
    for (unsigned i = 0; i < count && !reader.failed(); ++i) {
      (void)reader.ue();
      reader.skip(1);
    }
  }
  if (count > kMaxPictures) reader.fail();
  return count;
}

void skip_reference_sets(BitReader& reader, unsigned log2_max_poc_lsb) {
  const unsigned sets = reader.ue_max(64);
  unsigned count = 0;
  for (unsigned i = 0; i < sets && !reader.failed(); ++i) count = skip_reference_set(reader, i == 0, count);
  if (!reader.flag()) return;
  const unsigned long_term = reader.ue_max(32);
  reader.skip(static_cast<std::size_t>(long_term) * (log2_max_poc_lsb + 1));
}

void read_h265_size(BitReader& reader, H265Sps& sps) {
  sps.chroma_format_idc = static_cast<std::uint8_t>(reader.ue_max(3));
  if (sps.chroma_format_idc == 3) sps.separate_colour_planes = reader.flag();
  sps.coded_width = reader.ue_max(kMaxPictureSide);
  sps.coded_height = reader.ue_max(kMaxPictureSide);
  sps.width = sps.coded_width;
  sps.height = sps.coded_height;
  if (sps.coded_width == 0 || sps.coded_height == 0) reader.fail();
  if (!reader.flag()) return;
  const bool full_chroma = sps.chroma_format_idc == 0 || sps.chroma_format_idc == 3;
  const std::uint32_t unit_x = full_chroma ? 1 : 2;
  const std::uint32_t unit_y = sps.chroma_format_idc == 1 ? 2 : 1;
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

void read_coding_tools(BitReader& reader, H265Sps& sps) {
  for (int i = 0; i < 6; ++i) (void)reader.ue();  // block sizes and transform depths
  if (reader.flag() && reader.flag()) skip_scaling_lists(reader);
  reader.skip(2);       // amp, sample adaptive offset
  if (reader.flag()) {  // pcm
    reader.skip(8);
    (void)reader.ue();
    (void)reader.ue();
    reader.skip(1);
  }
  skip_reference_sets(reader, sps.log2_max_poc_lsb);
  reader.skip(2);  // temporal mvp, strong intra smoothing
}

std::optional<FrameRate> read_h265_timing(BitReader& reader) {
  const std::uint32_t units_in_tick = reader.u(32);
  const std::uint32_t time_scale = reader.u(32);
  if (reader.flag()) (void)reader.ue();
  if (reader.failed() || units_in_tick == 0 || time_scale == 0) return std::nullopt;
  return FrameRate{time_scale, units_in_tick};
}

void read_h265_vui(BitReader& reader, H265Sps& sps) {
  read_picture_usability(reader, sps.vui);
  reader.skip(3);
  if (reader.flag()) {  // default display window
    for (int i = 0; i < 4; ++i) (void)reader.ue();
  }
  if (reader.flag()) {
    sps.vui.frame_rate = read_h265_timing(reader);
    if (reader.flag()) skip_h265_hrd(reader, true, sps.max_sub_layers - 1U);
  }
  if (reader.flag()) {  // bitstream_restriction
    reader.skip(3);
    for (int i = 0; i < 5; ++i) (void)reader.ue();
  }
  sps.vui.truncated = reader.failed();
}

base::Status check_size(base::ByteSpan nal, const char* what) {
  if (nal.size() > kMaxParameterSetBytes) return base::invalid_argument(std::string(what) + " too large");
  return base::Status::ok_status();
}

}  // namespace

base::Result<H265Vps> parse_h265_vps(base::ByteSpan nal) {
  if (h265::nal_type(nal) != h265::kVps) return base::invalid_argument("not an H.265 VPS");
  VG_TRY(check_size(nal, "H.265 VPS"));
  const base::Bytes rbsp = remove_emulation_prevention(nal, kMaxParameterSetBytes);
  BitReader reader(rbsp);
  reader.skip(kHeaderBits);
  H265Vps vps;
  vps.id = static_cast<std::uint8_t>(reader.u(4));
  reader.skip(2 + 6);
  const unsigned sub_layers_minus1 = reader.u(3);
  if (sub_layers_minus1 > 6) reader.fail();
  vps.max_sub_layers = static_cast<std::uint8_t>(sub_layers_minus1 + 1);
  vps.temporal_id_nesting = reader.flag();
  reader.skip(16);
  read_profile_tier_level(reader, sub_layers_minus1, vps.profile);
  (void)read_sub_layer_ordering(reader, sub_layers_minus1);
  const std::size_t layer_ids = reader.u(6) + 1;
  const std::size_t layer_sets = reader.ue_max(1023);
  reader.skip(layer_ids * layer_sets);
  if (reader.failed()) return base::invalid_argument("malformed H.265 VPS");
  vps.core_bits = copy_bits(rbsp, kHeaderBits, reader.position_bits());
  if (reader.flag()) vps.frame_rate = read_h265_timing(reader);
  return vps;
}

base::Result<H265Sps> parse_h265_sps(base::ByteSpan nal) {
  if (h265::nal_type(nal) != h265::kSps) return base::invalid_argument("not an H.265 SPS");
  VG_TRY(check_size(nal, "H.265 SPS"));
  const base::Bytes rbsp = remove_emulation_prevention(nal, kMaxParameterSetBytes);
  BitReader reader(rbsp);
  reader.skip(kHeaderBits);
  H265Sps sps;
  sps.vps_id = static_cast<std::uint8_t>(reader.u(4));
  const unsigned sub_layers_minus1 = reader.u(3);
  if (sub_layers_minus1 > 6) reader.fail();
  sps.max_sub_layers = static_cast<std::uint8_t>(sub_layers_minus1 + 1);
  sps.temporal_id_nesting = reader.flag();
  read_profile_tier_level(reader, sub_layers_minus1, sps.profile);
  sps.id = static_cast<std::uint8_t>(reader.ue_max(15));
  read_h265_size(reader, sps);
  sps.bit_depth_luma = static_cast<std::uint8_t>(8 + reader.ue_max(8));
  sps.bit_depth_chroma = static_cast<std::uint8_t>(8 + reader.ue_max(8));
  sps.log2_max_poc_lsb = static_cast<std::uint8_t>(4 + reader.ue_max(12));
  sps.max_reorder_frames = read_sub_layer_ordering(reader, sub_layers_minus1);
  read_coding_tools(reader, sps);
  if (reader.failed()) return base::invalid_argument("malformed or oversized H.265 SPS");
  sps.core_bits = copy_bits(rbsp, kHeaderBits, reader.position_bits());
  if (reader.flag()) read_h265_vui(reader, sps);
  if (!sps.vui.truncated) {
    const std::size_t end = without_trailing_zeros(rbsp).size() * 8;
    if (end > reader.position_bits()) sps.tail_bits = copy_bits(rbsp, reader.position_bits(), end);
  }
  return sps;
}

base::Result<H265Pps> parse_h265_pps(base::ByteSpan nal) {
  if (h265::nal_type(nal) != h265::kPps) return base::invalid_argument("not an H.265 PPS");
  VG_TRY(check_size(nal, "H.265 PPS"));
  const base::Bytes rbsp = remove_emulation_prevention(nal, 64);
  BitReader reader(rbsp);
  reader.skip(kHeaderBits);
  H265Pps pps;
  pps.id = static_cast<std::uint8_t>(reader.ue_max(63));
  pps.sps_id = static_cast<std::uint8_t>(reader.ue_max(15));
  if (reader.failed()) return base::invalid_argument("malformed H.265 PPS");
  return pps;
}

VideoFormat video_format_of(const H265Sps& sps) {
  VideoFormat format;
  format.codec = Codec::kH265;
  format.profile_idc = sps.profile.idc;
  format.level_idc = sps.profile.level_idc;
  format.profile_space = sps.profile.space;
  format.high_tier = sps.profile.high_tier;
  format.profile_compatibility_flags = sps.profile.compatibility_flags;
  format.constraint_flags = sps.profile.constraint_flags;
  format.width = sps.width;
  format.height = sps.height;
  format.coded_width = sps.coded_width;
  format.coded_height = sps.coded_height;
  format.chroma_format_idc = sps.chroma_format_idc;
  format.bit_depth_luma = sps.bit_depth_luma;
  format.bit_depth_chroma = sps.bit_depth_chroma;
  format.frame_rate = sps.vui.frame_rate;
  format.max_reorder_frames = sps.max_reorder_frames;
  format.sample_aspect = sps.vui.sample_aspect;
  format.colour = sps.vui.colour;
  return format;
}

}  // namespace vonggac::media
