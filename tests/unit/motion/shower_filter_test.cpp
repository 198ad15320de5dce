#include "motion/shower_filter.h"

#include <gtest/gtest.h>

#include "motion/engine.h"
#include "unit/motion/narrow/narrow_engine.h"
#include "unit/motion/painted_scene.h"

namespace vonggac::motion {
namespace {

const cv::Size kSize(192, 108);
constexpr float kShownS = 0.125F;

/// Drops all over the picture, elsewhere in each picture.
cv::Mat drops(int i) {
  cv::Mat difference = cv::Mat::zeros(kSize, CV_32F);
  for (std::uint32_t k = 0; k < 40; ++k) {
    const std::uint32_t random = test::hash_of(static_cast<std::uint32_t>(i) * 131 + k);
    difference(cv::Rect(static_cast<int>(random % 190), static_cast<int>(random / 190 % 98), 2, 10)) = 60.0F;
  }
  return difference;
}

struct Shower {
  ShowerFilter filter;
  cv::Mat threshold = cv::Mat(kSize, CV_32F, cv::Scalar(10)), nobody = cv::Mat::zeros(kSize, CV_8U), out;

  void rain_for(int pictures) {
    for (int i = 0; i < pictures; ++i) filter.keep(drops(i), threshold, nobody, kShownS);
  }
  int above(const cv::Mat& difference) {
    filter.filter(difference, threshold, out);
    return cv::countNonZero(out > 10);
  }
};

TEST(ShowerFilter, TakesOutDropsAndKeepsWhatStaysInPlace) {
  Shower shower;
  shower.rain_for(24);
  ASSERT_TRUE(shower.filter.active());
  const cv::Rect person(90, 40, 4, 12);
  for (int i = 24; i < 27; ++i) {
    cv::Mat difference = drops(i);
    difference(person) = 30.0F;
    if (i < 26) shower.filter.keep(difference, shower.threshold, shower.nobody, kShownS);
    if (i < 26) continue;
    EXPECT_LT(shower.above(difference), cv::countNonZero(difference > 10) / 3);
    EXPECT_EQ(cv::countNonZero(shower.out(person) > 10), person.area());
  }
}

TEST(ShowerFilter, KeepsWhatIsTooBroadForADropWhereItIsNow) {
  Shower shower;
  shower.rain_for(24);
  cv::Mat difference = cv::Mat::zeros(kSize, CV_32F);
  difference(cv::Rect(60, 40, 14, 20)) = 40.0F;  // nothing of it was there in the picture before
  EXPECT_GE(shower.above(difference), 14 * 20) << "drops of the two pictures before may meet";
}

TEST(ShowerFilter, LeavesAPictureWithoutAShowerAsItIs) {
  Shower shower;
  cv::Mat difference = cv::Mat::zeros(kSize, CV_32F);
  for (int i = 0; i < 40; ++i) {
    difference.setTo(0);
    difference(cv::Rect(3 * i, 50, 2, 8)) = 40.0F;  // one quick thing
    shower.filter.keep(difference, shower.threshold, shower.nobody, kShownS);
  }
  EXPECT_FALSE(shower.filter.active());
  EXPECT_EQ(shower.above(difference), 16);
}

TEST(ShowerFilter, DoesNotTakeFlickeringLightForAShower) {
  Shower shower;
  for (int i = 0; i < 40; ++i) {
    const cv::Mat difference(kSize, CV_32F, cv::Scalar(i % 3 == 0 ? 30 : 0));
    shower.filter.keep(difference, shower.threshold, shower.nobody, kShownS);
  }
  EXPECT_FALSE(shower.filter.active());
}

TEST(ShowerFilter, EndsWithTheShower) {
  Shower shower;
  shower.rain_for(24);
  for (int i = 0; i < 160; ++i) {
    shower.filter.keep(cv::Mat::zeros(kSize, CV_32F), shower.threshold, shower.nobody, kShownS);
  }
  EXPECT_FALSE(shower.filter.active());
}

constexpr int kRainWidth = 320, kRainHeight = 180;

/// A street in the rain; from picture 48 on somebody walks through it.
test::Painting street_in_the_rain(int i, bool somebody) {
  test::PaintedScene scene(kRainWidth, kRainHeight);
  scene.noise = 4;
  const auto seed = static_cast<std::uint32_t>(i);
  test::Painting painting = scene.street(seed);
  if (somebody && i >= 48) scene.put(painting, (i - 48) * 4 - 20, 80, 20, 50, seed);
  for (std::uint32_t k = 0; k < 70; ++k) {
    const std::uint32_t random = test::hash_of(seed * 977 + k);
    const auto x = random % (kRainWidth - 2), y = random / kRainWidth % (kRainHeight - 14);
    for (std::uint32_t d = 0; d < 14; ++d) {
      for (std::uint32_t e = 0; e < 2; ++e) painting.pixels[(y + d) * kRainWidth + x + e] = 230;
    }
  }
  return painting;
}

int events_in_the_rain(bool somebody) {
  const auto engine = Engine::create({});
  int started = 0;
  for (int i = 0; i < 120; ++i) {
    const test::Painting painting = street_in_the_rain(i, somebody);
    started += engine->look(painting.luma(), i * 125'000).event_started ? 1 : 0;
  }
  return started;
}

TEST(Engine, IgnoresRain) { EXPECT_EQ(events_in_the_rain(false), 0); }

TEST(Engine, FindsSomebodyInTheRain) { EXPECT_EQ(events_in_the_rain(true), 1); }

TEST(Engine, SaysTheSameToTheBitWithAndWithoutWideInstructions) {
  std::vector<narrow::Picture> pictures;
  for (int i = 0; i < 96; ++i) {
    pictures.push_back({kRainWidth, kRainHeight, i * 125'000, street_in_the_rain(i, true).pixels});
  }
  const std::vector<double> wide = narrow::trail_of<Engine, EngineSettings, Luma>(pictures);
  EXPECT_TRUE(wide == narrow::narrow_trail(pictures));
  EXPECT_GT(wide.size(), 1000U);
}

}  // namespace
}  // namespace vonggac::motion
