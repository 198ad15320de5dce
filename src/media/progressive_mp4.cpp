#include "media/progressive_mp4.h"

#include <algorithm>

#include "media/fmp4_writer.h"
#include "media/mp4_boxes.h"

namespace vonggac::media {
namespace {

/// Samples of one track that lie one after another in one source and share a sample entry.
struct Chunk {
  std::size_t first_sample = 0, sample_count = 0;
  std::uint16_t description = 0;
  std::uint32_t source = 0;
  std::uint64_t offset = 0, size_bytes = 0;
  std::uint64_t decode_time_90k = 0;
  std::uint64_t body_position = 0;
};

struct PlannedTrack {
  const ProgressiveTrack* track = nullptr;
  std::vector<Chunk> chunks;
  std::uint64_t media_duration_90k = 0;
};

PlannedTrack plan_track(const ProgressiveTrack& track) {
  PlannedTrack plan;
  plan.track = &track;
  for (std::size_t i = 0; i < track.samples.size(); ++i) {
    const ProgressiveSample& s = track.samples[i];
    Chunk* last = plan.chunks.empty() ? nullptr : &plan.chunks.back();
    const bool follows = last != nullptr && last->source == s.source && last->description == s.description &&
                         last->offset + last->size_bytes == s.offset;
    if (!follows) {
      plan.chunks.push_back({i, 0, s.description, s.source, s.offset, 0, plan.media_duration_90k, 0});
      last = &plan.chunks.back();
    }
    ++last->sample_count;
    last->size_bytes += s.size_bytes;
    plan.media_duration_90k += s.duration_90k;
  }
  return plan;
}

/// Orders the chunks of all tracks by time, gives them their places and joins neighbours into slices.
std::vector<BodySlice> lay_out(std::vector<PlannedTrack>& tracks) {
  struct Placed {
    std::uint64_t time = 0;
    Chunk* chunk = nullptr;
  };
  std::vector<Placed> order;
  for (PlannedTrack& track : tracks) {
    for (Chunk& chunk : track.chunks) {
      order.push_back({chunk.decode_time_90k + track.track->delay_90k, &chunk});
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const Placed& a, const Placed& b) { return a.time < b.time; });
  std::vector<BodySlice> body;
  std::uint64_t position = 0;
  for (const Placed& placed : order) {
    Chunk& chunk = *placed.chunk;
    chunk.body_position = position;
    const bool joins = !body.empty() && body.back().source == chunk.source &&
                       body.back().offset + body.back().size_bytes == chunk.offset;
    if (joins) {
      body.back().size_bytes += chunk.size_bytes;
    } else if (chunk.size_bytes > 0) {
      body.push_back({position, chunk.source, chunk.offset, chunk.size_bytes});
    }
    position += chunk.size_bytes;
  }
  return body;
}

/// Runs of equal values, as stts and ctts store them.
template <typename Projection>
void write_runs(base::ByteWriter& writer, const std::vector<ProgressiveSample>& samples, Projection value_of) {
  const std::size_t count_at = writer.size();
  writer.u32(0);
  std::uint32_t runs = 0;
  for (std::size_t i = 0; i < samples.size();) {
    std::size_t end = i + 1;
    while (end < samples.size() && value_of(samples[end]) == value_of(samples[i])) ++end;
    writer.u32(static_cast<std::uint32_t>(end - i));
    writer.u32(static_cast<std::uint32_t>(value_of(samples[i])));
    ++runs;
    i = end;
  }
  writer.patch_u32(count_at, runs);
}

void write_times(base::ByteWriter& writer, const std::vector<ProgressiveSample>& samples) {
  {
    const BoxScope stts(writer, fourcc("stts"), 0, 0);
    write_runs(writer, samples, [](const ProgressiveSample& s) { return s.duration_90k; });
  }
  const bool reordered = std::any_of(samples.begin(), samples.end(),
                                     [](const ProgressiveSample& s) { return s.composition_offset_90k != 0; });
  if (reordered) {
    const BoxScope ctts(writer, fourcc("ctts"), 1, 0);
    write_runs(writer, samples, [](const ProgressiveSample& s) { return s.composition_offset_90k; });
  }
}

void write_sync_samples(base::ByteWriter& writer, const std::vector<ProgressiveSample>& samples) {
  if (std::all_of(samples.begin(), samples.end(), [](const ProgressiveSample& s) { return s.key; })) return;
  const BoxScope stss(writer, fourcc("stss"), 0, 0);
  const std::size_t count_at = writer.size();
  writer.u32(0);
  std::uint32_t keys = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!samples[i].key) continue;
    writer.u32(static_cast<std::uint32_t>(i + 1));
    ++keys;
  }
  writer.patch_u32(count_at, keys);
}

