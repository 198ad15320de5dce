#include "record/check.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/log.h"
#include "record/check_orphans.h"
#include "record/check_repair.h"
#include "record/check_segment.h"
#include "record/data_dir.h"
#include "record/index_schema.h"

namespace vonggac::record {
namespace {

constexpr int kCheckBusyMs = 5000;
/// The wall time of a picture is right to 200 ms; ends of segments are estimates.
constexpr std::int64_t kOverlapToleranceUs = 200'000;

/// Does a service hold the data directory?
bool service_holds(const std::string& data_dir) {
  const base::UniqueFd lock(::open(lock_path(data_dir).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!lock.valid()) return false;
  if (::flock(lock.get(), LOCK_SH | LOCK_NB) == 0) return false;
  return errno == EWOULDBLOCK;
}

class Check {
 public:
  Check(const std::string& data_dir, const CheckOptions& options, const base::Clock& clock)
      : data_dir_(data_dir), options_(options), clock_(clock) {
    report_.full = options.full;
  }

  base::Result<CheckReport> run() {
    struct stat info {};
    if (::stat(data_dir_.c_str(), &info) != 0) return base::from_errno(errno, "open " + data_dir_);
    if (never_recorded(data_dir_)) return std::move(report_);
    std::optional<DataDir> lock;
    if (options_.repair) {
      VG_ASSIGN(lock, DataDir::open(data_dir_, clock_));
    } else {
      report_.service_running = service_holds(data_dir_);
    }
    const base::Status index = check_index();
    if (!index.ok()) return index;
    if (!db_) return std::move(report_);
    VG_ASSIGN(disk_, open_disk(data_dir_));
    VG_ASSIGN(SegmentFiles files, SegmentFiles::open(data_dir_));
    VG_TRY(check_rows(files));
    VG_TRY(check_files(files));
    if (options_.repair) {
      VG_TRY(repair_findings({data_dir_, *disk_, files, installation_}, report_));
    }
    return std::move(report_);
  }

 private:
  /// Opens the index; leaves db_ empty where it is too damaged to go on.
  base::Status check_index() {
    struct stat info {};
    if (::stat(index_path(data_dir_).c_str(), &info) != 0) {
      return corrupt("there is no index.db: 'vonggac rebuild' makes one from the media");
    }
    auto db = SqliteDb::open_index(index_path(data_dir_), SqliteDb::Access::kReadOnly, kCheckBusyMs);
    if (!db) {
      if (db.error().kind() == base::ErrorKind::kUnavailable) return db.error();
      return corrupt(db.error().message());
    }
    auto integrity = Statement::prepare(*db, options_.full ? "PRAGMA integrity_check(10)" : "PRAGMA quick_check(10)");
    bool sound = true;
    for (;;) {
      const auto row = integrity ? integrity->step() : base::Result<bool>(integrity.error());
      if (!row) return corrupt(row.error().message());
      if (!*row) break;
      if (integrity->text(0) == "ok") continue;
      sound = false;
      (void)corrupt(integrity->text(0));
    }
    if (!sound) return {};
    const base::Status id = read_installation(*db);
    if (!id.ok()) return corrupt(id.message());
    db_ = std::move(*db);
    return {};
  }

  base::Status corrupt(const std::string& detail) {
    Finding finding;
    finding.kind = FindingKind::kIndexCorrupt;
    finding.path = "index.db";
    finding.detail = detail;
    report_.findings.push_back(std::move(finding));
    return {};
  }

  base::Status read_installation(const SqliteDb& db) {
    VG_ASSIGN(Statement meta, Statement::prepare(db, "SELECT value FROM meta WHERE key = 'installation'"));
    VG_ASSIGN(const bool known, meta.step());
    if (!known) return base::data_loss("it does not say which installation it belongs to");
    VG_ASSIGN(const base::Uuid id, base::Uuid::parse(meta.text(0)));
    installation_ = {id};
    return {};
  }

  base::Status check_rows(const SegmentFiles& files) {
    const SegmentCheck::Context context{files, installation_, report_};
    std::vector<StoredSegment> batch;
    do {
      VG_TRY(next_batch(batch));
      for (StoredSegment& segment : batch) VG_TRY(check_row(context, segment));
    } while (!batch.empty());
    return {};
  }

  /// Few rows at a time: a read transaction that lasts as long as hashing terabytes would keep the log of a running
  /// service from ever being folded back.
  base::Status next_batch(std::vector<StoredSegment>& batch) {
    constexpr std::int64_t kBatch = 64;
    batch.clear();
    VG_ASSIGN(Statement rows,
              Statement::prepare(*db_, std::string(kSelectSegment) + "WHERE (camera, role, first_seq) > (?, ?, ?) "
                                                                     "ORDER BY camera, role, first_seq LIMIT ?"));
    rows.bind(last_stream_.camera)
        .bind(static_cast<std::int64_t>(last_stream_.role))
        .bind(last_first_seq_)
        .bind(kBatch);
    for (;;) {
      VG_ASSIGN(const bool more, rows.step());
      if (!more) break;
      StoredSegment segment = read_segment_row(rows);
      last_stream_ = segment.stream;
      last_first_seq_ = rows.integer(kFirstSeqColumn);
      known_.insert({segment.file.camera, segment.file.file_us});
      const base::Status loaded = load_fragments(*db_, segment);
      if (!loaded.ok()) (void)corrupt(segment_path(segment.file) + ": " + loaded.message());
      batch.push_back(std::move(segment));
    }
    return {};
  }

  base::Status check_row(const SegmentCheck::Context& context, StoredSegment& segment) {
    if (segment.fragments.empty()) return {};  // nothing acknowledged yet, or reported as corrupt
    if (!before_ || before_->stream != segment.stream) {
      chain_ = {};
    } else {
      compare(*before_, segment);
    }
    const std::size_t findings = report_.findings.size();
    SegmentCheck(context, segment, chain_).run();
    VG_TRY(forget_outdated(segment, findings));
    before_ = std::move(segment);
    return {};
  }

  /// Rows of one stream in the order of their sequence must not claim the same numbers, nor, within one epoch of the
  /// clock, the same time.
  void compare(const StoredSegment& before, const StoredSegment& now) {
    const bool same_numbers = now.fragments.front().seq <= before.fragments.back().seq;
    const bool same_time = now.epoch == before.epoch && now.start_us < before.end_us - kOverlapToleranceUs;
    if (!same_numbers && !same_time) return;
    Finding finding;
    finding.kind = FindingKind::kRowOverlap;
    finding.path = segment_path(now.file);
    finding.camera = now.stream.camera;
    finding.sequence = now.fragments.front().seq;
    finding.detail =
        fmt::format("claims the same {} as {}", same_numbers ? "fragments" : "time", segment_path(before.file));
    report_.findings.push_back(std::move(finding));
  }

  /// Beside a running service: a file may have been deleted by retention, or a row changed, since the row was read.
  base::Status forget_outdated(const StoredSegment& segment, std::size_t first_finding) {
    if (!report_.service_running || report_.findings.size() == first_finding) return {};
    auto fresh = SqliteDb::open_index(index_path(data_dir_), SqliteDb::Access::kReadOnly, kCheckBusyMs);
    if (!fresh) return fresh.error();
    VG_ASSIGN(Statement row, Statement::prepare(*fresh, std::string(kSelectSegment) + "WHERE id = ?"));
    VG_ASSIGN(const bool there, row.bind(segment.id).step());
    if (there && read_segment_row(row).flags == segment.flags) return {};
    report_.findings.resize(first_finding);
    return {};
  }

  base::Status check_files(const SegmentFiles& files) {
    const OrphanCheck::Context context{files, *db_, installation_, clock_.wall_now().us, report_};
    OrphanCheck orphans(context);
    base::Status status;
    MediaVisitor visitor;
    visitor.segment = [&](const SegmentFile& file, const std::string& path) {
      ++report_.files;
      if (status.ok() && known_.count({file.camera, file.file_us}) == 0) status = orphans.look_at(file, path);
    };
    visitor.stranger = [&](const std::string& path, Stranger why) {
      // A link or pipe in the place of a known file has been reported with its row.
      const std::optional<SegmentFile> file = parse_segment_path(path);
      if (!file || known_.count({file->camera, file->file_us}) == 0) orphans.stranger(path, why);
    };
    VG_TRY(walk_media(*disk_, visitor));
    return status;
  }

  std::string data_dir_;
  CheckOptions options_;
  const base::Clock& clock_;
  CheckReport report_;
  std::optional<SqliteDb> db_;
  std::unique_ptr<Disk> disk_;
  base::InstallationId installation_;
  std::set<std::pair<base::CameraId, std::int64_t>> known_;  ///< files that have rows
  StreamKey last_stream_;                                    ///< of the batches read so far
  std::int64_t last_first_seq_ = -1;
  std::optional<StoredSegment> before_;
  ChainPosition chain_;
};

}  // namespace

base::Result<CheckReport> check(const std::string& data_dir, const CheckOptions& options, const base::Clock& clock) {
  return Check(data_dir, options, clock).run();
}

}  // namespace vonggac::record
