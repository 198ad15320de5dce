/// What the cascade is made of: packet sizes, kept units, reports.
#include <algorithm>

#include <gtest/gtest.h>

#include "motion/cpu_budget.h"
#include "motion/event_reporter.h"
#include "motion/gop_buffer.h"
#include "motion/packet_onset.h"

namespace vonggac::motion {
namespace {

constexpr int kGopPictures = 20;

int fired_in(PacketOnset& onset, int from, int to, std::size_t bytes) {
  int fired = 0;
  for (int i = from; i < to; ++i) {
    const std::size_t size = bytes + static_cast<std::size_t>(i * 37 % 11) * 10;
    fired += onset.feed(size, i * 100'000, i % kGopPictures == 0) == OnsetSign::kClear ? 1 : 0;
  }
  return fired;
}

TEST(PacketOnset, FiresWhenPicturesGrow) {
  PacketOnset onset;
  EXPECT_LE(fired_in(onset, 0, 300, 1000), 2);
  EXPECT_GT(fired_in(onset, 300, 320, 2000), 0);
}

TEST(PacketOnset, KnowsThatEncodersSpendUnevenlyOverAGroup) {
  PacketOnset onset;
  const auto size = [](int i, std::size_t rest) {
    return i % kGopPictures < 6 ? 3000U : rest + static_cast<std::size_t>(i * 37 % 11) * 4;
  };
  for (int i = 0; i < 600; ++i) onset.feed(size(i, 1000), i * 100'000, i % kGopPictures == 0);
  bool signs = false;
  for (int i = 600; i < 640; ++i) {
    signs = onset.feed(size(i, 1300), i * 100'000, i % kGopPictures == 0) != OnsetSign::kNone || signs;
  }
  EXPECT_TRUE(signs) << "less than the first pictures of every group, more than is usual where they are";
}

TEST(PacketOnset, SeesEachPictureOnceThoughAWakeUpGoesBack) {
  PacketOnset once, twice;
  for (int i = 0; i < 400; ++i) {
    const std::size_t bytes = 1000 + static_cast<std::size_t>(i * 37 % 11) * 10;
    const OnsetSign sign = once.feed(bytes, i * 100'000, i % kGopPictures == 0);
    EXPECT_EQ(twice.feed(bytes, i * 100'000, i % kGopPictures == 0), sign);
    for (int back = std::max(0, i - 5); back <= i; ++back) {
      EXPECT_EQ(twice.feed(9000, back * 100'000), OnsetSign::kNone);
    }
  }
}

TEST(PacketOnset, SaysNothingBeforeItKnowsWhatIsUsual) {
  PacketOnset onset;
  EXPECT_EQ(fired_in(onset, 0, 30, 1000), 0);
  EXPECT_EQ(fired_in(onset, 30, 40, 5000), 0);
}

TEST(PacketOnset, IgnoresEmptyPicturesAndSceneThatNeverRest) {
  PacketOnset still, busy;
  for (int i = 0; i < 300; ++i) still.feed(20, i * 100'000, i % kGopPictures == 0);
  for (int i = 300; i < 310; ++i) {
    EXPECT_EQ(still.feed(60, i * 100'000, i % kGopPictures == 0), OnsetSign::kNone)
        << "a still scene codes next to nothing";
  }
  for (int i = 0; i < 600; ++i) busy.feed(i / 7 % 2 == 0 ? 1000 : 3000, i * 100'000, i % kGopPictures == 0);
  int fired = 0;
  for (int i = 600; i < 620; ++i)
    fired += busy.feed(3000, i * 100'000, i % kGopPictures == 0) == OnsetSign::kClear ? 1 : 0;
  EXPECT_EQ(fired, 0);
}

TEST(PacketOnset, KeepsWhatIsUsualOverAPause) {
  PacketOnset onset;
  fired_in(onset, 0, 300, 1000);
  EXPECT_GT(fired_in(onset, 500, 515, 2000), 0);
}

media::AccessUnit unit_at(int i, bool key, std::size_t bytes = 100) {
  media::AccessUnit unit;
  unit.key = key;
  unit.capture.us = i * 100'000;
  unit.payload = std::make_shared<const base::Bytes>(bytes);
  return unit;
}

TEST(GopBuffer, GoesBackToTheKeyPictureItKept) {
  GopBuffer buffer;
  for (int i = 0; i < 10; ++i) buffer.push(unit_at(i, i == 0), {i});
  for (int i = 0; i < 6; ++i) buffer.advance();
  ASSERT_TRUE(buffer.rewind({77}));
  EXPECT_EQ(buffer.next().capture.us, 0);
  EXPECT_EQ(buffer.next_ready().us, 77) << "what is done again has not been waiting";
  EXPECT_EQ(buffer.waiting(), 10U);
}

TEST(GopBuffer, CannotGoBackWhereTheKeyPictureIsGone) {
  GopBuffer buffer;
  for (int i = 0; i < 10; ++i) buffer.push(unit_at(i, i == 0), {});
  for (int i = 0; i < 6; ++i) buffer.advance();
  buffer.forget_passed();
  EXPECT_FALSE(buffer.rewind({}));
  EXPECT_EQ(buffer.next().capture.us, 600'000);
}

TEST(GopBuffer, KeepsFromTheLastKeyPictureThatIsOldEnough) {
  GopBuffer buffer;
  for (int i = 0; i < 35; ++i) buffer.push(unit_at(i, i % 10 == 0), {});
  for (int i = 0; i < 30; ++i) buffer.advance();
  buffer.keep_from(2'500'000);  // next() is the key picture at 3 s
  ASSERT_TRUE(buffer.rewind({}));
  EXPECT_EQ(buffer.next().capture.us, 2'000'000);
  EXPECT_EQ(buffer.waiting(), 15U);
  buffer.keep_from(1'000'000);
  EXPECT_EQ(buffer.next().capture.us, 2'000'000) << "none is that old: nothing is forgotten";
  buffer.keep_from(9'000'000);
  EXPECT_EQ(buffer.next().capture.us, 2'000'000) << "what has not been passed stays";
}

TEST(GopBuffer, StaysWithinItsBoundsAndSaysWhenItLosesSomething) {
  GopBuffer buffer;
  std::size_t lost = 0;
  for (int i = 0; i < 40; ++i) lost += buffer.push(unit_at(i, true, 1U << 20), {}) ? 0U : 1U;
  EXPECT_LE(buffer.waiting(), GopBuffer::kMaxBytes >> 20);
  EXPECT_EQ(lost + buffer.waiting(), 40U);
  GopBuffer passed;
  for (int i = 0; i < 2000; ++i) {
    EXPECT_TRUE(passed.push(unit_at(i, i == 0), {}));
    passed.advance();
  }
}

TEST(GopBuffer, ShedsUpToTheLastKeyPictureAndNeverAKeyPicture) {
  GopBuffer buffer;
  for (int i = 0; i < 25; ++i) buffer.push(unit_at(i, i % 10 == 0), {});
  for (int i = 0; i < 3; ++i) buffer.advance();
  EXPECT_EQ(buffer.shed(), 16U);  // 3..9 and 11..19
  std::vector<std::int64_t> left;
  for (; buffer.has_next(); buffer.advance()) left.push_back(buffer.next().capture.us / 100'000);
  EXPECT_EQ(left, (std::vector<std::int64_t>{10, 20, 21, 22, 23, 24}));
}

TEST(GopBuffer, ShedsAllWhereNoKeyPictureWaits) {
  GopBuffer buffer;
  for (int i = 0; i < 10; ++i) buffer.push(unit_at(i, i == 0), {});
  buffer.advance();
  EXPECT_TRUE(buffer.can_shed());
  EXPECT_EQ(buffer.shed(), 9U);
  EXPECT_FALSE(buffer.has_next());
  EXPECT_FALSE(buffer.can_shed());
}

TEST(GopBuffer, KeepsOnlyTheNewestWaitingKeyPicture) {
  GopBuffer buffer;
  for (int i = 0; i < 5; ++i) buffer.push(unit_at(i, true), {});
  buffer.advance();
  EXPECT_EQ(buffer.keep_newest_key(), 3U);
  ASSERT_TRUE(buffer.has_next());
  EXPECT_EQ(buffer.next().capture.us, 400'000);
  EXPECT_EQ(buffer.waiting(), 1U);
  EXPECT_EQ(buffer.keep_newest_key(), 0U);
  GopBuffer none;
  for (int i = 0; i < 5; ++i) none.push(unit_at(i, false), {});
  EXPECT_EQ(none.keep_newest_key(), 0U);
}

TEST(CpuBudget, AllowsItsShareOverTime) {
  CpuBudget budget(10);
  std::int64_t spent_us = 0;
  for (std::int64_t now_us = 1; now_us < 20'000'000; now_us += 1'000) {
    if (!budget.allows({now_us})) continue;
    budget.spend(5'000);  // a picture costs more than a turn fills in
    spent_us += 5'000;
  }
  EXPECT_NEAR(static_cast<double>(spent_us), 2'000'000.0, 210'000.0) << "a tenth, and what it began with";
}

TEST(CpuBudget, SavesNothingUpAndForgivesNothingWithoutEnd) {
  CpuBudget budget(50);
  ASSERT_TRUE(budget.allows({1}));
  ASSERT_TRUE(budget.allows({3'600'000'001}));
  budget.spend(250'000);
  EXPECT_FALSE(budget.allows({3'600'000'002}));
  budget.spend(60'000'000);
  EXPECT_TRUE(budget.allows({3'601'000'002}));
}

TEST(CpuBudget, IsNoLimitAtAHundredPerCent) {
  CpuBudget budget;
  budget.spend(60'000'000);
  EXPECT_TRUE(budget.allows({1}));
}

struct Reports {
  std::vector<ipc::MotionReport> motion;
  std::vector<ipc::MotionGrid> grids;
  MessageSink sink() {
    return [this](ipc::Message message) {
      if (auto* report = std::get_if<ipc::MotionReport>(&message)) motion.push_back(*report);
      if (auto* grid = std::get_if<ipc::MotionGrid>(&message)) grids.push_back(*grid);
    };
  }
};

EngineOutput moving(int i, float score) {
  EngineOutput out;
  out.event_active = true;
  out.event_started = i == 0;
  out.event_start_us = 1'000'000;
  out.event_end_us = 2'000'000 + i * 125'000;
  out.score = score;
  out.boxes.push_back({out.event_end_us, {0.1F, 0.2F, 0.3F, 0.4F}, score});
  out.grid[static_cast<std::size_t>(i) % 72] = 1;
  return out;
}

TEST(EventReporter, TellsStartUpdatesOnceASecondAndTheEnd) {
  Reports reports;
  EventReporter reporter(3, 9, reports.sink());
  for (int i = 0; i < 33; ++i) reporter.report(moving(i, 0.5F), 2'000'000 + i * 125'000, [] { return base::Bytes(5); });
  EngineOutput end;
  end.event_ended = true;
  end.event_end_us = 6'000'000;
  reporter.report(end, 7'500'000, [] { return base::Bytes(); });
  ASSERT_EQ(reports.motion.size(), 6U);
  EXPECT_EQ(reports.motion.front().phase, ipc::MotionPhase::kStart);
  EXPECT_EQ(reports.motion.front().start.us, 1'000'000);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(reports.motion[i].phase, ipc::MotionPhase::kUpdate);
  const ipc::MotionReport& last = reports.motion.back();
  EXPECT_EQ(last.phase, ipc::MotionPhase::kEnd);
  EXPECT_EQ(last.end.us, 6'000'000);
  EXPECT_EQ(last.thumbnail.size(), 5U);
  EXPECT_EQ(last.slot, 3);
  EXPECT_EQ(last.generation, 9U);
  for (const ipc::MotionReport& report : reports.motion) EXPECT_EQ(report.event, 1U);
}

TEST(EventReporter, KeepsTheBoxAndThumbnailOfTheBestMoment) {
  Reports reports;
  EventReporter reporter(0, 0, reports.sink());
  std::uint8_t picture = 0;
  for (int i = 0; i < 40; ++i) {
    EngineOutput out = moving(i, i == 20 ? 0.9F : 0.4F);
    if (i == 20) out.boxes[0].box.x = 0.7F;
    ++picture;
    reporter.report(out, i * 125'000, [&] { return base::Bytes{picture}; });
  }
  EngineOutput end;
  end.event_ended = true;
  reporter.finish(end);
  EXPECT_EQ(reports.motion.back().thumbnail, base::Bytes{21});
  EXPECT_EQ(reports.motion.back().box_x, 0.7F);
}

TEST(EventReporter, SendsOneGridASecondWithAllItsCells) {
  Reports reports;
  EventReporter reporter(0, 0, reports.sink());
  for (int i = 0; i < 16; ++i) reporter.report(moving(i, 0.5F), 2'000'000 + i * 125'000, [] { return base::Bytes(1); });
  EngineOutput end;
  end.event_ended = true;
  reporter.finish(end);
  ASSERT_EQ(reports.grids.size(), 2U);
  EXPECT_EQ(reports.grids[0].second.us, 2'000'000);
  EXPECT_EQ(reports.grids[1].second.us, 3'000'000);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(reports.grids[i / 8].cells[i], 1);
}

TEST(EventReporter, TellsAtOnceThatAWatchZoneWasEntered) {
  Reports reports;
  EventReporter reporter(0, 0, reports.sink());
  for (int i = 0; i < 8; ++i) {
    EngineOutput out = moving(i, 0.5F);
    if (i >= 3) out.watched = {"gate"};
    if (i >= 6) out.watched = {"gate", "yard"};
    reporter.report(out, 2'000'000 + i * 125'000, [] { return base::Bytes(1); });
  }
  ASSERT_EQ(reports.motion.size(), 3U) << "the start, and each zone when it was entered";
  EXPECT_TRUE(reports.motion[0].watched.empty());
  ASSERT_EQ(reports.motion[1].watched.size(), 1U);
  EXPECT_EQ(reports.motion[1].watched[0].zone, "gate");
  EXPECT_EQ(reports.motion[1].watched[0].first.us, 2'375'000);
  ASSERT_EQ(reports.motion[2].watched.size(), 2U);
  EXPECT_EQ(reports.motion[2].watched[0].first.us, 2'375'000);
  EXPECT_EQ(reports.motion[2].watched[0].last.us, 2'750'000);
}

TEST(EventReporter, SendsNothingForAStillPicture) {
  Reports reports;
  EventReporter reporter(0, 0, reports.sink());
  for (int i = 0; i < 40; ++i) reporter.report({}, i * 125'000, [] { return base::Bytes(1); });
  EXPECT_TRUE(reports.motion.empty());
  EXPECT_TRUE(reports.grids.empty());
}

}  // namespace
}  // namespace vonggac::motion
