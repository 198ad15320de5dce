/// The recorder put together: the parts, their threads, and the order in which they start and stop.
/// Flow     see recorder.h
/// Threads  Pipeline is shared by the threads and the recorder, so that a thread that hangs in the disk at stop() can
///          be left behind without touching freed memory.
/// Errors   as Recorder::create.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "record/age_guard.h"
#include "record/camera_track.h"
#include "record/committer.h"
#include "record/data_dir.h"
#include "record/disk.h"
#include "record/footage_ledger.h"
#include "record/recorder.h"
#include "record/repair.h"
#include "record/retention.h"
#include "record/wall_clock.h"
#include "record/write_queue.h"
#include "record/write_stage.h"

namespace vonggac::record {

using DiskFactory = std::function<base::Result<std::unique_ptr<Disk>>(const std::string& data_dir)>;

/// Recorder::create with another disk, for tests.
base::Result<std::unique_ptr<Recorder>> create_recorder(const base::Clock& clock, const RecorderConfig& config,
                                                        const DiskFactory& make_disk);

/// Everything the threads work on. The step functions of its parts can be called without any thread, too.
class Pipeline {
 public:
  static base::Result<std::shared_ptr<Pipeline>> create(const base::Clock& clock, const RecorderConfig& config,
                                                        const DiskFactory& make_disk);
  void write_loop();
  void sync_loop();
  void retain_loop();
  void stop_retention();
  void wake_retention();

  const base::Clock& clock;
  const RecorderConfig config;
  DataDir data_dir;
  RepairReport repair;
  std::unique_ptr<Disk> disk;
  std::unique_ptr<IndexWriter> index;
  std::unique_ptr<WallClock> wall;
  std::unique_ptr<AgeGuard> guard;
  FootageLedger ledger;
  std::unique_ptr<SegmentWriter> writer;
  std::unique_ptr<WriteQueue> queue;
  std::unique_ptr<WriteStage> stage;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Retention> retention;
  std::atomic<bool> all_written{false};  ///< the write thread has drained its queue

 private:
  Pipeline(const base::Clock& clock_in, const RecorderConfig& config_in, DataDir dir)
      : clock(clock_in), config(config_in), data_dir(std::move(dir)) {}
  /// `deleted`: files of these rows are gone already.
  base::Status open_and_repair(const std::vector<Retention::Candidate>& deleted = {});
  base::Status open_on_full_disk();
  base::Status open_index();
  base::Status check_media_is_ours();
  base::Status build();
  void finish();

  std::mutex retain_mutex_;
  std::condition_variable retain_wake_, space_wake_;
  bool retain_stop_ = false, retain_now_ = false;
  std::uint64_t space_rounds_ = 0;
};

class RecorderImpl final : public Recorder {
 public:
  explicit RecorderImpl(std::shared_ptr<Pipeline> pipeline);
  ~RecorderImpl() override;
  base::InstallationId installation() const override { return pipeline_->data_dir.installation(); }
  CameraRecorder& open_camera(base::CameraId camera, const RecordPolicy& policy) override;
  void close_camera(base::CameraId camera, GapCause cause) override;
  void tick() override;
  RecorderHealth health() const override;
  void confirm_age_deletion() override { pipeline_->guard->confirm(); }
  base::Result<std::int64_t> place_hold(const Hold& hold) override;
  base::Status release_hold(std::int64_t id) override;
  void stop(GapCause cause, std::int64_t deadline_us) override;
  base::WallTime wall_of(base::MonoTime t) const override { return pipeline_->wall->wall_of(t); }

 private:
  struct Worker {
    std::thread thread;
    std::future<void> ended;
  };
  Worker start(const char* name, void (Pipeline::*loop)());
  /// Joins, or leaves the thread behind when the disk does not let it go in time.
  static bool join(Worker& worker, std::chrono::steady_clock::time_point deadline);

  std::shared_ptr<Pipeline> pipeline_;
  std::map<base::CameraId, std::unique_ptr<CameraTrack>> cameras_;
  Worker write_, sync_, retain_;
  bool stopped_ = false;
};

}  // namespace vonggac::record
