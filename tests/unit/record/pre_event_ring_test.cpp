#include "record/pre_event_ring.h"

#include <gtest/gtest.h>

#include "record/motion_gate.h"
#include "support/hand_clock.h"
#include "support/synthetic_camera.h"

namespace vonggac::record {
namespace {

using test::HandClock;
using test::SyntheticCamera;

class RingBench {
 public:
  explicit RingBench(std::uint64_t max_bytes) : ring(max_bytes) {}
  HandClock clock;
  SyntheticCamera source{clock};
  PreEventRing ring;
  base::MonoTime begin = clock.mono;

  void play(int frames, bool written = false) {
    for (int i = 0; i < frames; ++i) {
      ring.push(source.next(), 1, written);
      clock.advance(base::Micros(source.frame_us()));
    }
  }
  base::MonoTime at(double seconds) const { return begin + base::Micros(static_cast<std::int64_t>(seconds * 1e6)); }
};

TEST(PreEventRing, GivesThePreRollFromTheKeyFrameBeforeIt) {
  RingBench bench(10 << 20);
  bench.play(100);  // GOPs begin at 0, 2, 4, 6 s
  const auto taken = bench.ring.take_from(bench.at(3.1), bench.at(5));
  ASSERT_EQ(taken.size(), 70U);
  EXPECT_TRUE(taken.front().unit.key);
  EXPECT_NEAR(static_cast<double>((taken.front().unit.capture - bench.at(2)).count()), 0, 100);
}

TEST(PreEventRing, GivesNoUnitTwice) {
  RingBench bench(10 << 20);
  bench.play(45);
  EXPECT_EQ(bench.ring.take_from(bench.at(0), bench.at(3)).size(), 45U);
  EXPECT_TRUE(bench.ring.take_from(bench.at(0), bench.at(3)).empty());
  bench.play(5);
  EXPECT_EQ(bench.ring.take_from(bench.at(0), bench.at(3)).size(), 5U) << "goes on where it was left";
}

TEST(PreEventRing, TrimsWholeGopsAndKeepsTheOneThatHoldsTheHorizon) {
  RingBench bench(10 << 20);
  bench.play(100);
  bench.ring.trim(bench.at(5));
  EXPECT_NEAR(static_cast<double>((bench.ring.oldest() - bench.at(4)).count()), 0, 100);
}

TEST(PreEventRing, DropsOldestGopsAtTheCap) {
  RingBench bench(60'000);  // a GOP has about 23 kB
  bench.play(300);
  EXPECT_LE(bench.ring.bytes(), 60'000U);
  EXPECT_TRUE(bench.ring.has_key());
  EXPECT_TRUE(bench.ring.take_from(bench.at(0), bench.at(20)).front().unit.key);
}

TEST(PreEventRing, KeepsTheNewestPartOfAnEndlessGopWithinTheCap) {
  RingBench bench(60'000);
  bench.source.gop_frames = 0;
  bench.play(600);
  EXPECT_LE(bench.ring.bytes(), 60'000U);
  EXPECT_GE(bench.ring.bytes(), 40'000U);
  EXPECT_FALSE(bench.ring.has_key());
  EXPECT_TRUE(bench.ring.current_gop().empty()) << "a viewer could not decode it";
  const auto taken = bench.ring.take_from(bench.at(38), bench.at(39));
  ASSERT_FALSE(taken.empty());
  EXPECT_GE(taken.front().unit.capture, bench.at(38));
}

TEST(PreEventRing, PrefersAKeyFrameBeforeTheEventToUndecodablePreRoll) {
  RingBench bench(10 << 20);
  bench.source.skip_to_mid_gop();
  bench.play(60);  // headless until 1.93 s, then key frames
  const auto decodable = bench.ring.take_from(bench.at(0.5), bench.at(3));
  EXPECT_TRUE(decodable.front().unit.key);
}

TEST(PreEventRing, KeepsTheUndecodableBeginOfAnEventThatHasNoKeyFrame) {
  RingBench bench(10 << 20);
  bench.source.skip_to_mid_gop();
  bench.play(60);
  const auto all = bench.ring.take_from(bench.at(0.5), bench.at(1));
  EXPECT_FALSE(all.front().unit.key);
  EXPECT_GE(all.front().unit.capture, bench.at(0.5));
}

TEST(PreEventRing, CurrentGopBeginsWithItsKeyFrame) {
  RingBench bench(10 << 20);
  bench.play(40, true);
  const auto gop = bench.ring.current_gop();
  ASSERT_EQ(gop.size(), 10U);
  EXPECT_TRUE(gop.front().key);
}

TEST(PreEventRing, WrittenUnitsOfAnEndlessGopDoNotFillIt) {
  RingBench bench(60'000);
  bench.source.gop_frames = 0;
  bench.play(600, true);
  EXPECT_LT(bench.ring.bytes(), 60'000U);
  EXPECT_TRUE(bench.ring.take_from(bench.at(0), bench.at(39)).empty());
}

constexpr std::int64_t kPostRollUs = 10'000'000;

TEST(MotionGate, KeepsForThePostRollAfterTheLastOfOverlappingEvents) {
  MotionGate gate;
  gate.on_event(1, {5'000'000}, false, {5'000'000});
  gate.on_event(2, {6'000'000}, false, {6'000'000});
  gate.on_event(1, {8'000'000}, true, {8'500'000});
  EXPECT_GT(*gate.keep_until(kPostRollUs, {30'000'000}), base::MonoTime{30'000'000}) << "event 2 still goes on";
  gate.on_event(2, {12'000'000}, true, {31'000'000});
  EXPECT_EQ(*gate.keep_until(kPostRollUs, {31'000'000}), base::MonoTime{22'000'000});
}

TEST(MotionGate, AnEventThatNobodyReportsAnyMoreEnds) {
  MotionGate gate;
  gate.on_event(1, {5'000'000}, false, {5'000'000});
  const base::MonoTime later{5'000'000 + MotionGate::kStaleUs + 1};
  EXPECT_EQ(*gate.keep_until(kPostRollUs, later), base::MonoTime{15'000'000});
}

TEST(MotionGate, SaysNothingBeforeTheFirstEvent) {
  MotionGate gate;
  EXPECT_FALSE(gate.keep_until(kPostRollUs, {1'000'000}).has_value());
}

}  // namespace
}  // namespace vonggac::record
