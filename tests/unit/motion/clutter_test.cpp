#include "motion/clutter.h"

#include <deque>

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "motion/box_blur.h"
#include "motion/foreground.h"
#include "motion/tracker.h"

namespace vonggac::motion {
namespace {

constexpr float kIntervalS = 0.125F;
constexpr float kDropPx = 20;
constexpr std::int64_t kTwoSecondsUs = 2'000'000;
const cv::Size kPicture(192, 108);

/// So many chance tracks a second at one place for a minute, each that far.
Clutter restless_place(float tracks_a_second, float travel_px) {
  Clutter clutter;
  float due = 0;
  for (int i = 0; i < 480; ++i) {
    clutter.advance(kIntervalS);
    for (due += tracks_a_second * kIntervalS; due >= 1; due -= 1) clutter.ended({40, 40}, kPicture, kDropPx, travel_px);
  }
  return clutter;
}

TEST(Clutter, AsksForNothingMoreInAQuietPlace) {
  const Clutter clutter = restless_place(0, 0);
  EXPECT_FLOAT_EQ(clutter.needed_travel_px({40, 40}, kPicture, kDropPx), 0);
}

TEST(Clutter, AsksForMoreTheMoreOftenAndTheFurtherChanceComes) {
  const float leaves = restless_place(2, 3).needed_travel_px({40, 40}, kPicture, kDropPx);
  const float gale = restless_place(20, 3).needed_travel_px({40, 40}, kPicture, kDropPx);
  const float rain = restless_place(20, 5).needed_travel_px({40, 40}, kPicture, kDropPx);
  EXPECT_GT(leaves, 9);
  EXPECT_GT(gale, leaves);
  EXPECT_GT(rain, gale);
  EXPECT_LE(rain, 32) << "a sixth of the picture must always do";
}

TEST(Clutter, LeavesTheOtherEndOfThePictureAlone) {
  const Clutter clutter = restless_place(5, 4);
  EXPECT_FLOAT_EQ(clutter.needed_travel_px({170, 90}, kPicture, kDropPx), 0);
}

TEST(Clutter, SaysNothingAboutWhatIsMuchLargerThanItself) {
  const Clutter clutter = restless_place(20, 5);
  EXPECT_GT(clutter.needed_travel_px({40, 40}, kPicture, 1.5F * kDropPx), 9);
  EXPECT_FLOAT_EQ(clutter.needed_travel_px({40, 40}, kPicture, 10 * kDropPx), 0);
}

TEST(Clutter, ForgetsWhenTheWindHasGone) {
  Clutter clutter = restless_place(5, 4);
  for (int i = 0; i < 8 * 300; ++i) clutter.advance(kIntervalS);
  EXPECT_FLOAT_EQ(clutter.needed_travel_px({40, 40}, kPicture, kDropPx), 0);
}

TEST(Clutter, IsCarefulWhileThePlaceIsUnknown) {
  Clutter clutter;
  for (int i = 0; i < 16; ++i) clutter.advance(kIntervalS);
  EXPECT_GT(clutter.needed_travel_px({40, 40}, kPicture, kDropPx), 6);
}

std::deque<TrackPoint> line_of_points(float step_px, float swing_px, int count = 12) {
  std::deque<TrackPoint> points;
  for (int i = 0; i < count; ++i) {
    TrackPoint point;
    point.time_us = i * 125'000;
    point.centre = {20 + step_px * static_cast<float>(i) + (i % 2 == 0 ? swing_px : -swing_px), 50};
    points.push_back(point);
  }
  return points;
}

TEST(SignificantTravel, IsTheWholeWayOfAnEvenWalk) {
  EXPECT_NEAR(significant_travel_px(line_of_points(2, 0), kTwoSecondsUs), 22, 0.1);
}

TEST(SignificantTravel, IsNextToNothingForWhatSwings) {
  EXPECT_LT(significant_travel_px(line_of_points(0, 4), kTwoSecondsUs), 0.5F);
}

TEST(SignificantTravel, TakesTheScatterOffTheWay) {
  const float travel = significant_travel_px(line_of_points(2, 2), kTwoSecondsUs);
  EXPECT_GT(travel, 12);
  EXPECT_LT(travel, 20);
}

TEST(SignificantTravel, OfASlowWalkShowsInALongerWhile) {
  const std::deque<TrackPoint> slow = line_of_points(0.25F, 1, 64);
  EXPECT_LT(significant_travel_px(slow, kTwoSecondsUs), 4);
  EXPECT_GT(significant_travel_px(slow, 4 * kTwoSecondsUs), 12);
}

TEST(BoxBlur, IsTheMeanOfTheSquareMirroredAtTheRim) {
  cv::Mat picture(24, 40, CV_32F), expected, out;
  cv::randu(picture, 0, 255);
  BoxBlur blur;
  for (const int size : {3, 5, 7}) {
    blur.blur(picture, size, out);
    cv::blur(picture, expected, {size, size});
    EXPECT_LT(cv::norm(out, expected, cv::NORM_INF), 1e-3) << size;
  }
}

/// A paved background, and over it either a beam of light or a thing.
Blob only_blob(bool beam) {
  cv::Mat background(108, 192, CV_32F), frame;
  cv::theRNG().state = 7;
  cv::randu(background, 60, 140);
  cv::GaussianBlur(background, background, {3, 3}, 0);
  background.copyTo(frame);
  const cv::Rect place(60, 40, 40, 24);
  if (beam) {
    frame(place) *= 1.6;
  } else {
    cv::randu(frame(place), 150, 250);
  }
  const cv::Mat ones(108, 192, CV_32F, cv::Scalar(1)), threshold(108, 192, CV_32F, cv::Scalar(9));
  const cv::Mat allowed(108, 192, CV_8U, cv::Scalar(255)), none;
  Foreground foreground;
  foreground.find({frame, ones, background, threshold, allowed, none, none}, {.min_structure = 0});
  Blob largest;
  for (const Blob& blob : foreground.blobs()) {
    if (blob.area_px > largest.area_px) largest = blob;
  }
  return largest;
}

TEST(Foreground, SeesTheBackgroundThroughLightButNotThroughAThing) {
  EXPECT_LT(only_blob(false).see_through, 0.3F);
  const Blob beam = only_blob(true);
  EXPECT_TRUE(beam.area_px == 0 || beam.see_through > 0.6F) << beam.see_through;
}

}  // namespace
}  // namespace vonggac::motion
