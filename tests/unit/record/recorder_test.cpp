// The recorder with its threads. No test waits: stop() ends only when everything is written and committed.
#include <filesystem>
#include <fstream>
#include <future>

#include <gtest/gtest.h>

#include "support/atomic_clock.h"
#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::AtomicClock;
using test::camera_id;
using test::FastFolder;
using test::HandClock;
using test::StepRecorder;
using test::SyntheticCamera;

RecorderConfig config_for(const FastFolder& folder) {
  RecorderConfig config;
  config.data_dir = folder.path() + "/data";
  config.flush_interval_us = 20'000;
  config.low_water_fraction = 0;
  return config;
}

void play(Recorder& recorder, CameraRecorder& camera, SyntheticCamera& source, AtomicClock& clock, int frames) {
  for (int i = 0; i < frames; ++i) {
    camera.on_unit(source.next());
    clock.advance(base::Micros(source.frame_us()));
    recorder.tick();
  }
}

TEST(Recorder, StoresEverythingUpToAProperStop) {
  FastFolder folder;
  AtomicClock clock;
  const RecorderConfig config = config_for(folder);
  {
    auto recorder = Recorder::create(clock, config);
    ASSERT_TRUE(recorder.ok()) << recorder.error().to_string();
    CameraRecorder& camera = (*recorder)->open_camera(camera_id(1), test::continuous());
    camera.on_parameters(media::TrackKind::kVideo, SyntheticCamera::parameters());
    SyntheticCamera source(clock);
    play(**recorder, camera, source, clock, 15 * 11 + 7);
    (*recorder)->stop(GapCause::kServiceStopped, 5'000'000);
    EXPECT_EQ((*recorder)->health().disk_state, "ok");
    EXPECT_EQ((*recorder)->health().fragments_dropped, 0U);
    EXPECT_EQ((*recorder)->health().fragments_acknowledged, 6U);
    EXPECT_EQ(camera.state().stored_segments, 1U);
    EXPECT_FALSE(camera.state().recording);
  }
  HandClock reading;
  const StepRecorder reader(reading, config.data_dir);
  EXPECT_EQ(reader.seen().size(), 6U);
  EXPECT_EQ(reader.rows("SELECT value FROM meta WHERE key = 'clean_shutdown'"), std::vector<std::string>{"1"});
  EXPECT_EQ(reader.rows("SELECT count(*) || ' ' || min(cause) FROM gap WHERE end_us IS NULL"),
            std::vector<std::string>{"1 10"});
  EXPECT_EQ(reader.rows("SELECT count(*) FROM fragment_tail WHERE segment NOT IN (SELECT id FROM segment)"),
            std::vector<std::string>{"0"});
}

TEST(Recorder, RefusesASecondServiceOnTheSameData) {
  FastFolder folder;
  AtomicClock clock;
  auto first = Recorder::create(clock, config_for(folder));
  ASSERT_TRUE(first.ok());
  auto second = Recorder::create(clock, config_for(folder));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind(), base::ErrorKind::kUnavailable);
  EXPECT_NE(second.error().message().find("another vonggac service"), std::string::npos);
}

TEST(Recorder, KeepsItsInstallationOverRestarts) {
  FastFolder folder;
  AtomicClock clock;
  base::InstallationId id;
  {
    auto recorder = Recorder::create(clock, config_for(folder));
    id = (*recorder)->installation();
  }
  EXPECT_FALSE(id.is_nil());
  EXPECT_EQ((*Recorder::create(clock, config_for(folder)))->installation(), id);
  std::filesystem::remove(folder.path() + "/data/node.json");
  EXPECT_EQ((*Recorder::create(clock, config_for(folder)))->installation(), id) << "the index knows it, too";
}

TEST(Recorder, RefusesFootageWithoutItsIndex) {
  FastFolder folder;
  AtomicClock clock;
  {
    auto recorder = Recorder::create(clock, config_for(folder));
    CameraRecorder& camera = (*recorder)->open_camera(camera_id(1), test::continuous());
    camera.on_parameters(media::TrackKind::kVideo, SyntheticCamera::parameters());
    SyntheticCamera source(clock);
    play(**recorder, camera, source, clock, 40);
  }
  for (const char* name : {"/data/index.db", "/data/index.db-wal", "/data/index.db-shm"}) {
    std::filesystem::remove(folder.path() + name);
  }
  auto again = Recorder::create(clock, config_for(folder));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind(), base::ErrorKind::kDataLoss);
  EXPECT_NE(again.error().message().find("rebuild"), std::string::npos);
}

