#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::camera_id;
using test::FastFolder;
using test::HandClock;
using test::StepRecorder;
using test::SyntheticCamera;
namespace fs = std::filesystem;

class RepairTest : public ::testing::Test {
 protected:
  void record(double acknowledged_s, double only_written_s) {
    StepRecorder recorder(clock, folder.path());
    ASSERT_TRUE(recorder.open().ok());
    CameraTrack& track = recorder.add(1, test::continuous());
    SyntheticCamera source(clock);
    recorder.play(source, track, static_cast<std::int64_t>(acknowledged_s * 1e6));
    ASSERT_TRUE(recorder.write_and_flush().ok());
    recorder.play(source, track, static_cast<std::int64_t>(only_written_s * 1e6));
    recorder.write();
    begin = base::WallTime{clock.wall.us - static_cast<std::int64_t>((acknowledged_s + only_written_s) * 1e6)};
  }
  fs::path only_file() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder.path() + "/media")) {
      if (entry.is_regular_file()) return entry.path();
    }
    return {};
  }
  std::string one(const StepRecorder& recorder, const std::string& sql) {
    const auto rows = recorder.rows(sql);
    return rows.empty() ? "" : rows.front();
  }

  FastFolder folder;
  HandClock clock;
  base::WallTime begin;
};

TEST_F(RepairTest, AdoptsWholeFragmentsThatWereNotAcknowledged) {
  record(5, 4);
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(again.pipeline->repair.fragments_adopted, 2U);
  EXPECT_EQ(again.pipeline->repair.segments_sealed, 1U);
  EXPECT_EQ(again.seen().size(), 4U);
  EXPECT_EQ(one(again, "SELECT flags & 9 FROM segment"), "9") << "sealed, repaired";
}

TEST_F(RepairTest, CutsATornTail) {
  record(5, 4);
  const fs::path file = only_file();
  const auto whole = fs::file_size(file);
  fs::resize_file(file, whole - 1000);
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(again.seen().size(), 3U);
  EXPECT_EQ(std::to_string(fs::file_size(file)), one(again, "SELECT size_bytes FROM segment"));
}

TEST_F(RepairTest, DoesNotAdoptAFragmentWhoseMediaIsDamaged) {
  record(5, 4);
  const fs::path file = only_file();
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(-3000, std::ios::end);
  stream.put('\x55');
  stream.close();
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(again.seen().size(), 3U);
}

TEST_F(RepairTest, AdoptsAFileWhoseRowWasNeverWritten) {
  record(0.5, 6);
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(again.pipeline->repair.files_adopted, 1U);
  EXPECT_EQ(again.seen().size(), 3U);
  EXPECT_EQ(again.seen().begin()->second.entry.seq, 1U);
}

TEST_F(RepairTest, AdoptsWhatWasWrittenBeforeTheVeryFirstFlush) {
  {
    StepRecorder recorder(clock, folder.path());
    ASSERT_TRUE(recorder.open().ok());
    CameraTrack& track = recorder.add(1, test::continuous());
    SyntheticCamera source(clock);
    recorder.play(source, track, 5'000'000);
    recorder.write();
  }
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(again.seen().size(), 2U);
}

TEST_F(RepairTest, RemovesAFileWithoutAnyWholeFragment) {
  record(0.5, 2.5);
  fs::resize_file(only_file(), 3000);
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_TRUE(again.seen().empty());
  EXPECT_TRUE(only_file().empty());
}

TEST_F(RepairTest, LeavesForeignFilesWhereTheyAre) {
  record(5, 0);
  const fs::path foreign = only_file().parent_path() / (std::to_string(clock.wall.us) + ".mp4");
  std::ofstream(foreign) << "not an mp4 at all, but somebody put it here for a reason";
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_TRUE(fs::exists(foreign));
}

