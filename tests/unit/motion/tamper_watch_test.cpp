// Each tamper state, and each thing that looks like one, painted; the same on real footage: real_tamper_test.cpp.
#include "motion/tamper_watch.h"

#include <functional>

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "unit/motion/painted_scene.h"
#include "unit/motion/tamper_bench.h"

namespace vonggac::motion {
namespace {

using ipc::TamperKind;
using test::Painting;
using test::TamperBench;

constexpr int kWide = 640, kHigh = 360;

cv::Mat mat_of(Painting& painting) { return {painting.height, painting.width, CV_8U, painting.pixels.data()}; }

/// A street with noise, two seconds a picture.
class TamperWatchTest : public testing::Test {
 protected:
  TamperWatchTest() { scene.noise = 5; }
  void SetUp() override {
    bench.play(40, [this](int i) { return street(i); });
    ASSERT_TRUE(bench.watch.knows_view());
    ASSERT_TRUE(bench.said.empty());
  }
  Painting street(int i) const { return scene.street(static_cast<std::uint32_t>(i)); }
  /// Pictures made from the street's.
  void play(int pictures, const std::function<void(cv::Mat&, int)>& change) {
    bench.play(pictures, [&](int i) {
      Painting painting = street(i);
      cv::Mat picture = mat_of(painting);
      change(picture, i);
      return painting;
    });
  }
  void play_street(int pictures) {
    bench.play(pictures, [this](int i) { return street(i); });
  }