void write_sizes(base::ByteWriter& writer, const std::vector<ProgressiveSample>& samples) {
  const BoxScope stsz(writer, fourcc("stsz"), 0, 0);
  const bool uniform = std::all_of(samples.begin(), samples.end(), [&](const ProgressiveSample& s) {
    return s.size_bytes == samples.front().size_bytes;
  });
  writer.u32(uniform ? samples.front().size_bytes : 0);
  writer.u32(static_cast<std::uint32_t>(samples.size()));
  if (uniform) return;
  for (const ProgressiveSample& s : samples) writer.u32(s.size_bytes);
}

void write_chunks(base::ByteWriter& writer, const std::vector<Chunk>& chunks, std::uint64_t body_start, bool wide) {
  {
    const BoxScope stsc(writer, fourcc("stsc"), 0, 0);
    const std::size_t count_at = writer.size();
    writer.u32(0);
    std::uint32_t runs = 0;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      const bool same = i > 0 && chunks[i].sample_count == chunks[i - 1].sample_count &&
                        chunks[i].description == chunks[i - 1].description;
      if (same) continue;
      writer.u32(static_cast<std::uint32_t>(i + 1));
      writer.u32(static_cast<std::uint32_t>(chunks[i].sample_count));
      writer.u32(chunks[i].description + 1U);
      ++runs;
    }
    writer.patch_u32(count_at, runs);
  }
  const BoxScope offsets(writer, wide ? fourcc("co64") : fourcc("stco"), 0, 0);
  writer.u32(static_cast<std::uint32_t>(chunks.size()));
  for (const Chunk& chunk : chunks) {
    const std::uint64_t position = body_start + chunk.body_position;
    if (wide) {
      writer.u64(position);
    } else {
      writer.u32(static_cast<std::uint32_t>(position));
    }
  }
}

void write_edit_list(base::ByteWriter& writer, const ProgressiveTrack& track) {
  constexpr std::uint64_t kEmptyEdit = ~0ULL;
  constexpr std::uint32_t kNormalRate = 0x10000;
  const BoxScope edts(writer, fourcc("edts"));
  const BoxScope elst(writer, fourcc("elst"), 1, 0);
  writer.u32(track.delay_90k > 0 ? 2 : 1);
  if (track.delay_90k > 0) {
    writer.u64(track.delay_90k);
    writer.u64(kEmptyEdit);
    writer.u32(kNormalRate);
  }
  writer.u64(track.presentation_duration_90k);
  writer.u64(track.presentation_start_90k);
  writer.u32(kNormalRate);
}

struct Placement {
  std::uint64_t body_start = 0;  ///< of the mdat payload
  bool wide = false;
};

base::Status write_track(base::ByteWriter& writer, const PlannedTrack& plan, std::uint32_t track_id,
                         base::WallTime creation, const Placement& placement) {
  const ProgressiveTrack& track = *plan.track;
  TrackHeader header;
  header.track_id = track_id;
  header.video = is_video(track.descriptions.front().codec);
  header.movie_duration_90k = track.delay_90k + track.presentation_duration_90k;
  header.media_duration_90k = plan.media_duration_90k;
  header.creation = creation;
  if (header.video) {
    VG_ASSIGN(const PictureSize size, shown_size(track.descriptions.front()));
    header.shown_width = size.width;
    header.shown_height = size.height;
  }
  const BoxScope trak(writer, fourcc("trak"));
  write_track_header(writer, header);
  write_edit_list(writer, track);
  const BoxScope mdia(writer, fourcc("mdia"));
  write_media_headers(writer, header);
  const BoxScope minf(writer, fourcc("minf"));
  write_media_information(writer, header.video);
  const BoxScope stbl(writer, fourcc("stbl"));
  {
    const BoxScope stsd(writer, fourcc("stsd"), 0, 0);
    writer.u32(static_cast<std::uint32_t>(track.descriptions.size()));
    for (const TrackParameters& description : track.descriptions) VG_TRY(write_sample_entry(writer, description));
  }
  write_times(writer, track.samples);
  write_sync_samples(writer, track.samples);
  write_sizes(writer, track.samples);
  write_chunks(writer, plan.chunks, placement.body_start, placement.wide);
  return base::Status::ok_status();
}

