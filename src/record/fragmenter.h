/// Gathers access units into fragments: one GOP, several where GOPs are shorter than half a second, or pieces of at
/// most fragment_max_us where the GOP is longer. Makes
/// the decode times that MP4 wants: the presentation times of the fragment in rising order, so that a stream without
/// B pictures has no composition offsets and a fragment's first decode time is its first presentation time (as CMAF,
/// ISO/IEC 23000-19 section 7.5.17, with signed offsets).
/// Flow     CameraRecorder -> Fragmenter -> PreparedFragment
/// Threads  one thread at a time.
/// Owns     references to the units of the unfinished fragment.
/// Units    the axis begins at 0 with the first video unit after restart(); 90 kHz.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "record/prepared_fragment.h"

namespace vonggac::record {

class Fragmenter {
 public:
  explicit Fragmenter(std::int64_t fragment_max_us);

  /// Forgets the axis: the next video unit is 0. Only while empty().
  void restart();
  bool empty() const { return video_.empty(); }
  /// Would this unit begin the next fragment? Always false while empty().
  bool ends_before(const media::AccessUnit& unit) const;
  /// Is the fragment at least so long, and not between a picture and the B pictures that are shown before it?
  bool may_end_before(const media::AccessUnit& unit, std::int64_t length_us) const;
  /// Would a cut before this unit part a picture from the B pictures that are shown before it?
  bool parts_b_pictures(const media::AccessUnit& unit) const;
  /// Damage marks the fragment and, as later pictures are built on it, those that follow up to the next key frame.
  /// Audio before the first video unit of a fragment waits for it, at most kMaxWaitingAudioBytes.
  void add(const media::AccessUnit& unit);
  /// Ends the fragment; nothing while empty(). `next`: the unit that follows, if known, gives the last sample its
  /// duration. `wall_of` turns moments of capture into wall time.
  std::optional<PreparedFragment> seal(const media::AccessUnit* next,
                                       const std::function<base::WallTime(base::MonoTime)>& wall_of);

  /// Where a unit would lie on the axis.
  std::int64_t position(const media::AccessUnit& unit) const;
  base::MonoTime oldest_capture() const { return video_.front().unit.capture; }
  /// Packets between the last unit and the next one were lost, perhaps a whole picture: the unfinished fragment is
  /// marked, or the next one if there is none.
  void note_loss() { damaged_ = true; }
  std::uint64_t bytes() const { return bytes_; }
  /// Drops everything not sealed.
  void clear();

  static constexpr std::uint64_t kMaxWaitingAudioBytes = 1 << 20;
  static constexpr std::uint64_t kMaxFragmentBytes = 32 << 20;  ///< 2 s at 128 Mbit/s

 private:
  struct Placed {
    media::AccessUnit unit;
    std::int64_t at_90k = 0;
  };
  struct Axis {
    bool set = false;
    std::int64_t origin_90k = 0;  ///< pts that lies at 0
    std::int64_t last_pts_90k = 0;
    base::MonoTime last_capture;
    std::int64_t last_at_90k = 0;
    std::int64_t step_90k = 0;  ///< last distance between neighbours
    std::int64_t end_90k = 0;   ///< decode end of the last sealed fragment
  };
  bool lasts(const media::AccessUnit& unit) const;
  bool jumps(const Axis& axis, const media::AccessUnit& unit) const;
  std::int64_t place(const Axis& axis, const media::AccessUnit& unit) const;
  void anchor(Axis& axis, const media::AccessUnit& unit, std::int64_t at_90k);
  void add_audio(const media::AccessUnit& unit);
  std::int64_t last_step(const std::vector<std::int64_t>& shown, const Axis& axis, std::int64_t default_step_90k) const;
  PreparedTrack finish_track(std::vector<Placed>& units, Axis& axis, std::optional<std::int64_t> next_at_90k,
                             std::int64_t default_step_90k);

  std::int64_t max_90k_;
  std::vector<Placed> video_, audio_;
  Axis video_axis_, audio_axis_;
  base::MonoTime capture_zero_;   ///< moment of capture at 0 of the axis
  std::int64_t highest_90k_ = 0;  ///< of the unfinished fragment's video
  std::uint64_t bytes_ = 0, audio_bytes_ = 0;
  bool reorders_ = false;  ///< B pictures were seen
  bool damaged_ = false, discontinuity_ = false;
  bool gop_damaged_ = false;  ///< pictures up to the next key frame are built on a damaged one
};

}  // namespace vonggac::record
