/// The part of the VUI that H.264 and H.265 share, and the HRD skippers both need to get past it.
/// Errors  the reader's failed() flag.
/// Source  H.264 annex E.1.1 and E.1.2, H.265 annex E.2.1 to E.2.3.
#pragma once

#include "media/bit_reader.h"
#include "media/video_format.h"

namespace vonggac::media {

/// From aspect_ratio_info_present_flag up to and with the chroma location.
void read_picture_usability(BitReader& reader, VideoUsability& vui);

/// The VUI fields that decoding or showing depend on; frame rate and HRD are not among them.
bool same_pictures(const VideoUsability& a, const VideoUsability& b);

void skip_h264_hrd(BitReader& reader);
void skip_h265_hrd(BitReader& reader, bool common_info, unsigned max_sub_layers_minus1);

/// Bits [from, to) of `rbsp`, packed to the left: to compare syntax that need not be understood.
base::Bytes copy_bits(base::ByteSpan rbsp, std::size_t from_bit, std::size_t to_bit);

}  // namespace vonggac::media
