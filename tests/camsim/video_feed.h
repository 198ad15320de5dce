/// One video stream of a camera: takes frames off the looping clip when they fall due, adds the frame counter and
/// whatever is wrong with the camera, and hands the packets to all sessions.
/// Flow     LoopTimeline + PaceAxis + Faults -> NAL units -> packetise_video -> Feed::deliver
/// Threads  bound to the reactor's thread. Borrows `faults`, which outlives it.
/// Units    90 kHz ticks; monotonic microseconds.
#pragma once

#include <memory>
#include <vector>

#include "camsim/clip.h"
#include "camsim/faults.h"
#include "camsim/feed.h"
#include "camsim/timeline.h"

namespace vonggac::camsim {

class VideoFeed final : public Feed {
 public:
  /// The camera has been playing since `start_us`; it then showed the clip at `offset_90k`.
  VideoFeed(Reactor& reactor, const Faults& faults, std::shared_ptr<const Clip> clip, std::size_t max_payload_bytes);
  void start(std::int64_t start_us, std::int64_t offset_90k);
  /// From now on another file, beginning with its first key frame; time goes on.
  void switch_clip(std::shared_ptr<const Clip> clip);
  /// Brings speed and drift in line with the faults. Call catch_up() before the faults change, this after.
  void faults_changed();
  void jump_timestamps(std::int64_t delta_90k) { axis_.jump_timestamp(delta_90k); }
  /// The next unit's time stamp goes back by this much behind the last one, once.
  void step_back_once(std::int64_t delta_90k) { step_back_90k_ = delta_90k; }

  const Clip& clip() const { return *clip_; }
  std::uint64_t counter() const { return counter_; }
  /// Where media time stands at a moment, for placing the audio.
  std::int64_t loop_position_us(std::int64_t mono_us) const;
  /// Time stamp of the unit a new session will see first.
  std::int64_t first_timestamp(bool from_key) const;

 private:
  std::int64_t next_due_us() const override;
  void emit_next() override;
  bool drops_key_frames();
  std::int64_t make_timestamp(std::int64_t pts_90k);
  void assemble(const VideoFrame& frame, base::ByteSpan counter_nal);
  void add_parameter_sets();
  void add_filler(std::size_t unit_bytes);
  void join_with_start_codes();
  PacketFormat packet_format() const;
  void adopt(std::shared_ptr<const Clip> clip);

  const Faults& faults_;
  std::shared_ptr<const Clip> clip_;
  std::vector<base::Bytes> respelled_sps_;
  std::size_t max_payload_bytes_;
  LoopTimeline timeline_;
  PaceAxis axis_;
  double speed_ = 1;
  double scale_ = 1;
  std::int64_t start_us_ = 0;
  std::int64_t start_offset_us_ = 0;

  std::uint64_t counter_ = 0;
  bool respelled_turn_ = false;
  std::int64_t step_back_90k_ = 0;
  std::int64_t last_timestamp_ = 0;

  // Reused for each unit, so that sending allocates nothing in the long run.
  std::vector<base::ByteSpan> nals_;
  base::Bytes filler_;
  base::Bytes joined_;
  WireUnit wire_;
};

}  // namespace vonggac::camsim
