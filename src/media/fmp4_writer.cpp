#include "media/fmp4_writer.h"

#include <algorithm>

#include "media/mp4_boxes.h"

namespace vonggac::media {
namespace {

// Flags of tfhd and trun, and of samples: 14496-12 sections 8.8.7, 8.8.8, 8.8.3.
constexpr std::uint32_t kTfhdDefaultDuration = 0x8;
constexpr std::uint32_t kTfhdDefaultSize = 0x10;
constexpr std::uint32_t kTfhdDefaultFlags = 0x20;
constexpr std::uint32_t kTfhdBaseIsMoof = 0x20000;
constexpr std::uint32_t kTrunDataOffset = 0x1;
constexpr std::uint32_t kTrunFirstFlags = 0x4;
constexpr std::uint32_t kTrunDuration = 0x100;
constexpr std::uint32_t kTrunSize = 0x200;
constexpr std::uint32_t kTrunFlags = 0x400;
constexpr std::uint32_t kTrunComposition = 0x800;
constexpr std::uint32_t kSampleSync = 0x02000000;     // depends on no other
constexpr std::uint32_t kSampleNonSync = 0x01010000;  // depends on others, not a sync sample

std::uint32_t sample_flags(const FragmentSample& sample) { return sample.key ? kSampleSync : kSampleNonSync; }

template <typename Projection>
bool uniform(std::span<const FragmentSample> samples, Projection projection) {
  return std::all_of(samples.begin(), samples.end(),
                     [&](const FragmentSample& s) { return projection(s) == projection(samples.front()); });
}

/// Which values of a track's samples differ and so need a column in trun.
struct SampleColumns {
  bool duration = false, size = false, flags = false, first_flags = false, composition = false;
  std::uint32_t default_flags = 0;
};

SampleColumns choose_columns(std::span<const FragmentSample> samples) {
  SampleColumns columns;
  columns.duration = !uniform(samples, [](const FragmentSample& s) { return s.duration_90k; });
  columns.size = !uniform(samples, [](const FragmentSample& s) { return s.size_bytes; });
  columns.composition = std::any_of(samples.begin(), samples.end(),
                                    [](const FragmentSample& s) { return s.composition_offset_90k != 0; });
  const std::span<const FragmentSample> later = samples.size() > 1 ? samples.subspan(1) : samples;
  columns.flags = !uniform(later, sample_flags);
  columns.default_flags = sample_flags(later.front());
  columns.first_flags = !columns.flags && sample_flags(samples.front()) != columns.default_flags;
  return columns;
}

void write_track_fragment_header(base::ByteWriter& writer, const TrackFragment& track, const SampleColumns& columns) {
  std::uint32_t flags = kTfhdBaseIsMoof;
  if (!columns.duration) flags |= kTfhdDefaultDuration;
  if (!columns.size) flags |= kTfhdDefaultSize;
  if (!columns.flags) flags |= kTfhdDefaultFlags;
  const BoxScope box(writer, fourcc("tfhd"), 0, flags);
  writer.u32(track.track_id);
  if (!columns.duration) writer.u32(track.samples.front().duration_90k);
  if (!columns.size) writer.u32(track.samples.front().size_bytes);
  if (!columns.flags) writer.u32(columns.default_flags);
}

/// Returns where the data offset stands, to be filled in later.
std::size_t write_track_run(base::ByteWriter& writer, const TrackFragment& track, const SampleColumns& columns) {
  std::uint32_t flags = kTrunDataOffset;
  if (columns.first_flags) flags |= kTrunFirstFlags;
  if (columns.duration) flags |= kTrunDuration;
  if (columns.size) flags |= kTrunSize;
  if (columns.flags) flags |= kTrunFlags;
  if (columns.composition) flags |= kTrunComposition;
  const BoxScope box(writer, fourcc("trun"), 1, flags);
  writer.u32(static_cast<std::uint32_t>(track.samples.size()));
  const std::size_t data_offset_at = writer.size();
  writer.u32(0);
  if (columns.first_flags) writer.u32(sample_flags(track.samples.front()));
  for (const FragmentSample& sample : track.samples) {
    if (columns.duration) writer.u32(sample.duration_90k);
    if (columns.size) writer.u32(sample.size_bytes);
    if (columns.flags) writer.u32(sample_flags(sample));
    if (columns.composition) writer.i32(sample.composition_offset_90k);
  }
  return data_offset_at;
}

std::size_t write_track_fragment(base::ByteWriter& writer, const TrackFragment& track) {
  const SampleColumns columns = choose_columns(track.samples);
  const BoxScope traf(writer, fourcc("traf"));
  write_track_fragment_header(writer, track, columns);
  {
    const BoxScope tfdt(writer, fourcc("tfdt"), 1, 0);
    writer.u64(track.base_decode_time_90k);
  }
  return write_track_run(writer, track, columns);
}

base::Status write_init_track(base::ByteWriter& writer, const TrackParameters& parameters, std::uint32_t track_id,
                              base::WallTime creation) {
  TrackHeader header;
  header.track_id = track_id;
  header.video = is_video(parameters.codec);
  header.creation = creation;
  if (header.video) {
    VG_ASSIGN(const PictureSize size, shown_size(parameters));
    header.shown_width = size.width;
    header.shown_height = size.height;
  }
  const BoxScope trak(writer, fourcc("trak"));
  write_track_header(writer, header);
  const BoxScope mdia(writer, fourcc("mdia"));
  write_media_headers(writer, header);
  const BoxScope minf(writer, fourcc("minf"));
  write_media_information(writer, header.video);
  const BoxScope stbl(writer, fourcc("stbl"));
  {
    const BoxScope stsd(writer, fourcc("stsd"), 0, 0);
    writer.u32(1);
    VG_TRY(write_sample_entry(writer, parameters));
  }
  // Empty sample tables: the samples are in fragments.
  for (const std::uint32_t table : {fourcc("stts"), fourcc("stsc"), fourcc("stco")}) {
    const BoxScope box(writer, table, 0, 0);
    writer.u32(0);
  }
  const BoxScope stsz(writer, fourcc("stsz"), 0, 0);
  writer.u64(0);
  return base::Status::ok_status();
}

void write_track_extends(base::ByteWriter& writer, std::uint32_t track_id) {
  const BoxScope trex(writer, fourcc("trex"), 0, 0);
  writer.u32(track_id);
  writer.u32(1);  // sample description
  writer.u32(0);
  writer.u32(0);
  writer.u32(0);
}

base::Status write_init_movie(base::ByteWriter& writer, const InitDescription& description) {
  const BoxScope moov(writer, fourcc("moov"));
  write_movie_header(writer, description.creation, 0, description.audio ? 3 : 2);
  VG_TRY(write_init_track(writer, description.video, kVideoTrackId, description.creation));
  if (description.audio) {
    VG_TRY(write_init_track(writer, *description.audio, kAudioTrackId, description.creation));
  }
  const BoxScope mvex(writer, fourcc("mvex"));
  write_track_extends(writer, kVideoTrackId);
  if (description.audio) write_track_extends(writer, kAudioTrackId);
  return base::Status::ok_status();
}

}  // namespace

base::Result<base::Bytes> make_init_segment(const InitDescription& description) {
  if (!is_video(description.video.codec)) return base::invalid_argument("a segment needs a video track");
  if (description.audio && is_video(description.audio->codec)) {
    return base::invalid_argument("the second track must be audio");
  }
  base::Bytes out;
  base::ByteWriter writer(out);
  {
    const BoxScope ftyp(writer, fourcc("ftyp"));
    writer.u32(fourcc("iso6"));
    writer.u32(0);
    for (const std::uint32_t brand : {fourcc("iso6"), fourcc("iso5"), fourcc("mp41")}) writer.u32(brand);
  }
  VG_TRY(write_init_movie(writer, description));
  return out;
}

base::Bytes make_moof(std::uint32_t sequence, std::span<const TrackFragment> tracks) {
  base::Bytes out;
  base::ByteWriter writer(out);
  std::vector<std::pair<std::size_t, std::uint64_t>> data_offsets;  // where it stands, offset into the mdat payload
  std::uint64_t payload_bytes = 0;
  {
    const BoxScope moof(writer, fourcc("moof"));
    {
      const BoxScope mfhd(writer, fourcc("mfhd"), 0, 0);
      writer.u32(sequence);
    }
    for (const TrackFragment& track : tracks) {
      if (track.samples.empty()) continue;
      data_offsets.emplace_back(write_track_fragment(writer, track), payload_bytes);
      for (const FragmentSample& sample : track.samples) payload_bytes += sample.size_bytes;
    }
  }
  constexpr std::size_t kMdatHeaderBytes = 8;
  for (const auto& [at, offset] : data_offsets) {
    writer.patch_u32(at, static_cast<std::uint32_t>(out.size() + kMdatHeaderBytes + offset));
  }
  return out;
}

base::Bytes make_mdat_header(std::uint64_t payload_bytes) {
  base::Bytes out;
  base::ByteWriter writer(out);
  if (payload_bytes + 8 <= 0xFFFFFFFF) {
    writer.u32(static_cast<std::uint32_t>(payload_bytes + 8));
    writer.u32(fourcc("mdat"));
  } else {
    writer.u32(1);  // a 64-bit size follows
    writer.u32(fourcc("mdat"));
    writer.u64(payload_bytes + 16);
  }
  return out;
}

base::Bytes make_uuid_box(const std::array<std::uint8_t, 16>& type, base::ByteSpan payload) {
  base::Bytes out;
  out.reserve(payload.size() + 24);
  base::ByteWriter writer(out);
  writer.u32(static_cast<std::uint32_t>(payload.size() + 24));
  writer.u32(fourcc("uuid"));
  writer.raw(type);
  writer.raw(payload);
  return out;
}

base::Bytes make_live_fragment(std::uint32_t sequence, const AccessUnit& unit, const LiveFragmentTiming& timing) {
  const base::ByteSpan payload = unit.payload ? base::ByteSpan(*unit.payload) : base::ByteSpan{};
  TrackFragment track;
  track.track_id = unit.track == TrackKind::kVideo ? kVideoTrackId : kAudioTrackId;
  track.base_decode_time_90k = timing.decode_time_90k;
  track.samples.push_back({static_cast<std::uint32_t>(payload.size()), timing.duration_90k,
                           timing.composition_offset_90k, unit.track == TrackKind::kAudio || unit.key});
  base::Bytes out = make_moof(sequence, std::span(&track, 1));
  const base::Bytes header = make_mdat_header(payload.size());
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

}  // namespace vonggac::media
