#include "record/segment_writer.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "media/fragment_record.h"
#include "record/index_schema.h"

namespace vonggac::record {
namespace {

/// Two files with one name happen when the clock was set back; a microsecond more is a new name.
constexpr int kNameAttempts = 1000;
constexpr std::size_t kPartsOfBoxes = 2;  ///< what lies before the payloads: the head of a new file, the boxes
constexpr std::string_view kSoftware = "vonggac 0.1.0";

media::TrackFragment track_fragment(const PreparedTrack& track, std::uint32_t track_id, std::int64_t zero_90k) {
  media::TrackFragment fragment;
  fragment.track_id = track_id;
  fragment.base_decode_time_90k =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, track.decode_start_90k - zero_90k));
  fragment.samples = track.samples;
  return fragment;
}

iovec part(base::ByteSpan bytes) {
  return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};  // writev() only reads
}

/// Appends the payloads; those that follow each other in memory become one part.
void add_payloads(const PreparedTrack& track, std::vector<iovec>& parts) {
  const std::size_t first = parts.size();
  for (const media::SharedBytes& payload : track.payloads) {
    const iovec next = part(*payload);
    const bool goes_on = parts.size() > first &&
                         static_cast<std::uint8_t*>(parts.back().iov_base) + parts.back().iov_len == next.iov_base;
    if (goes_on) {
      parts.back().iov_len += next.iov_len;
    } else {
      parts.push_back(next);
    }
  }
}

}  // namespace

SegmentWriter::SegmentWriter(Disk& disk, base::InstallationId installation, ChainHeads heads,
                             std::int64_t next_segment_id)
    : disk_(disk), installation_(installation), next_segment_id_(next_segment_id) {
  for (const auto& [key, head] : heads) streams_[key].head = head;
}

base::Status SegmentWriter::write(const WriteJob& job) {
  Stream& stream = streams_[job.stream];
  std::int64_t start_us = job.start.us;
  if (stream.last_epoch == job.plan->epoch) start_us = std::max(start_us, stream.last_start_us + 1);
  if (stream.file != nullptr && stream.plan != job.plan) {
    const bool same_epoch = stream.plan->epoch == job.plan->epoch;
    finish_file(stream, 0, same_epoch ? std::optional(start_us) : std::nullopt);
  }
  if (stream.file == nullptr) {
    const base::Status opened = open_file(stream, job, start_us);
    if (!opened.ok()) {
      after_failure(stream, opened);
      return opened;
    }
  }
  Built built = build(stream, job, start_us);
  const base::Status written = append(stream, built);
  if (!written.ok()) {
    after_failure(stream, written);
    return written;
  }
  note_written(stream, job, built);
  return {};
}

base::Status SegmentWriter::open_file(Stream& stream, const WriteJob& job, std::int64_t start_us) {
  SegmentFile name{job.stream.camera, start_us};
  for (int attempt = 0; attempt < kNameAttempts; ++attempt, ++name.file_us) {
    base::Result<std::unique_ptr<MediaFile>> file = disk_.create_file(segment_path(name));
    if (file) {
      stream.file = std::move(*file);
      stream.name = name;
      stream.plan = job.plan;
      stream.offset = 0;
      stream.fragments = 0;
      stream.torn = false;
      stream.zero_90k = job.fragment->video.decode_start_90k;
      if (!job.fragment->audio.samples.empty()) {
        stream.zero_90k = std::min(stream.zero_90k, job.fragment->audio.decode_start_90k);
      }
      return {};
    }
    if (file.error().kind() != base::ErrorKind::kOutOfRange) return file.error();
  }
  return base::internal_error("no free file name near " + segment_path(name));
}

