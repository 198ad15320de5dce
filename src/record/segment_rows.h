/// Segments as rows of index.db: read with their fragments, made from a scanned file, inserted.
/// Threads  one thread at a time per connection.
/// Errors   as sqlite.h; kDataLoss for a fragment table that cannot be decoded.
/// Units    wall microseconds UTC; bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/digest.h"
#include "media/fmp4_reader.h"
#include "record/fragment_table.h"
#include "record/media_paths.h"
#include "record/prepared_fragment.h"
#include "record/sqlite.h"

namespace vonggac::record {

/// A segment with its fragments, as far as they are acknowledged.
struct StoredSegment {
  std::int64_t id = 0;
  StreamKey stream;
  SegmentFile file;
  std::int64_t start_us = 0, end_us = 0;
  std::uint64_t size_bytes = 0;  ///< where the last fragment ends
  std::uint32_t flags = 0;       ///< SegmentFlag
  std::uint64_t init_bytes = 0;
  std::uint32_t epoch = 0;
  std::optional<std::int64_t> camera_offset_us;
  media::Codec video_codec = media::Codec::kNone, audio_codec = media::Codec::kNone;
  std::int64_t parameters_id = 0;
  std::optional<base::Sha256Digest> last_record_sha256;  ///< once sealed
  std::vector<FragmentEntry> fragments;
};

/// "SELECT ... FROM segment ", to be followed by conditions; read with read_segment_row().
extern const char* const kSelectSegment;
constexpr int kFirstSeqColumn = 15;  ///< of kSelectSegment
StoredSegment read_segment_row(const Statement& row);
/// Fills in the fragments; of an open segment also end and size.
base::Status load_fragments(const SqliteDb& db, StoredSegment& segment);

FragmentEntry entry_of(const media::Fragment& fragment);
/// A sealed row for a scanned file; at least one fragment. Bytes after the last one are marked as not ours to read.
StoredSegment segment_of(const SegmentFile& file, const media::SegmentScan& scan);

/// Prepared statements for adding sealed segments.
class SegmentInserter {
 public:
  static base::Result<SegmentInserter> prepare(const SqliteDb& db);
  /// With segment.id; also lifts the camera's chain head where this segment is newer.
  base::Status insert(const StoredSegment& segment);

 private:
  Statement insert_, table_, head_;
};

}  // namespace vonggac::record
