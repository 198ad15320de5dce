#include <algorithm>
#include <chrono>

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/unique_fd.h"
#include "record/full_start.h"
#include "record/media_paths.h"
#include "record/recorder_impl.h"

namespace vonggac::record {
namespace {

/// Free space is looked at this often.
constexpr std::chrono::milliseconds kRetentionRound{2'000};
/// The writer tries again this often while retention makes room.
constexpr std::chrono::milliseconds kSpaceRound{200};
constexpr std::int64_t kCallTimeoutUs = 30'000'000;
constexpr mode_t kIndexMode = 0640;
constexpr std::uint64_t kMinReserveBytes = 1 << 20, kMaxReserveBytes = 16 << 20;

/// Does media/ hold footage though there is no index? Then the sequence numbers are unknown, too.
bool has_footage(Disk& disk) {
  const base::Result<std::vector<FolderEntry>> cameras = disk.list("media");
  if (!cameras) return false;
  for (const FolderEntry& camera : *cameras) {
    if (!camera.folder || !base::Uuid::parse(camera.name)) continue;
    const base::Result<std::vector<FolderEntry>> days = disk.list("media/" + camera.name);
    if (days && !days->empty()) return true;
  }
  return false;
}

}  // namespace

base::Result<std::shared_ptr<Pipeline>> Pipeline::create(const base::Clock& clock, const RecorderConfig& config,
                                                         const DiskFactory& make_disk) {
  VG_ASSIGN(DataDir dir, DataDir::open(config.data_dir, clock));
  std::shared_ptr<Pipeline> pipeline(new Pipeline(clock, config, std::move(dir)));
  VG_ASSIGN(pipeline->disk, make_disk(pipeline->data_dir.path()));
  base::Status opened = pipeline->open_and_repair();
  if (!opened.ok() && opened.kind() != base::ErrorKind::kDataLoss) {
    // Most often the disk is full: with the reserve there is room to write down what gets deleted.
    base::log::warning("record", "{}; giving up the reserve and trying again", opened.message());
    pipeline->data_dir.give_up_reserve();
    opened = pipeline->open_and_repair();
    if (!opened.ok() && is_full(*pipeline->disk)) opened = pipeline->open_on_full_disk();
  }
  VG_TRY(std::move(opened));
  VG_TRY(pipeline->build());
  return pipeline;
}

base::Status Pipeline::open_and_repair(const std::vector<Retention::Candidate>& deleted) {
  index.reset();
  VG_TRY(open_index());
  if (!deleted.empty()) {
    std::vector<FootageChange> changes;
    const std::int64_t now_us = clock.wall_now().us;
    VG_TRY(index->commit({[&](SqliteDb& db) {
                           Retention::Marked marked;
                           return Retention::mark(db, deleted, "full_start", now_us, marked);
                         }},
                         changes));
  }
  VG_TRY(check_media_is_ours());
  Repair all(clock, *disk, *index, data_dir.installation());
  VG_ASSIGN(repair, all.run());
  return {};
}

base::Status Pipeline::open_on_full_disk() {
  index.reset();
  VG_ASSIGN(const std::vector<Retention::Candidate> deleted,
            delete_oldest_unlisted(index_path(data_dir.path()), *disk));
  return open_and_repair(deleted);
}

/// The newest files of the index must be there, or at least one of them: else the disk below media/ is another one, or
/// not mounted, and recording would go where nobody expects it.
base::Status Pipeline::check_media_is_ours() {
  constexpr int kLooked = 8;
  VG_ASSIGN(Statement newest, Statement::prepare(index->db(),
                                                 "SELECT camera, file_us FROM segment WHERE (flags & 1) = 1 ORDER BY "
                                                 "id DESC LIMIT ?"));
  newest.bind(std::int64_t{kLooked});
  std::string missing;
  for (;;) {
    VG_ASSIGN(const bool more, newest.step());
    if (!more) break;
    missing = segment_path({newest.camera(0), newest.integer(1)});
    const base::Result<std::uint64_t> size = disk->file_size(missing);
    if (size || size.error().kind() != base::ErrorKind::kNotFound) return {};
  }
  if (missing.empty()) return {};
  return base::data_loss("the newest footage that index.db knows is not below " + media_dir(data_dir.path()) + " (" +
                         missing + " and others): is another disk mounted there, or none? If the footage is really " +
                         "gone, run 'vonggac rebuild' to begin with what is there");
}

base::Status Pipeline::open_index() {
  const std::string path = index_path(data_dir.path());
  if (::access(path.c_str(), F_OK) != 0 && has_footage(*disk)) {
    return base::data_loss("index.db is missing but " + media_dir(data_dir.path()) +
                           " holds footage: run 'vonggac rebuild' to make the index from it");
  }
  // Made here, so that it and its -wal and -shm are not for everybody. Closed before SQLite opens it: closing any
  // descriptor of a file drops all POSIX locks of the process on it, and the index would look as if nobody had it.
  base::UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kIndexMode)).reset();
  VG_ASSIGN(index, IndexWriter::open(path));
  VG_ASSIGN(const std::string known, index->installation());
  VG_ASSIGN(const bool recorded, index->has_recorded());
  if (!recorded && has_footage(*disk)) {
    // Its log was lost before anything of it had come into the file: numbering would begin anew beside the footage.
    return base::data_loss("index.db is empty but " + media_dir(data_dir.path()) +
                           " holds footage: run 'vonggac rebuild' to make the index from it");
  }
  const base::Result<base::Uuid> id = base::Uuid::parse(known);
  if (!id) return index->put_installation(data_dir.installation().to_string());
  if (*id == data_dir.installation()) return {};
  if (data_dir.made_installation()) return data_dir.adopt_installation({*id}, clock);
  return base::data_loss("index.db belongs to installation " + known + ", node.json says " +
                         data_dir.installation().to_string() + ": one of them was copied here from elsewhere");
}

