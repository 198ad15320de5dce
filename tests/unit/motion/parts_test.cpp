/// The parts of the engine, each by itself.
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "motion/background_model.h"
#include "motion/event_logic.h"
#include "motion/frame_scaler.h"
#include "motion/illumination.h"
#include "motion/sensitivity.h"
#include "motion/shift_estimator.h"
#include "motion/sparse_watch.h"
#include "motion/zones.h"
#include "unit/motion/painted_scene.h"

namespace vonggac::motion {
namespace {

cv::Mat scaled(const test::Painting& painting) {
  FrameScaler scaler;
  cv::Mat out;
  scaler.scale(painting.luma(), out);
  return out;
}

cv::Mat no_subjects(const cv::Mat& like) { return cv::Mat::zeros(like.size(), CV_8U); }

TEST(FrameScaler, ChoosesASizeThatKeepsTheShape) {
  EXPECT_EQ(FrameScaler::working_size(640, 360), cv::Size(192, 108));
  EXPECT_EQ(FrameScaler::working_size(640, 480), cv::Size(192, 144));
  EXPECT_EQ(FrameScaler::working_size(360, 640), cv::Size(108, 192));
  EXPECT_EQ(FrameScaler::working_size(160, 120), cv::Size(160, 120)) << "never enlarged";
  EXPECT_EQ(FrameScaler::working_size(4096, 16), cv::Size(192, 1));
}

TEST(FrameScaler, AveragesEveryPixelOnce) {
  test::PaintedScene scene(500, 280);
  scene.noise = 60;
  const test::Painting painting = scene.street();
  const double mean = std::accumulate(painting.pixels.begin(), painting.pixels.end(), 0.0) /
                      static_cast<double>(painting.pixels.size());
  EXPECT_NEAR(cv::mean(scaled(painting))[0], mean, 0.01);
}

TEST(FrameScaler, HonoursTheStride) {
  std::vector<std::uint8_t> pixels(std::size_t{400} * 200, 255);
  for (int y = 0; y < 200; ++y) std::fill_n(pixels.begin() + y * 400, 384, std::uint8_t{10});
  FrameScaler scaler;
  cv::Mat out;
  scaler.scale({pixels.data(), 384, 200, 400}, out);
  double most = 0;
  cv::minMaxLoc(out, nullptr, &most);
  EXPECT_NEAR(most, 10, 1e-3);
}

TEST(ShiftEstimator, FindsHowFarTheCameraMoved) {
  test::PaintedScene scene(192, 108);
  const cv::Mat background = scaled(scene.street());
  ShiftEstimator estimator;
  for (const auto& [x, y] : {std::pair{1, 0}, {-3, 2}, {5, -4}, {0, 1}}) {
    scene.shift_x = x;
    scene.shift_y = y;
    const cv::Point2f shift = estimator.estimate(scaled(scene.street()), background, no_subjects(background));
    EXPECT_NEAR(shift.x, -x, 0.2);
    EXPECT_NEAR(shift.y, -y, 0.2);
  }
}

TEST(ShiftEstimator, FindsNoneWhereNothingMovedOrNothingCanBeSeen) {
  const test::PaintedScene scene(192, 108);
  const cv::Mat background = scaled(scene.street());
  ShiftEstimator estimator;
  EXPECT_EQ(estimator.estimate(background, background, no_subjects(background)), cv::Point2f());
  const cv::Mat grey(108, 192, CV_32F, cv::Scalar(90));
  EXPECT_EQ(estimator.estimate(grey, grey, no_subjects(grey)), cv::Point2f());
}

TEST(ShiftEstimator, DoesNotFollowALargeThingThatMoves) {
  const test::PaintedScene scene(192, 108);
  test::Painting before = scene.street(), after = scene.street();
  scene.put(before, 40, 20, 70, 70);
  scene.put(after, 44, 20, 70, 70);
  ShiftEstimator estimator;
  const cv::Mat background = scaled(before);
  EXPECT_EQ(estimator.estimate(scaled(after), background, no_subjects(background)), cv::Point2f());
}

TEST(Illumination, FollowsLightThatDiffersAcrossThePicture) {
  const test::PaintedScene scene(192, 108);
  const cv::Mat background = scaled(scene.street());
  cv::Mat frame = background.clone();
  frame.colRange(96, 192) *= 1.5;
  Illumination illumination;
  cv::Mat gain;
  illumination.estimate(frame, background, no_subjects(frame), gain);
  EXPECT_NEAR(gain.at<float>(54, 20), 1.0, 0.05);
  EXPECT_NEAR(gain.at<float>(54, 170), 1.46, 0.06);
}

TEST(Illumination, DoesNotTakeASubjectForLight) {
  const cv::Mat background(108, 192, CV_32F, cv::Scalar(80));
  cv::Mat frame = background.clone(), subjects = no_subjects(background);
  const cv::Rect lorry(60, 20, 80, 70);
  frame(lorry) = 200;
  subjects(lorry) = 255;
  Illumination illumination;
  cv::Mat gain;
  illumination.estimate(frame, background, subjects, gain);
  EXPECT_NEAR(gain.at<float>(55, 100), 1.0, 0.05);
  illumination.estimate(frame, background, no_subjects(frame), gain);
  EXPECT_GT(gain.at<float>(55, 100), 1.5F) << "or the test shows nothing";
}

TEST(Illumination, MeasuresTheWholePicture) {
  const cv::Mat before(108, 192, CV_32F, cv::Scalar(80)), after(108, 192, CV_32F, cv::Scalar(124));
  EXPECT_NEAR(Illumination::overall(after, before), 1.5, 0.01);
  EXPECT_NEAR(Illumination::overall(before, before), 1.0, 1e-3);
}

TEST(BackgroundModel, KeepsWhatLiesUnderAMovingThingAndAbsorbsOneAtRest) {
  const cv::Mat empty(64, 64, CV_32F, cv::Scalar(80)), gain(64, 64, CV_32F, cv::Scalar(1));
  const cv::Mat thing(64, 64, CV_32F, cv::Scalar(160));
  const cv::Mat residual = thing - empty;
  const auto after_two_seconds = [&](Learning learning) {
    BackgroundModel background;
    background.start(empty);
    const cv::Mat quiet = cv::Mat::zeros(64, 64, CV_8U);
    for (int i = 0; i < 24; ++i) background.learn(empty, cv::Mat::zeros(64, 64, CV_32F), gain, quiet, 0.125F);
    const cv::Mat map(64, 64, CV_8U, cv::Scalar(static_cast<int>(learning)));
    for (int i = 0; i < 16; ++i) background.learn(thing, residual, gain, map, 0.125F);
    return background.mean().at<float>(32, 32);
  };
  EXPECT_NEAR(after_two_seconds(Learning::kMoving), 80, 0.5);
  EXPECT_LT(after_two_seconds(Learning::kUnexplained), 90);
  EXPECT_GT(after_two_seconds(Learning::kAbsorb), 150);
}

TEST(BackgroundModel, AsksForMoreWhereThePictureIsNoisyOrRestless) {
  const cv::Mat gain(64, 64, CV_32F, cv::Scalar(1)), grey(64, 64, CV_32F, cv::Scalar(80));
  cv::Mat learning = cv::Mat::zeros(64, 64, CV_8U), residual = cv::Mat::zeros(64, 64, CV_32F);
  residual.colRange(0, 20) = 12;                                         // noise
  learning.colRange(40, 64) = static_cast<int>(Learning::kUnexplained);  // leaves
  BackgroundModel background;
  background.start(grey);
  for (int i = 0; i < 80; ++i) background.learn(grey, residual, gain, learning, 0.125F);
  cv::Mat threshold;
  background.threshold(9, 4, 0, threshold);
  EXPECT_GT(threshold.at<float>(32, 10), 40);
  EXPECT_NEAR(threshold.at<float>(32, 30), 9, 0.5);
  EXPECT_GT(threshold.at<float>(32, 50), 15);
}

TEST(Zones, LeavesOutWhatIsNotAPolygonOrTooMany) {
  Zones zones;
  std::vector<ZonePolygon> polygons{{"line", ipc::ZoneKind::kDetect, {{0, 0}, {1, 1}}}};
  zones.draw(polygons, {192, 108});
  EXPECT_TRUE(zones.zone_of(cv::Mat::zeros(108, 192, CV_32S), Blob{}).has_value()) << "no zone: the whole picture";
  const std::pair<float, float> nowhere{std::nanf(""), 0.5F};
  polygons.assign(100, {"broken", ipc::ZoneKind::kIgnore, {nowhere, {2, 2}, {-1, 9}, {0.5F, 0.5F}}});
  zones.draw(polygons, {192, 108});
  EXPECT_EQ(zones.allowed().size(), cv::Size(192, 108));
}

TEST(Sensitivity, RisesStepByStep) {
  for (int i = 1; i < 9; ++i) {
    const Thresholds dull = thresholds_for(i), keen = thresholds_for(i + 1);
    EXPECT_GT(dull.foreground.floor, keen.foreground.floor);
    EXPECT_GE(dull.foreground.min_area_px, keen.foreground.min_area_px);
    EXPECT_GT(dull.tracker.min_travel_px, keen.tracker.min_travel_px);
  }
  EXPECT_EQ(thresholds_for(0).foreground.floor, thresholds_for(1).foreground.floor);
  EXPECT_EQ(thresholds_for(200).foreground.floor, thresholds_for(9).foreground.floor);
}

Blob blob_at(int x, int y, int width, int height) {
  Blob blob;
  blob.box = {x, y, width, height};
  blob.centre = {static_cast<float>(x) + static_cast<float>(width) / 2,
                 static_cast<float>(y) + static_cast<float>(height) / 2};
  blob.area_px = width * height;
  blob.structure = 1;
  return blob;
}

TEST(SparseWatch, NeedsAPredecessorAtAnotherPlace) {
  SparseWatch watch;
  EXPECT_TRUE(watch.look({blob_at(10, 10, 8, 20)}, 0, 3).empty());
  EXPECT_TRUE(watch.look({blob_at(10, 10, 8, 20)}, 2'000'000, 3).empty()) << "it stands";
  const auto moved = watch.look({blob_at(60, 10, 8, 20)}, 4'000'000, 3);
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].since_us, 2'000'000);
}

