#include "record/write_stage.h"

#include <deque>
#include <utility>

#include "base/log.h"

namespace vonggac::record {

WriteStage::WriteStage(const base::Clock& clock, WriteQueue& queue, SegmentWriter& writer,
                       std::function<void()> need_space)
    : clock_(clock), queue_(queue), writer_(writer), need_space_(std::move(need_space)) {}

WriteStage::Outcome WriteStage::step() {
  const std::lock_guard lock(order_mutex_);
  std::optional<WriteJob> job = queue_.try_pop();
  if (!job) return Outcome::kIdle;
  busy_since_us_ = clock_.mono_now().us;
  const Outcome outcome = handle(std::move(*job));
  busy_since_us_ = 0;
  return outcome;
}

WriteStage::Outcome WriteStage::handle(WriteJob job) {
  switch (job.kind) {
    case WriteJob::Kind::kSealSegment:
      writer_.seal(job.stream);
      return Outcome::kDone;
    case WriteJob::Kind::kIndexOp:
      writer_.pass_on(*job.op);
      return Outcome::kDone;
    case WriteJob::Kind::kDropped:
      give_up(job, GapCause::kDiskStalled, "the disk did not answer and the RAM budget ran over");
      return Outcome::kDone;
    case WriteJob::Kind::kFragment:
      break;
  }
  const std::int64_t now_us = clock_.mono_now().us;
  if (state_ == DiskState::kFailed && now_us < next_probe_us_) {
    give_up(job, GapCause::kDiskFailed, detail());
    return Outcome::kDone;
  }
  const base::Status status = writer_.write(job);
  if (!status.ok()) return handle_failure(std::move(job), status);
  full_since_us_ = 0;
  // After a failed sync only a good sync says that the disk is well again.
  if (state_ != DiskState::kOk && !sync_failed_) set_state(DiskState::kOk, "");
  return Outcome::kDone;
}

WriteStage::Outcome WriteStage::handle_failure(WriteJob job, const base::Status& status) {
  const std::int64_t now_us = clock_.mono_now().us;
  if (status.kind() == base::ErrorKind::kNoSpace) {
    set_state(DiskState::kFull, status.message());
    if (full_since_us_ == 0) full_since_us_ = now_us;
    need_space_();
    if (now_us - full_since_us_ < kMaxFullUs) {
      put_back(std::move(job));
      return Outcome::kWaitForSpace;
    }
    give_up(job, GapCause::kDiskFull, status.message());
    return Outcome::kDone;
  }
  set_state(DiskState::kFailed, status.message());
  ++job.attempts;
  if (job.attempts < kMaxAttempts) {
    next_probe_us_ = now_us;
    put_back(std::move(job));
    return Outcome::kDone;
  }
  next_probe_us_ = now_us + kProbeUs;
  give_up(job, GapCause::kDiskFailed, status.message());
  return Outcome::kDone;
}

void WriteStage::give_up(const WriteJob& job, GapCause cause, const std::string& detail) {
  ++dropped_;
  if (job.fragment != nullptr) queue_.release(job.fragment->payload_bytes);
  writer_.drop(job, cause, detail);
}

void WriteStage::put_back(WriteJob job) {
  if (job.fragment != nullptr) queue_.release(job.fragment->payload_bytes);
  std::deque<WriteJob> jobs;
  jobs.push_back(std::move(job));
  queue_.push_front(std::move(jobs));
}

void WriteStage::between_jobs(const std::function<void()>& body) {
  const std::lock_guard lock(order_mutex_);
  body();
}

void WriteStage::seal_all_files() {
  const std::lock_guard lock(order_mutex_);
  writer_.seal_all();
}

void WriteStage::on_sync(const base::Status& status) {
  const bool failed_before = sync_failed_.exchange(!status.ok());
  if (!status.ok()) set_state(DiskState::kFailed, status.message());
  if (status.ok() && failed_before) set_state(DiskState::kOk, "");
}

std::string WriteStage::detail() const {
  const std::lock_guard lock(detail_mutex_);
  return detail_;
}

void WriteStage::set_state(DiskState state, const std::string& detail) {
  const DiskState before = state_.exchange(state);
  {
    const std::lock_guard lock(detail_mutex_);
    detail_ = detail;
  }
  if (before == state) return;
  if (state == DiskState::kOk) {
    base::log::info("record", "the disk takes footage again");
  } else {
    base::log::error("record", "the disk takes no footage: {}", detail);
  }
}

}  // namespace vonggac::record
