/// What has to be put right when the recorder starts: takes in whole fragments that were written but not acknowledged,
/// cuts torn tails, seals what was open, names the time the service was away.
/// Flow     IndexWriter's open segments and recent files on disk -> operations -> one commit
/// Threads  before the recorder's threads start.
/// Errors   only the index can fail it. Files that cannot be read are left for 'vonggac check' and logged.
/// Units    bytes, wall microseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "media/fmp4_reader.h"
#include "record/disk.h"
#include "record/index_writer.h"
#include "record/media_paths.h"

namespace vonggac::record {

struct RepairReport {
  bool was_clean = true;
  std::uint64_t segments_sealed = 0, fragments_adopted = 0, files_adopted = 0, files_removed = 0;
  std::uint64_t torn_bytes = 0, fragments_missing = 0;
  std::uint32_t epoch = 1;  ///< for this run
  std::optional<base::WallTime> last_alive;
};

class Repair {
 public:
  /// Borrows all.
  Repair(const base::Clock& clock, Disk& disk, IndexWriter& index, base::InstallationId installation)
      : clock_(clock), disk_(disk), index_(index), installation_(installation) {}
  base::Result<RepairReport> run();

 private:
  base::Status read_meta();
  /// After a proper stop the newest file of every camera has a row; where one has none, the index is an older one.
  base::Result<bool> footage_is_newer();
  void repair_open_segments();
  void repair_segment(std::int64_t id);
  void drop_missing(const OpenSegmentState& state, std::uint64_t file_bytes);
  /// Verified fragments that follow each other from `offset` on. Returns where they end.
  std::uint64_t adopt_from(const media::ByteSource& source, std::uint64_t offset, std::int64_t segment,
                           const StreamKey& stream, std::uint64_t init_bytes);
  base::Status find_files_without_rows();
  base::Status look_into_day(const std::string& folder);
  void adopt_file(const SegmentFile& file);
  base::Result<bool> knows(const SegmentFile& file);
  void remove_file(const std::string& path);

  const base::Clock& clock_;
  Disk& disk_;
  IndexWriter& index_;
  base::InstallationId installation_;
  RepairReport report_;
  std::int64_t next_segment_id_ = 0;
  std::vector<IndexCall> calls_;
};

}  // namespace vonggac::record
