#include "media/video_usability.h"

#include <array>

namespace vonggac::media {
namespace {

constexpr unsigned kExtendedSar = 255;

/// Table E-1 of both standards: index = aspect_ratio_idc; {0, 0} = unspecified.
constexpr std::array<SampleAspect, 17> kSampleAspects{{{0, 0},
                                                       {1, 1},
                                                       {12, 11},
                                                       {10, 11},
                                                       {16, 11},
                                                       {40, 33},
                                                       {24, 11},
                                                       {20, 11},
                                                       {32, 11},
                                                       {80, 33},
                                                       {18, 11},
                                                       {15, 11},
                                                       {64, 33},
                                                       {160, 99},
                                                       {4, 3},
                                                       {3, 2},
                                                       {2, 1}}};

void read_sample_aspect(BitReader& reader, VideoUsability& vui) {
  const unsigned idc = reader.u(8);
  SampleAspect aspect{0, 0};
  if (idc == kExtendedSar) {
    aspect.width = reader.u(16);
    aspect.height = reader.u(16);
  } else if (idc < kSampleAspects.size()) {
    aspect = kSampleAspects[idc];
  }
  if (aspect.width != 0 && aspect.height != 0) vui.sample_aspect = aspect;
}

void read_video_signal(BitReader& reader, VideoUsability& vui) {
  reader.skip(3);  // video_format
  Colour colour;
  colour.full_range = reader.flag();
  if (reader.flag()) {
    colour.primaries = static_cast<std::uint8_t>(reader.u(8));
    colour.transfer = static_cast<std::uint8_t>(reader.u(8));
    colour.matrix = static_cast<std::uint8_t>(reader.u(8));
  }
  if (!reader.failed()) vui.colour = colour;
}

void skip_h265_sub_layer_hrd(BitReader& reader, unsigned cpb_count, bool sub_pic_params) {
  for (unsigned i = 0; i < cpb_count && !reader.failed(); ++i) {
    (void)reader.ue();
    (void)reader.ue();
    if (sub_pic_params) {
      (void)reader.ue();
      (void)reader.ue();
    }
    (void)reader.flag();
  }
}

}  // namespace

void read_picture_usability(BitReader& reader, VideoUsability& vui) {
  if (reader.flag()) read_sample_aspect(reader, vui);
  if (reader.flag()) reader.skip(1);  // overscan
  if (reader.flag()) read_video_signal(reader, vui);
  if (reader.flag()) {  // chroma sample location
    (void)reader.ue();
    (void)reader.ue();
  }
}

bool same_pictures(const VideoUsability& a, const VideoUsability& b) {
  return a.sample_aspect.value_or(SampleAspect{}) == b.sample_aspect.value_or(SampleAspect{}) &&
         a.colour.value_or(Colour{}) == b.colour.value_or(Colour{}) && a.max_reorder_frames == b.max_reorder_frames &&
         a.max_buffered_frames == b.max_buffered_frames;
}

void skip_h264_hrd(BitReader& reader) {
  const unsigned count = reader.ue_max(31) + 1;
  reader.skip(8);
  for (unsigned i = 0; i < count && !reader.failed(); ++i) {
    (void)reader.ue();
    (void)reader.ue();
    (void)reader.flag();
  }
  reader.skip(20);
}

void skip_h265_hrd(BitReader& reader, bool common_info, unsigned max_sub_layers_minus1) {
  bool nal_params = false;
  bool vcl_params = false;
  bool sub_pic_params = false;
  if (common_info) {
    nal_params = reader.flag();
    vcl_params = reader.flag();
    if (nal_params || vcl_params) {
      sub_pic_params = reader.flag();
      if (sub_pic_params) reader.skip(19);
      reader.skip(8);
      if (sub_pic_params) reader.skip(4);
      reader.skip(15);
    }
  }
  for (unsigned layer = 0; layer <= max_sub_layers_minus1 && !reader.failed(); ++layer) {
    const bool fixed_general = reader.flag();
    const bool fixed_within_cvs = fixed_general || reader.flag();
    bool low_delay = false;
    if (fixed_within_cvs) {
      (void)reader.ue();
    } else {
      low_delay = reader.flag();
    }
    const unsigned cpb_count = low_delay ? 1 : reader.ue_max(31) + 1;
    if (nal_params) skip_h265_sub_layer_hrd(reader, cpb_count, sub_pic_params);
    if (vcl_params) skip_h265_sub_layer_hrd(reader, cpb_count, sub_pic_params);
  }
}

base::Bytes copy_bits(base::ByteSpan rbsp, std::size_t from_bit, std::size_t to_bit) {
  base::Bytes out;
  BitReader reader(rbsp);
  reader.skip(from_bit);
  for (std::size_t left = to_bit - from_bit; left > 0 && !reader.failed();) {
    const auto taken = static_cast<unsigned>(left < 8 ? left : 8);
    out.push_back(static_cast<std::uint8_t>(reader.u(taken) << (8 - taken)));
    left -= taken;
  }
  return out;
}

}  // namespace vonggac::media
