#include "media/mp4_boxes.h"

#include <algorithm>

#include "media/h265_parameters.h"
#include "media/nal_units.h"
#include "media/video_format.h"

namespace vonggac::media {
namespace {

constexpr std::size_t kMaxAudioConfigBytes = 64;
/// ISO 639-2 "und", packed (14496-12 section 8.4.2.3).
constexpr std::uint16_t kLanguageUndefined = 0x55C4;

void write_zeros(base::ByteWriter& writer, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) writer.u8(0);
}

void write_unity_matrix(base::ByteWriter& writer) {
  for (const std::uint32_t value : {0x10000U, 0U, 0U, 0U, 0x10000U, 0U, 0U, 0U, 0x40000000U}) writer.u32(value);
}

/// Seconds since 1904-01-01 (14496-12 section 8.2.2.3).
std::uint64_t mp4_time(base::WallTime time) {
  constexpr std::int64_t kSecondsFrom1904To1970 = 2'082'844'800;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.us / 1'000'000 + kSecondsFrom1904To1970));
}

void write_set_list(base::ByteWriter& writer, const std::vector<base::Bytes>& sets) {
  for (const base::Bytes& set : sets) {
    writer.u16(static_cast<std::uint16_t>(set.size()));
    writer.raw(set);
  }
}

void write_avcc(base::ByteWriter& writer, const TrackParameters& p, const VideoFormat& format) {
  const BoxScope box(writer, fourcc("avcC"));
  writer.u8(1);
  writer.u8(format.profile_idc);
  writer.u8(format.compatibility);
  writer.u8(format.level_idc);
  writer.u8(0xFF);  // reserved, 4-byte lengths
  writer.u8(static_cast<std::uint8_t>(0xE0 | p.sps.size()));
  write_set_list(writer, p.sps);
  writer.u8(static_cast<std::uint8_t>(p.pps.size()));
  write_set_list(writer, p.pps);
  const std::uint8_t profile = format.profile_idc;
  if (profile == 100 || profile == 110 || profile == 122 || profile == 144) {
    writer.u8(static_cast<std::uint8_t>(0xFC | format.chroma_format_idc));
    writer.u8(static_cast<std::uint8_t>(0xF8 | (format.bit_depth_luma - 8)));
    writer.u8(static_cast<std::uint8_t>(0xF8 | (format.bit_depth_chroma - 8)));
    writer.u8(0);
  }
}

void write_hvcc_array(base::ByteWriter& writer, h265::NalType type, const std::vector<base::Bytes>& sets) {
  writer.u8(static_cast<std::uint8_t>(0x80 | type));  // array_completeness
  writer.u16(static_cast<std::uint16_t>(sets.size()));
  write_set_list(writer, sets);
}

void write_hvcc(base::ByteWriter& writer, const TrackParameters& p, const VideoFormat& format, const H265Sps& sps) {
  const BoxScope box(writer, fourcc("hvcC"));
  writer.u8(1);
  const unsigned tier = format.high_tier ? 0x20 : 0;
  writer.u8(static_cast<std::uint8_t>(static_cast<unsigned>(format.profile_space << 6) | tier | format.profile_idc));
  writer.u32(format.profile_compatibility_flags);
  writer.u16(static_cast<std::uint16_t>(format.constraint_flags >> 32));
  writer.u32(static_cast<std::uint32_t>(format.constraint_flags));
  writer.u8(format.level_idc);
  writer.u16(0xF000);  // min_spatial_segmentation_idc unknown
  writer.u8(0xFC);     // parallelismType unknown
  writer.u8(static_cast<std::uint8_t>(0xFC | format.chroma_format_idc));
  writer.u8(static_cast<std::uint8_t>(0xF8 | (format.bit_depth_luma - 8)));
  writer.u8(static_cast<std::uint8_t>(0xF8 | (format.bit_depth_chroma - 8)));
  writer.u16(0);  // average frame rate unspecified
  const unsigned nesting = sps.temporal_id_nesting ? 4 : 0;
  writer.u8(static_cast<std::uint8_t>(static_cast<unsigned>(sps.max_sub_layers << 3) | nesting | 3));
  writer.u8(3);
  write_hvcc_array(writer, h265::kVps, p.vps);
  write_hvcc_array(writer, h265::kSps, p.sps);
  write_hvcc_array(writer, h265::kPps, p.pps);
}

void write_picture_boxes(base::ByteWriter& writer, const VideoFormat& format) {
  if (format.colour) {
    const BoxScope box(writer, fourcc("colr"));
    writer.u32(fourcc("nclx"));
    writer.u16(format.colour->primaries);
    writer.u16(format.colour->transfer);
    writer.u16(format.colour->matrix);
    writer.u8(format.colour->full_range ? 0x80 : 0);
  }
  if (format.sample_aspect) {
    const BoxScope box(writer, fourcc("pasp"));
    writer.u32(format.sample_aspect->width);
    writer.u32(format.sample_aspect->height);
  }
}

base::Status write_video_entry(base::ByteWriter& writer, const TrackParameters& p) {
  VG_ASSIGN(const VideoFormat format, parse_video_format(p));
  if (p.sps.size() > 31) return base::invalid_argument("too many SPS for one sample entry");
  const bool h264 = p.codec == Codec::kH264;
  const BoxScope entry(writer, h264 ? fourcc("avc1") : fourcc("hvc1"));
  write_zeros(writer, 6);
  writer.u16(1);  // data reference
  write_zeros(writer, 16);
  writer.u16(static_cast<std::uint16_t>(format.width));
  writer.u16(static_cast<std::uint16_t>(format.height));
  writer.u32(0x480000);  // 72 dpi
  writer.u32(0x480000);
  writer.u32(0);
  writer.u16(1);            // frames per sample
  write_zeros(writer, 32);  // compressor name
  writer.u16(0x18);         // depth
  writer.u16(0xFFFF);
  if (h264) {
    write_avcc(writer, p, format);
  } else {
    VG_ASSIGN(const H265Sps sps, parse_h265_sps(p.sps.front()));
    write_hvcc(writer, p, format, sps);
  }
  write_picture_boxes(writer, format);
  return base::Status::ok_status();
}

/// An MPEG-4 descriptor header; all of ours are shorter than 128 bytes.
void write_descriptor(base::ByteWriter& writer, std::uint8_t tag, std::size_t size) {
  writer.u8(tag);
  writer.u8(static_cast<std::uint8_t>(size));
}

void write_esds(base::ByteWriter& writer, const base::Bytes& config) {
  const BoxScope box(writer, fourcc("esds"), 0, 0);
  constexpr std::size_t kDecoderConfigFields = 13;
  const std::size_t decoder_size = kDecoderConfigFields + 2 + config.size();
  write_descriptor(writer, 3, 3 + 2 + decoder_size + 2 + 1);  // ES
  writer.u16(0);
  writer.u8(0);
  write_descriptor(writer, 4, decoder_size);  // decoder configuration
  writer.u8(0x40);                            // ISO/IEC 14496-3 audio
  writer.u8(0x15);                            // audio stream
  writer.u24(0);
  writer.u32(0);
  writer.u32(0);
  write_descriptor(writer, 5, config.size());  // decoder specific
  writer.raw(config);
  write_descriptor(writer, 6, 1);  // sync layer: predefined for MP4
  writer.u8(2);
}

base::Status write_audio_entry(base::ByteWriter& writer, const TrackParameters& p) {
  const bool aac = p.codec == Codec::kAac;
  if (aac && (p.audio_config.size() < 2 || p.audio_config.size() > kMaxAudioConfigBytes)) {
    return base::invalid_argument("AAC needs an AudioSpecificConfig of 2 to 64 bytes");
  }
  // AAC says its rate in its configuration, which is also the only place for rates above 65,535 Hz.
  if (!aac && p.clock_rate_hz == 0) return base::invalid_argument("audio without a sample rate");
  const BoxScope entry(writer, aac ? fourcc("mp4a") : p.codec == Codec::kG711Mu ? fourcc("ulaw") : fourcc("alaw"));
  write_zeros(writer, 6);
  writer.u16(1);  // data reference
  write_zeros(writer, 8);
  writer.u16(std::max<std::uint16_t>(1, p.channels));
  writer.u16(16);
  writer.u32(0);
  writer.u32(p.clock_rate_hz <= 0xFFFF ? p.clock_rate_hz << 16 : 0);
  if (aac) write_esds(writer, p.audio_config);
  return base::Status::ok_status();
}

}  // namespace

