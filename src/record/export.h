/// Writes a clip to a file of its own: the bytes that were recorded, in a progressive MP4, exact to the frame.
/// Flow     plan_clip(strict) -> every fragment's hashes and the chain between them -> OUT.part -> fsync -> rename
/// Threads  any; blocks on the disk.
/// Errors   kOutOfRange: nothing stored there; kDataLoss: a fragment is damaged or gone (named; nothing is written);
///          kInvalidArgument: OUT exists; otherwise as the file system says.
/// Units    wall microseconds UTC; bytes.
#pragma once

#include <cstdint>
#include <string>

#include "base/digest.h"
#include "record/clip_plan.h"

namespace vonggac::record {

struct ExportOptions {
  std::string out_path;
  bool overwrite = false;
};

struct ExportReport {
  std::uint64_t frames = 0;  ///< shown
  base::WallTime first_frame, last_frame, end;
  std::vector<ClipHole> holes;
  std::optional<std::int64_t> camera_offset_us;
  std::uint64_t fragments = 0;
  std::uint64_t first_sequence = 0, last_sequence = 0;
  base::Sha256Digest chain_head{};  ///< record_sha256 of the last fragment
  media::Codec video_codec = media::Codec::kNone, audio_codec = media::Codec::kNone;
  bool starts_with_key = true, wall_time_kept = true;
  std::optional<base::WallTime> cut_at;  ///< the codec changes here; export what follows apart
  std::uint64_t size_bytes = 0;
  base::Sha256Digest sha256{};  ///< of the file
};

base::Result<ExportReport> export_clip(Archive& archive, const ClipRequest& request, const ExportOptions& options);

/// One JSON object, with times as ISO 8601 UTC.
std::string export_report_json(const ExportReport& report);

}  // namespace vonggac::record
