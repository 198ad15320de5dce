// Starts on a disk that is full, or is another one.
#include "record/full_start.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::FastFolder;
using test::HandClock;
using test::StepRecorder;
using test::SyntheticCamera;

class FullStart : public ::testing::Test {
 protected:
  /// Five files of 4 s, stopped properly.
  void record() {
    StepRecorder recorder(clock, folder.path());
    recorder.config.segment_max_us = 4'000'000;
    ASSERT_TRUE(recorder.open().ok());
    CameraTrack& track = recorder.add(1, test::continuous());
    recorder.play(source, track, 20'000'000);
    track.shut(GapCause::kServiceStopped, "");
    ASSERT_TRUE(recorder.write_and_flush().ok());
    segments = recorder.rows("SELECT file_us FROM segment ORDER BY start_us");
    ASSERT_GE(segments.size(), 4U);
  }
  std::string path_of(std::size_t segment) const {
    return segment_path({test::camera_id(1), std::stoll(segments[segment])});
  }
  bool is_there(std::size_t segment) const { return std::filesystem::exists(folder.path() + "/" + path_of(segment)); }

  FastFolder folder;
  HandClock clock;
  SyntheticCamera source{clock};
  std::vector<std::string> segments;
};

TEST_F(FullStart, DeletesTheOldestButNothingHeldAndItsRowsAfterwards) {
  record();
  {
    auto index = SqliteDb::open_index(index_path(folder.path()), SqliteDb::Access::kWrite, 0);
    ASSERT_TRUE(index
                    ->run("INSERT INTO hold(camera, from_us, to_us, reason, created_us) SELECT camera, start_us + 1, "
                          "end_us - 1, 'police', 0 FROM segment ORDER BY start_us LIMIT 1 OFFSET 1")
                    .ok());
  }
  auto disk = open_disk(folder.path());
  ASSERT_TRUE(disk.ok());
  const auto deleted = delete_oldest_unlisted(index_path(folder.path()), **disk);
  ASSERT_TRUE(deleted.ok()) << deleted.error().to_string();
  EXPECT_EQ(deleted->size(), segments.size() - 1);
  EXPECT_FALSE(is_there(0));
  EXPECT_TRUE(is_there(1)) << "held";
  EXPECT_FALSE(is_there(2));
  auto index = SqliteDb::open_index(index_path(folder.path()), SqliteDb::Access::kWrite, 0);
  Retention::Marked marked;
  ASSERT_TRUE(Retention::mark(*index, *deleted, "full_start", 1, marked).ok());
  auto left = Statement::prepare(*index, "SELECT (SELECT count(*) FROM segment), (SELECT count(*) FROM garbage)");
  ASSERT_TRUE(*left->step());
  EXPECT_EQ(left->integer(0), 1);
  EXPECT_EQ(left->integer(1), static_cast<std::int64_t>(segments.size() - 1));
}

TEST_F(FullStart, AStartOnAFullDiskThatCannotOpenItsIndexGoesOnAfterDeleting) {
  record();
  auto faults = std::make_shared<test::DiskFaults>();
  faults->space = DiskSpace{0, 100 << 20};
  // A folder in its place: the shared memory file cannot be made.
  std::filesystem::create_directory(index_path(folder.path()) + "-shm");
  int looks = 0;
  faults->on_remove = [&] {
    if (++looks == 1) std::filesystem::remove(index_path(folder.path()) + "-shm");
  };
  StepRecorder again(clock, folder.path(), faults);
  const base::Status opened = again.open();
  ASSERT_TRUE(opened.ok()) << opened.to_string();
  EXPECT_FALSE(is_there(0));
  EXPECT_EQ(again.rows("SELECT count(*) FROM segment"), std::vector<std::string>{"0"});
}

TEST_F(FullStart, FullMeansBytesOrFiles) {
  auto faults = std::make_shared<test::DiskFaults>();
  auto disk = test::FaultyDisk::open(folder.path(), faults);
  faults->space = DiskSpace{10 << 20, 100 << 20};
  EXPECT_FALSE(is_full(**disk));
  faults->space = DiskSpace{0, 100 << 20};
  EXPECT_TRUE(is_full(**disk));
  faults->space = DiskSpace{10 << 20, 100 << 20, 0};
  EXPECT_TRUE(is_full(**disk));
}

TEST_F(FullStart, AnotherDiskBelowMediaIsRefused) {
  record();
  std::filesystem::rename(folder.path() + "/media", folder.path() + "/away");
  {
    StepRecorder again(clock, folder.path());
    const base::Status refused = again.open();
    EXPECT_EQ(refused.kind(), base::ErrorKind::kDataLoss);
    EXPECT_NE(refused.message().find("mounted"), std::string::npos) << refused.message();
  }
  std::filesystem::remove_all(folder.path() + "/media");
  std::filesystem::rename(folder.path() + "/away", folder.path() + "/media");
  StepRecorder again(clock, folder.path());
  EXPECT_TRUE(again.open().ok());
}

TEST_F(FullStart, OneMissingFileIsNotAnotherDisk) {
  record();
  std::filesystem::remove(folder.path() + "/" + path_of(segments.size() - 1));
  StepRecorder again(clock, folder.path());
  EXPECT_TRUE(again.open().ok());
}

}  // namespace
}  // namespace vonggac::record
