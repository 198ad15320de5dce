#include "camsim/parameter_sets.h"

#include <initializer_list>

#include "camsim/bit_io.h"

namespace vonggac::camsim {
namespace {

constexpr std::uint32_t kExtendedSar = 255;

/// Bits [0, end) carry the syntax; the stop bit is at `end`. 0 if there is none.
std::size_t stop_bit_position(base::ByteSpan rbsp) {
  for (std::size_t i = rbsp.size() * 8; i-- > 0;) {
    if (((rbsp[i / 8] >> (7 - i % 8)) & 1) != 0) return i;
  }
  return 0;
}

void skip_scaling_list(BitReader& reader, int size) {
  std::int32_t last = 8;
  std::int32_t next = 8;
  for (int i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) next = (last + reader.se() + 256) % 256;
    if (next != 0) last = next;
  }
}

bool has_chroma_fields(std::uint32_t profile_idc) {
  for (const std::uint32_t high : {100u, 110u, 122u, 244u, 44u, 83u, 86u, 118u, 128u}) {
    if (profile_idc == high) return true;
  }
  return false;
}

void skip_chroma_fields(BitReader& reader) {
  const std::uint32_t chroma_format = reader.ue();
  if (chroma_format == 3) reader.bit();
  reader.ue();  // luma bit depth
  reader.ue();  // chroma bit depth
  reader.bit();
  if (reader.bit() == 0) return;  // no scaling matrix
  const int lists = chroma_format == 3 ? 12 : 8;
  for (int i = 0; i < lists; ++i) {
    if (reader.bit() != 0) skip_scaling_list(reader, i < 6 ? 16 : 64);
  }
}

void skip_picture_order_fields(BitReader& reader) {
  const std::uint32_t type = reader.ue();
  if (type == 0) {
    reader.ue();
  } else if (type == 1) {
    reader.bit();
    reader.se();
    reader.se();
    const std::uint32_t cycle = reader.ue();
    for (std::uint32_t i = 0; i < cycle && !reader.failed(); ++i) reader.se();
  }
}

/// Leaves the reader at vui_parameters_present_flag (H.264 7.3.2.1.1).
void skip_to_vui_flag(BitReader& reader) {
  const std::uint32_t profile_idc = reader.bits(8);
  reader.bits(16);  // constraint flags, level
  reader.ue();      // id
  if (has_chroma_fields(profile_idc)) skip_chroma_fields(reader);
  reader.ue();  // frame number length
  skip_picture_order_fields(reader);
  reader.ue();                          // reference frames
  reader.bit();                         // gaps allowed
  reader.ue();                          // width
  reader.ue();                          // height
  if (reader.bit() == 0) reader.bit();  // field coding
  reader.bit();                         // direct 8x8
  if (reader.bit() != 0) {
    for (int i = 0; i < 4; ++i) reader.ue();  // cropping
  }
}

struct Insertion {
  std::size_t at_bit;   ///< the absent flag that is replaced
  std::uint32_t value;  ///< what stands there instead
  int value_bits;
};

/// The first VUI field that is absent and has an inferred value (E.2.1).
bool find_vui_insertion(BitReader& reader, Insertion& out) {
  if (reader.bit() != 0 && reader.bits(8) == kExtendedSar) reader.bits(32);
  if (reader.bit() != 0) reader.bit();  // overscan
  const std::size_t signal_type_flag = reader.position_bits();
  if (reader.bit() == 0) {
    // present, format 5 (unspecified), limited range, no colour description
    out = {signal_type_flag, 0b1'101'0'0, 6};
    return !reader.failed();
  }
  reader.bits(4);
  const std::size_t colour_flag = reader.position_bits();
  if (reader.bit() == 0) {
    out = {colour_flag, (1u << 24) | 0x020202u, 25};  // present, all three unspecified
    return !reader.failed();
  }
  reader.bits(24);
  const std::size_t chroma_location_flag = reader.position_bits();
  if (reader.bit() != 0) return false;
  out = {chroma_location_flag, 0b1'1'1, 3};  // present, ue 0, ue 0
  return !reader.failed();
}

base::Bytes respelled_h264(base::ByteSpan sps) {
  const base::Bytes unchanged(sps.begin(), sps.end());
  const base::Bytes rbsp = unescaped(sps.subspan(1));
  const std::size_t end = stop_bit_position(rbsp);
  BitReader reader(rbsp);
  skip_to_vui_flag(reader);
  Insertion insertion{reader.position_bits(), 1u << 9, 10};  // a VUI whose nine flags are all "absent"
  if (reader.bit() != 0 && !find_vui_insertion(reader, insertion)) return unchanged;
  if (reader.failed() || insertion.at_bit >= end) return unchanged;
  BitWriter writer;
  writer.copy(rbsp, 0, insertion.at_bit);
  writer.bits(insertion.value, insertion.value_bits);
  writer.copy(rbsp, insertion.at_bit + 1, end);
  base::Bytes out = {sps[0]};
  append_escaped(writer.finish_with_trailing_bits(), out);
  return out;
}

base::Bytes respelled_h265(base::ByteSpan sps) {
  const base::Bytes unchanged(sps.begin(), sps.end());
  const base::Bytes rbsp = unescaped(sps.subspan(2));
  const std::size_t end = stop_bit_position(rbsp);
  // The last syntax bit is sps_extension_present_flag; only an absent extension can be spelled another way.
  if (end < 8 || ((rbsp[(end - 1) / 8] >> (7 - (end - 1) % 8)) & 1) != 0) return unchanged;
  BitWriter writer;
  writer.copy(rbsp, 0, end - 1);
  writer.bits(1u << 8, 9);  // extension present, its eight flags zero
  base::Bytes out = {sps[0], sps[1]};
  append_escaped(writer.finish_with_trailing_bits(), out);
  return out;
}

}  // namespace

base::Bytes respelled_sps(base::ByteSpan sps, media::Codec codec) {
  if (sps.size() < 5) return {sps.begin(), sps.end()};
  return codec == media::Codec::kH265 ? respelled_h265(sps) : respelled_h264(sps);
}

}  // namespace vonggac::camsim
