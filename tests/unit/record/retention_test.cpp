#include <filesystem>

#include <gtest/gtest.h>

#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::camera_id;
using test::FastFolder;
using test::HandClock;
using test::StepRecorder;
using test::SyntheticCamera;

constexpr std::int64_t kDayUs = 86'400LL * 1'000'000;

class RetentionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    recorder.config.segment_max_us = 4'000'000;
    ASSERT_TRUE(recorder.open().ok());
  }
  /// `count` sealed segments of 4 s, 10 s apart.
  void make_segments(std::uint8_t camera, const RecordPolicy& policy, int count) {
    CameraTrack& track = recorder.add(camera, policy);
    for (int i = 0; i < count; ++i) {
      SyntheticCamera source(clock);
      recorder.play(source, track, 4'000'000);
      track.on_stream_lost(GapCause::kLinkLost, "");
      clock.advance(base::Seconds(6));
    }
    ASSERT_TRUE(recorder.write_and_flush().ok());
  }
  void retain() {
    clock.advance(base::Micros(Retention::kPolicyRoundUs));
    while (recorder.pipeline->retention->step()) {
    }
  }
  std::string one(const std::string& sql) {
    const auto rows = recorder.rows(sql);
    return rows.empty() ? "" : rows.front();
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path() + "/media")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  FastFolder folder;
  HandClock clock;
  StepRecorder recorder{clock, folder.path()};
};

