/// Lays fragments of several segment files on one time line and cuts a range out of it, exact to the frame: what is
/// before the first shown frame back to its key frame is decoded but not shown. Pure computation, no disk.
/// Flow     fragments in order -> add() each -> finish() -> media::ProgressiveMovie and what it shows
/// Threads  one thread at a time.
/// Errors   finish: kOutOfRange: no frame lies in the range, or there are too many.
/// Units    wall microseconds UTC; 90 kHz ticks of the movie, 0 = decode time of the first sample kept.
///
/// Wall time is kept: at each fragment the line is compared with the fragment's wall time, and the sample before is
/// stretched over a gap (a frozen picture) or shortened over an overlap. Players handle that everywhere; empty edits
/// in the middle they do not.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/units.h"
#include "media/fmp4_reader.h"
#include "media/progressive_mp4.h"

namespace vonggac::record {

struct TimelineFragment {
  std::uint32_t source = 0;       ///< index of its file
  std::uint64_t moof_offset = 0;  ///< in the file
  const media::Moof* moof = nullptr;
  std::int64_t start_us = 0;  ///< wall time of the first picture shown
  const media::TrackParameters* video = nullptr;
  const media::TrackParameters* audio = nullptr;  ///< none: this file has no audio track
};

struct ClipTimeline {
  media::ProgressiveMovie movie;
  std::uint64_t frames = 0;  ///< shown
  base::WallTime first_frame, last_frame;
  base::WallTime end;            ///< where the last frame stops being shown
  bool starts_with_key = false;  ///< the first kept sample can be decoded alone
  bool wall_time_kept = true;    ///< false: a clock step, or a gap longer than a sample may last (6.6 h)
};

class ClipTimelineBuilder {
 public:
  ClipTimelineBuilder(base::WallTime from, base::WallTime to) : from_us_(from.us), to_us_(to.us) {}
  /// By sequence. The first ones may end before the range: they lead in from a key frame.
  void add(const TimelineFragment& fragment);
  base::Result<ClipTimeline> finish();

  /// Differences below this between media time and wall time are jitter, not gaps.
  static constexpr std::int64_t kTolerance90k = 900;

 private:
  struct Frame {
    media::ProgressiveSample sample;
    std::int64_t decode_90k = 0, shown_90k = 0;
    std::int64_t wall_us = 0;
  };
  void reach_wall_time(std::int64_t start_us, std::int64_t first_shown_90k);
  void add_video(const TimelineFragment& fragment, const media::MoofTrack& track);
  void add_audio(const TimelineFragment& fragment, const media::MoofTrack& video, const media::MoofTrack& audio);
  std::size_t first_kept(std::size_t first_shown) const;
  std::int64_t presentation_end(std::int64_t last_shown_90k, std::int64_t last_wall_us) const;
  void cut_audio(ClipTimeline& clip, std::int64_t start_90k, std::int64_t end_90k);

  std::int64_t from_us_, to_us_;
  std::vector<media::TrackParameters> video_descriptions_, audio_descriptions_;
  std::vector<Frame> video_, audio_;
  std::int64_t video_end_90k_ = 0, audio_end_90k_ = 0;
  std::int64_t fragment_at_90k_ = 0;          ///< where the fragment being added begins
  std::optional<std::int64_t> zero_wall_us_;  ///< wall time that lies at 0
  bool wall_time_kept_ = true;
  bool too_long_ = false;
};

}  // namespace vonggac::record