base::Status write_movie(base::ByteWriter& writer, const std::vector<PlannedTrack>& tracks, base::WallTime creation,
                         const Placement& placement) {
  std::uint64_t duration = 0;
  for (const PlannedTrack& plan : tracks) {
    duration = std::max(duration, plan.track->delay_90k + plan.track->presentation_duration_90k);
  }
  const BoxScope moov(writer, fourcc("moov"));
  write_movie_header(writer, creation, duration, static_cast<std::uint32_t>(tracks.size() + 1));
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    VG_TRY(write_track(writer, tracks[i], static_cast<std::uint32_t>(i + 1), creation, placement));
  }
  return base::Status::ok_status();
}

base::Result<base::Bytes> make_head(const std::vector<PlannedTrack>& tracks, base::WallTime creation,
                                    std::uint64_t body_bytes, const Placement& placement) {
  base::Bytes head;
  base::ByteWriter writer(head);
  {
    const BoxScope ftyp(writer, fourcc("ftyp"));
    writer.u32(fourcc("isom"));
    writer.u32(0x200);
    for (const std::uint32_t brand : {fourcc("isom"), fourcc("iso4"), fourcc("mp41")}) writer.u32(brand);
  }
  VG_TRY(write_movie(writer, tracks, creation, placement));
  writer.raw(make_mdat_header(body_bytes));
  return head;
}

base::Status check_track(const ProgressiveTrack& track, bool video) {
  if (track.samples.empty() || track.descriptions.empty()) return base::invalid_argument("a track without samples");
  if (track.samples.size() > kMaxProgressiveSamples) return base::out_of_range("too many samples for one file");
  const Codec codec = track.descriptions.front().codec;
  if (is_video(codec) != video) return base::invalid_argument("tracks in the wrong order");
  for (const TrackParameters& description : track.descriptions) {
    if (description.codec != codec) return base::invalid_argument("two codecs in one track");
  }
  for (const ProgressiveSample& sample : track.samples) {
    if (sample.description >= track.descriptions.size()) return base::invalid_argument("sample without description");
    if (sample.duration_90k > kMaxSampleDuration90k) return base::out_of_range("sample lasts too long");
  }
  return base::Status::ok_status();
}

}  // namespace

base::Result<VirtualMp4> make_progressive_mp4(const ProgressiveMovie& movie) {
  VG_TRY(check_track(movie.video, true));
  std::vector<PlannedTrack> tracks{plan_track(movie.video)};
  if (movie.audio) {
    VG_TRY(check_track(*movie.audio, false));
    tracks.push_back(plan_track(*movie.audio));
  }
  VirtualMp4 file;
  file.body = lay_out(tracks);
  const std::uint64_t body_bytes = file.body.empty() ? 0 : file.body.back().position + file.body.back().size_bytes;
  // The head's size does not depend on the offsets in it, so it is made once to be measured.
  Placement placement;
  VG_ASSIGN(base::Bytes measured, make_head(tracks, movie.creation, body_bytes, placement));
  if (measured.size() + body_bytes > 0xFFFFFFFF) {
    placement.wide = true;
    VG_ASSIGN(measured, make_head(tracks, movie.creation, body_bytes, placement));
  }
  placement.body_start = measured.size();
  VG_ASSIGN(file.head, make_head(tracks, movie.creation, body_bytes, placement));
  for (BodySlice& slice : file.body) slice.position += file.head.size();
  file.total_bytes = file.head.size() + body_bytes;
  return file;
}

std::vector<FilePiece> pieces_of(const VirtualMp4& file, std::uint64_t position, std::uint64_t size_bytes) {
  std::vector<FilePiece> pieces;
  if (position >= file.total_bytes) return pieces;
  std::uint64_t left = std::min(size_bytes, file.total_bytes - position);
  if (position < file.head.size()) {
    const std::uint64_t taken = std::min<std::uint64_t>(left, file.head.size() - position);
    pieces.push_back({true, 0, position, taken});
    position += taken;
    left -= taken;
  }
  auto slice = std::upper_bound(file.body.begin(), file.body.end(), position,
                                [](std::uint64_t at, const BodySlice& s) { return at < s.position; });
  if (slice != file.body.begin()) --slice;
  for (; left > 0 && slice != file.body.end(); ++slice) {
    const std::uint64_t skipped = position - slice->position;
    const std::uint64_t taken = std::min(left, slice->size_bytes - skipped);
    pieces.push_back({false, slice->source, slice->offset + skipped, taken});
    position += taken;
    left -= taken;
  }
  return pieces;
}

}  // namespace vonggac::media
