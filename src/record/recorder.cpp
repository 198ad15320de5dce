#include <algorithm>
#include <chrono>
#include <exception>

#include <pthread.h>

#include "base/log.h"
#include "record/recorder_impl.h"

namespace vonggac::record {
namespace {

/// Without an answer of the disk for so long it is called stalled.
constexpr std::int64_t kStalledUs = 3'000'000;
constexpr std::int64_t kHoldTimeoutUs = 10'000'000;

void run_named(const char* name, const std::shared_ptr<Pipeline>& pipeline, void (Pipeline::*loop)()) {
  pthread_setname_np(pthread_self(), name);
  try {
    ((*pipeline).*loop)();
  } catch (const std::exception& error) {
    // Without this thread nothing is recorded: a fresh start is better than going on.
    base::log::error("record", "{} ended by: {}", name, error.what());
    std::abort();
  }
}

}  // namespace

base::Result<std::unique_ptr<Recorder>> Recorder::create(const base::Clock& clock, const RecorderConfig& config) {
  return create_recorder(clock, config, open_disk);
}

base::Result<std::unique_ptr<Recorder>> create_recorder(const base::Clock& clock, const RecorderConfig& config,
                                                        const DiskFactory& make_disk) {
  VG_ASSIGN(std::shared_ptr<Pipeline> pipeline, Pipeline::create(clock, config, make_disk));
  return std::unique_ptr<Recorder>(std::make_unique<RecorderImpl>(std::move(pipeline)));
}

RecorderImpl::RecorderImpl(std::shared_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {
  write_ = start("rec-write", &Pipeline::write_loop);
  sync_ = start("rec-sync", &Pipeline::sync_loop);
  retain_ = start("rec-retain", &Pipeline::retain_loop);
}

RecorderImpl::~RecorderImpl() { stop(GapCause::kServiceStopped, 5'000'000); }

RecorderImpl::Worker RecorderImpl::start(const char* name, void (Pipeline::*loop)()) {
  std::promise<void> ended;
  Worker worker;
  worker.ended = ended.get_future();
  worker.thread = std::thread([name, loop, pipeline = pipeline_, done = std::move(ended)]() mutable {
    run_named(name, pipeline, loop);
    done.set_value();
  });
  return worker;
}

bool RecorderImpl::join(Worker& worker, std::chrono::steady_clock::time_point deadline) {
  if (!worker.thread.joinable()) return true;
  if (worker.ended.wait_until(deadline) == std::future_status::ready) {
    worker.thread.join();
    return true;
  }
  worker.thread.detach();
  return false;
}

CameraRecorder& RecorderImpl::open_camera(base::CameraId camera, const RecordPolicy& policy) {
  std::unique_ptr<CameraTrack>& track = cameras_[camera];
  if (track != nullptr) {
    track->set_policy(policy);
    return *track;
  }
  Pipeline& p = *pipeline_;
  const CameraTrack::Services services{p.clock, *p.wall, p.config, *p.queue, *p.committer, p.ledger};
  track = std::make_unique<CameraTrack>(services, camera, policy);
  return *track;
}

void RecorderImpl::close_camera(base::CameraId camera, GapCause cause) {
  const auto found = cameras_.find(camera);
  if (found == cameras_.end()) return;
  found->second->shut(cause, "");
  cameras_.erase(found);
}

void RecorderImpl::tick() {
  if (const std::optional<WallClock::Step> step = pipeline_->wall->discipline()) {
    const std::int64_t step_us = (step->after - step->before).count();
    base::log::warning("record", "the wall clock was stepped by {} ms: a new epoch begins", step_us / 1000);
    pipeline_->committer->submit(AddEpoch{step->epoch, step->after.us, step_us, "step"});
    pipeline_->wake_retention();
  }
  for (const auto& [id, track] : cameras_) track->tick();
}

RecorderHealth RecorderImpl::health() const {
  const Pipeline& p = *pipeline_;
  RecorderHealth health;
  const std::int64_t now_us = p.clock.mono_now().us;
  const auto waits = [now_us](std::int64_t since_us) { return since_us != 0 && now_us - since_us > kStalledUs; };
  switch (p.stage->state()) {
    case DiskState::kOk:
      health.disk_state = "ok";
      break;
    case DiskState::kFull:
      health.disk_state = "full";
      break;
    case DiskState::kFailed:
      health.disk_state = "failed";
      break;
  }
  health.detail = p.stage->detail();
  health.takes_footage = p.stage->state() == DiskState::kOk;
  if (const std::string trouble = p.committer->index_trouble(); health.takes_footage && !trouble.empty()) {
    health.disk_state = "failed";
    health.detail = trouble + " (footage is stored, but not listed before that)";
  }
  if (waits(p.stage->busy_since_us()) || waits(p.committer->busy_since_us())) {
    health.disk_state = "stalled";
    health.detail = "the disk has not answered for more than 3 s";
  }
  health.free_bytes = p.retention->free_bytes();
  health.total_bytes = p.retention->total_bytes();
  health.low_water_bytes = p.retention->low_water_bytes();
  health.queued_bytes = p.queue->queued_bytes();
  health.flush_interval_us = p.committer->interval_us();
  health.last_flush_us = p.committer->last_sync_us();
  health.fragments_acknowledged = p.committer->acknowledged();
  health.fragments_dropped = p.stage->dropped_fragments() + p.committer->lost_fragments();
  health.media_bytes_written = p.writer->media_bytes_written();
  health.age_deletion_frozen = p.guard->frozen();
  health.index_locked = p.committer->index_locked();
  return health;
}

base::Result<std::int64_t> RecorderImpl::place_hold(const Hold& hold) {
  if (hold.to < hold.from) return base::invalid_argument("a hold ends before it begins");
  const auto id = std::make_shared<std::int64_t>(0);
  const std::int64_t now_us = pipeline_->clock.wall_now().us;
  const base::Status done = pipeline_->committer->call(
      [id, hold, now_us](SqliteDb& db) -> base::Status {
        VG_ASSIGN(Statement insert, Statement::prepare(db,
                                                       "INSERT INTO hold(camera, from_us, to_us, reason, created_us) "
                                                       "VALUES(?,?,?,?,?) RETURNING id"));
        insert.bind(hold.camera).bind(hold.from.us).bind(hold.to.us).bind(std::string_view(hold.reason)).bind(now_us);
        VG_ASSIGN(const bool row, insert.step());
        if (row) *id = insert.integer(0);
        return insert.run();
      },
      kHoldTimeoutUs);
  if (!done.ok()) return done;
  return *id;
}

base::Status RecorderImpl::release_hold(std::int64_t id) {
  const auto found = std::make_shared<bool>(false);
  const base::Status done = pipeline_->committer->call(
      [id, found](SqliteDb& db) -> base::Status {
        VG_ASSIGN(Statement remove, Statement::prepare(db, "DELETE FROM hold WHERE id = ?"));
        VG_TRY(remove.bind(id).run());
        *found = db.changes() > 0;
        return {};
      },
      kHoldTimeoutUs);
  if (!done.ok()) return done;
  return *found ? base::Status() : base::not_found("there is no hold " + std::to_string(id));
}

void RecorderImpl::stop(GapCause cause, std::int64_t deadline_us) {
  if (stopped_) return;
  stopped_ = true;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(deadline_us);
  for (const auto& [id, track] : cameras_) track->shut(cause, "");
  pipeline_->stop_retention();
  pipeline_->queue->close();
  const bool written = join(write_, deadline);
  pipeline_->all_written = written;
  pipeline_->committer->stop();
  const bool synced = join(sync_, deadline);
  join(retain_, deadline);
  if (!written || !synced) {
    base::log::error("record", "the disk did not take everything within {} ms: the next start repairs the rest",
                     deadline_us / 1000);
  }
}

}  // namespace vonggac::record
