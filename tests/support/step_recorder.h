/// The recorder's parts without its threads: the test decides when something is written, synced and committed, so that
/// every interleaving can be repeated.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "record/recorder_impl.h"
#include "support/faulty_disk.h"
#include "support/hand_clock.h"
#include "support/synthetic_camera.h"

namespace vonggac::test {

/// A folder in memory where there is one: these tests commit thousands of transactions.
class FastFolder {
 public:
  FastFolder() {
    std::string pattern = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/vonggac-XXXXXX" : "/tmp/vonggac-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~FastFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FastFolder(const FastFolder&) = delete;
  FastFolder& operator=(const FastFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline base::CameraId camera_id(std::uint8_t n) {
  base::CameraId id;
  id.bytes.fill(n);
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  return id;
}

inline record::RecordPolicy continuous() {
  record::RecordPolicy policy;
  policy.mode = record::RecordMode::kContinuous;
  return policy;
}

/// A fragment that readers of the index see.
struct SeenFragment {
  std::string path;
  record::FragmentEntry entry;
};
using Seen = std::map<std::pair<base::CameraId, std::uint64_t>, SeenFragment>;  ///< by camera and sequence

class StepRecorder {
 public:
  explicit StepRecorder(HandClock& clock, std::string data_dir,
                        std::shared_ptr<DiskFaults> faults = std::make_shared<DiskFaults>())
      : clock_(clock), faults_(std::move(faults)) {
    config.data_dir = std::move(data_dir);
    config.low_water_fraction = 0;
  }
  ~StepRecorder() { close(); }

  record::RecorderConfig config;

  base::Status open() {
    VG_ASSIGN(pipeline, record::Pipeline::create(
                            clock_, config, [this](const std::string& dir) { return FaultyDisk::open(dir, faults_); }));
    record::Pipeline& p = *pipeline;
    const record::Retention::Parts parts{clock_,
                                         p.config,
                                         *p.disk,
                                         p.ledger,
                                         *p.guard,
                                         [this](record::IndexCall body) { return call(std::move(body)); },
                                         [&p] { p.stage->seal_all_files(); },
                                         [&p] { return p.writer->media_bytes_written(); }};
    VG_ASSIGN(p.retention, record::Retention::open(parts, record::index_path(config.data_dir)));
    return {};
  }
  /// As a process that dies: nothing is sealed, written or committed.
  void close() {
    tracks.clear();
    pipeline.reset();
  }

  record::CameraTrack& add(std::uint8_t camera, const record::RecordPolicy& policy) {
    record::Pipeline& p = *pipeline;
    const record::CameraTrack::Services services{clock_, *p.wall, p.config, *p.queue, *p.committer, p.ledger};
    tracks[camera] = std::make_unique<record::CameraTrack>(services, camera_id(camera), policy);
    tracks[camera]->on_parameters(media::TrackKind::kVideo, SyntheticCamera::parameters());
    return *tracks[camera];
  }
  /// Time passes for all cameras: frames and ticks.
  void play(SyntheticCamera& source, record::CameraTrack& track, std::int64_t us) {
    for (std::int64_t frames = (us * source.fps + 500'000) / 1'000'000; frames > 0; --frames) {
      track.on_unit(source.next());
      clock_.advance(base::Micros(source.frame_us()));
      tick();
    }
  }
  void tick() {
    if (const auto step = pipeline->wall->discipline()) {
      pipeline->committer->submit(record::AddEpoch{step->epoch, step->after.us, 0, "step"});
    }
    for (auto& [n, track] : tracks) track->tick();
  }
  /// Everything that waits for the write thread.
  void write() {
    for (int i = 0; i < 10'000; ++i) {
      const auto outcome = pipeline->stage->step();
      if (outcome == record::WriteStage::Outcome::kIdle) return;
      if (outcome == record::WriteStage::Outcome::kWaitForSpace) clock_.advance(base::Millis(200));
    }
  }
  base::Status flush() { return pipeline->committer->flush(); }
  base::Status write_and_flush() {
    write();
    return flush();
  }
  base::Status call(const record::IndexCall& body) {
    std::vector<record::FootageChange> changes;
    const base::Status status = pipeline->index->commit({body}, changes);
    pipeline->ledger.apply(changes);
    return status;
  }

  /// What a reader of index.db sees now.
  Seen seen() const {
    auto db = record::SqliteDb::open_index(record::index_path(config.data_dir), record::SqliteDb::Access::kReadOnly, 0);
    if (!db) return {};
    Seen all;
    auto rows = record::Statement::prepare(*db,
                                           "SELECT s.id, camera, file_us, flags, entries FROM segment s LEFT JOIN "
                                           "fragment_table t ON t.segment = s.id");
    while (rows && *rows->step()) {
      const record::SegmentFile file{rows->camera(1), rows->integer(2)};
      std::vector<record::FragmentEntry> entries;
      if ((rows->integer(3) & 1) != 0) {
        auto decoded = record::decode_fragment_table(rows->blob(4));
        if (decoded) entries = *decoded;
      } else {
        entries = tail_of(*db, rows->integer(0));
      }
      for (const auto& e : entries) all[{file.camera, e.seq}] = {record::segment_path(file), e};
    }
    return all;
  }
  /// Rows of any query, columns as text joined by '|'.
  std::vector<std::string> rows(const std::string& sql) const {
    auto db = record::SqliteDb::open_index(record::index_path(config.data_dir), record::SqliteDb::Access::kReadOnly, 0);
    std::vector<std::string> out;
    if (!db) return out;
    auto statement = record::Statement::prepare(*db, "SELECT * FROM (" + sql + ")");
    while (statement && *statement->step()) out.push_back(statement->text(0));
    return out;
  }

  std::shared_ptr<record::Pipeline> pipeline;
  std::map<std::uint8_t, std::unique_ptr<record::CameraTrack>> tracks;
  DiskFaults& faults() { return *faults_; }

 private:
  static std::vector<record::FragmentEntry> tail_of(const record::SqliteDb& db, std::int64_t segment) {
    std::vector<record::FragmentEntry> entries;
    auto rows = record::Statement::prepare(db,
                                           "SELECT seq, offset_bytes, size_bytes, start_us, media_start_90k, "
                                           "duration_90k, flags FROM fragment_tail WHERE segment = ? ORDER BY id");
    if (!rows) return entries;
    rows->bind(segment);
    while (*rows->step()) {
      record::FragmentEntry e;
      e.seq = static_cast<std::uint64_t>(rows->integer(0));
      e.offset_bytes = static_cast<std::uint64_t>(rows->integer(1));
      e.size_bytes = static_cast<std::uint32_t>(rows->integer(2));
      e.start_us = rows->integer(3);
      e.media_start_90k = rows->integer(4);
      e.duration_90k = static_cast<std::uint32_t>(rows->integer(5));
      e.flags = static_cast<std::uint32_t>(rows->integer(6));
      entries.push_back(e);
    }
    return entries;
  }
  HandClock& clock_;
  std::shared_ptr<DiskFaults> faults_;
};

}  // namespace vonggac::test