void write_movie_header(base::ByteWriter& writer, base::WallTime creation, std::uint64_t duration_90k,
                        std::uint32_t next_track_id) {
  const BoxScope box(writer, fourcc("mvhd"), 1, 0);
  writer.u64(mp4_time(creation));
  writer.u64(mp4_time(creation));
  writer.u32(kTimescale);
  writer.u64(duration_90k);
  writer.u32(0x10000);  // rate 1.0
  writer.u16(0x100);    // volume 1.0
  write_zeros(writer, 10);
  write_unity_matrix(writer);
  write_zeros(writer, 24);
  writer.u32(next_track_id);
}

void write_track_header(base::ByteWriter& writer, const TrackHeader& track) {
  constexpr std::uint32_t kEnabledInMovieInPreview = 7;
  const BoxScope box(writer, fourcc("tkhd"), 1, kEnabledInMovieInPreview);
  writer.u64(mp4_time(track.creation));
  writer.u64(mp4_time(track.creation));
  writer.u32(track.track_id);
  writer.u32(0);
  writer.u64(track.movie_duration_90k);
  write_zeros(writer, 12);
  writer.u16(track.video ? 0 : 0x100);  // volume
  writer.u16(0);
  write_unity_matrix(writer);
  writer.u32(track.shown_width << 16);
  writer.u32(track.shown_height << 16);
}

