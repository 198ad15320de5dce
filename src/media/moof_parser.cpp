#include "media/fmp4_init_parser.h"
#include "media/fmp4_reader.h"
#include "media/mp4_boxes.h"

namespace vonggac::media {
namespace {

base::Status bad_moof(const char* what) { return base::data_loss(std::string("unreadable fragment header: ") + what); }

// The same flags make_moof() writes; others are refused.
constexpr std::uint32_t kTfhdKnown = 0x20000 | 0x8 | 0x10 | 0x20;
constexpr std::uint32_t kTrunKnown = 0x1 | 0x4 | 0x100 | 0x200 | 0x400 | 0x800;
constexpr std::uint32_t kNonSyncBit = 0x10000;
/// Data offsets are signed 32-bit numbers; make_moof() promises no more.
constexpr std::uint64_t kMaxPayloadBytes = 0x7FFFFFFF - kMaxMoofBytes;

struct Defaults {
  bool has_duration = false, has_size = false, has_flags = false;
  std::uint32_t duration = 0, size = 0, flags = 0;
};

base::Status parse_tfhd(base::ByteSpan body, TrackFragment& track, Defaults& defaults) {
  base::ByteReader reader(body);
  const std::uint32_t version_flags = reader.u32();
  if ((version_flags & ~kTfhdKnown) != 0 || (version_flags & 0x20000) == 0) return bad_moof("tfhd flags");
  track.track_id = reader.u32();
  defaults.has_duration = (version_flags & 0x8) != 0;
  defaults.has_size = (version_flags & 0x10) != 0;
  defaults.has_flags = (version_flags & 0x20) != 0;
  if (defaults.has_duration) defaults.duration = reader.u32();
  if (defaults.has_size) defaults.size = reader.u32();
  if (defaults.has_flags) defaults.flags = reader.u32();
  if (reader.failed() || !reader.at_end()) return bad_moof("tfhd size");
  return base::Status::ok_status();
}

FragmentSample read_sample(base::ByteReader& reader, std::uint32_t flags, const Defaults& defaults) {
  FragmentSample sample;
  sample.duration_90k = (flags & 0x100) != 0 ? reader.u32() : defaults.duration;
  sample.size_bytes = (flags & 0x200) != 0 ? reader.u32() : defaults.size;
  const std::uint32_t sample_flags = (flags & 0x400) != 0 ? reader.u32() : defaults.flags;
  sample.key = (sample_flags & kNonSyncBit) == 0;
  sample.composition_offset_90k = (flags & 0x800) != 0 ? reader.i32() : 0;
  return sample;
}

base::Status parse_trun(base::ByteSpan body, const Defaults& defaults, std::size_t max_samples, MoofTrack& track) {
  base::ByteReader reader(body);
  const std::uint32_t version_flags = reader.u32();
  const std::uint32_t flags = version_flags & 0xFFFFFF;
  if (version_flags >> 24 != 1 || (flags & ~kTrunKnown) != 0 || (flags & 0x1) == 0) return bad_moof("trun flags");
  const bool per_duration = (flags & 0x100) != 0, per_size = (flags & 0x200) != 0, per_flags = (flags & 0x400) != 0;
  if ((!per_duration && !defaults.has_duration) || (!per_size && !defaults.has_size) ||
      (!per_flags && !defaults.has_flags)) {
    return bad_moof("trun without a value for each sample");
  }
  const std::uint32_t count = reader.u32();
  if (count == 0 || count > max_samples) return bad_moof("sample count");
  const std::int32_t data_offset = reader.i32();
  if (data_offset < 0) return bad_moof("data offset");
  track.data_offset = static_cast<std::uint64_t>(data_offset);
  const bool has_first_flags = (flags & 0x4) != 0;
  const std::uint32_t first_flags = has_first_flags ? reader.u32() : 0;
  track.fragment.samples.reserve(std::min<std::size_t>(count, reader.remaining() / 4 + 1));
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    track.fragment.samples.push_back(read_sample(reader, flags, defaults));
  }
  if (reader.failed() || !reader.at_end()) return bad_moof("trun size");
  if (has_first_flags) track.fragment.samples.front().key = (first_flags & kNonSyncBit) == 0;
  return base::Status::ok_status();
}

base::Result<MoofTrack> parse_traf(base::ByteSpan traf, std::size_t max_samples) {
  BoxReader boxes(traf);
  const auto tfhd = boxes.next();
  const auto tfdt = boxes.next();
  const auto trun = boxes.next();
  if (!tfhd || tfhd->type != fourcc("tfhd") || !tfdt || tfdt->type != fourcc("tfdt") || !trun ||
      trun->type != fourcc("trun") || boxes.next() || boxes.failed()) {
    return bad_moof("boxes of traf");
  }
  MoofTrack track;
  Defaults defaults;
  VG_TRY(parse_tfhd(tfhd->body, track.fragment, defaults));
  base::ByteReader time(tfdt->body);
  if (time.u32() != 0x01000000) return bad_moof("tfdt version");
  track.fragment.base_decode_time_90k = time.u64();
  if (time.failed() || !time.at_end()) return bad_moof("tfdt size");
  VG_TRY(parse_trun(trun->body, defaults, max_samples, track));
  return track;
}

}  // namespace

base::Result<Moof> parse_moof(base::ByteSpan bytes) {
  BoxReader outer(bytes);
  const auto box = outer.next();
  if (!box || box->type != fourcc("moof") || outer.next() || outer.failed()) return bad_moof("not one moof box");
  BoxReader boxes(box->body);
  const auto mfhd = boxes.next();
  if (!mfhd || mfhd->type != fourcc("mfhd") || mfhd->body.size() != 8) return bad_moof("mfhd");
  Moof moof;
  base::ByteReader header(mfhd->body);
  if (header.u32() != 0) return bad_moof("mfhd flags");
  moof.sequence = header.u32();
  std::size_t samples_left = kMaxFragmentSamples;
  std::uint64_t payload_bytes = 0;
  while (const auto traf = boxes.next()) {
    if (traf->type != fourcc("traf") || moof.tracks.size() == 2) return bad_moof("boxes of moof");
    VG_ASSIGN(MoofTrack track, parse_traf(traf->body, samples_left));
    if (track.fragment.track_id != kVideoTrackId && track.fragment.track_id != kAudioTrackId)
      return bad_moof("track id");
    if (!moof.tracks.empty() && moof.tracks[0].fragment.track_id >= track.fragment.track_id)
      return bad_moof("track order");
    samples_left -= track.fragment.samples.size();
    for (const FragmentSample& sample : track.fragment.samples) payload_bytes += sample.size_bytes;
    if (payload_bytes > kMaxPayloadBytes) return bad_moof("sample sizes");
    moof.tracks.push_back(std::move(track));
  }
  if (boxes.failed() || moof.tracks.empty()) return bad_moof("boxes of moof");
  return moof;
}

}  // namespace vonggac::media
