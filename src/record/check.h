/// Compares index.db with what lies below media/ and says, kind by kind, where they disagree.
/// Flow     rows -> their files (identity, size, records; with `full` every byte's hash) -> files without a row
///          -> findings; check_repair.h puts the safe ones right.
/// Threads  any; blocks on the disk. Works beside the running service: it then only reports, and leaves alone what the
///          service has not finished writing.
/// Errors   kNotFound: no data directory. A damaged index is a finding, not an error.
/// Units    bytes, wall microseconds UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace vonggac::record {

enum class FindingKind {
  kOrphanFile,    ///< footage of ours without a row
  kMissingFile,   ///< a row without its file
  kShortFile,     ///< acknowledged bytes are not there
  kLongFile,      ///< bytes after the acknowledged ones
  kForeignFile,   ///< of another installation or camera, or no segment file at all
  kSpecialFile,   ///< link, pipe, device
  kHashMismatch,  ///< bytes are not those that were recorded
  kRowMismatch,   ///< the file holds other fragments than its row says
  kChainBreak,    ///< a fragment does not follow the one before
  kRowOverlap,    ///< two rows of one camera claim the same time or sequence
  kIndexCorrupt,  ///< index.db itself
};
const char* finding_kind_name(FindingKind kind);  ///< "orphan_file", ...

struct Finding {
  FindingKind kind = FindingKind::kOrphanFile;
  std::string path;  ///< relative to the data directory
  std::optional<base::CameraId> camera;
  std::optional<std::uint64_t> sequence;
  std::string detail;
  bool problem = true;  ///< false: worth knowing, nothing is wrong
  std::string repair;   ///< what was done about it; empty: nothing
  std::int64_t segment_id = 0;
};

struct CheckOptions {
  bool full = false;    ///< read and hash every byte
  bool repair = false;  ///< put the safe kinds right; refused while the service runs
};

struct CheckReport {
  bool full = false;
  bool service_running = false;
  std::uint64_t segments = 0, fragments = 0, files = 0, media_bytes = 0, hashed_bytes = 0;
  std::vector<Finding> findings;
  /// No problem is left.
  bool clean() const;
};

/// kUnavailable: `repair` was asked for while the service runs.
base::Result<CheckReport> check(const std::string& data_dir, const CheckOptions& options, const base::Clock& clock);

/// One JSON object: {"clean", "full", "service_running", counts, "findings": [{"kind", "path", ...}]}.
std::string check_report_json(const CheckReport& report);
/// For people: one line per finding and a summary.
std::string check_report_text(const CheckReport& report);

}  // namespace vonggac::record