TEST(SparseWatch, IgnoresManyBlobsAtOnceAndThoseOnlyBrighter) {
  SparseWatch rain, insects;
  std::vector<Blob> drops, moths{blob_at(10, 10, 8, 20)};
  for (int i = 0; i < 12; ++i) drops.push_back(blob_at(i * 15, 10, 4, 8));
  moths[0].brighter = 1;
  for (int i = 0; i < 4; ++i) {
    for (Blob& drop : drops) drop.centre.y += 20;
    moths[0].centre.x += 30;
    EXPECT_TRUE(rain.look(drops, i * 2'000'000, 3).empty());
    EXPECT_TRUE(insects.look(moths, i * 2'000'000, 3).empty());
  }
}

TEST(EventLogic, HoldsAnEventOverShortRests) {
  EventLogic events;
  int started = 0, ended = 0;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t now_us = i * 125'000;
    if (i == 10 || i == 20) events.moving(now_us, now_us - 400'000, 0.5F, "gate");
    EngineOutput out;
    events.advance(now_us, 125'000, out);
    started += out.event_started ? 1 : 0;
    if (out.event_ended) {
      ++ended;
      EXPECT_EQ(out.event_start_us, 10 * 125'000 - 400'000);
      EXPECT_EQ(out.event_end_us, 20 * 125'000);
      EXPECT_EQ(out.zone, "gate");
    }
  }
  EXPECT_EQ(started, 1);
  EXPECT_EQ(ended, 1);
}

TEST(EventLogic, WaitsForTheNextKeyPictureWhereOnlyThoseAreSeen) {
  EventLogic events;
  events.moving(0, 0, 0.5F, "");
  EngineOutput out;
  events.advance(0, 4'000'000, out);
  EXPECT_TRUE(out.event_started);
  EngineOutput next;
  events.advance(4'000'000, 4'000'000, next);
  EXPECT_TRUE(next.event_active);
  EngineOutput last;
  events.advance(8'000'000, 4'000'000, last);
  EXPECT_TRUE(last.event_ended);
}

}  // namespace
}  // namespace vonggac::motion