TEST(Recorder, RefusesFootageBesideAnIndexThatHasLostEverything) {
  FastFolder folder;
  HandClock clock;
  SyntheticCamera source(clock);
  {
    StepRecorder recorder(clock, folder.path());
    ASSERT_TRUE(recorder.open().ok());
    recorder.play(source, recorder.add(1, test::continuous()), 4'000'000);
    ASSERT_TRUE(recorder.write_and_flush().ok());
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(index_path(folder.path()) + suffix);
  { auto empty = SqliteDb::open_index(index_path(folder.path()), SqliteDb::Access::kWrite, 0); }
  StepRecorder again(clock, folder.path());
  const base::Status refused = again.open();
  EXPECT_EQ(refused.kind(), base::ErrorKind::kDataLoss);
  EXPECT_NE(refused.message().find("rebuild"), std::string::npos) << refused.message();
}

TEST(Recorder, SaysThatADamagedIndexNeedsRebuilding) {
  FastFolder folder;
  AtomicClock clock;
  { auto recorder = Recorder::create(clock, config_for(folder)); }
  std::ofstream(folder.path() + "/data/index.db", std::ios::trunc) << std::string(8192, 'x');
  auto again = Recorder::create(clock, config_for(folder));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind(), base::ErrorKind::kDataLoss);
  EXPECT_NE(again.error().message().find("rebuild"), std::string::npos);
}

TEST(Recorder, HoldsArePlacedAndReleasedFromOtherThreads) {
  FastFolder folder;
  AtomicClock clock;
  auto recorder = Recorder::create(clock, config_for(folder));
  const auto id = (*recorder)->place_hold({camera_id(1), {100}, {200}, "case 7"});
  ASSERT_TRUE(id.ok()) << id.error().to_string();
  EXPECT_FALSE((*recorder)->place_hold({camera_id(1), {200}, {100}, "backwards"}).ok());
  EXPECT_TRUE((*recorder)->release_hold(*id).ok());
  EXPECT_EQ((*recorder)->release_hold(*id).kind(), base::ErrorKind::kNotFound);
}

/// A disk whose writes wait until the test lets them go.
class HangingDisk {
 public:
  base::Result<std::unique_ptr<Disk>> open(const std::string& data_dir) {
    auto faults = std::make_shared<test::DiskFaults>();
    faults->on_write = [this] {
      writing_.set_value();
      go_on_.get_future().wait();
    };
    VG_ASSIGN(std::unique_ptr<Disk> disk, test::FaultyDisk::open(data_dir, faults));
    faults->on_close = [this] { closed_.set_value(); };
    return disk;
  }
  void wait_until_writing() { writing_.get_future().wait(); }
  void let_go() { go_on_.set_value(); }
  void wait_until_closed() { closed_.get_future().wait(); }

 private:
  std::promise<void> writing_, go_on_, closed_;
};

