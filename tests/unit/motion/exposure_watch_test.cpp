/// What a camera does after the light of the whole picture was switched, above all to infrared at full gain.
#include "motion/exposure_watch.h"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "motion/engine.h"
#include "unit/motion/painted_scene.h"

namespace vonggac::motion {
namespace {

constexpr int kStreetWidth = 320, kStreetHeight = 180, kPicturesPerS = 8;
constexpr std::int64_t kPictureUs = 1'000'000 / kPicturesPerS;
constexpr int kSwitchedAt = 80;  // a picture

/// A street at dusk at full gain, then the infrared lamp: white at first, until the exposure has followed.
class InfraredSwitch {
 public:
  explicit InfraredSwitch(double exposure_s) : exposure_s_(exposure_s), scene_(kStreetWidth, kStreetHeight) {}

  test::Painting at(int i, const std::function<void(const test::PaintedScene&, test::Painting&)>& put = nullptr) const {
    test::Painting painting = scene_.street();
    if (put) put(scene_, painting);
    const double since_s = static_cast<double>(i - kSwitchedAt) / kPicturesPerS;
    const double gain = since_s < 0 ? 12 : 2.5 + 9.5 * std::exp(-since_s / exposure_s_);
    const int noise = static_cast<int>(1 + gain);
    for (int y = 0; y < kStreetHeight; ++y) {
      for (int x = 0; x < kStreetWidth; ++x) {
        const double dx = (x - 0.45 * kStreetWidth) / (0.4 * kStreetWidth),
                     dy = (y - 0.6 * kStreetHeight) / (0.5 * kStreetHeight);
        const double lamp = 0.3 * (0.25 + 0.75 * std::exp(-(dx * dx + dy * dy)));
        std::uint8_t& pixel = painting.pixels[static_cast<std::size_t>(y * kStreetWidth + x)];
        const auto random =
            static_cast<int>(test::hash_of(static_cast<std::uint32_t>(i * 7919 + y * kStreetWidth + x)) %
                             static_cast<std::uint32_t>(2 * noise + 1));
        const double light = since_s < 0 ? 0.07 : lamp;
        pixel = static_cast<std::uint8_t>(std::clamp(pixel * light * gain + random - noise, 0.0, 255.0));
      }
    }
    return painting;
  }

 private:
  double exposure_s_;
  test::PaintedScene scene_;
};

struct Outcome {
  int started = 0;
  std::int64_t first_us = 0;
};

Outcome look_at(const std::function<test::Painting(int)>& paint, int pictures) {
  const auto engine = Engine::create({});
  Outcome outcome;
  for (int i = 0; i < pictures; ++i) {
    const EngineOutput out = engine->look(paint(i).luma(), i * kPictureUs);
    if (out.event_started && outcome.started++ == 0) outcome.first_us = i * kPictureUs;
  }
  return outcome;
}

TEST(Engine, RaisesNothingWhileTheExposureSettlesAfterASwitchToInfrared) {
  for (const double exposure_s : {0.5, 1.0, 2.0, 2.5, 3.0}) {
    const InfraredSwitch street(exposure_s);
    EXPECT_EQ(look_at([&](int i) { return street.at(i); }, kSwitchedAt + 30 * kPicturesPerS).started, 0)
        << "time constant " << exposure_s << " s";
  }
}

TEST(Engine, FindsWhoWalksThroughASwitchToInfraredRightAfterIt) {
  for (const double exposure_s : {0.5, 1.0, 2.5}) {
    const InfraredSwitch street(exposure_s);
    // Comes into view with the switch and takes ten seconds to cross.
    const auto walker = [](int i) {
      return [i](const test::PaintedScene& scene, test::Painting& painting) {
        if (i >= kSwitchedAt) scene.put(painting, (i - kSwitchedAt) * 4, 80, 20, 50);
      };
    };
    const Outcome found = look_at([&](int i) { return street.at(i, walker(i)); }, kSwitchedAt + 10 * kPicturesPerS);
    ASSERT_EQ(found.started, 1) << "time constant " << exposure_s << " s";
    EXPECT_GE(found.first_us, kSwitchedAt * kPictureUs);
    EXPECT_LE(found.first_us, kSwitchedAt * kPictureUs + 6'500'000) << "time constant " << exposure_s << " s";
  }
}

cv::Mat even(float grey) { return {kStreetHeight, kStreetWidth, CV_32F, cv::Scalar(grey)}; }

TEST(ExposureWatch, RestsAtOnceWhereTheExposureIsRight) {
  ExposureWatch watch;
  for (int i = 0; i < 16; ++i) EXPECT_FALSE(watch.settles(even(60), i * kPictureUs, false));
  for (int i = 16; i < 20; ++i) (void)watch.settles(even(120), i * kPictureUs, i == 16);
  for (int i = 20; i < 40; ++i) EXPECT_FALSE(watch.settles(even(120), i * kPictureUs, false)) << i;
}

TEST(ExposureWatch, GivesUpWaitingAfterAWhile) {
  ExposureWatch watch;
  for (int i = 0; i < 16; ++i) EXPECT_FALSE(watch.settles(even(60), i * kPictureUs, false));
  int settling = 0;
  for (int i = 16; i < 200; ++i) settling += watch.settles(even(255), i * kPictureUs, i == 16) ? 1 : 0;
  EXPECT_EQ(settling, 1 + ExposureWatch::kMostUs / kPictureUs);
}

TEST(ExposureWatch, TakesASlightChangeForLight) {
  ExposureWatch watch;
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(watch.settles(even(60.0F + 0.5F * static_cast<float>(i)), i * kPictureUs, i == 20)) << i;
  }
}

}  // namespace
}  // namespace vonggac::motion
