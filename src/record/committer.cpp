#include "record/committer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "record/index_schema.h"
#include "record/media_paths.h"

namespace vonggac::record {
namespace {

constexpr std::int64_t kCleaningUs = 60'000'000;
constexpr std::int64_t kAliveUs = 10'000'000;
/// Syncs may take this part of the time; above, the interval grows (measured: 100 cameras on a slow disk need 1.7 s
/// of 2 s, but 25 % of 10 s).
constexpr std::int64_t kSyncShare = 5;
/// How soon a hastened round comes: the fragments of cameras that start together share it.
constexpr std::int64_t kHastenedUs = 150'000;

}  // namespace

Committer::Committer(Parts parts, Hooks hooks)
    : parts_(parts), hooks_(std::move(hooks)), durable_heads_(parts.index.chain_heads()) {}

void Committer::submit(IndexOp op) {
  const std::lock_guard lock(mutex_);
  inbox_.push_back(std::move(op));
}

base::Status Committer::call(IndexCall body, std::int64_t timeout_us) {
  std::future<base::Status> done;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return base::unavailable("the recorder is stopping");
    calls_.push_back({std::move(body), {}});
    done = calls_.back().done.get_future();
  }
  wake_.notify_all();
  if (done.wait_for(std::chrono::microseconds(timeout_us)) != std::future_status::ready) {
    return base::unavailable("the index did not answer in time");
  }
  return done.get();
}

void Committer::set_interval(std::int64_t base_us, std::int64_t max_us) {
  interval_base_us_ = base_us;
  interval_max_us_ = max_us;
  interval_us_ = base_us;
}

Committer::Wake Committer::wait() {
  std::unique_lock lock(mutex_);
  do {
    moved_ = false;
    wake_.wait_until(lock, next_round_, [this] { return stopping_ || !calls_.empty() || moved_; });
  } while (moved_ && !stopping_ && calls_.empty());
  if (stopping_) return Wake::kStop;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_round_) return Wake::kCalls;
  next_round_ = now + std::chrono::microseconds(interval_us_.load());
  return Wake::kFlush;
}

void Committer::hasten() {
  const std::int64_t bearable_us = std::max(kHastenedUs, last_sync_us_.load() * kSyncShare);
  const auto soon = std::chrono::steady_clock::now() + std::chrono::microseconds(bearable_us);
  {
    const std::lock_guard lock(mutex_);
    if (soon >= next_round_) return;
    next_round_ = soon;
    moved_ = true;
  }
  wake_.notify_all();
}

void Committer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

base::Status Committer::flush() {
  busy_since_us_ = parts_.clock.mono_now().us;
  const base::Status synced = make_durable();
  const base::Status visible = make_visible();
  busy_since_us_ = 0;
  return synced.ok() ? visible : synced;
}

base::Status Committer::serve_calls() { return make_visible(); }

base::Status Committer::make_durable() {
  std::vector<IndexOp> ops;
  const std::size_t count = parts_.writer.snapshot_unsynced(ops);
  if (count == 0) return {};
  const std::int64_t start_us = parts_.clock.mono_now().us;
  const base::Status status = sync_disk(ops);
  last_sync_us_ = parts_.clock.mono_now().us - start_us;
  parts_.stage.on_sync(status);
  if (!status.ok()) {
    after_failed_sync(status);
    return status;
  }
  adapt_interval(last_sync_us_);
  parts_.queue.release(parts_.writer.confirm_synced(count));
  for (IndexOp& op : ops) {
    if (const auto* fragment = std::get_if<AddFragment>(&op)) {
      durable_heads_[fragment->stream] = {fragment->entry.seq, fragment->record_sha256};
    }
    parts_.index.take(std::move(op));
  }
  return {};
}

base::Status Committer::sync_disk(const std::vector<IndexOp>& ops) {
  if (one_by_one_) return sync_one_by_one(ops);
  base::Status status = parts_.disk.sync_all();
  if (status.kind() != base::ErrorKind::kInvalidArgument) return status;
  base::log::warning("record", "{}; syncing file by file instead", status.message());
  one_by_one_ = true;
  return sync_one_by_one(ops);
}

base::Status Committer::sync_one_by_one(const std::vector<IndexOp>& ops) {
  std::map<std::int64_t, SegmentFile> files;
  for (const auto& [id, open] : parts_.index.open_segments()) files[id] = {open.row.stream.camera, open.row.file_us};
  std::set<std::string> paths, folders;
  for (const IndexOp& op : ops) {
    if (const auto* open = std::get_if<OpenSegment>(&op)) {
      const SegmentFile file{open->row.stream.camera, open->row.file_us};
      files[open->row.id] = file;
      const std::string folder = segment_folder(file);
      folders.insert(folder);
      folders.insert(folder.substr(0, folder.rfind('/')));
      folders.insert("media");
    } else if (const auto* fragment = std::get_if<AddFragment>(&op)) {
      paths.insert(segment_path(files[fragment->segment]));
    }
  }
  for (const std::string& path : paths) VG_TRY(parts_.disk.sync_file(path));
  for (const std::string& folder : folders) VG_TRY(parts_.disk.sync_folder(folder));
  return {};
}

