/// One camera on the route thread: decides by mode, schedule and motion what is recorded, cuts fragments and segments,
/// keeps the pre-event ring, and tells the index when the stream is away.
/// Flow     on_unit() -> ring and Fragmenter -> WriteQueue; gaps, events, policies -> Committer
/// Threads  bound to the route thread; state() is thread-safe. Never touches the disk and never waits for it.
/// Owns     the ring and the unfinished fragment.
/// Units    monotonic microseconds for decisions, wall microseconds for rows.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "record/change_limit.h"
#include "record/committer.h"
#include "record/footage_ledger.h"
#include "record/fragmenter.h"
#include "record/motion_gate.h"
#include "record/pre_event_ring.h"
#include "record/recorder.h"
#include "record/wall_clock.h"
#include "record/write_queue.h"

namespace vonggac::record {

class CameraTrack final : public CameraRecorder {
 public:
  struct Services {
    const base::Clock& clock;
    const WallClock& wall;
    const RecorderConfig& config;
    WriteQueue& queue;
    Committer& committer;
    FootageLedger& ledger;
  };
  CameraTrack(Services services, base::CameraId camera, const RecordPolicy& policy);

  void set_policy(const RecordPolicy& policy) override;
  void on_parameters(media::TrackKind track, const media::TrackParameters& parameters) override;
  void on_unit(const media::AccessUnit& unit) override;
  void on_stream_lost(GapCause cause, const std::string& detail) override;
  void on_camera_offset(std::int64_t offset_us) override { camera_offset_us_ = offset_us; }
  void on_motion(const MotionEvent& event) override;
  void on_motion_grid(base::WallTime second, const std::array<std::uint8_t, 72>& cells) override;
  void on_tamper(const TamperChange& change) override;
  void keep_view(const base::Bytes& view) override;
  CameraRecordState state() const override;
  std::vector<media::AccessUnit> current_gop() const override;

  /// Time-based decisions; about every 100 ms.
  void tick();
  /// Seals and opens a gap: the service stops or the camera is closed.
  void shut(GapCause cause, const std::string& detail);

 private:
  /// What units of one generation are coded with.
  struct Parameters {
    std::uint32_t generation = 0;
    media::TrackParameters video;
    std::optional<media::TrackParameters> audio;
  };
  struct Loss {
    GapCause cause = GapCause::kUnknown;
    std::string detail;
  };

  base::MonoTime now() const { return services_.clock.mono_now(); }
  void write_policy();
  void new_generation();
  const Parameters* parameters_of(std::uint32_t generation) const;
  RecordMode mode_at(base::MonoTime t) const;
  void refresh_wants(base::MonoTime now);
  /// Begins to record when the ring has a key frame to begin with, or waiting for one has been long enough.
  void begin_if_ready(bool without_waiting);
  void begin();
  bool past_the_end(const media::AccessUnit& unit) const;
  void end_recording();
  void write_unit(const media::AccessUnit& unit, std::uint32_t generation);
  bool wants_new_plan(const media::AccessUnit& unit, std::uint32_t generation) const;
  bool make_plan(const media::AccessUnit& unit, std::uint32_t generation);
  bool may_change_to(const media::AccessUnit& unit, std::uint32_t generation);
  void note_epoch_change(const media::AccessUnit& unit);
  void emit_fragment(const media::AccessUnit* next);
  void end_segment();
  void note_stream_back(media::AccessUnit& unit);
  void queue_op(IndexOp op);
  void open_gap(GapCause cause, const std::string& detail);
  base::WallTime last_media_end(base::MonoTime now) const;

  Services services_;
  const StreamKey key_;
  RecordPolicy policy_;
  std::deque<Parameters> parameters_;  ///< the last generations; the ring may hold units of older ones
  bool have_video_ = false;
  std::uint32_t broken_generation_ = 0;  ///< its parameter sets cannot be read; 0 = none
  std::optional<std::int64_t> camera_offset_us_;

  PreEventRing ring_;
  Fragmenter fragmenter_;
  MotionGate gate_;
  std::shared_ptr<const SegmentPlan> plan_;
  bool plan_without_key_ = false;
  bool replan_at_key_ = false;
  ChangeLimit change_limit_;
  std::uint32_t planned_generation_ = 0;  ///< of the last plan; 0 = none yet
  bool changes_refused_ = false;          ///< too many of them; said once
  bool seal_soon_ = false;                ///< the first fragment after a start or an absence

  RecordMode mode_ = RecordMode::kOff;
  bool recording_ = false;                    ///< units go to the fragmenter
  bool wanted_ = false;                       ///< mode and motion want it
  base::MonoTime wanted_since_;               ///< or since the stream came back
  base::MonoTime want_from_, want_latest_;    ///< begin of the pre-roll, begin of the event
  std::optional<base::MonoTime> keep_until_;  ///< recording ends at the first GOP after it; nothing = open end
  std::optional<Loss> lost_;                  ///< the stream is away (also before its first unit)
  std::optional<Loss> lost_under_pause_;
  bool seen_media_ = false;
  base::MonoTime last_capture_;
  base::WallTime last_fragment_end_;
  std::uint32_t last_plan_epoch_ = 0;
  std::atomic<bool> recording_shown_{false};
};

}  // namespace vonggac::record
