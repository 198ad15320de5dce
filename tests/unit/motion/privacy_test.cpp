// Privacy masks through the whole analyser: nothing under one is analysed, shown, or told.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "motion/camera_analyser.h"
#include "support/hand_clock.h"
#include "unit/motion/encoded_clip.h"

namespace vonggac::motion {
namespace {

constexpr int kStreetWide = 320, kStreetHigh = 180;
/// The lower left quarter.
const std::vector<std::pair<float, float>> kHidden{{0, 0.5F}, {0.5F, 0.5F}, {0.5F, 1}, {0, 1}};

struct Told {
  std::vector<ipc::MotionReport> motion;
  std::vector<ipc::MotionGrid> grids;
  std::vector<ipc::Snapshot> snapshots;
  std::vector<ipc::MotionCandidate> candidates;
};

/// A walker crosses at the height of `top`, from picture 80 on; the mask is in force.
Told play(int top, bool masked) {
  test::PaintedScene scene(kStreetWide, kStreetHigh);
  scene.noise = 4;
  test::ClipShape shape;
  const test::EncodedClip clip = test::encode_clip(shape, 220, [&](int i) {
    test::Painting painting = scene.street(static_cast<std::uint32_t>(i));
    if (i >= 80) scene.put(painting, (i - 80) * 3 - 20, top, 20, 40, static_cast<std::uint32_t>(i));
    return painting;
  });
  ipc::AnalyseCamera settings;
  if (masked) settings.zones.push_back({"hidden", ipc::ZoneKind::kPrivacy, {kHidden}, ""});
  Told told;
  test::HandClock clock;
  CameraAnalyser analyser(settings, clock, [&told](const ipc::Message& message) {
    if (const auto* report = std::get_if<ipc::MotionReport>(&message)) told.motion.push_back(*report);
    if (const auto* grid = std::get_if<ipc::MotionGrid>(&message)) told.grids.push_back(*grid);
    if (const auto* snapshot = std::get_if<ipc::Snapshot>(&message)) told.snapshots.push_back(*snapshot);
    if (const auto* candidate = std::get_if<ipc::MotionCandidate>(&message)) told.candidates.push_back(*candidate);
  });
  analyser.set_parameters(clip.parameters);
  for (const media::AccessUnit& unit : clip.units) {
    clock.mono = unit.capture;
    if (unit.key) analyser.request_snapshot();
    analyser.take(unit);
    while (analyser.has_work()) analyser.step();
  }
  analyser.finish();
  return told;
}

/// Brightest pixel of the hidden quarter and of the rest; what JPEG smears over the edge is left out.
std::pair<int, int> brightest(const base::Bytes& jpeg) {
  const cv::Mat picture = cv::imdecode(jpeg, cv::IMREAD_GRAYSCALE);
  if (picture.empty()) return {-1, -1};
  int hidden = 0, shown = 0;
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const int grey = picture.at<std::uint8_t>(y, x);
      if (x < picture.cols / 2 - 16 && y >= picture.rows / 2 + 16) hidden = std::max(hidden, grey);
      if (x > picture.cols / 2 + 16) shown = std::max(shown, grey);
    }
  }
  return {hidden, shown};
}

bool in_hidden_cells(const ipc::MotionGrid& grid) {
  for (int row = kGridRows / 2 + 1; row < kGridRows; ++row) {
    for (int column = 0; column < kGridColumns / 2 - 1; ++column) {
      const int cell = row * kGridColumns + column;
      if ((grid.cells[static_cast<std::size_t>(cell / 8)] & 0x80U >> (cell % 8)) != 0) return true;
    }
  }
  return false;
}

TEST(Privacy, WhoWalksUnderAMaskIsSeenOnlyBesideIt) {
  const Told plain = play(110, false);
  ASSERT_FALSE(plain.motion.empty());
  EXPECT_LT(plain.motion.front().start.us, 10'000'000);
  EXPECT_TRUE(std::any_of(plain.grids.begin(), plain.grids.end(), in_hidden_cells));
  const Told told = play(110, true);
  ASSERT_FALSE(told.motion.empty()) << "once out of the mask";
  EXPECT_GT(told.motion.front().start.us, 12'500'000) << "the middle of the picture is reached at 13.3 s";
  EXPECT_FALSE(std::any_of(told.grids.begin(), told.grids.end(), in_hidden_cells));
  for (const ipc::MotionCandidate& candidate : told.candidates) EXPECT_GT(candidate.box_x + candidate.box_w, 0.48F);
}

TEST(Privacy, NoSnapshotAndNoThumbnailShowsWhatIsUnderAMask) {
  const Told told = play(20, true);
  ASSERT_GE(told.snapshots.size(), 8U);
  for (const ipc::Snapshot& snapshot : told.snapshots) {
    const auto [hidden, shown] = brightest(snapshot.jpeg);
    EXPECT_GE(hidden, 0);
    EXPECT_LE(hidden, 24) << snapshot.capture.us;
    EXPECT_GE(shown, 80);
  }
  int thumbnails = 0;
  for (const ipc::MotionReport& report : told.motion) {
    if (report.thumbnail.empty()) continue;
    ++thumbnails;
    EXPECT_LE(brightest(report.thumbnail).first, 24);
    EXPECT_LE(report.thumbnail.size(), 20'000U);
  }
  EXPECT_GE(thumbnails, 1);
}

TEST(Privacy, AMaskThatIsSetLaterHidesFromThenOn) {
  test::HandClock clock;
  std::vector<ipc::Snapshot> snapshots;
  ipc::AnalyseCamera settings;
  CameraAnalyser analyser(settings, clock, [&](const ipc::Message& message) {
    if (const auto* snapshot = std::get_if<ipc::Snapshot>(&message)) snapshots.push_back(*snapshot);
  });
  const test::PaintedScene scene(kStreetWide, kStreetHigh);
  const test::EncodedClip clip = test::encode_clip({}, 60, [&](int) { return scene.street(); });
  analyser.set_parameters(clip.parameters);
  for (std::size_t i = 0; i < clip.units.size(); ++i) {
    if (i == 30) {
      settings.zones.push_back({"hidden", ipc::ZoneKind::kPrivacy, {kHidden}, ""});
      analyser.change_settings(settings);
    }
    clock.mono = clip.units[i].capture;
    analyser.request_snapshot();
    analyser.take(clip.units[i]);
    while (analyser.has_work()) analyser.step();
  }
  ASSERT_GE(snapshots.size(), 4U);
  EXPECT_GE(brightest(snapshots.front().jpeg).first, 80);
  EXPECT_LE(brightest(snapshots.back().jpeg).first, 24);
}

}  // namespace
}  // namespace vonggac::motion
