/// The recorder: turns access units of many cameras into segment files and index rows that survive a power cut.
/// Flow     core's route thread -> CameraRecorder (ring, fragments) -> write thread (append) -> sync thread
///          (syncfs, then one index transaction) -> acknowledged = visible in index.db.
/// Threads  Recorder and CameraRecorder calls are bound to core's route thread unless said otherwise. Own threads:
///          "rec-write", "rec-sync" (also the only index writer), "rec-retain".
/// Owns     media/ and index.db of the data directory.
/// Errors   create() only. Later trouble becomes gap rows with a cause and RecorderHealth.
/// Units    bytes, microseconds, 90 kHz ticks as named.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "media/access_unit.h"
#include "media/object_class.h"
#include "record/policy.h"

namespace vonggac::record {

/// Why footage is missing. Names are stable: they are stored and shown.
enum class GapCause : std::uint8_t {
  kUnknown = 0,
  kCameraSilent,  ///< connected without media
  kLinkLost,
  kCameraUnreachable,
  kAuthRefused,
  kWorkerDied,  ///< ingest process crashed
  kDecoderQuarantined,
  kDiskStalled,  ///< the RAM budget ran over while the disk did not answer
  kDiskFull,
  kDiskFailed,
  kServiceStopped,
  kServiceCrashed,  ///< found at start: the service had not stopped properly
  kClockStep,
  kPausedByOwner,
  kRateExceeded,
  kDamagedStream,
  kDeleted,  ///< retention by bytes or by a person; only in exports' gap lists
};
const char* gap_cause_name(GapCause cause);  ///< "camera_silent", ...

struct RecorderConfig {
  std::string data_dir;
  std::int64_t segment_max_us = 300'000'000;  ///< 5 min
  std::int64_t fragment_max_us = 2'000'000;   ///< longer GOPs are cut
  /// The first fragment after a start or an absence is closed after so long and made safe at once; 0: as the others.
  std::int64_t first_fragment_us = 0;
  std::int64_t flush_interval_us = 1'000'000;  ///< adaptive from here up to flush_interval_max_us
  std::int64_t flush_interval_max_us = 10'000'000;
  std::uint64_t ram_budget_bytes = 512ULL << 20;      ///< waiting for the disk, all cameras together
  std::uint64_t ring_bytes_per_camera = 16ULL << 20;  ///< pre-event ring cap
  double low_water_fraction = 0.05;                   ///< of the disk, at least one hour of ingest
  std::uint64_t low_water_min_bytes = 0;              ///< tests: absolute floor
};

struct RecorderHealth {
  std::string disk_state;  ///< "ok", "stalled", "full", "failed"
  std::string detail;
  bool takes_footage =
      true;  ///< false: nothing new comes to the disk ("full", "failed"); a sick index alone is no reason
  std::uint64_t free_bytes = 0, total_bytes = 0, low_water_bytes = 0;
  std::uint64_t queued_bytes = 0;                         ///< in RAM, waiting for the disk
  std::int64_t flush_interval_us = 0, last_flush_us = 0;  ///< last_flush_us = how long the last syncfs took
  std::uint64_t fragments_acknowledged = 0, fragments_dropped = 0, media_bytes_written = 0;
  bool age_deletion_frozen = false;  ///< after a clock jump > 1 h
  bool index_locked = false;
};

struct CameraRecordState {
  bool recording = false;                       ///< frames go to disk now
  std::optional<base::WallTime> last_fragment;  ///< end of the newest acknowledged fragment
  std::optional<base::WallTime> footage_from;
  std::uint64_t stored_bytes = 0, stored_segments = 0;
  std::uint64_t ring_bytes = 0;
};

struct MotionEvent {
  std::uint64_t key = 0;  ///< unique per camera while open (from the analyse shard)
  base::WallTime start, end;
  bool ended = false;
  float score = 0;
  float box_x = 0, box_y = 0, box_w = 0, box_h = 0;
  std::string zone;
  std::string alarm;                              ///< id of the watch zone it raised an alarm in, or empty
  base::WallTime alarm_at;                        ///< when it came in there
  std::uint8_t start_reason = 0, end_reason = 0;  ///< ipc::MotionReason; 0 = not known
  base::Bytes thumbnail;                          ///< JPEG or empty
  std::vector<media::ObjectLabel> labels;         ///< what moved, so far; empty without a classifier
};

/// Why a tamper state is over. Stored, so the numbers keep their meaning.
enum class TamperEnd : std::uint8_t {
  kGoesOn = 0,
  kViewIsBack = 1,
  kAccepted = 2,    ///< a person took the new view for the camera's own
  kNotWatched = 3,  ///< the service stopped, or the camera was removed or paused
};
const char* tamper_end_name(TamperEnd end);  ///< "view_is_back", ...; "" while it goes on

/// The camera does not show its view: covered, moved and the like.
struct TamperChange {
  std::uint8_t kind = 0;  ///< ipc::TamperKind
  base::WallTime at;      ///< when it began, or ended
  TamperEnd end = TamperEnd::kGoesOn;
};

/// Footage that retention must not delete.
struct Hold {
  base::CameraId camera;
  base::WallTime from, to;
  std::string reason;
};

class Recorder;

/// One camera. Made by Recorder::open_camera, owned by the Recorder.
class CameraRecorder {
 public:
  virtual ~CameraRecorder() = default;
  virtual void set_policy(const RecordPolicy& policy) = 0;
  /// New or changed parameters of a track. Semantically equal video parameters do not start a new segment.
  virtual void on_parameters(media::TrackKind track, const media::TrackParameters& parameters) = 0;
  virtual void on_unit(const media::AccessUnit& unit) = 0;
  /// Media stopped: seals what is there (also in continuous mode) and opens a gap row. Idempotent.
  virtual void on_stream_lost(GapCause cause, const std::string& detail) = 0;
  virtual void on_camera_offset(std::int64_t offset_us) = 0;
  /// Motion began / goes on / ended, as the analyse shard says. Drives motion mode and the event rows.
  virtual void on_motion(const MotionEvent& event) = 0;
  virtual void on_motion_grid(base::WallTime second, const std::array<std::uint8_t, 72>& cells) = 0;
  /// A tamper state began or ended. At most one of each kind is open.
  virtual void on_tamper(const TamperChange& change) = 0;
  /// What the camera usually shows, to be there again after a restart; see camera_memory.h.
  virtual void keep_view(const base::Bytes& view) = 0;
  virtual CameraRecordState state() const = 0;  ///< thread-safe
  /// Units of the current GOP (for a live viewer's first picture), newest parameters first.
  virtual std::vector<media::AccessUnit> current_gop() const = 0;
};

class Recorder {
 public:
  /// Opens or makes the data directory, repairs what the last stop left (adopts complete fragments that were not
  /// acknowledged, cuts torn tails, closes open gaps as kServiceCrashed), starts the threads.
  /// kUnavailable: another process has it open. kDataLoss: index.db is damaged (it says: run rebuild).
  static base::Result<std::unique_ptr<Recorder>> create(const base::Clock& clock, const RecorderConfig& config);
  virtual ~Recorder() = default;  ///< runs stop()
  virtual base::InstallationId installation() const = 0;
  virtual CameraRecorder& open_camera(base::CameraId camera, const RecordPolicy& policy) = 0;
  /// Seals and forgets the camera; footage stays (retention deletes it by the last policy).
  virtual void close_camera(base::CameraId camera, GapCause cause) = 0;
  /// Call about every 100 ms: time-based seals, schedules, stalls.
  virtual void tick() = 0;
  virtual RecorderHealth health() const = 0;  ///< thread-safe
  /// A person says the clock is right after a jump of more than an hour: age-based deletion goes on.
  virtual void confirm_age_deletion() = 0;
  /// Thread-safe; waits for the index, so not for the route thread. Footage that is already being deleted is not saved.
  /// kUnavailable: the index did not answer in 10 s (the hold may still come about).
  virtual base::Result<std::int64_t> place_hold(const Hold& hold) = 0;
  virtual base::Status release_hold(std::int64_t id) = 0;
  /// Seals everything, writes gaps with `cause`, syncs, joins. At most `deadline_us` for the disk.
  virtual void stop(GapCause cause, std::int64_t deadline_us) = 0;
  /// The wall clock that recordings live by: disciplined by the monotonic clock, steps > 1 s make a new epoch.
  virtual base::WallTime wall_of(base::MonoTime t) const = 0;  ///< thread-safe
};

}  // namespace vonggac::record
