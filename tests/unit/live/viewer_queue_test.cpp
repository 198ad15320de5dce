#include "live/viewer_queue.h"

#include <vector>

#include <gtest/gtest.h>

namespace vonggac::live {
namespace {

constexpr std::int64_t kMs = 1000;

base::MonoTime at_ms(std::int64_t ms) { return {1'000'000'000 + ms * kMs}; }

media::AccessUnit unit(std::size_t bytes, bool key, std::int64_t pts = 0) {
  media::AccessUnit out;
  out.key = key;
  out.pts.ticks_90k = pts;
  out.payload = std::make_shared<const base::Bytes>(bytes);
  return out;
}

std::shared_ptr<const media::TrackParameters> parameters(std::uint8_t mark) {
  media::TrackParameters out;
  out.codec = media::Codec::kH264;
  out.sps = {{mark}};
  return std::make_shared<const media::TrackParameters>(out);
}

std::vector<std::int64_t> pop_pts(ViewerQueue& queue, base::MonoTime now) {
  std::vector<std::int64_t> out;
  while (auto item = queue.pop(now)) {
    if (item->kind == ItemKind::kUnit) out.push_back(item->unit.pts.ticks_90k);
    queue.sent(now);
  }
  return out;
}

TEST(ViewerQueue, KeepsOrderOfTextParametersAndUnits) {
  ViewerQueue queue({});
  queue.push_text(1, "a", at_ms(0));
  queue.push_parameters(1, parameters(7), at_ms(0));
  queue.push_unit(1, unit(100, true), at_ms(0));

  EXPECT_EQ(queue.pop(at_ms(1))->text, "a");
  EXPECT_EQ(queue.pop(at_ms(1))->parameters->sps[0][0], 7);
  EXPECT_EQ(queue.pop(at_ms(1))->kind, ItemKind::kUnit);
  EXPECT_FALSE(queue.pop(at_ms(1)).has_value());
}

TEST(ViewerQueue, WaitsForTheFirstKeyFrameOfATileWithoutCountingDrops) {
  ViewerQueue queue({});
  queue.push_unit(1, unit(100, false), at_ms(0));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.stats().units_dropped, 0U);
}

TEST(ViewerQueue, NeedsAKeyFrameAfterNewParameters) {
  ViewerQueue queue({});
  queue.push_unit(1, unit(10, true, 1), at_ms(0));
  queue.push_parameters(1, parameters(1), at_ms(0));
  queue.push_unit(1, unit(10, false, 2), at_ms(0));
  queue.push_unit(1, unit(10, true, 3), at_ms(0));
  EXPECT_EQ(pop_pts(queue, at_ms(1)), (std::vector<std::int64_t>{1, 3}));
}

TEST(ViewerQueue, DropsToTheNewestKeyFrameWhenTooManyBytesWait) {
  ViewerQueue queue({.max_bytes = 1000});
  queue.push_unit(1, unit(300, true, 1), at_ms(0));
  queue.push_unit(1, unit(300, false, 2), at_ms(10));
  queue.push_unit(1, unit(300, true, 3), at_ms(20));
  queue.push_unit(1, unit(300, false, 4), at_ms(30));  // 1200 bytes

  const auto first = queue.pop(at_ms(31));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->unit.pts.ticks_90k, 3);
  EXPECT_TRUE(first->after_drop);
  EXPECT_EQ(queue.pop(at_ms(31))->unit.pts.ticks_90k, 4);
  EXPECT_EQ(queue.stats().units_dropped, 2U);
  EXPECT_EQ(queue.queued_bytes(), 0U);
}

TEST(ViewerQueue, DropsEverythingUpToTheNextKeyFrameWhenTheGroupIsTooLarge) {
  ViewerQueue queue({.max_bytes = 1000});
  queue.push_unit(1, unit(600, true, 1), at_ms(0));
  queue.push_unit(1, unit(600, false, 2), at_ms(10));
  EXPECT_TRUE(queue.empty());
  queue.push_unit(1, unit(10, false, 3), at_ms(20));
  EXPECT_TRUE(queue.empty());
  queue.push_unit(1, unit(10, true, 4), at_ms(30));

  const auto item = queue.pop(at_ms(31));
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->unit.pts.ticks_90k, 4);
  EXPECT_TRUE(item->after_drop);
  EXPECT_EQ(queue.stats().units_dropped, 3U);
}

TEST(ViewerQueue, LetsOneUnitThroughThatIsLargerThanTheWholeBound) {
  ViewerQueue queue({.max_bytes = 1000});
  queue.push_unit(1, unit(5000, true, 1), at_ms(0));
  EXPECT_EQ(pop_pts(queue, at_ms(1)), (std::vector<std::int64_t>{1}));
}

TEST(ViewerQueue, DropsWhatWaitedLongerThanTwoSeconds) {
  ViewerQueue queue({});
  queue.push_unit(1, unit(10, true, 1), at_ms(0));
  queue.push_unit(1, unit(10, false, 2), at_ms(1500));
  queue.push_unit(1, unit(10, true, 3), at_ms(1600));
  EXPECT_EQ(pop_pts(queue, at_ms(2100)), (std::vector<std::int64_t>{3}));
}

TEST(ViewerQueue, NeverHoldsMoreThanItsBoundsWhateverIsPushed) {
  ViewerQueue queue({.max_bytes = 10'000});
  for (int i = 0; i < 5000; ++i) {
    queue.push_unit(static_cast<std::uint8_t>(i % 7), unit(static_cast<std::size_t>(100 + i % 900), i % 50 < 7, i),
                    at_ms(i));
    ASSERT_LE(queue.queued_bytes(), 10'000U);
  }
  EXPECT_GT(queue.stats().drop_events, 0U);
}

TEST(ViewerQueue, KeepsTheParametersThatTheKeptKeyFrameNeeds) {
  ViewerQueue queue({.max_bytes = 1000});
  queue.push_parameters(1, parameters(1), at_ms(0));
  queue.push_unit(1, unit(400, true, 1), at_ms(0));
  queue.push_parameters(1, parameters(2), at_ms(1));
  queue.push_unit(1, unit(400, true, 2), at_ms(2));
  queue.push_unit(1, unit(400, false, 3), at_ms(3));

  const auto first = queue.pop(at_ms(4));
  ASSERT_TRUE(first.has_value());
  ASSERT_EQ(first->kind, ItemKind::kParameters);
  EXPECT_EQ(first->parameters->sps[0][0], 2);
  EXPECT_EQ(queue.pop(at_ms(4))->unit.pts.ticks_90k, 2);
}

TEST(ViewerQueue, DropsOneTileWithoutTouchingParametersOfAnother) {
  ViewerQueue queue({.max_bytes = 1000});
  queue.push_parameters(2, parameters(9), at_ms(0));
  queue.push_unit(1, unit(700, true, 1), at_ms(0));
  queue.push_unit(1, unit(700, false, 2), at_ms(1));
  const auto item = queue.pop(at_ms(2));
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->kind, ItemKind::kParameters);
  EXPECT_EQ(item->tile, 2);
}

TEST(ViewerQueue, BoundsParametersOfACameraThatChangesThemAllTheTime) {
  ViewerQueue queue({});
  for (int i = 0; i < 1000; ++i) queue.push_parameters(1, parameters(static_cast<std::uint8_t>(i)), at_ms(i));
  ASSERT_TRUE(queue.pop(at_ms(1001)).has_value());
  EXPECT_FALSE(queue.pop(at_ms(1001)).has_value());
}

TEST(ViewerQueue, ForgetsTheMediaOfAClosedTileAndKeepsItsTexts) {
  ViewerQueue queue({});
  queue.push_unit(1, unit(10, true, 1), at_ms(0));
  queue.push_unit(2, unit(10, true, 2), at_ms(0));
  queue.push_text(1, "ended", at_ms(0));
  queue.forget_tile(1);
  EXPECT_EQ(queue.queued_bytes(), 10U);
  EXPECT_EQ(queue.pop(at_ms(1))->unit.pts.ticks_90k, 2);
  EXPECT_EQ(queue.pop(at_ms(1))->text, "ended");
}

TEST(ViewerQueue, CutsAViewerWhoFinishedNoWriteForTenSeconds) {
  ViewerQueue queue({});
  queue.push_unit(1, unit(10, true), at_ms(0));
  ASSERT_TRUE(queue.pop(at_ms(0)).has_value());
  EXPECT_FALSE(queue.must_cut(at_ms(9'999)));
  EXPECT_TRUE(queue.must_cut(at_ms(10'001)));
}

TEST(ViewerQueue, DoesNotCutAViewerWhoKeepsReadingSlowly) {
  ViewerQueue queue({});
  for (int i = 0; i < 10; ++i) {
    queue.push_unit(1, unit(10, true), at_ms(i * 6000));
    ASSERT_TRUE(queue.pop(at_ms(i * 6000)).has_value());
    queue.sent(at_ms(i * 6000 + 5900));
    ASSERT_FALSE(queue.must_cut(at_ms(i * 6000 + 5999)));
  }
}

TEST(ViewerQueue, DoesNotCutAViewerForWhomThereIsNothing) {
  ViewerQueue queue({});
  queue.push_unit(1, unit(10, true), at_ms(0));
  ASSERT_TRUE(queue.pop(at_ms(0)).has_value());
  queue.sent(at_ms(1));
  EXPECT_FALSE(queue.must_cut(at_ms(60'000)));
  queue.push_unit(1, unit(10, true), at_ms(60'000));
  EXPECT_FALSE(queue.pop(at_ms(63'000)).has_value());  // too old by then: dropped
  EXPECT_FALSE(queue.must_cut(at_ms(120'000)));
}

TEST(ViewerQueue, CutsAViewerWhoLeavesHundredsOfRepliesUnread) {
  ViewerQueue queue({.max_texts = 10});
  for (int i = 0; i < 10; ++i) queue.push_text(0, "error", at_ms(i));
  EXPECT_FALSE(queue.must_cut(at_ms(10)));
  queue.push_text(0, "error", at_ms(10));
  EXPECT_TRUE(queue.must_cut(at_ms(10)));
}

}  // namespace
}  // namespace vonggac::live