SegmentWriter::Built SegmentWriter::build(Stream& stream, const WriteJob& job, std::int64_t start_us) {
  const PreparedFragment& fragment = *job.fragment;
  const SegmentPlan& plan = *job.plan;
  Built built;
  const std::uint64_t seq = stream.head.seq + 1;
  if (stream.offset == 0) {
    media::SegmentHeader header;
    header.installation = installation_;
    header.camera = job.stream.camera;
    header.role = job.stream.role;
    header.init_generation = plan.init_generation;
    header.first_sequence = seq;
    header.start = {start_us};
    header.software = kSoftware;
    built.head = plan.init;
    const base::Bytes box = media::encode_segment_header(header);
    built.head.insert(built.head.end(), box.begin(), box.end());
    hasher_.update(built.head);
    stream.init_sha256 = hasher_.finish();
  }
  std::array<media::TrackFragment, 2> tracks{track_fragment(fragment.video, media::kVideoTrackId, stream.zero_90k), {}};
  std::size_t track_count = 1;
  if (!fragment.audio.samples.empty()) {
    tracks[track_count++] = track_fragment(fragment.audio, media::kAudioTrackId, stream.zero_90k);
  }
  const base::Bytes moof = media::make_moof(stream.fragments + 1, std::span(tracks).first(track_count));
  const base::Bytes mdat = media::make_mdat_header(fragment.payload_bytes);
  hasher_.update(moof);
  hasher_.update(mdat);
  parts_.clear();
  parts_.resize(kPartsOfBoxes);  // filled by append()
  for (const PreparedTrack* track : {&fragment.video, &fragment.audio}) add_payloads(*track, parts_);
  for (const iovec& piece : std::span(parts_).subspan(kPartsOfBoxes)) {
    hasher_.update({static_cast<const std::uint8_t*>(piece.iov_base), piece.iov_len});
  }

  media::FragmentRecord record;
  record.installation = installation_;
  record.camera = job.stream.camera;
  record.role = job.stream.role;
  record.flags.starts_with_key = fragment.key_start;
  record.flags.discontinuity_before = fragment.discontinuity;
  record.flags.has_damaged = fragment.damaged;
  record.flags.clock_epoch_changed = stream.last_epoch != 0 && stream.last_epoch != plan.epoch;
  record.sequence = seq;
  record.wall_start = {start_us};
  record.media_start = fragment.camera_start;
  record.duration_90k = fragment.duration_90k;
  record.clock_epoch = plan.epoch;
  record.camera_offset_us = plan.camera_offset_us.value_or(0);
  record.camera_offset_valid = plan.camera_offset_us.has_value();
  record.init_generation = plan.init_generation;
  record.media_bytes = static_cast<std::uint32_t>(moof.size() + mdat.size() + fragment.payload_bytes);
  record.previous_record_sha256 = stream.head.record_sha256;
  record.init_sha256 = stream.init_sha256;
  record.media_sha256 = hasher_.finish();
  built.boxes = media::encode_fragment_record(record);
  built.size_bytes = built.boxes.size() + record.media_bytes;
  built.boxes.insert(built.boxes.end(), moof.begin(), moof.end());
  built.boxes.insert(built.boxes.end(), mdat.begin(), mdat.end());
  built.record_sha256 = record.record_sha256;

  FragmentEntry& entry = built.entry;
  entry.seq = seq;
  entry.offset_bytes = stream.offset == 0 ? built.head.size() : stream.offset;
  entry.size_bytes = static_cast<std::uint32_t>(built.size_bytes);
  entry.start_us = start_us;
  entry.media_start_90k = fragment.video.decode_start_90k - stream.zero_90k;
  entry.duration_90k = fragment.duration_90k;
  entry.flags = (fragment.key_start ? kFragmentKeyStart : 0U) | (fragment.damaged ? kFragmentDamaged : 0U) |
                (fragment.discontinuity ? kFragmentDiscontinuity : 0U);
  return built;
}

base::Status SegmentWriter::append(Stream& stream, const Built& built) {
  parts_[0] = part(built.head);
  parts_[1] = part(built.boxes);
  return stream.file->append(std::span(parts_).subspan(built.head.empty() ? 1 : 0));
}

void SegmentWriter::note_written(Stream& stream, const WriteJob& job, const Built& built) {
  const SegmentPlan& plan = *job.plan;
  if (stream.offset == 0) {
    SegmentRow row;
    row.id = stream.segment_id = next_segment_id_++;
    row.stream = job.stream;
    row.file_us = stream.name.file_us;
    row.start_us = built.entry.start_us;
    row.flags = job.fragment->key_start ? 0U : static_cast<std::uint32_t>(kSegmentNonKeyStart);
    row.init_bytes = built.head.size();
    row.first_seq = built.entry.seq;
    row.epoch = plan.epoch;
    row.camera_offset_us = plan.camera_offset_us;
    row.video_codec = plan.video_codec;
    row.audio_codec = plan.audio_codec;
    row.parameters_id = plan.parameters_id;
    add_unsynced(OpenSegment{row}, std::nullopt);
  }
  stream.offset = built.entry.offset_bytes + built.size_bytes;
  ++stream.fragments;
  stream.torn = false;
  stream.head = {built.entry.seq, built.record_sha256};
  stream.last_start_us = built.entry.start_us;
  stream.last_epoch = plan.epoch;
  stream.gap_open = false;
  media_bytes_ += built.head.size() + built.size_bytes;
  add_unsynced(AddFragment{stream.segment_id, job.stream, built.entry, built.record_sha256}, job);
}