TEST(Recorder, AHangingDiskIsSeenAndDoesNotKeepTheServiceFromStopping) {
  FastFolder folder;
  AtomicClock clock;
  HangingDisk hanging;
  {
    auto recorder =
        create_recorder(clock, config_for(folder), [&](const std::string& dir) { return hanging.open(dir); });
    ASSERT_TRUE(recorder.ok());
    CameraRecorder& camera = (*recorder)->open_camera(camera_id(1), test::continuous());
    camera.on_parameters(media::TrackKind::kVideo, SyntheticCamera::parameters());
    SyntheticCamera source(clock);
    play(**recorder, camera, source, clock, 31);
    hanging.wait_until_writing();
    EXPECT_EQ((*recorder)->health().disk_state, "ok");
    play(**recorder, camera, source, clock, 60);
    EXPECT_EQ((*recorder)->health().disk_state, "stalled");
    EXPECT_GT((*recorder)->health().queued_bytes, 40'000U);
    (*recorder)->stop(GapCause::kServiceStopped, 30'000);
  }
  hanging.let_go();
  hanging.wait_until_closed();
  HandClock reading;
  StepRecorder again(reading, config_for(folder).data_dir);
  EXPECT_EQ(again.rows("SELECT value FROM meta WHERE key = 'clean_shutdown'"), std::vector<std::string>{"0"});
}

TEST(Recorder, GoesOnWhenAnotherProcessLocksTheIndexAndAcknowledgesLater) {
  FastFolder folder;
  HandClock clock;
  StepRecorder recorder(clock, folder.path());
  ASSERT_TRUE(recorder.open().ok());
  CameraTrack& track = recorder.add(1, test::continuous());
  SyntheticCamera source(clock);
  recorder.play(source, track, 5'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  const std::size_t before = recorder.seen().size();
  {
    auto other = SqliteDb::open_index(folder.path() + "/index.db", SqliteDb::Access::kWrite, 0);
    ASSERT_TRUE(other.ok());
    ASSERT_TRUE(other->run("BEGIN IMMEDIATE").ok());
    recorder.play(source, track, 6'000'000);
    EXPECT_EQ(recorder.write_and_flush().kind(), base::ErrorKind::kUnavailable);
    EXPECT_TRUE(recorder.pipeline->committer->index_locked());
    EXPECT_EQ(recorder.seen().size(), before);
    EXPECT_EQ(recorder.pipeline->queue->queued_bytes(), 0U) << "durable footage needs no RAM";
  }
  recorder.play(source, track, 2'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_FALSE(recorder.pipeline->committer->index_locked());
  EXPECT_EQ(recorder.seen().size(), before + 4);
}

TEST(Recorder, AnIndexThatTakesNoRowsIsToldAndTheFootageIsStoredAllTheSame) {
  FastFolder folder;
  HandClock clock;
  StepRecorder recorder(clock, folder.path());
  ASSERT_TRUE(recorder.open().ok());
  CameraTrack& track = recorder.add(1, test::continuous());
  SyntheticCamera source(clock);
  recorder.play(source, track, 5'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  Committer& committer = *recorder.pipeline->committer;
  EXPECT_EQ(committer.index_trouble(), "");
  auto other = SqliteDb::open_index(folder.path() + "/index.db", SqliteDb::Access::kWrite, 0);
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(other->run("ALTER TABLE fragment_tail RENAME TO away").ok());
  const std::uint64_t written = recorder.pipeline->writer->media_bytes_written();
  recorder.play(source, track, 6'000'000);
  EXPECT_FALSE(recorder.write_and_flush().ok());
  EXPECT_NE(committer.index_trouble().find("fragment_tail"), std::string::npos) << committer.index_trouble();
  EXPECT_FALSE(committer.index_locked());
  EXPECT_GT(recorder.pipeline->writer->media_bytes_written(), written);
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kOk);
  ASSERT_TRUE(other->run("ALTER TABLE away RENAME TO fragment_tail").ok());
  ASSERT_TRUE(recorder.flush().ok());
  EXPECT_EQ(committer.index_trouble(), "");
  EXPECT_EQ(recorder.seen().size(), 5U);
}

TEST(Recorder, DamagedTextOfTheIndexIsReadAsWellFormedText) {
  FastFolder folder;
  auto index = SqliteDb::open_index(folder.path() + "/index.db", SqliteDb::Access::kWrite, 0);
  ASSERT_TRUE(index.ok());
  const auto read = [&](const char* hex) {
    auto text = Statement::prepare(*index, std::string("SELECT CAST(x'") + hex + "' AS TEXT)");
    EXPECT_TRUE(*text->step());
    return text->text(0);
  };
  EXPECT_EQ(read("c490e1bb9f"), "\u0110\u1EDF");
  EXPECT_EQ(read("f09f9982"), "\U0001F642");
  EXPECT_EQ(read("61e56263"), "a\uFFFDbc");
  EXPECT_EQ(read("c0af"), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(read("eda080"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(read("e1bb"), "\uFFFD\uFFFD") << "cut short";
  EXPECT_EQ(read(""), "");
}

TEST(Recorder, FilesAndFoldersAreNotForEverybody) {
  FastFolder folder;
  HandClock clock;
  StepRecorder recorder(clock, folder.path());
  ASSERT_TRUE(recorder.open().ok());
  CameraTrack& track = recorder.add(1, test::continuous());
  SyntheticCamera source(clock);
  recorder.play(source, track, 5'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  namespace fs = std::filesystem;
  constexpr fs::perms kOthers = fs::perms::others_all | fs::perms::group_write;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() + "/media")) {
    EXPECT_EQ(entry.status().permissions() & kOthers, fs::perms::none) << entry.path();
  }
}

TEST(Recorder, NeverFollowsASymbolicLinkBelowMedia) {
  FastFolder folder, elsewhere;
  HandClock clock;
  StepRecorder recorder(clock, folder.path());
  ASSERT_TRUE(recorder.open().ok());
  std::filesystem::create_directory_symlink(elsewhere.path(), folder.path() + "/media/" + camera_id(1).to_string());
  CameraTrack& track = recorder.add(1, test::continuous());
  SyntheticCamera source(clock);
  recorder.play(source, track, 5'000'000);
  (void)recorder.write_and_flush();
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kFailed);
}

}  // namespace
}  // namespace vonggac::record