void write_media_headers(base::ByteWriter& writer, const TrackHeader& track) {
  {
    const BoxScope box(writer, fourcc("mdhd"), 1, 0);
    writer.u64(mp4_time(track.creation));
    writer.u64(mp4_time(track.creation));
    writer.u32(kTimescale);
    writer.u64(track.media_duration_90k);
    writer.u16(kLanguageUndefined);
    writer.u16(0);
  }
  const BoxScope box(writer, fourcc("hdlr"), 0, 0);
  writer.u32(0);
  writer.u32(track.video ? fourcc("vide") : fourcc("soun"));
  write_zeros(writer, 12);
  writer.text(track.video ? "Vong Gac video" : "Vong Gac audio");
  writer.u8(0);
}

void write_media_information(base::ByteWriter& writer, bool video) {
  if (video) {
    const BoxScope box(writer, fourcc("vmhd"), 0, 1);
    write_zeros(writer, 8);
  } else {
    const BoxScope box(writer, fourcc("smhd"), 0, 0);
    writer.u32(0);
  }
  const BoxScope dinf(writer, fourcc("dinf"));
  const BoxScope dref(writer, fourcc("dref"), 0, 0);
  writer.u32(1);
  const BoxScope url(writer, fourcc("url "), 0, 1);  // 1 = media is in this file
}

base::Status write_sample_entry(base::ByteWriter& writer, const TrackParameters& parameters) {
  switch (parameters.codec) {
    case Codec::kH264:
    case Codec::kH265:
      return write_video_entry(writer, parameters);
    case Codec::kAac:
    case Codec::kG711Mu:
    case Codec::kG711A:
      return write_audio_entry(writer, parameters);
    case Codec::kNone:
      break;
  }
  return base::invalid_argument("track without a codec");
}

base::Result<PictureSize> shown_size(const TrackParameters& video) {
  VG_ASSIGN(const VideoFormat format, parse_video_format(video));
  PictureSize size{format.width, format.height};
  if (format.sample_aspect) {
    const std::uint64_t width = std::uint64_t{size.width} * format.sample_aspect->width / format.sample_aspect->height;
    size.width = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(width, 1, 0xFFFF));
  }
  return size;
}

}  // namespace vonggac::media
