#include "record/rebuild.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "record/data_dir.h"
#include "record/index_schema.h"
#include "record/media_tree.h"
#include "record/old_index.h"
#include "record/segment_files.h"
#include "record/segment_rows.h"

namespace vonggac::record {
namespace {

constexpr int kRebuildBusyMs = 5000;

class Rebuild {
 public:
  Rebuild(DataDir data_dir, const base::Clock& clock) : data_dir_(std::move(data_dir)), clock_(clock) {}

  base::Result<RebuildReport> run() {
    VG_ASSIGN(disk_, open_disk(data_dir_.path()));
    VG_ASSIGN(SegmentFiles files, SegmentFiles::open(data_dir_.path()));
    VG_TRY(decide_installation(files));
    VG_TRY(write_index(files));
    VG_TRY(change_places());
    return std::move(report_);
  }

 private:
  std::string fresh_path() const { return index_path(data_dir_.path()) + ".new"; }

  void leave(const std::string& path, std::string reason) { report_.left.push_back({path, std::move(reason)}); }

  /// node.json says who we are. Where it was lost, the old index does, and else what most files say.
  base::Status decide_installation(const SegmentFiles& files) {
    report_.installation = data_dir_.installation();
    if (!data_dir_.made_installation()) return {};
    const auto old = base::Uuid::parse(old_installation(index_path(data_dir_.path())));
    if (old) {
      report_.installation = {*old};
      return data_dir_.adopt_installation(report_.installation, clock_);
    }
    std::map<base::InstallationId, std::size_t> votes;
    MediaVisitor visitor;
    visitor.segment = [&](const SegmentFile&, const std::string& path) {
      const auto file = files.open_file(path);
      if (!file) return;
      const auto start = media::read_segment_start(file->source);
      if (start) ++votes[start->header.installation];
    };
    visitor.stranger = [](const std::string&, Stranger) {};
    VG_TRY(walk_media(*disk_, visitor));
    if (votes.empty()) return {};
    const auto most =
        std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    report_.installation = most->first;
    report_.installation_from_media = true;
    return data_dir_.adopt_installation(report_.installation, clock_);
  }

  /// Camera by camera: a month of 100 cameras does not fit into memory at once.
  base::Status read_media(const SegmentFiles& files) {
    base::Status status;
    MediaVisitor visitor;
    visitor.segment = [&](const SegmentFile& name, const std::string& path) {
      if (!segments_.empty() && segments_.front().file.camera != name.camera && status.ok()) status = insert_camera();
      read_file(files, name, path);
    };
    visitor.stranger = [&](const std::string& path, Stranger why) {
      leave(path, why == Stranger::kSpecial ? "a link, pipe or device" : "not a segment file");
    };
    VG_TRY(walk_media(*disk_, visitor));
    VG_TRY(status);
    return insert_camera();
  }

  void read_file(const SegmentFiles& files, const SegmentFile& name, const std::string& path) {
    ++report_.files;
    const auto file = files.open_file(path);
    if (!file) return leave(path, file.error().message());
    media::ScanOptions options;
    options.resync = true;
    const auto scan = media::scan_segment(file->source, options);
    if (!scan) return leave(path, scan.error().message());
    const media::SegmentHeader& header = scan->start.header;
    if (header.installation != report_.installation) {
      return leave(path, "recorded by installation " + header.installation.to_string());
    }
    if (header.camera != name.camera) return leave(path, "holds footage of camera " + header.camera.to_string());
    if (scan->fragments.empty()) return leave(path, "no whole fragment in it");
    segments_.push_back(segment_of(name, *scan));
  }

