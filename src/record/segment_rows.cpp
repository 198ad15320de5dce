#include "record/segment_rows.h"

#include <algorithm>

#include "record/index_columns.h"
#include "record/index_schema.h"
#include "record/parameters_id.h"

namespace vonggac::record {
namespace {

FragmentEntry tail_row(const Statement& row) {
  FragmentEntry entry;
  entry.seq = static_cast<std::uint64_t>(row.integer(0));
  entry.offset_bytes = static_cast<std::uint64_t>(row.integer(1));
  entry.size_bytes = static_cast<std::uint32_t>(row.integer(2));
  entry.start_us = row.integer(3);
  entry.media_start_90k = row.integer(4);
  entry.duration_90k = static_cast<std::uint32_t>(row.integer(5));
  entry.flags = static_cast<std::uint32_t>(row.integer(6));
  return entry;
}

}  // namespace

const char* const kSelectSegment =
    "SELECT id, camera, role, file_us, start_us, end_us, size_bytes, flags, init_bytes, epoch, camera_offset_us, "
    "video_codec, audio_codec, parameters_id, last_record_sha256, first_seq FROM segment ";

StoredSegment read_segment_row(const Statement& row) {
  StoredSegment s;
  s.id = row.integer(0);
  s.stream = {row.camera(1), static_cast<media::StreamRole>(row.integer(2))};
  s.file = {s.stream.camera, row.integer(3)};
  s.start_us = row.integer(4);
  s.end_us = row.integer(5);
  s.size_bytes = static_cast<std::uint64_t>(row.integer(6));
  s.flags = static_cast<std::uint32_t>(row.integer(7));
  s.init_bytes = static_cast<std::uint64_t>(row.integer(8));
  s.epoch = static_cast<std::uint32_t>(row.integer(9));
  if (!row.is_null(10)) s.camera_offset_us = row.integer(10);
  s.video_codec = static_cast<media::Codec>(row.integer(11));
  s.audio_codec = static_cast<media::Codec>(row.integer(12));
  s.parameters_id = row.integer(13);
  const base::ByteSpan hash = row.blob(14);
  if (hash.size() == base::Sha256Digest{}.size()) {
    s.last_record_sha256.emplace();
    std::copy(hash.begin(), hash.end(), s.last_record_sha256->begin());
  }
  return s;
}

base::Status load_fragments(const SqliteDb& db, StoredSegment& segment) {
  segment.fragments.clear();
  if ((segment.flags & kSegmentSealed) != 0) {
    VG_ASSIGN(Statement table, Statement::prepare(db, "SELECT entries FROM fragment_table WHERE segment = ?"));
    VG_ASSIGN(const bool found, table.bind(segment.id).step());
    if (!found) return base::data_loss("index.db has no fragment table of a segment. Run 'vonggac rebuild'");
    VG_ASSIGN(segment.fragments, decode_fragment_table(table.blob(0)));
    return {};
  }
  VG_ASSIGN(Statement tail,
            Statement::prepare(db,
                               "SELECT seq, offset_bytes, size_bytes, start_us, media_start_90k, duration_90k, "
                               "flags FROM fragment_tail WHERE segment = ? ORDER BY id"));
  tail.bind(segment.id);
  for (;;) {
    VG_ASSIGN(const bool more, tail.step());
    if (!more) break;
    segment.fragments.push_back(tail_row(tail));
  }
  if (segment.fragments.empty()) return {};
  const FragmentEntry& last = segment.fragments.back();
  segment.end_us = last.end_us();
  segment.size_bytes = last.offset_bytes + last.size_bytes;
  return {};
}

FragmentEntry entry_of(const media::Fragment& fragment) {
  FragmentEntry entry;
  entry.seq = fragment.record.sequence;
  entry.offset_bytes = fragment.offset;
  entry.size_bytes = static_cast<std::uint32_t>(fragment.end_offset - fragment.offset);
  entry.start_us = fragment.record.wall_start.us;
  for (const media::MoofTrack& track : fragment.moof.tracks) {
    if (track.fragment.track_id != media::kVideoTrackId) continue;
    entry.media_start_90k = static_cast<std::int64_t>(track.fragment.base_decode_time_90k);
  }
  entry.duration_90k = fragment.record.duration_90k;
  const media::FragmentFlags& flags = fragment.record.flags;
  entry.flags = (flags.starts_with_key ? kFragmentKeyStart : 0U) | (flags.has_damaged ? kFragmentDamaged : 0U) |
                (flags.discontinuity_before ? kFragmentDiscontinuity : 0U);
  return entry;
}

StoredSegment segment_of(const SegmentFile& file, const media::SegmentScan& scan) {
  const media::FragmentRecord& first = scan.fragments.front().record;
  StoredSegment s;
  s.stream = {file.camera, scan.start.header.role};
  s.file = file;
  s.start_us = first.wall_start.us;
  s.size_bytes = scan.whole_end;
  s.flags = kSegmentSealed;
  if (!first.flags.starts_with_key) s.flags |= kSegmentNonKeyStart;
  if (scan.file_bytes > scan.whole_end) s.flags |= kSegmentAbandoned;
  s.init_bytes = scan.start.size_bytes;
  s.epoch = first.clock_epoch;
  if (first.camera_offset_valid) s.camera_offset_us = first.camera_offset_us;
  s.video_codec = scan.start.init.video.codec;
  s.audio_codec = scan.start.init.audio ? scan.start.init.audio->codec : media::Codec::kNone;
  s.parameters_id = parameters_id(scan.start.init);
  s.last_record_sha256 = scan.fragments.back().record.record_sha256;
  s.fragments.reserve(scan.fragments.size());
  for (const media::Fragment& fragment : scan.fragments) s.fragments.push_back(entry_of(fragment));
  s.end_us = std::max(s.fragments.back().end_us(), s.fragments.back().start_us + 1);
  return s;
}

base::Result<SegmentInserter> SegmentInserter::prepare(const SqliteDb& db) {
  SegmentInserter inserter;
  VG_ASSIGN(inserter.insert_,
            Statement::prepare(db,
                               "INSERT INTO segment(id, camera, role, file_us, start_us, end_us, size_bytes, flags, "
                               "init_bytes, first_seq, fragment_count, epoch, camera_offset_us, video_codec, "
                               "audio_codec, parameters_id, last_record_sha256) "
                               "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  VG_ASSIGN(inserter.table_, Statement::prepare(db, "INSERT INTO fragment_table(segment, entries) VALUES(?,?)"));
  VG_ASSIGN(inserter.head_,
            Statement::prepare(db,
                               "INSERT INTO camera(camera, role, last_seq, last_record_sha256) VALUES(?,?,?,?) ON "
                               "CONFLICT(camera, role) DO UPDATE SET last_seq = excluded.last_seq, "
                               "last_record_sha256 = excluded.last_record_sha256 WHERE excluded.last_seq > last_seq"));
  return inserter;
}

base::Status SegmentInserter::insert(const StoredSegment& s) {
  const base::Sha256Digest hash = s.last_record_sha256.value_or(base::Sha256Digest{});
  const auto role = static_cast<std::int64_t>(s.stream.role);
  insert_.bind(s.id).bind(s.stream.camera).bind(role).bind(s.file.file_us).bind(s.start_us).bind(s.end_us);
  insert_.bind(integer_column(s.size_bytes)).bind(std::int64_t{s.flags}).bind(integer_column(s.init_bytes));
  insert_.bind(integer_column(s.fragments.front().seq))
      .bind(integer_column(s.fragments.size()))
      .bind(std::int64_t{s.epoch});
  s.camera_offset_us ? insert_.bind(*s.camera_offset_us) : insert_.bind_null();
  insert_.bind(static_cast<std::int64_t>(s.video_codec)).bind(static_cast<std::int64_t>(s.audio_codec));
  VG_TRY(insert_.bind(s.parameters_id).bind(base::ByteSpan(hash)).run());
  const base::Bytes table = encode_fragment_table(s.fragments);
  VG_TRY(table_.bind(s.id).bind(base::ByteSpan(table)).run());
  head_.bind(s.stream.camera).bind(role).bind(integer_column(s.fragments.back().seq));
  return head_.bind(base::ByteSpan(hash)).run();
}

}  // namespace vonggac::record