base::Status Pipeline::build() {
  wall = std::make_unique<WallClock>(clock, repair.epoch);
  guard = std::make_unique<AgeGuard>(clock, repair.last_alive);
  writer =
      std::make_unique<SegmentWriter>(*disk, data_dir.installation(), index->chain_heads(), index->next_segment_id());
  queue = std::make_unique<WriteQueue>(config.ram_budget_bytes,
                                       [this](std::uint64_t bytes) { return writer->give_up_copies(bytes); });
  stage = std::make_unique<WriteStage>(clock, *queue, *writer, [this] {
    retention->demand_space();
    wake_retention();
  });
  committer = std::make_unique<Committer>(
      Committer::Parts{clock, *disk, *queue, *stage, *writer, *index},
      Committer::Hooks{[this](const std::vector<FootageChange>& changes) { ledger.apply(changes); },
                       [this] {
                         data_dir.give_up_reserve();
                         retention->demand_space();
                         wake_retention();
                       }});
  committer->set_interval(config.flush_interval_us, config.flush_interval_max_us);
  Retention::Parts parts{clock,
                         config,
                         *disk,
                         ledger,
                         *guard,
                         [this](IndexCall body) { return committer->call(std::move(body), kCallTimeoutUs); },
                         [this] { stage->seal_all_files(); },
                         [this] { return writer->media_bytes_written(); }};
  VG_ASSIGN(retention, Retention::open(std::move(parts), index_path(data_dir.path())));
  return {};
}

void Pipeline::write_loop() {
  while (queue->wait()) {
    if (stage->step() != WriteStage::Outcome::kWaitForSpace) continue;
    std::unique_lock lock(retain_mutex_);
    const std::uint64_t round = space_rounds_;
    space_wake_.wait_for(lock, kSpaceRound, [&] { return space_rounds_ != round || retain_stop_; });
  }
}

void Pipeline::sync_loop() {
  for (;;) {
    const Committer::Wake wake = committer->wait();
    if (wake == Committer::Wake::kStop) break;
    // Failures are logged and shown in health(); the next round tries again.
    const base::Status status = wake == Committer::Wake::kFlush ? committer->flush() : committer->serve_calls();
    if (!status.ok()) base::log::debug("record", "flush: {}", status.message());
  }
  finish();
}

/// The last round. Only if nothing is left over the stop counts as clean.
void Pipeline::finish() {
  base::Status status = committer->flush();
  if (!status.ok() || !all_written || !queue->empty()) return;
  committer->submit(PutMeta{"last_alive_us", clock.wall_now().us});
  committer->submit(PutMeta{"clean_shutdown", 1});
  status = committer->serve_calls();
  if (!status.ok()) base::log::warning("record", "the index could not be closed properly: {}", status.message());
}

void Pipeline::retain_loop() {
  for (;;) {
    const bool more = retention->step();
    if (retention->free_bytes() > retention->low_water_bytes()) {
      const std::uint64_t wanted = retention->total_bytes() / 100;
      data_dir.make_reserve(std::clamp(wanted, kMinReserveBytes, kMaxReserveBytes));
    }
    std::unique_lock lock(retain_mutex_);
    ++space_rounds_;
    space_wake_.notify_all();
    if (!more && !retain_now_)
      retain_wake_.wait_for(lock, kRetentionRound, [this] { return retain_stop_ || retain_now_; });
    retain_now_ = false;
    if (retain_stop_) return;
  }
}

void Pipeline::wake_retention() {
  {
    const std::lock_guard lock(retain_mutex_);
    retain_now_ = true;
  }
  retain_wake_.notify_all();
}

void Pipeline::stop_retention() {
  {
    const std::lock_guard lock(retain_mutex_);
    retain_stop_ = true;
  }
  retain_wake_.notify_all();
  space_wake_.notify_all();
}

}  // namespace vonggac::record