  /// After a failed sync the same footage was written to a second file: the later file has it whole, the earlier one
  /// keeps what came before. Ends of segments do not reach into the next.
  void resolve_doubles() {
    std::sort(segments_.begin(), segments_.end(), [](const StoredSegment& a, const StoredSegment& b) {
      return std::tuple(a.stream, a.fragments.front().seq, a.file.file_us) <
             std::tuple(b.stream, b.fragments.front().seq, b.file.file_us);
    });
    std::vector<StoredSegment> kept;
    for (StoredSegment& segment : segments_) {
      if (!kept.empty() && kept.back().stream == segment.stream) {
        StoredSegment& before = kept.back();
        if (before.fragments.back().seq >= segment.fragments.back().seq) {
          leave(segment_path(segment.file), "its footage is in " + segment_path(before.file) + " too");
          continue;
        }
        cut_before(before, segment.fragments.front().seq);
        if (before.fragments.empty()) {
          leave(segment_path(before.file), "its footage is in " + segment_path(segment.file) + " too");
          kept.pop_back();
        } else if (before.epoch == segment.epoch) {
          before.end_us = std::max(std::min(before.end_us, segment.start_us), before.fragments.back().start_us + 1);
        }
      }
      kept.push_back(std::move(segment));
    }
    segments_ = std::move(kept);
  }

  static void cut_before(StoredSegment& segment, std::uint64_t seq) {
    std::vector<FragmentEntry>& all = segment.fragments;
    if (all.back().seq < seq) return;
    all.erase(std::find_if(all.begin(), all.end(), [&](const FragmentEntry& e) { return e.seq >= seq; }), all.end());
    segment.last_record_sha256.reset();
    segment.flags |= kSegmentAbandoned;
    if (all.empty()) return;
    segment.size_bytes = all.back().offset_bytes + all.back().size_bytes;
    segment.end_us = all.back().end_us();
  }

  base::Status write_index(const SegmentFiles& files) {
    for (const char* suffix : {"", "-wal", "-shm"}) ::unlink((fresh_path() + suffix).c_str());
    VG_ASSIGN(db_, SqliteDb::open_index(fresh_path(), SqliteDb::Access::kWrite, kRebuildBusyMs));
    VG_TRY(db_.run("PRAGMA synchronous = OFF; BEGIN"));
    VG_ASSIGN(inserter_, SegmentInserter::prepare(db_));
    VG_TRY(read_media(files));
    VG_TRY(insert_epochs_and_meta());
    VG_TRY(db_.run("COMMIT"));
    inserter_ = SegmentInserter();
    struct stat info {};
    const std::string old_path = index_path(data_dir_.path());
    if (::stat(old_path.c_str(), &info) == 0) save_old_rows(db_, old_path, report_);
    // One plain file without a log beside it, so that it can take its place in one step.
    VG_TRY(db_.run("PRAGMA journal_mode = DELETE"));
    db_ = SqliteDb();
    return sync_path(fresh_path());
  }

  base::Status insert_camera() {
    resolve_doubles();
    for (StoredSegment& segment : segments_) {
      segment.id = static_cast<std::int64_t>(++report_.segments);
      VG_TRY(complete(segment));
      VG_TRY(inserter_.insert(segment));
      report_.fragments += segment.fragments.size();
      report_.media_bytes += segment.size_bytes;
      newest_us_ = std::max(newest_us_, segment.end_us);
      const auto [epoch, fresh] = epochs_.try_emplace(segment.epoch, segment.start_us);
      if (!fresh) epoch->second = std::min(epoch->second, segment.start_us);
    }
    segments_.clear();
    return {};
  }

  base::Status insert_epochs_and_meta() {
    VG_ASSIGN(Statement add_epoch,
              Statement::prepare(db_, "INSERT INTO clock_epoch(id, start_us, cause) VALUES(?,?,'start')"));
    for (const auto& [id, start_us] : epochs_) VG_TRY(add_epoch.bind(std::int64_t{id}).bind(start_us).run());
    VG_ASSIGN(Statement meta, Statement::prepare(db_, "INSERT INTO meta(key, value) VALUES(?,?)"));
    const std::string installation = report_.installation.to_string();
    VG_TRY(meta.bind(std::string_view("installation")).bind(std::string_view(installation)).run());
    VG_TRY(meta.bind(std::string_view("clean_shutdown")).bind(std::int64_t{1}).run());
    return meta.bind(std::string_view("last_alive_us")).bind(newest_us_).run();
  }

