/// The changes to index.db as values: made by the threads that know, applied by rec-sync in one transaction.
/// Units    wall microseconds UTC; bytes; 90 kHz ticks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/digest.h"
#include "record/fragment_table.h"
#include "record/motion_table.h"
#include "record/policy.h"
#include "record/prepared_fragment.h"
#include "record/recorder.h"

namespace vonggac::record {

/// A row of table segment as it is inserted.
struct SegmentRow {
  std::int64_t id = 0;
  StreamKey stream;
  std::int64_t file_us = 0;
  std::int64_t start_us = 0;
  std::uint32_t flags = 0;  ///< SegmentFlag
  std::uint64_t init_bytes = 0;
  std::uint64_t first_seq = 0;
  std::uint32_t epoch = 0;
  std::optional<std::int64_t> camera_offset_us;
  media::Codec video_codec = media::Codec::kNone, audio_codec = media::Codec::kNone;
  std::int64_t parameters_id = 0;
};

struct OpenSegment {
  SegmentRow row;
};
struct AddFragment {
  std::int64_t segment = 0;
  StreamKey stream;
  FragmentEntry entry;
  base::Sha256Digest record_sha256{};
};
struct SealSegment {
  std::int64_t segment = 0;
  StreamKey stream;
  std::uint32_t add_flags = 0;
  std::optional<std::int64_t> next_start_us;  ///< the segment that follows begins here: end_us is at most this
};
/// Opens a gap. While one is open: the same cause changes nothing; another cause re-labels it if it is younger than
/// 2 s (link lost, then the reason), else ends it and begins a new row. Ended by the first fragment that starts later.
struct OpenGap {
  StreamKey stream;
  std::int64_t start_us = 0;
  GapCause cause = GapCause::kUnknown;
  std::string detail;
  std::uint32_t epoch = 0;
};
/// Ends the open gap without footage: the stream is back but is not recorded now.
struct CloseGap {
  StreamKey stream;
  std::int64_t end_us = 0;
  std::uint32_t epoch = 0;
};
struct AddClosedGap {
  OpenGap gap;
  std::int64_t end_us = 0;
};
struct PutMotionEvent {
  base::CameraId camera;
  MotionEvent event;
};
struct PutMotionGrid {
  base::CameraId camera;
  std::int64_t second = 0;
  MotionCells cells{};
};
struct PutTamper {
  base::CameraId camera;
  TamperChange change;
};
struct PutView {
  base::CameraId camera;
  std::int64_t learned_us = 0;
  base::Bytes view;
};
struct PutPolicy {
  StreamKey stream;
  RecordPolicy policy;
};
struct AddEpoch {
  std::uint32_t id = 0;
  std::int64_t start_us = 0, step_us = 0;
  std::string cause;
};
struct PutMeta {
  std::string key;
  std::int64_t value = 0;
};

using IndexOp = std::variant<OpenSegment, AddFragment, SealSegment, OpenGap, CloseGap, AddClosedGap, PutMotionEvent,
                             PutMotionGrid, PutTamper, PutView, PutPolicy, AddEpoch, PutMeta>;

}  // namespace vonggac::record
