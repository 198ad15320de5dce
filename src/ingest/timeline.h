/// Turns a camera's 32-bit RTP timestamps into a 90 kHz axis and moments of capture that can be relied on.
/// The axis is that of this machine's monotonic clock: pts / 90000 is the capture time in seconds, so tracks of one
/// camera, each with a Timeline of its own, share it and stay together without sender reports.
///  - Between corrections, pts moves exactly as the camera's timestamps do.
///  - Camera clocks drift: the axis is steered towards the least transport delay of the last 32 s, at most 500 ppm
///    fast and only beyond 20 ms of error; faster where the error is beyond 60-100 ms.
///  - Timestamps that run at a wrong rate (25 fps declared, 21 delivered) are scaled to the rate of arrival.
///  - Jumps of more than 0.5 s into the future or 1 s back, and steps back that do not return within 4 units, are not
///    believed: the unit is placed by arrival, and a second unit that agrees with it moves the axis there
///    (discontinuity). A single strange timestamp changes nothing.
///  - B pictures step back and return. They are recognised by doing so twice, or at once where the stream declares
///  them.
///  - A silence after which units come in real time but late means that the camera's clock stood still: the axis
///    skips the silence (discontinuity). Units that come in a burst were only held up.
///    Before three units in a row: timestamps have nothing to do with time (a picture a second with those of 25 a
///    second), and units are placed by arrival.
///  - At a start, what comes faster than real time (a GOP from a cache) is placed by arrival.
/// Flow     depacketizer -> Timeline -> media::AccessUnit.
/// Threads  one thread at a time.
/// Errors   none; every timestamp gets a place.
/// Units    Q16 = 1/65536 of a 90 kHz tick, enough for exact steps of 8 kHz audio and for 500 ppm of 1 tick.
/// Numbers  limits come from the demand of at most 200 ms of wall error and 80 ms of audio/video skew.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/units.h"
#include "ingest/delay_filter.h"

namespace vonggac::ingest {

struct TimelineStats {
  std::uint64_t jumps = 0;     ///< the axis was re-anchored
  std::uint64_t outliers = 0;  ///< single units with a strange timestamp
  std::uint64_t equal_timestamps = 0;
  std::uint64_t backward_timestamps = 0;
  std::uint64_t rate_corrections = 0;
  std::int64_t rate_ppm = 0;  ///< present correction of the camera's rate
};

class Timeline {
 public:
  struct Place {
    base::MediaTime pts;
    base::MonoTime capture;  ///< never after arrival
    bool discontinuity = false;
  };

  explicit Timeline(std::uint32_t clock_rate_hz) : clock_rate_hz_(clock_rate_hz) {}
  Place place(std::uint32_t timestamp, base::MonoTime arrival);
  /// The source began anew: the next unit is placed by arrival, whatever its timestamp.
  void restart() { restart_ = true; }
  /// What the stream's parameters declare: so many pictures may be decoded before one that is shown earlier, each shown
  /// for `picture_us`. 0: none, or not known, and B pictures are recognised by their timestamps.
  void expect_reordering(std::uint32_t max_reorder_frames, std::int64_t picture_us = 40'000);
  /// Where a timestamp near the present lies; nullopt before the first unit.
  std::optional<base::MonoTime> locate(std::uint32_t timestamp) const;
  const TimelineStats& stats() const { return stats_; }

 private:
  struct Candidate {
    std::uint32_t timestamp = 0;
    std::int64_t arrival_q = 0;
  };
  struct Silence {
    std::int64_t arrival_q = 0;
    std::int64_t media_q = 0;
    std::int64_t first_late_q = 0;
    std::int64_t least_late_q = 0;
  };

  std::int64_t scaled(std::int32_t ticks) const;
  std::int64_t media_at(std::uint32_t timestamp) const;
  void start(std::uint32_t timestamp, std::int64_t arrival_q);
  void rebase(std::uint32_t timestamp, std::int64_t media_q);
  void move_reference(std::uint32_t timestamp, std::int64_t arrival_q);
  std::int64_t media_by_arrival(std::int64_t arrival_q) const;
  void re_anchor(std::uint32_t timestamp, std::int64_t arrival_q);

  std::int64_t place_forward(std::uint32_t timestamp, std::int64_t arrival_q);
  std::int64_t place_equal(std::uint32_t timestamp, std::int64_t arrival_q);
  std::int64_t place_backward(std::uint32_t timestamp, std::int64_t arrival_q);
  std::int64_t place_jump(std::uint32_t timestamp, std::int64_t arrival_q);
  void steer(std::int64_t step_q, std::int64_t gap_q, std::int64_t arrival_q, std::int64_t media_q);
  void step_at_start(std::int64_t delay_q);
  void slew(std::int64_t step_q);
  void watch_silence(std::int64_t stopped_q, std::int64_t arrival_q, std::int64_t media_q);
  void skip_silence(std::int64_t late_q, std::int64_t arrival_q, std::int64_t media_q);
  void check_rate(std::int64_t arrival_q);
  void apply_rate(const DelayFilter::Drift& drift, std::int64_t arrival_q);
  Place finish(std::int64_t mapped_q, std::int64_t arrival_us);

  std::uint32_t clock_rate_hz_;
  bool started_ = false;
  bool restart_ = false;

  std::uint32_t base_timestamp_ = 0;  ///< media time = base_q_ + (timestamp - base) * rate
  std::int64_t base_q_ = 0;
  double rate_ = 1.0;
  std::int64_t correction_q_ = 0;  ///< added to media time; what slewing changes
  bool slewing_ = false;
  DelayFilter delays_;
  std::int64_t distrust_until_q_ = 0;  ///< corrections are eager until then

  std::uint32_t reference_ = 0;  ///< the latest timestamp in order
  std::int64_t reference_arrival_q_ = 0;
  std::optional<Candidate> candidate_;
  std::optional<Silence> silence_;
  unsigned silences_in_a_row_ = 0;  ///< before every unit one
  unsigned equal_run_ = 0;
  unsigned backward_run_ = 0;
  bool reordering_ = false;  ///< the stream has shown B pictures
  unsigned reorder_evidence_ = 0;
  std::uint32_t declared_reorder_ = 0;
  std::int64_t declared_picture_q_ = 0;
  std::int64_t declared_delay_q_ = 0;  ///< a picture others wait for is sent at least so long after its capture
  std::int64_t evidence_q_ = 0;

  bool in_order_ = true;  ///< of the unit being placed
  bool discontinuity_ = false;
  std::int64_t last_pts_ = 0;
  std::array<std::int64_t, 8> recent_pts_{};
  std::size_t recent_next_ = 0;
  TimelineStats stats_;
};

}  // namespace vonggac::ingest
