#include "record/write_queue.h"

#include <algorithm>

namespace vonggac::record {
namespace {
std::uint64_t payload_of(const WriteJob& job) { return job.fragment == nullptr ? 0 : job.fragment->payload_bytes; }
}  // namespace

WriteQueue::WriteQueue(std::uint64_t budget_bytes, std::function<std::uint64_t(std::uint64_t)> give_up_copies)
    : budget_bytes_(budget_bytes), give_up_copies_(std::move(give_up_copies)) {}

void WriteQueue::push(WriteJob job) {
  std::uint64_t excess = 0;
  {
    const std::lock_guard lock(mutex_);
    queued_bytes_ += payload_of(job);
    jobs_.push_back(std::move(job));
    const std::uint64_t total = queued_bytes_ + retained_bytes_;
    excess = total > budget_bytes_ ? total - budget_bytes_ : 0;
  }
  ready_.notify_one();
  if (excess == 0) return;
  const std::uint64_t freed = give_up_copies_(excess);
  const std::lock_guard lock(mutex_);
  retained_bytes_ -= std::min(freed, retained_bytes_);
  while (queued_bytes_ + retained_bytes_ > budget_bytes_ && drop_oldest_locked() > 0) {
  }
}

std::uint64_t WriteQueue::drop_oldest_locked() {
  for (; drop_cursor_ < jobs_.size(); ++drop_cursor_) {
    WriteJob& job = jobs_[drop_cursor_];
    const std::uint64_t bytes = payload_of(job);
    if (job.kind != WriteJob::Kind::kFragment || bytes == 0) continue;
    job.kind = WriteJob::Kind::kDropped;
    job.fragment.reset();
    queued_bytes_ -= bytes;
    ++dropped_;
    ++drop_cursor_;
    return bytes;
  }
  return 0;
}

void WriteQueue::push_front(std::deque<WriteJob> jobs) {
  {
    const std::lock_guard lock(mutex_);
    while (!jobs.empty()) {
      queued_bytes_ += payload_of(jobs.back());
      jobs_.push_front(std::move(jobs.back()));
      jobs.pop_back();
    }
    drop_cursor_ = 0;
  }
  ready_.notify_one();
}

std::optional<WriteJob> WriteQueue::take_front() {
  if (jobs_.empty()) return std::nullopt;
  WriteJob job = std::move(jobs_.front());
  jobs_.pop_front();
  if (drop_cursor_ > 0) --drop_cursor_;
  queued_bytes_ -= payload_of(job);
  retained_bytes_ += payload_of(job);
  return job;
}

bool WriteQueue::wait() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
  return !jobs_.empty();
}

std::optional<WriteJob> WriteQueue::try_pop() {
  const std::lock_guard lock(mutex_);
  return take_front();
}

void WriteQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
}

void WriteQueue::release(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  retained_bytes_ -= std::min(bytes, retained_bytes_);
}

std::uint64_t WriteQueue::queued_bytes() const {
  const std::lock_guard lock(mutex_);
  return queued_bytes_ + retained_bytes_;
}

std::uint64_t WriteQueue::dropped_fragments() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

bool WriteQueue::empty() const {
  const std::lock_guard lock(mutex_);
  return jobs_.empty();
}

}  // namespace vonggac::record
