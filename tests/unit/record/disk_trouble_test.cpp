// What the recorder does while the disk is full, fails, or does not answer.
#include <gtest/gtest.h>

#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::FastFolder;
using test::HandClock;
using test::StepRecorder;
using test::SyntheticCamera;

class DiskTrouble : public ::testing::Test {
 protected:
  void begin() {
    ASSERT_TRUE(recorder.open().ok());
    track = &recorder.add(1, test::continuous());
    recorder.play(source, *track, 4'000'000);
    ASSERT_TRUE(recorder.write_and_flush().ok());
  }
  void fail_from_now(base::ErrorKind kind, std::uint64_t count) {
    recorder.faults().fail_at = recorder.faults().calls + 1;
    recorder.faults().fail_count = count;
    recorder.faults().kind = kind;
  }
  std::string one(const std::string& sql) {
    const auto rows = recorder.rows(sql);
    return rows.empty() ? "" : rows.front();
  }

  FastFolder folder;
  HandClock clock;
  SyntheticCamera source{clock};
  StepRecorder recorder{clock, folder.path()};
  CameraTrack* track = nullptr;
};

TEST_F(DiskTrouble, AStallFillsRamToItsBudgetThenDropsTheOldestWithAGap) {
  recorder.config.ram_budget_bytes = 100'000;  // a fragment has about 23 kB
  begin();
  recorder.play(source, *track, 20'000'000);  // the write thread does not get on
  EXPECT_LE(recorder.pipeline->queue->queued_bytes(), 100'000U);
  EXPECT_GT(recorder.pipeline->queue->dropped_fragments(), 3U);
  recorder.play(source, *track, 4'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(one("SELECT count(*) || ' ' || min(cause) FROM gap WHERE end_us IS NOT NULL"), "1 7");
  const std::int64_t gap_us = std::stoll(one("SELECT end_us - start_us FROM gap"));
  EXPECT_NEAR(static_cast<double>(gap_us) / 2e6, static_cast<double>(recorder.pipeline->queue->dropped_fragments()),
              0.1);
  EXPECT_EQ(one("SELECT max(seq) - min(seq) + 1 - count(*) FROM fragment_tail"), "0") << "the chain has no hole";
}

TEST_F(DiskTrouble, AStallWithinTheBudgetLosesNothing) {
  begin();
  recorder.play(source, *track, 30'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(one("SELECT count(*) FROM gap"), "0");
  EXPECT_EQ(recorder.seen().size(), 16U);
}

TEST_F(DiskTrouble, AShortLackOfSpaceLosesNothing) {
  begin();
  fail_from_now(base::ErrorKind::kNoSpace, 6);
  recorder.play(source, *track, 4'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(one("SELECT count(*) FROM gap"), "0");
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kOk);
  EXPECT_EQ(one("SELECT count(*) FROM segment"), "1") << "the file goes on";
}

TEST_F(DiskTrouble, ALongLackOfSpaceIsAGapAndRecordingComesBack) {
  begin();
  fail_from_now(base::ErrorKind::kNoSpace, 1'000'000);
  recorder.play(source, *track, 4'000'000);
  recorder.write();
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kFull);
  recorder.faults().fail_at = 0;
  recorder.play(source, *track, 6'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kOk);
  EXPECT_EQ(one("SELECT count(*) || ' ' || min(cause) FROM gap WHERE end_us IS NOT NULL"), "1 8");
}

TEST_F(DiskTrouble, AFailedWriteIsTriedOnceInAFreshFile) {
  begin();
  fail_from_now(base::ErrorKind::kDataLoss, 1);
  recorder.play(source, *track, 4'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(one("SELECT count(*) FROM gap"), "0");
  EXPECT_EQ(one("SELECT count(*) || ' ' || sum(flags & 16) FROM segment"), "2 16") << "the first one is abandoned";
  EXPECT_EQ(recorder.seen().size(), 3U);
}

TEST_F(DiskTrouble, AFailedDiskIsAGapUntilItWorksAgain) {
  begin();
  fail_from_now(base::ErrorKind::kPermissionDenied, 1'000'000);
  recorder.play(source, *track, 20'000'000);
  recorder.write();
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kFailed);
  const std::uint64_t calls = recorder.faults().calls;
  recorder.play(source, *track, 2'000'000);
  recorder.write();
  EXPECT_LT(recorder.faults().calls, calls + 8) << "a failed disk is probed, not hammered";
  recorder.faults().fail_at = 0;
  clock.advance(base::Seconds(3));
  recorder.play(source, *track, 6'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kOk);
  EXPECT_EQ(one("SELECT count(*) || ' ' || min(cause) FROM gap WHERE end_us IS NOT NULL"), "1 9");
}

TEST_F(DiskTrouble, AFailedSyncIsNotAcknowledgedAndItsFragmentsAreWrittenAgainElsewhere) {
  begin();
  const std::size_t before = recorder.seen().size();
  recorder.play(source, *track, 4'000'000);
  recorder.write();
  fail_from_now(base::ErrorKind::kDataLoss, 1);
  EXPECT_FALSE(recorder.flush().ok());
  EXPECT_EQ(recorder.seen().size(), before) << "nothing new is visible";
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kFailed);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(recorder.seen().size(), before + 2);
  EXPECT_EQ(one("SELECT count(*) FROM gap"), "0");
  EXPECT_EQ(one("SELECT count(*) FROM segment"), "2");
  EXPECT_EQ(recorder.pipeline->stage->state(), DiskState::kOk);
}

TEST_F(DiskTrouble, FragmentsWhoseCopyWasGivenUpAreAGapAfterAFailedSync) {
  begin();
  recorder.play(source, *track, 4'000'000);
  recorder.write();
  EXPECT_GT(recorder.pipeline->writer->give_up_copies(1'000'000), 0U);
  fail_from_now(base::ErrorKind::kDataLoss, 1);
  EXPECT_FALSE(recorder.flush().ok());
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(one("SELECT count(*) FROM gap WHERE cause = 9"), "2");
  EXPECT_EQ(recorder.pipeline->committer->lost_fragments(), 2U);
}

TEST_F(DiskTrouble, SlowSyncsMakeTheIntervalLongerAndQuickOnesShorterAgain) {
  begin();
  Committer& committer = *recorder.pipeline->committer;
  EXPECT_EQ(committer.interval_us(), 1'000'000);
  recorder.faults().on_sync = [this] { clock.advance(base::Seconds(1)); };
  recorder.play(source, *track, 2'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(committer.interval_us(), 5'000'000);
  recorder.faults().on_sync = nullptr;
  for (int i = 0; i < 30; ++i) {
    recorder.play(source, *track, 2'000'000);
    ASSERT_TRUE(recorder.write_and_flush().ok());
  }
  EXPECT_EQ(committer.interval_us(), 1'000'000);
}

TEST_F(DiskTrouble, ARoundThatIsHastenedComesSoonUnlessTheDiskIsSlow) {
  begin();
  Committer& committer = *recorder.pipeline->committer;
  committer.set_interval(60'000'000, 60'000'000);
  ASSERT_EQ(committer.wait(), Committer::Wake::kFlush);
  const auto began = std::chrono::steady_clock::now();
  committer.hasten();
  EXPECT_EQ(committer.wait(), Committer::Wake::kFlush);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(DiskTrouble, TheFirstFragmentIsShortAndTheRestOfItsGopFollows) {
  recorder.config.first_fragment_us = 200'000;
  begin();
  recorder.play(source, *track, 2'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  const auto lengths = recorder.rows("SELECT duration_90k FROM fragment_tail ORDER BY seq");
  ASSERT_GE(lengths.size(), 3U);
  EXPECT_LE(std::stoll(lengths[0]), 90'000 / 3);
  EXPECT_NEAR(static_cast<double>(std::stoll(lengths[0]) + std::stoll(lengths[1])), 180'000, 100);
  EXPECT_EQ(one("SELECT group_concat(flags & 1, ' ') FROM (SELECT flags FROM fragment_tail ORDER BY seq LIMIT 3)"),
            "1 0 1");
  EXPECT_EQ(one("SELECT count(*) FROM gap"), "0");
}

}  // namespace
}  // namespace vonggac::record