/// The kernel may have thrown the dirty pages away and will not say so again: nothing written since the last good
/// sync is believed any more. It goes to fresh files, from RAM.
void Committer::after_failed_sync(const base::Status& status) {
  base::log::error("record", "sync of the footage failed, writing it again elsewhere: {}", status.message());
  SegmentWriter::TakenBack back;
  parts_.stage.between_jobs([&] {
    back = parts_.writer.take_back(durable_heads_);
    parts_.queue.release(back.bytes);
    std::deque<WriteJob> jobs;
    for (WriteJob& job : back.jobs) {
      if (job.attempts < WriteStage::kMaxAttempts) {
        jobs.push_back(std::move(job));
      } else {
        back.lost.push_back(std::move(job));
      }
    }
    parts_.queue.push_front(std::move(jobs));
  });
  for (const SealSegment& seal : parts_.index.seals_for_open(kSegmentAbandoned)) {
    const OpenSegmentState& open = parts_.index.open_segments().at(seal.segment);
    const std::string path = segment_path({open.row.stream.camera, open.row.file_us});
    const base::Status cut = parts_.disk.truncate(path, open.size_bytes());
    if (!cut.ok()) base::log::warning("record", "{}", cut.message());
    parts_.index.take(seal);
  }
  for (IndexOp& op : back.kept) parts_.index.take(std::move(op));
  lost_ += back.lost.size();
  for (const WriteJob& job : back.lost) {
    const OpenGap gap{job.stream, job.start.us, GapCause::kDiskFailed, status.message(), job.epoch};
    parts_.index.take(AddClosedGap{gap, job.end.us});
  }
  for (const SegmentFile& file : back.files) {
    const base::Status removed = parts_.disk.remove_file(segment_path(file));
    if (!removed.ok()) base::log::warning("record", "{}", removed.message());
  }
}

void Committer::adapt_interval(std::int64_t sync_took_us) {
  const std::int64_t wanted = std::clamp(sync_took_us * kSyncShare, interval_base_us_, interval_max_us_);
  interval_us_ = std::max(wanted, std::max(interval_base_us_, interval_us_.load() * 9 / 10));
}

base::Status Committer::make_visible() {
  std::vector<IndexOp> inbox;
  std::vector<Call> calls;
  {
    const std::lock_guard lock(mutex_);
    inbox.swap(inbox_);
    calls.swap(calls_);
  }
  for (IndexOp& op : inbox) parts_.index.take(std::move(op));
  const std::int64_t now_us = parts_.clock.mono_now().us;
  if (now_us - last_alive_us_ >= kAliveUs) {
    last_alive_us_ = now_us;
    parts_.index.take(PutMeta{"last_alive_us", parts_.clock.wall_now().us});
  }
  if (now_us - last_cleaning_us_ >= kCleaningUs) {
    last_cleaning_us_ = now_us;
    parts_.index.request_tail_cleaning();
  }
  return commit(std::move(calls));
}

base::Status Committer::commit(std::vector<Call> calls) {
  std::vector<IndexCall> bodies;
  bodies.reserve(calls.size());
  for (const Call& call : calls) bodies.push_back(call.body);
  std::vector<FootageChange> changes;
  base::Status status = parts_.index.commit(bodies, changes);
  for (Call& call : calls) call.done.set_value(status);
  // What others asked for must not keep footage from being acknowledged.
  if (!status.ok() && !calls.empty()) status = parts_.index.commit({}, changes);
  note_index(status);
  if (status.kind() == base::ErrorKind::kNoSpace) hooks_.on_index_full();
  for (const FootageChange& change : changes) {
    acknowledged_ += static_cast<std::uint64_t>(change.fragments);
  }
  if (!changes.empty()) hooks_.on_visible(changes);
  return status;
}

/// Told once, not with every round.
void Committer::note_index(const base::Status& status) {
  const bool locked = status.kind() == base::ErrorKind::kUnavailable;
  const bool was_locked = index_locked_.exchange(locked);
  const std::string trouble = status.ok() || locked ? std::string() : status.message();
  std::string before;
  {
    const std::lock_guard lock(mutex_);
    before = std::exchange(index_trouble_, trouble);
  }
  if (!status.ok() && (locked ? !was_locked : before != trouble)) base::log::error("record", "{}", status.message());
  if (status.ok() && !before.empty()) base::log::info("record", "the index takes rows again");
}

std::string Committer::index_trouble() const {
  const std::lock_guard lock(mutex_);
  return index_trouble_;
}

}  // namespace vonggac::record