/// No space: the torn piece is cut, the file stays for the next attempt. Anything else: never touched again.
void SegmentWriter::after_failure(Stream& stream, const base::Status& status) {
  if (stream.file == nullptr) return;
  const bool no_space = status.kind() == base::ErrorKind::kNoSpace;
  stream.torn = true;
  if (stream.offset == 0) {
    stream.file.reset();
    const base::Status removed = disk_.remove_file(segment_path(stream.name));
    if (!removed.ok()) base::log::warning("record", "{}: {}", segment_path(stream.name), removed.to_string());
    return;
  }
  if (!no_space) return finish_file(stream, kSegmentAbandoned, std::nullopt);
  stream.torn = !stream.file->cut_torn_tail().ok();  // else the next append overwrites it
}

void SegmentWriter::finish_file(Stream& stream, std::uint32_t add_flags, std::optional<std::int64_t> next_start_us) {
  if (stream.file == nullptr) return;
  if (stream.torn && !stream.file->cut_torn_tail().ok()) add_flags |= kSegmentAbandoned;
  stream.file.reset();
  stream.torn = false;
  if (stream.offset == 0) return;
  add_unsynced(SealSegment{stream.segment_id, stream.plan->stream, add_flags, next_start_us}, std::nullopt);
}

void SegmentWriter::drop(const WriteJob& job, GapCause cause, const std::string& detail) {
  Stream& stream = streams_[job.stream];
  finish_file(stream, 0, std::nullopt);
  if (stream.gap_open && stream.gap_cause == cause) return;
  stream.gap_open = true;
  stream.gap_cause = cause;
  add_unsynced(OpenGap{job.stream, job.start.us, cause, detail, job.epoch}, std::nullopt);
}

void SegmentWriter::seal(const StreamKey& stream) { finish_file(streams_[stream], 0, std::nullopt); }

void SegmentWriter::seal_all() {
  for (auto& [key, stream] : streams_) finish_file(stream, 0, std::nullopt);
}

void SegmentWriter::add_unsynced(IndexOp op, std::optional<WriteJob> job) {
  const std::uint64_t bytes = job ? job->fragment->payload_bytes : 0;
  const std::lock_guard lock(unsynced_mutex_);
  unsynced_.push_back({std::move(op), std::move(job), bytes});
}

std::size_t SegmentWriter::snapshot_unsynced(std::vector<IndexOp>& out) const {
  const std::lock_guard lock(unsynced_mutex_);
  out.reserve(out.size() + unsynced_.size());
  for (const Unsynced& item : unsynced_) out.push_back(item.op);
  return unsynced_.size();
}

std::uint64_t SegmentWriter::confirm_synced(std::size_t count) {
  std::deque<Unsynced> done;  // freed outside the lock: hundreds of payloads
  {
    const std::lock_guard lock(unsynced_mutex_);
    for (std::size_t i = 0; i < count && !unsynced_.empty(); ++i) {
      done.push_back(std::move(unsynced_.front()));
      unsynced_.pop_front();
    }
  }
  std::uint64_t bytes = 0;
  for (const Unsynced& item : done) bytes += item.bytes;
  return bytes;
}

std::uint64_t SegmentWriter::give_up_copies(std::uint64_t bytes) {
  std::vector<std::shared_ptr<const PreparedFragment>> freed;
  std::uint64_t sum = 0;
  const std::lock_guard lock(unsynced_mutex_);
  for (Unsynced& item : unsynced_) {
    if (sum >= bytes) break;
    if (!item.job || item.job->fragment == nullptr) continue;
    sum += item.bytes;
    item.bytes = 0;
    freed.push_back(std::move(item.job->fragment));
    item.job->fragment = nullptr;
  }
  return sum;
}

SegmentWriter::TakenBack SegmentWriter::take_back(const ChainHeads& durable) {
  TakenBack back;
  {
    const std::lock_guard lock(unsynced_mutex_);
    for (Unsynced& item : unsynced_) {
      if (item.job) {
        ++item.job->attempts;
        back.bytes += item.bytes;
        if (item.job->fragment != nullptr) {
          back.jobs.push_back(std::move(*item.job));
        } else {
          back.lost.push_back(std::move(*item.job));
        }
      } else if (const auto* open = std::get_if<OpenSegment>(&item.op)) {
        back.files.push_back({open->row.stream.camera, open->row.file_us});
      } else if (!std::holds_alternative<SealSegment>(item.op)) {
        back.kept.push_back(std::move(item.op));
      }
    }
    unsynced_.clear();
  }
  for (auto& [key, stream] : streams_) {
    stream.file.reset();
    stream.torn = false;
    stream.last_start_us = 0;  // the jobs that come again keep their times
    const auto head = durable.find(key);
    stream.head = head == durable.end() ? ChainHead{} : head->second;
  }
  return back;
}

}  // namespace vonggac::record
