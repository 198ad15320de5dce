#include "record/full_start.h"

#include <set>

#include "base/log.h"
#include "record/sqlite.h"

namespace vonggac::record {
namespace {

/// index.db-shm has 32 kB; a first transaction and SQLite's journals are smaller.
constexpr std::uint64_t kFullBytes = 1 << 20;
constexpr std::uint64_t kFullFiles = 16;
constexpr std::uint64_t kWantedBytes = 16 << 20;
constexpr std::size_t kMostFiles = 256;

constexpr const char* kOldest =
    "SELECT id, camera, role, file_us, start_us, end_us, size_bytes FROM segment WHERE (flags & 1) = 1 AND NOT EXISTS "
    "(SELECT 1 FROM hold WHERE hold.camera = segment.camera AND hold.from_us < segment.end_us AND hold.to_us > "
    "segment.start_us) ORDER BY start_us LIMIT ?";

/// As many as free the wanted bytes; where inodes are short, as many as files are wanted, too.
base::Result<std::vector<Retention::Candidate>> oldest_of(const std::string& index_path, std::size_t files) {
  VG_ASSIGN(const SqliteDb db, SqliteDb::open_index(index_path, SqliteDb::Access::kAlone, 0));
  VG_ASSIGN(Statement rows, Statement::prepare(db, kOldest));
  rows.bind(static_cast<std::int64_t>(kMostFiles));
  std::vector<Retention::Candidate> oldest;
  std::uint64_t bytes = 0;
  while (bytes < kWantedBytes || oldest.size() < files) {
    VG_ASSIGN(const bool more, rows.step());
    if (!more) break;
    Retention::Candidate c;
    c.id = rows.integer(0);
    c.stream = {rows.camera(1), static_cast<media::StreamRole>(rows.integer(2))};
    c.file = {c.stream.camera, rows.integer(3)};
    c.start_us = rows.integer(4);
    c.end_us = rows.integer(5);
    c.size_bytes = static_cast<std::uint64_t>(rows.integer(6));
    bytes += c.size_bytes;
    oldest.push_back(c);
  }
  rows.reset();
  return oldest;
}

}  // namespace

bool is_full(Disk& disk) {
  const base::Result<DiskSpace> space = disk.space();
  return space && (space->free_bytes < kFullBytes || space->free_files < kFullFiles);
}

base::Result<std::vector<Retention::Candidate>> delete_oldest_unlisted(const std::string& index_path, Disk& disk) {
  const base::Result<DiskSpace> space = disk.space();
  const std::size_t files = space && space->free_files < kFullFiles ? kFullFiles : 0;
  VG_ASSIGN(const std::vector<Retention::Candidate> oldest, oldest_of(index_path, files));
  std::set<std::string> folders;
  for (const Retention::Candidate& c : oldest) {
    VG_TRY(disk.remove_file(segment_path(c.file)));
    folders.insert(segment_folder(c.file));
  }
  for (const std::string& folder : folders) VG_TRY(disk.sync_folder(folder));
  base::log::warning("record", "the disk had no room for a start: the oldest {} files of footage were deleted",
                     oldest.size());
  return oldest;
}

}  // namespace vonggac::record
