#include <gtest/gtest.h>

#include "record/age_guard.h"
#include "record/wall_clock.h"
#include "support/hand_clock.h"
#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::HandClock;

constexpr std::int64_t kHour = 3600LL * 1'000'000;

TEST(WallClock, FollowsASmallDifferenceSlowlyAndWithoutJumps) {
  HandClock clock;
  WallClock wall(clock, 7);
  clock.wall = clock.wall + base::Millis(400);
  std::int64_t before = wall.now().us;
  for (int i = 0; i < 100; ++i) {
    clock.advance(base::Millis(100));
    EXPECT_FALSE(wall.discipline().has_value());
    const std::int64_t now = wall.now().us;
    EXPECT_NEAR(static_cast<double>(now - before), 100'000, 51);  // 500 ppm
    before = now;
  }
  EXPECT_EQ(wall.epoch(), 7U);
  EXPECT_NEAR(static_cast<double>(clock.wall.us - before), 395'000, 500);
}

TEST(WallClock, StaysWithin200MsOfAClockThatDrifts500PpmForADay) {
  HandClock clock;
  WallClock wall(clock, 1);
  for (int i = 0; i < 86'400; ++i) {
    clock.mono = clock.mono + base::Seconds(1);
    clock.wall = clock.wall + base::Micros(1'000'499);
    ASSERT_FALSE(wall.discipline().has_value());
  }
  EXPECT_LT(std::abs(clock.wall.us - wall.now().us), 200'000);
}

TEST(WallClock, AStepBeginsANewEpochAndThePastKeepsItsTime) {
  HandClock clock;
  WallClock wall(clock, 1);
  clock.advance(base::Seconds(10));
  const base::MonoTime earlier = clock.mono - base::Seconds(5);
  const base::WallTime said = wall.wall_of(earlier);
  clock.wall = clock.wall - base::Micros(kHour);
  const auto step = wall.discipline();
  ASSERT_TRUE(step.has_value());
  EXPECT_EQ(step->epoch, 2U);
  EXPECT_EQ((step->after - step->before).count(), -kHour);
  EXPECT_EQ(wall.wall_of(earlier), said);
  EXPECT_EQ(wall.wall_of(clock.mono), clock.wall);
  EXPECT_EQ(wall.wall_of(clock.mono + base::Seconds(1), 1).us, clock.wall.us + kHour + 1'000'000);
}

TEST(AgeGuard, FreezesAtAJumpOfYearsAndThawsWhenItComesBack) {
  HandClock clock;
  AgeGuard guard(clock, std::nullopt);
  clock.wall = clock.wall + base::Micros(10 * 365 * 24 * kHour);
  guard.observe();
  EXPECT_TRUE(guard.frozen());
  clock.advance(base::Seconds(100));
  guard.observe();
  EXPECT_TRUE(guard.frozen());
  clock.wall = clock.wall - base::Micros(10 * 365 * 24 * kHour);
  guard.observe();
  EXPECT_FALSE(guard.frozen());
}

TEST(AgeGuard, APersonMayConfirmTheNewTime) {
  HandClock clock;
  AgeGuard guard(clock, std::nullopt);
  clock.wall = clock.wall - base::Micros(2 * kHour);
  guard.observe();
  EXPECT_TRUE(guard.frozen());
  guard.confirm();
  EXPECT_FALSE(guard.frozen());
  guard.observe();
  EXPECT_FALSE(guard.frozen());
}

TEST(AgeGuard, HoursOfSummerTimeOrNtpAreNoReason) {
  HandClock clock;
  AgeGuard guard(clock, std::nullopt);
  clock.wall = clock.wall + base::Micros(kHour / 2);
  guard.observe();
  EXPECT_FALSE(guard.frozen());
}

TEST(AgeGuard, BelievesADayOfAbsenceButNotAYear) {
  HandClock clock;
  EXPECT_FALSE(AgeGuard(clock, clock.wall - base::Micros(24 * kHour)).frozen());
  EXPECT_TRUE(AgeGuard(clock, clock.wall - base::Micros(365 * 24 * kHour)).frozen());
  EXPECT_TRUE(AgeGuard(clock, clock.wall + base::Micros(24 * kHour)).frozen()) << "the clock was lost: 1970";
}

TEST(ClockStep, DuringRecordingLosesNothingAndOverlapsNothingWithinAnEpoch) {
  for (const std::int64_t step_us : {kHour, -kHour, 24 * kHour, -24 * kHour}) {
    SCOPED_TRACE(step_us);
    test::FastFolder folder;
    HandClock clock;
    test::StepRecorder recorder(clock, folder.path());
    ASSERT_TRUE(recorder.open().ok());
    CameraTrack& track = recorder.add(1, test::continuous());
    test::SyntheticCamera source(clock);
    recorder.play(source, track, 7'000'000);
    clock.wall = clock.wall + base::Micros(step_us);
    recorder.play(source, track, 7'000'000);
    track.shut(GapCause::kServiceStopped, "");
    ASSERT_TRUE(recorder.write_and_flush().ok());
    EXPECT_EQ(recorder.rows("SELECT count(*) || ' ' || count(DISTINCT epoch) FROM segment"),
              std::vector<std::string>{"2 2"});
    const auto seen = recorder.seen();
    std::int64_t media_90k = 0;
    for (const auto& [key, fragment] : seen) media_90k += fragment.entry.duration_90k;
    EXPECT_NEAR(static_cast<double>(media_90k), 14 * 90'000, 7'000) << "every frame is stored";
    EXPECT_EQ(recorder.rows("SELECT count(*) FROM gap WHERE cause = 12"), std::vector<std::string>{"1"});
    EXPECT_EQ(recorder.rows("SELECT count(*) FROM segment a JOIN segment b ON a.id < b.id AND a.epoch = b.epoch AND "
                            "a.start_us < b.end_us AND b.start_us < a.end_us"),
              std::vector<std::string>{"0"});
  }
}

}  // namespace
}  // namespace vonggac::record