TEST_F(RetentionTest, DeletesByAgeWithFileTablesAndEvents) {
  RecordPolicy policy = test::continuous();
  policy.retention_days = 7;
  make_segments(1, policy, 3);
  MotionEvent event;
  event.start = clock.wall - base::Seconds(29);
  event.end = event.start + base::Seconds(1);
  event.ended = true;
  event.thumbnail = {1, 2, 3};
  event.labels = {{media::ObjectClass::kPerson, 0.9F}};
  recorder.tracks[1]->on_motion(event);
  std::array<std::uint8_t, 72> cells{};
  cells[7] = 1;
  recorder.tracks[1]->on_motion_grid(event.start, cells);
  ASSERT_TRUE(recorder.flush().ok());
  ASSERT_EQ(one("SELECT count(*) FROM motion_summary"), "1");
  ASSERT_EQ(files(), 3U);
  ASSERT_EQ(one("SELECT count(*) FROM motion_label"), "1");
  retain();
  EXPECT_EQ(files(), 3U);
  clock.advance(base::Micros(7 * kDayUs));
  retain();
  EXPECT_EQ(files(), 0U);
  for (const char* table : {"segment", "fragment_table", "garbage", "motion_event", "motion_thumbnail", "motion_table",
                            "motion_summary", "motion_label"}) {
    EXPECT_EQ(one(std::string("SELECT count(*) FROM ") + table), "0") << table;
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/media/" + camera_id(1).to_string() + "/2026-03-20"));
}

TEST_F(RetentionTest, KeepsMotionLonger) {
  RecordPolicy policy = test::continuous();
  policy.retention_days = 7;
  policy.motion_retention_days = 30;
  CameraTrack& track = recorder.add(1, policy);
  SyntheticCamera source(clock);
  recorder.play(source, track, 4'000'000);
  MotionEvent event;
  event.start = clock.wall - base::Seconds(2);
  event.end = clock.wall;
  event.ended = true;
  track.on_motion(event);
  track.on_stream_lost(GapCause::kLinkLost, "");
  clock.advance(base::Seconds(10));
  recorder.play(source, track, 4'000'000);
  track.on_stream_lost(GapCause::kLinkLost, "");
  ASSERT_TRUE(recorder.write_and_flush().ok());
  ASSERT_EQ(files(), 2U);
  clock.advance(base::Micros(8 * kDayUs));
  retain();
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(one("SELECT count(*) FROM segment WHERE flags & 2"), "1");
  clock.advance(base::Micros(23 * kDayUs));
  retain();
  EXPECT_EQ(files(), 0U);
}

TEST_F(RetentionTest, DeletesTheOldestOfACameraThatHasTooManyBytes) {
  RecordPolicy policy = test::continuous();
  make_segments(1, policy, 5);
  make_segments(2, policy, 5);
  const auto total = recorder.tracks[1]->state().stored_bytes;
  policy.retention_bytes = total / 2;
  recorder.tracks[1]->set_policy(policy);
  retain();
  EXPECT_LE(recorder.tracks[1]->state().stored_bytes, total / 2);
  EXPECT_EQ(recorder.tracks[1]->state().stored_segments, 2U);
  EXPECT_EQ(recorder.tracks[2]->state().stored_segments, 5U);
  EXPECT_EQ(std::to_string(recorder.tracks[1]->state().stored_bytes),
            one("SELECT sum(size_bytes) FROM segment WHERE camera = x'" + base::to_hex(camera_id(1).bytes) + "'"));
  EXPECT_EQ(std::to_string(recorder.tracks[1]->state().footage_from->us),
            one("SELECT min(start_us) FROM segment WHERE camera = x'" + base::to_hex(camera_id(1).bytes) + "'"));
}

TEST_F(RetentionTest, FreesTheOldestOfAllCamerasWhenTheDiskGetsFull) {
  make_segments(1, test::continuous(), 3);
  make_segments(2, test::continuous(), 3);
  recorder.pipeline->retention->step();
  const std::uint64_t segment_bytes = recorder.tracks[1]->state().stored_bytes / 3;
  recorder.faults().space = DiskSpace{1'000'000 - 2 * segment_bytes, 100'000'000};
  const_cast<RecorderConfig&>(recorder.pipeline->config).low_water_min_bytes = 1'000'000;
  recorder.pipeline->retention->step();
  EXPECT_LT(recorder.tracks[1]->state().stored_segments, 3U) << "camera 1 has the oldest";
}

TEST_F(RetentionTest, ClosesOpenFilesWhenNothingElseCanBeDeleted) {
  CameraTrack& track = recorder.add(1, test::continuous());
  SyntheticCamera source(clock);
  recorder.play(source, track, 3'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  recorder.faults().space = DiskSpace{0, 100'000'000};
  const_cast<RecorderConfig&>(recorder.pipeline->config).low_water_min_bytes = 1'000'000;
  recorder.pipeline->retention->step();
  ASSERT_TRUE(recorder.flush().ok());
  EXPECT_EQ(one("SELECT count(*) FROM segment WHERE flags & 1"), "1");
  recorder.pipeline->retention->step();
  EXPECT_EQ(files(), 0U);
  recorder.play(source, track, 3'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(files(), 1U) << "recording goes on in a new file";
}

TEST_F(RetentionTest, AClockThatJumpsTenYearsDeletesNothing) {
  RecordPolicy policy = test::continuous();
  policy.retention_days = 7;
  make_segments(1, policy, 3);
  clock.wall = clock.wall + base::Micros(3650 * kDayUs);
  retain();
  EXPECT_EQ(files(), 3U);
  EXPECT_TRUE(recorder.pipeline->guard->frozen());
  recorder.pipeline->guard->confirm();
  retain();
  EXPECT_EQ(files(), 0U);
}

TEST_F(RetentionTest, NeverDeletesWhatIsHeld) {
  RecordPolicy policy = test::continuous();
  policy.retention_days = 7;
  policy.retention_bytes = 1;
  make_segments(1, policy, 3);
  const std::string second = one("SELECT start_us FROM segment ORDER BY start_us LIMIT 1 OFFSET 1");
  ASSERT_TRUE(recorder
                  .call([&](SqliteDb& db) {
                    return db.run(("INSERT INTO hold(camera, from_us, to_us, reason, created_us) SELECT camera, " +
                                   second + " + 1000, " + second + " + 2000, 'case', 0 FROM segment LIMIT 1")
                                      .c_str());
                  })
                  .ok());
  recorder.faults().space = DiskSpace{0, 100'000'000};
  clock.advance(base::Micros(8 * kDayUs));
  retain();
  EXPECT_EQ(one("SELECT group_concat(start_us) FROM segment"), second);
  EXPECT_EQ(files(), 1U);
}

// STO-10: a hold comes at any moment of a deletion. Either its footage is all there, or the hold came too late and
// the index does not show the footage any more; never a held segment without its file.
TEST_F(RetentionTest, AHoldPlacedWhileDeletingIsHonouredOrComesTooLate) {
  RecordPolicy policy = test::continuous();
  policy.retention_days = 7;
  make_segments(1, policy, 4);
  clock.advance(base::Micros(8 * kDayUs));
  int calls = 0, kept = 0;
  const std::string insert =
      "INSERT INTO hold(camera, from_us, to_us, reason, created_us) SELECT camera, min(start_us), max(end_us), 'case', "
      "0 FROM segment GROUP BY camera";
  for (int at_call = 1; at_call <= 4; ++at_call) {
    calls = 0;
    const Retention::Parts parts{clock,
                                 recorder.pipeline->config,
                                 *recorder.pipeline->disk,
                                 recorder.pipeline->ledger,
                                 *recorder.pipeline->guard,
                                 [&](IndexCall body) {
                                   if (++calls == at_call) {
                                     const base::Status held =
                                         recorder.call([&](SqliteDb& db) { return db.run(insert.c_str()); });
                                     EXPECT_TRUE(held.ok());
                                   }
                                   return recorder.call(body);
                                 },
                                 [] {},
                                 [] { return std::uint64_t{0}; }};
    auto retention = Retention::open(parts, folder.path() + "/index.db");
    ASSERT_TRUE(retention.ok());
    clock.advance(base::Micros(Retention::kPolicyRoundUs));
    (*retention)->step();
    EXPECT_EQ(std::to_string(files()), one("SELECT count(*) FROM segment"));
    if (at_call == 1) kept = static_cast<int>(files());
    ASSERT_TRUE(recorder.call([](SqliteDb& db) { return db.run("DELETE FROM hold"); }).ok());
  }
  EXPECT_EQ(kept, 4) << "a hold placed before the marking saves everything";
}

TEST_F(RetentionTest, GarbageThatCouldNotBeUnlinkedIsTriedAgain) {
  RecordPolicy policy = test::continuous();
  policy.retention_days = 7;
  make_segments(1, policy, 1);
  clock.advance(base::Micros(8 * kDayUs));
  recorder.faults().fail_at = recorder.faults().calls + 1;
  retain();
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(one("SELECT count(*) FROM garbage"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM segment"), "0");
  retain();
  EXPECT_EQ(files(), 0U);
  EXPECT_EQ(one("SELECT count(*) FROM garbage"), "0");
}

TEST_F(RetentionTest, FootageOfARemovedCameraGoesByItsLastPolicy) {
  RecordPolicy policy = test::continuous();
  policy.retention_days = 7;
  make_segments(1, policy, 2);
  recorder.close();
  clock.advance(base::Micros(8 * kDayUs));
  ASSERT_TRUE(recorder.open().ok());
  retain();
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace vonggac::record