TEST_F(RepairTest, NamesTheTimeTheServiceWasDead) {
  record(5, 0);
  clock.advance(base::Seconds(600));
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_EQ(one(again, "SELECT count(*) FROM gap WHERE cause = 11 AND end_us IS NULL"), "1");
  const std::int64_t start = std::stoll(one(again, "SELECT start_us FROM gap"));
  EXPECT_NEAR(static_cast<double>(start - begin.us) / 1e6, 4, 0.1) << "from the end of the last stored fragment";
  CameraTrack& track = again.add(1, test::continuous());
  SyntheticCamera source(clock);
  again.play(source, track, 3'000'000);
  ASSERT_TRUE(again.write_and_flush().ok());
  EXPECT_EQ(one(again, "SELECT end_us - start_us > 600000000 FROM gap"), "1");
}

TEST_F(RepairTest, AProperStopLeavesNoCrashGap) {
  {
    StepRecorder recorder(clock, folder.path());
    ASSERT_TRUE(recorder.open().ok());
    CameraTrack& track = recorder.add(1, test::continuous());
    SyntheticCamera source(clock);
    recorder.play(source, track, 5'000'000);
    track.shut(GapCause::kServiceStopped, "");
    recorder.pipeline->committer->submit(PutMeta{"clean_shutdown", 1});
    ASSERT_TRUE(recorder.write_and_flush().ok());
  }
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_TRUE(again.pipeline->repair.was_clean);
  EXPECT_EQ(one(again, "SELECT group_concat(cause) FROM gap"), "10");
}

/// An index.db copied back from a backup, or one whose log was thrown away.
TEST_F(RepairTest, AnIndexThatIsOlderThanTheFootageTakesInTheRest) {
  const auto live = [this](std::int64_t us) {
    StepRecorder recorder(clock, folder.path());
    ASSERT_TRUE(recorder.open().ok());
    CameraTrack& track = recorder.add(1, test::continuous());
    SyntheticCamera source(clock);
    recorder.play(source, track, us);
    track.shut(GapCause::kServiceStopped, "");
    recorder.pipeline->committer->submit(PutMeta{"clean_shutdown", 1});
    ASSERT_TRUE(recorder.write_and_flush().ok());
  };
  live(6'000'000);
  const std::string index = index_path(folder.path());
  fs::copy_file(index, folder.path() + "/backup");
  live(6'000'000);
  live(6'000'000);
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(index + suffix);
  fs::rename(folder.path() + "/backup", index);
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_FALSE(again.pipeline->repair.was_clean);
  EXPECT_EQ(again.seen().size(), 9U);
  EXPECT_EQ(one(again, "SELECT count(*) || ' ' || max(first_seq) FROM segment"), "3 7");
}

TEST_F(RepairTest, TheChainGoesOnOverARestart) {
  record(5, 2);
  {
    StepRecorder again(clock, folder.path());
    ASSERT_TRUE(again.open().ok());
    CameraTrack& track = again.add(1, test::continuous());
    SyntheticCamera source(clock);
    again.play(source, track, 5'000'000);
    ASSERT_TRUE(again.write_and_flush().ok());
  }
  StepRecorder reader(clock, folder.path());
  base::Sha256Digest previous{};
  std::uint64_t seq = 0;
  for (const auto& [key, seen] : reader.seen()) {
    std::ifstream stream(folder.path() + "/" + seen.path, std::ios::binary);
    base::Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
    const media::MemorySource source(bytes);
    const auto fragment = media::read_fragment(source, seen.entry.offset_bytes);
    ASSERT_TRUE(fragment.ok());
    EXPECT_EQ(fragment->record.sequence, ++seq);
    EXPECT_EQ(fragment->record.previous_record_sha256, previous);
    previous = fragment->record.record_sha256;
  }
  EXPECT_EQ(seq, 5U);
}

TEST_F(RepairTest, AnAcknowledgedFileThatIsGoneIsAGapAndNotAnEndlessError) {
  record(5, 0);
  fs::remove(only_file());
  StepRecorder again(clock, folder.path());
  ASSERT_TRUE(again.open().ok());
  EXPECT_TRUE(again.seen().empty());
  EXPECT_EQ(again.pipeline->repair.fragments_missing, 2U);
  EXPECT_EQ(one(again, "SELECT count(*) FROM gap WHERE cause = 9"), "1");
  EXPECT_EQ(one(again, "SELECT count(*) FROM segment"), "0");
}

}  // namespace
}  // namespace vonggac::record
