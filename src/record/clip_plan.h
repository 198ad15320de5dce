/// A playable file of a range of one camera's footage, made of the segment files as they lie on disk.
/// Flow     Archive rows + sample tables read from the files -> plan_clip() -> OpenClip::read(), export.h
/// Threads  plan_clip: any thread (it blocks on the disk). OpenClip: thread-safe.
/// Owns     OpenClip keeps a few segment files open. Retention may delete the others meanwhile: kNotFound.
/// Errors   kOutOfRange: nothing stored in the range, or it is longer than kMaxClipUs. kDataLoss: a fragment that
///          the index knows cannot be read (only with `strict`; otherwise it becomes a hole).
/// Units    wall microseconds UTC; bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/fmp4_reader.h"
#include "media/progressive_mp4.h"
#include "record/archive.h"

namespace vonggac::record {

constexpr std::int64_t kMaxClipUs = 24 * 3'600'000'000LL;

struct ClipRequest {
  StreamKey stream;
  base::WallTime from, to;  ///< [from, to)
  bool strict = false;      ///< refuse where a fragment cannot be read
  /// End where the stream's parameters change (cut_at). Browsers follow such a change only where the camera repeats
  /// its parameters in the stream; ffmpeg, VLC and GStreamer always do.
  bool cut_at_new_parameters = false;
};

/// A stretch of the range without pictures, longer than kSpanToleranceUs.
struct ClipHole {
  base::WallTime start, end;
  GapCause cause = GapCause::kUnknown;
  std::string detail;
  bool operator==(const ClipHole&) const = default;
};

/// A fragment that the clip takes samples from.
struct UsedFragment {
  std::uint32_t source = 0;
  media::Fragment fragment;  ///< without its sample table
};

struct ClipPlan {
  media::VirtualMp4 file;
  std::vector<SegmentFile> sources;
  std::vector<UsedFragment> fragments;
  std::uint64_t frames = 0;  ///< shown; the file may hold some more before them, from the key frame on
  base::WallTime first_frame, last_frame, end;
  std::vector<ClipHole> holes;
  std::optional<std::int64_t> camera_offset_us;  ///< camera clock minus server clock, at the first segment
  media::Codec video_codec = media::Codec::kNone, audio_codec = media::Codec::kNone;
  bool starts_with_key = true;
  bool wall_time_kept = true;
  /// The codec changed here (or the parameters, where asked for): what follows needs a clip of its own.
  std::optional<base::WallTime> cut_at;
};

base::Result<ClipPlan> plan_clip(Archive& archive, const ClipRequest& request);

class OpenClip {
 public:
  /// `archive` is borrowed for the call only.
  static base::Result<std::unique_ptr<OpenClip>> open(Archive& archive, const ClipRequest& request);

  const ClipPlan& plan() const { return plan_; }
  std::uint64_t size_bytes() const { return plan_.file.total_bytes; }
  /// Fills all of `out`. kOutOfRange beyond the end; kNotFound or kDataLoss when a source is gone or cut.
  base::Status read(std::uint64_t position, std::span<std::uint8_t> out);
  /// The file a source index stands for; stays valid while it is held.
  base::Result<std::shared_ptr<const OpenFile>> source(std::uint32_t index);

 private:
  struct CachedFile {
    std::uint32_t index = 0;
    std::shared_ptr<const OpenFile> file;
  };
  OpenClip(ClipPlan plan, std::shared_ptr<const SegmentFiles> files)
      : plan_(std::move(plan)), files_(std::move(files)) {}

  ClipPlan plan_;
  std::shared_ptr<const SegmentFiles> files_;
  std::mutex mutex_;
  std::deque<CachedFile> open_;  ///< most recently used first
};

}  // namespace vonggac::record
