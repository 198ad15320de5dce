#include "live/gop_cache.h"

#include <gtest/gtest.h>

namespace vonggac::live {
namespace {

media::AccessUnit sized_unit(std::size_t bytes, bool key) {
  media::AccessUnit out;
  out.key = key;
  out.payload = std::make_shared<const base::Bytes>(bytes);
  return out;
}

TEST(GopCache, HoldsFromTheNewestKeyFrameOn) {
  GopCache cache;
  cache.add(sized_unit(1, false));
  EXPECT_TRUE(cache.units().empty());
  cache.add(sized_unit(1, true));
  cache.add(sized_unit(2, false));
  cache.add(sized_unit(3, true));
  cache.add(sized_unit(4, false));
  ASSERT_EQ(cache.units().size(), 2U);
  EXPECT_EQ(cache.units()[0].payload->size(), 3U);
}

TEST(GopCache, EmptiesWithNewParameters) {
  GopCache cache;
  cache.add(sized_unit(1, true));
  cache.set_parameters(std::make_shared<const media::TrackParameters>());
  EXPECT_TRUE(cache.units().empty());
}

TEST(GopCache, GivesUpAGroupThatIsTooLargeUntilTheNextKeyFrame) {
  GopCache cache;
  cache.add(sized_unit(GopCache::kMaxBytes, true));
  cache.add(sized_unit(1, false));
  EXPECT_TRUE(cache.units().empty());
  cache.add(sized_unit(1, false));
  EXPECT_TRUE(cache.units().empty());
  cache.add(sized_unit(5, true));
  EXPECT_EQ(cache.units().size(), 1U);
}

TEST(GopCache, GivesUpAGroupWithoutEnd) {
  GopCache cache;
  cache.add(sized_unit(1, true));
  for (std::size_t i = 0; i < GopCache::kMaxUnits + 5; ++i) cache.add(sized_unit(1, false));
  EXPECT_TRUE(cache.units().empty());
}

}  // namespace
}  // namespace vonggac::live