  test::PaintedScene scene{kWide, kHigh};
  TamperBench bench;
};

void cover_with_hand(cv::Mat& picture, int i) {
  cv::Mat hand = cv::Mat::zeros(picture.size(), CV_32F);
  cv::ellipse(hand, {kWide / 2, kHigh / 2}, {kWide * 7 / 10, kHigh * 7 / 10}, 0, 0, 360, cv::Scalar(1), cv::FILLED);
  cv::GaussianBlur(hand, hand, {0, 0}, 20);
  for (int y = 0; y < kHigh; ++y) {
    for (int x = 0; x < kWide; ++x) {
      const float share = hand.at<float>(y, x);
      const auto noise = static_cast<float>(test::hash_of(static_cast<std::uint32_t>(i * 977 + y * kWide + x)) % 5);
      const float skin = 55 + 30.0F * static_cast<float>(x) / kWide + noise;
      auto& pixel = picture.at<std::uint8_t>(y, x);
      pixel = cv::saturate_cast<std::uint8_t>(static_cast<float>(pixel) * (1 - share) + skin * share);
    }
  }
}

TEST_F(TamperWatchTest, AHandOverTheLensIsCoveredWithin20SecondsAndOverWhenItIsGone) {
  play(12, cover_with_hand);
  ASSERT_EQ(bench.said, (std::vector<std::string>{"covered begins at 80 s"}));
  EXPECT_LE(bench.told_us.front() - 80'000'000, 20'000'000);
  play(200, cover_with_hand);
  EXPECT_TRUE(bench.watch.active(TamperKind::kCovered)) << "it is not learned as the new view";
  play_street(8);
  EXPECT_EQ(bench.said.size(), 2U);
  EXPECT_EQ(bench.said.back(), "covered ends at 504 s");
  EXPECT_FALSE(bench.watch.active(TamperKind::kCovered));
}

TEST_F(TamperWatchTest, ALensOutOfFocusIsDefocused) {
  for (const double blur : {4.0, 7.0}) {
    play(12, [blur](cv::Mat& picture, int) { cv::GaussianBlur(picture, picture, {0, 0}, blur); });
    ASSERT_EQ(bench.said.size(), 1U) << blur;
    EXPECT_NE(bench.said.front().find("defocused begins"), std::string::npos) << bench.said.front();
    play_street(10);
    EXPECT_FALSE(bench.watch.active(TamperKind::kDefocused));
    bench.said.clear();
  }
}

TEST_F(TamperWatchTest, ATurnedCameraIsMovedUntilItIsTurnedBack) {
  scene.shift_x = 48;
  scene.shift_y = 20;
  play_street(12);
  ASSERT_EQ(bench.said, (std::vector<std::string>{"moved begins at 80 s"}));
  play_street(600);
  EXPECT_EQ(bench.said.size(), 1U) << "20 minutes later";
  scene.shift_x = scene.shift_y = 0;
  play_street(10);
  EXPECT_FALSE(bench.watch.active(TamperKind::kMoved));
}

TEST_F(TamperWatchTest, AnAcceptedViewIsTheViewFromThenOn) {
  scene.shift_x = 48;
  play_street(12);
  ASSERT_TRUE(bench.watch.active(TamperKind::kMoved));
  bench.watch.accept();
  play_street(60);
  EXPECT_FALSE(bench.watch.active(TamperKind::kMoved));
  EXPECT_TRUE(bench.watch.knows_view());
  scene.shift_x = 0;
  play_street(12);
  EXPECT_TRUE(bench.watch.active(TamperKind::kMoved)) << "away from the new view";
}

TEST_F(TamperWatchTest, AnotherViewAltogetherIsMovedAfterThreeMinutes) {
  scene.shift_x = 4000;
  play_street(85);
  EXPECT_TRUE(bench.said.empty()) << "it may be something that stands before the lens";
  play_street(10);
  EXPECT_TRUE(bench.watch.active(TamperKind::kMoved));
}

TEST_F(TamperWatchTest, AnEvenDarkPictureWithoutNoiseIsBlack) {
  play(12, [](cv::Mat& picture, int i) {
    picture.setTo(16);
    cv::putText(picture, std::to_string(100 + i), {8, 20}, cv::FONT_HERSHEY_SIMPLEX, 0.6, cv::Scalar(200));
  });
  ASSERT_EQ(bench.said, (std::vector<std::string>{"black begins at 80 s"}));
  play(60, [](cv::Mat& picture, int) { picture.setTo(16); });
  EXPECT_EQ(bench.said.size(), 1U) << "and not frozen as well";
  play_street(10);
  EXPECT_FALSE(bench.watch.active(TamperKind::kBlack));
}

TEST_F(TamperWatchTest, TheSamePictureAgainAndAgainIsFrozenThoughItsClockGoesOn) {
  Painting stuck = street(999);
  const auto play_stuck = [&](int pictures) {
    bench.play(pictures, [&](int i) {
      Painting painting = stuck;
      cv::Mat picture = mat_of(painting);
      cv::rectangle(picture, {8, 8, 90, 16}, cv::Scalar(0), cv::FILLED);
      cv::putText(picture, std::to_string(1000 + i), {8, 20}, cv::FONT_HERSHEY_SIMPLEX, 0.6, cv::Scalar(200));
      return painting;
    });
  };
  play_stuck(28);
  EXPECT_TRUE(bench.said.empty()) << "not before a minute";
  play_stuck(8);
  ASSERT_EQ(bench.said, (std::vector<std::string>{"frozen begins at 82 s"}));
  play_street(4);
  EXPECT_FALSE(bench.watch.active(TamperKind::kFrozen));
}

TEST_F(TamperWatchTest, ANightWhosePicturesGrowStillIsNotFrozen) {
  for (const int noise : {3, 2, 1, 0}) {
    // Noise in ever fewer tiles, as a strong noise filter leaves it.
    scene.noise = 0;
    play(15, [noise](cv::Mat& picture, int i) {
      cv::Mat part = picture.colRange(0, kWide * noise / 4);
      for (int y = 0; y < part.rows; ++y) {
        for (int x = 0; x < part.cols; ++x) {
          const auto flip = test::hash_of(static_cast<std::uint32_t>(i * 7919 + y * kWide + x)) & 1U;
          part.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(part.at<std::uint8_t>(y, x) ^ flip);
        }
      }
    });
  }
  play(120, [](cv::Mat&, int) {});
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

TEST_F(TamperWatchTest, LightsThatGoOutAreNoTamper) {
  scene.light = 0.08;
  play_street(150);
  scene.light = 0.25;
  play_street(150);
  scene.light = 1;
  play_street(30);
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

TEST_F(TamperWatchTest, DarknessWithNoiseIsNoTamper) {
  play(200, [](cv::Mat& picture, int i) {
    for (int y = 0; y < kHigh; ++y) {
      for (int x = 0; x < kWide; ++x) {
        picture.at<std::uint8_t>(y, x) =
            static_cast<std::uint8_t>(16 + test::hash_of(static_cast<std::uint32_t>(i * 7919 + y * kWide + x)) % 6);
      }
    }
  });
  play_street(20);
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

TEST_F(TamperWatchTest, TheSwitchToInfraredIsNoTamper) {
  const auto infrared = [](cv::Mat& picture, int) {
    for (int y = 0; y < kHigh; ++y) {
      for (int x = 0; x < kWide; ++x) {
        const double dx = (x - kWide / 2.0) / kWide, dy = (y - kHigh * 0.55) / kHigh;
        const double lamp = std::exp(-6 * (dx * dx + dy * dy));
        const double grey = picture.at<std::uint8_t>(y, x);
        picture.at<std::uint8_t>(y, x) =
            cv::saturate_cast<std::uint8_t>((0.6 * std::abs(grey - 85) + 0.5 * grey) * 1.5 * lamp + 10);
      }
    }
  };
  play(250, infrared);
  play_street(250);
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

TEST_F(TamperWatchTest, FogAndRainAreNoTamper) {
  int begun = -1;
  play(150, [&begun](cv::Mat& picture, int i) {
    if (begun < 0) begun = i;
    const double fog = std::min(0.85, 0.1 * (i - begun));
    picture.convertTo(picture, CV_8U, 1 - fog, 175 * fog);
  });
  play(60, [](cv::Mat& picture, int i) {
    for (int k = 0; k < 400; ++k) {
      const std::uint32_t where = test::hash_of(static_cast<std::uint32_t>(i * 401 + k));
      const int x = static_cast<int>(where % kWide), y = static_cast<int>(where / kWide % kHigh);
      cv::line(picture, {x, y}, {x + 2, y + 16}, cv::Scalar(200));
    }
  });
  play_street(20);
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

TEST_F(TamperWatchTest, ALorryBeforeTheLensForAMinuteIsNoTamper) {
  play(32, [](cv::Mat& picture, int) {
    const cv::Rect side(kWide / 20, kHigh / 16, kWide * 9 / 10, kHigh * 9 / 10);
    picture(side).setTo(150);
    for (int k = 0; k < 6; ++k) {
      cv::rectangle(picture, {side.x + k * side.width / 6, side.y + side.height / 2, side.width / 8, 12},
                    cv::Scalar(60), -1);
    }
    cv::rectangle(picture, {side.x, side.y + side.height * 6 / 7, side.width, side.height / 7}, cv::Scalar(30), -1);
    cv::circle(picture, {side.x + side.width / 4, side.y + side.height * 9 / 10}, kHigh / 10, cv::Scalar(12), -1);
  });
  play_street(20);
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

TEST_F(TamperWatchTest, PeopleAndVehiclesAreNoTamper) {
  bench.play(200, [this](int i) {
    Painting painting = street(i);
    for (int k = 0; k < 8; ++k) scene.put(painting, (i * (11 + 7 * k)) % (kWide + 80) - 80, 40 * k, 80, 60);
    return painting;
  });
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

TEST_F(TamperWatchTest, AnotherProcessGoesOnWithWhatThisOneKnew) {
  ASSERT_FALSE(bench.views.empty());
  ipc::TamperView known = bench.views.back();
  TamperBench next;
  next.watch.restore(known);
  EXPECT_TRUE(next.watch.knows_view());
  scene.shift_x = 48;
  next.play(12, [this](int i) { return street(i); });
  ASSERT_EQ(next.said.size(), 1U);
  EXPECT_TRUE(next.watch.active(TamperKind::kMoved));
  // And a third: it is told what is going on, and says nothing until that is over.
  known.active = 1U << static_cast<unsigned>(TamperKind::kMoved);
  TamperBench third;
  third.watch.restore(known);
  third.play(30, [this](int i) { return street(i); });
  EXPECT_TRUE(third.said.empty());
  scene.shift_x = 0;
  third.play(10, [this](int i) { return street(i); });
  ASSERT_EQ(third.said.size(), 1U);
  EXPECT_NE(third.said.front().find("moved ends"), std::string::npos);
}

TEST_F(TamperWatchTest, LooksAtFewPictures) {
  int looked_at = 0;
  for (int i = 0; i < 600; ++i) {  // a key picture each second
    const std::int64_t time_us = 1'000'000'000 + i * 1'000'000;
    if (!bench.watch.due(time_us, true)) continue;
    const Painting painting = street(i);
    bench.watch.look(painting.luma(), time_us, true);
    ++looked_at;
  }
  EXPECT_LE(looked_at, 160);
  EXPECT_FALSE(bench.watch.due(1'600'000'000, false)) << "other pictures only where key pictures are rare";
}

TEST(TamperWatch, JudgesNothingByAViewThatIsNotKnown) {
  TamperBench bench;
  test::PaintedScene scene(kWide, kHigh);
  bench.play(6, [&](int) { return scene.street(); });
  scene.shift_x = 100;
  bench.play(6, [&](int) { return scene.street(); });
  EXPECT_TRUE(bench.said.empty());
}

}  // namespace
}  // namespace vonggac::motion
