/// smallest_subject [CLIP]: how small a walking figure may be at each sensitivity. Figures of one height each walk
/// before a still picture of the clip (or a painted street), with sensor noise and without encoding. Prints the share
/// of walks that raised an event, by height (percent of the picture's) and sensitivity: the source of
/// core/sensitivity_text.cpp.
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "media/av/decoder.h"
#include "media/av/file_demuxer.h"
#include "motion/engine.h"
#include "unit/motion/painted_scene.h"

namespace {

using namespace vonggac;

constexpr int kPlateWide = 640, kPlateHigh = 360, kWalks = 8, kLevels = 9;
constexpr int kQuietPictures = 40, kWalkPictures = 80;  // at 8 a second
constexpr std::int64_t kPictureUs = 125'000;
constexpr std::array<double, 9> kHeights{0.015, 0.02, 0.025, 0.03, 0.04, 0.055, 0.08, 0.12, 0.18};

cv::Mat plate_of(const char* clip) {
  cv::Mat plate;
  const auto file = media::av::FileDemuxer::open(clip, {});
  if (file) {
    const auto picture = (*file)->next();
    if (picture && *picture) {
      const media::av::LumaView luma = (*picture)->luma();
      const cv::Mat whole(luma.height, luma.width, CV_8U, const_cast<std::uint8_t*>(luma.data),
                          static_cast<std::size_t>(luma.stride));
      cv::resize(whole, plate, {kPlateWide, kPlateHigh}, 0, 0, cv::INTER_AREA);
    }
  }
  if (!plate.empty()) return plate;
  test::Painting street = test::PaintedScene(kPlateWide, kPlateHigh).street();
  return cv::Mat(kPlateHigh, kPlateWide, CV_8U, street.pixels.data()).clone();
}

/// Head, body and legs that step, drawn large and shrunk: `phase` in steps.
void draw_figure(cv::Mat& picture, cv::Point2d foot, double height, double phase, bool dark) {
  constexpr int kTall = 160, kBroad = 80;
  cv::Mat shade(kTall, kBroad, CV_32F, cv::Scalar(0)), cover(kTall, kBroad, CV_32F, cv::Scalar(0));
  const double swing = 18 * std::sin(phase * CV_PI);
  const auto limb = [&](cv::Point from, cv::Point to, int thickness, double grey) {
    cv::line(shade, from, to, cv::Scalar(grey), thickness);
    cv::line(cover, from, to, cv::Scalar(1), thickness);
  };
  const double coat = dark ? 45 : 190, legs = dark ? 35 : 70;
  limb({kBroad / 2, 100}, {kBroad / 2 + static_cast<int>(swing), kTall - 4}, 14, legs);
  limb({kBroad / 2, 100}, {kBroad / 2 - static_cast<int>(swing), kTall - 4}, 14, legs + 15);
  limb({kBroad / 2, 45}, {kBroad / 2, 95}, 34, coat);
  cv::circle(shade, {kBroad / 2, 18}, 13, cv::Scalar(130), cv::FILLED);
  cv::circle(cover, {kBroad / 2, 18}, 13, cv::Scalar(1), cv::FILLED);
  const cv::Size size(std::max(1, static_cast<int>(std::lround(height / 2))),
                      std::max(2, static_cast<int>(std::lround(height))));
  cv::resize(shade, shade, size, 0, 0, cv::INTER_AREA);
  cv::resize(cover, cover, size, 0, 0, cv::INTER_AREA);
  const int left = static_cast<int>(std::lround(foot.x)) - size.width / 2;
  const int top = static_cast<int>(std::lround(foot.y)) - size.height;
  for (int y = std::max(0, -top); y < size.height && top + y < picture.rows; ++y) {
    for (int x = std::max(0, -left); x < size.width && left + x < picture.cols; ++x) {
      auto& pixel = picture.at<std::uint8_t>(top + y, left + x);
      const float opaque = cover.at<float>(y, x);
      pixel = cv::saturate_cast<std::uint8_t>(static_cast<float>(pixel) * (1 - opaque) + shade.at<float>(y, x));
    }
  }
}

/// Share of walks found at each level.
std::array<int, kLevels> found_at(const cv::Mat& plate, double share) {
  std::vector<std::unique_ptr<motion::Engine>> engines;
  for (int level = 1; level <= kLevels; ++level)
    engines.push_back(motion::Engine::create({.sensitivity = level, .zones = {}}));
  cv::RNG random(static_cast<std::uint64_t>(share * 1e6));
  cv::Mat noise(kPlateHigh + 64, kPlateWide + 64, CV_16S);
  random.fill(noise, cv::RNG::NORMAL, 0, 2.0);
  std::array<int, kLevels> found{};
  std::int64_t time_us = 0;
  for (int walk = 0; walk < kWalks; ++walk) {
    const double height = share * kPlateHigh, speed = std::max(4.0, random.uniform(0.6, 1.0) * height) / 8;
    const bool right = walk % 2 == 0;
    cv::Point2d foot(random.uniform(0.25, 0.75) * kPlateWide - (right ? 40 : -40) * speed,
                     random.uniform(0.45, 0.9) * kPlateHigh);
    std::array<bool, kLevels> hit{};
    for (int i = 0; i < kQuietPictures + kWalkPictures; ++i, time_us += kPictureUs) {
      cv::Mat picture = plate.clone();
      const int step = i - kQuietPictures;
      if (step >= 0) {
        draw_figure(picture, {foot.x + (right ? step : -step) * speed, foot.y}, height, step * 0.22, walk % 3 != 0);
      }
      const cv::Rect part(random.uniform(0, 64), random.uniform(0, 64), kPlateWide, kPlateHigh);
      cv::add(picture, noise(part), picture, cv::noArray(), CV_8U);
      for (std::size_t level = 0; level < kLevels; ++level) {
        const motion::EngineOutput out =
            engines[level]->look({picture.data, picture.cols, picture.rows, static_cast<int>(picture.step)}, time_us);
        hit[level] = hit[level] || (step >= 0 && out.event_active);
      }
    }
    for (std::size_t level = 0; level < kLevels; ++level) found[level] += hit[level] ? 1 : 0;
  }
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(0);
  if (!media::av::warm_up().ok()) return 1;
  const cv::Mat plate = plate_of(argc > 1 ? argv[1] : "/usr/share/doc/opencv-doc/examples/data/vtest.avi");
  for (const double share : kHeights) {
    const std::array<int, kLevels> found = found_at(plate, share);
    std::printf("%5.1f %%", 100 * share);
    for (const int walks : found) std::printf("  %d/%d", walks, kWalks);
    std::printf("\n");
    std::fflush(stdout);
  }
  return 0;
}