  /// The chain head of a segment that was cut because its end is doubled.
  base::Status complete(StoredSegment& segment) {
    if (segment.last_record_sha256) return {};
    VG_ASSIGN(const SegmentFiles files, SegmentFiles::open(data_dir_.path()));
    VG_ASSIGN(const OpenFile file, files.open_file(segment_path(segment.file)));
    VG_ASSIGN(const media::Fragment last, media::read_fragment(file.source, segment.fragments.back().offset_bytes));
    segment.last_record_sha256 = last.record.record_sha256;
    return {};
  }

  base::Status change_places() {
    const std::string path = index_path(data_dir_.path());
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
      if (::rename(fresh_path().c_str(), path.c_str()) != 0) return base::from_errno(errno, "rename " + fresh_path());
      return sync_path(data_dir_.path());
    }
    const std::string bad = path + ".bad-" + std::to_string(clock_.wall_now().us / 1'000'000);
    for (const char* suffix : {"-wal", "-shm"}) {
      if (::rename((path + suffix).c_str(), (bad + suffix).c_str()) != 0 && errno != ENOENT) {
        return base::from_errno(errno, "rename " + path + suffix);
      }
    }
    // Never a moment without an index.db: a service that starts would make an empty one.
    if (::renameat2(AT_FDCWD, fresh_path().c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
      if (::rename(fresh_path().c_str(), bad.c_str()) != 0) return base::from_errno(errno, "rename " + fresh_path());
    } else {
      if (::rename(path.c_str(), bad.c_str()) != 0) return base::from_errno(errno, "rename " + path);
      if (::rename(fresh_path().c_str(), path.c_str()) != 0) return base::from_errno(errno, "rename " + fresh_path());
    }
    report_.old_index = bad;
    return sync_path(data_dir_.path());
  }

  static base::Status sync_path(const std::string& path) {
    const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid() || ::fsync(fd.get()) != 0) return base::from_errno(errno, "fsync " + path);
    return {};
  }

  DataDir data_dir_;  ///< holds the lock
  const base::Clock& clock_;
  std::unique_ptr<Disk> disk_;
  SqliteDb db_;
  SegmentInserter inserter_;
  std::vector<StoredSegment> segments_;           ///< of one camera
  std::map<std::uint32_t, std::int64_t> epochs_;  ///< their earliest times
  std::int64_t newest_us_ = 0;
  RebuildReport report_;
};

}  // namespace

base::Result<RebuildReport> rebuild(const std::string& data_dir, const base::Clock& clock) {
  struct stat info {};
  if (::stat(data_dir.c_str(), &info) != 0) return base::from_errno(errno, "open " + data_dir);
  VG_ASSIGN(DataDir dir, DataDir::open(data_dir, clock));
  return Rebuild(std::move(dir), clock).run();
}

std::string rebuild_report_json(const RebuildReport& report) {
  boost::json::array left;
  for (const LeftFile& file : report.left) left.push_back({{"path", file.path}, {"reason", file.reason}});
  const boost::json::object json{{"installation", report.installation.to_string()},
                                 {"installation_from_media", report.installation_from_media},
                                 {"files", report.files},
                                 {"segments", report.segments},
                                 {"fragments", report.fragments},
                                 {"media_bytes", report.media_bytes},
                                 {"left", std::move(left)},
                                 {"holds", report.holds},
                                 {"motion_events", report.motion_events},
                                 {"gaps", report.gaps},
                                 {"old_index", report.old_index},
                                 {"old_index_note", report.old_index_note}};
  return boost::json::serialize(json);
}

std::string rebuild_report_text(const RebuildReport& report) {
  std::string text;
  for (const LeftFile& file : report.left) text += fmt::format("left {}: {}\n", file.path, file.reason);
  text += fmt::format("{} files: {} segments, {} fragments, {} bytes\n", report.files, report.segments,
                      report.fragments, report.media_bytes);
  if (!report.old_index.empty()) {
    text += fmt::format("old index kept as {}; taken over from it: {} holds, {} motion events, {} gaps\n",
                        report.old_index, report.holds, report.motion_events, report.gaps);
  }
  if (!report.old_index_note.empty()) text += "not all of the old index could be read: " + report.old_index_note + "\n";
  return text;
}

}  // namespace vonggac::record
