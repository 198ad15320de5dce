/// Motion detectors `mog2` and `knn`: OpenCV's background models, one library each (VONGGAC_SUBTRACTOR_KNN chooses).
/// Set up as they did best in comparisons: 320 pixels wide, five pictures a second, a blob of 0.1 % of the picture in
/// two pictures in a row. They find nearly everything and also light, rain and insects (docs/reference/plugins.md).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/background_segm.hpp>

#include "plugins/abi/vonggac_plugin.h"

namespace {

constexpr int kWidthPx = 320;
constexpr std::int64_t kIntervalUs = 200'000;
constexpr std::int64_t kJitterUs = 30'000;
constexpr double kMemoryS = 100.0;   // OpenCV's 500 pictures at five a second
constexpr double kMostAtOnce = 0.2;  // share of the model a single picture may replace, once it is settled
constexpr int kSettledPictures = 10;
constexpr double kLeastShare = 0.001;  // of the picture, at sensitivity 5
constexpr int kShadow = 127;           // how OpenCV marks a shadow in its mask

#ifdef VONGGAC_SUBTRACTOR_KNN
constexpr const char* kName = "knn";
constexpr double kPeekRate = 1e-9;  // it divides by the logarithm of one minus the rate
cv::Ptr<cv::BackgroundSubtractor> make_model() { return cv::createBackgroundSubtractorKNN(); }
#else
constexpr const char* kName = "mog2";
constexpr double kPeekRate = 0;
cv::Ptr<cv::BackgroundSubtractor> make_model() { return cv::createBackgroundSubtractorMOG2(); }
#endif

struct Detector {
  cv::Ptr<cv::BackgroundSubtractor> model = make_model();
  double least_share = kLeastShare;
  int pictures = 0;
  std::int64_t due_us = INT64_MIN / 2, last_us = 0;
  bool was_there = false;  ///< a blob was large enough in the picture before
  std::int64_t since_us = 0;
};

cv::Mat scaled(const vonggac_luma& picture) {
  const cv::Mat luma(picture.height_px, picture.width_px, CV_8U, const_cast<std::uint8_t*>(picture.data),
                     static_cast<std::size_t>(picture.stride_bytes));
  if (picture.width_px <= kWidthPx) return luma.clone();
  cv::Mat out;
  const int height = std::max(1, picture.height_px * kWidthPx / picture.width_px);
  cv::resize(luma, out, cv::Size(kWidthPx, height), 0, 0, cv::INTER_AREA);
  return out;
}

/// Boxes of blobs of at least `least_share` of the picture, the largest first.
std::vector<vonggac_box> blobs_in(const cv::Mat& mask, double least_share) {
  cv::Mat solid;
  cv::threshold(mask, solid, kShadow, 255, cv::THRESH_BINARY);
  cv::morphologyEx(solid, solid, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(solid, labels, stats, centres);
  const double pixels = static_cast<double>(mask.total());
  std::vector<vonggac_box> boxes;
  for (int i = 1; i < count; ++i) {
    const double share = stats.at<int>(i, cv::CC_STAT_AREA) / pixels;
    if (share < least_share) continue;
    const auto part = [&](int column, int whole) {
      return static_cast<float>(stats.at<int>(i, column)) / static_cast<float>(whole);
    };
    boxes.push_back({part(cv::CC_STAT_LEFT, mask.cols), part(cv::CC_STAT_TOP, mask.rows),
                     part(cv::CC_STAT_WIDTH, mask.cols), part(cv::CC_STAT_HEIGHT, mask.rows),
                     static_cast<float>(std::min(1.0, 0.3 + std::sqrt(share) * 2))});
  }
  std::sort(boxes.begin(), boxes.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  return boxes;
}

/// How much of the model this picture may replace. Pictures that come seldom teach more each.
double learning_rate(const Detector& detector, std::int64_t time_us) {
  if (detector.pictures < kSettledPictures) return 1.0 / (detector.pictures + 1);
  const double seconds = static_cast<double>(time_us - detector.last_us) / 1e6;
  return std::clamp(seconds / kMemoryS, 1e-4, kMostAtOnce);
}

void look_at(Detector& detector, const vonggac_luma& picture, vonggac_motion& motion) {
  cv::Mat mask;
  detector.model->apply(scaled(picture), mask, learning_rate(detector, picture.time_us));
  detector.last_us = picture.time_us;
  ++detector.pictures;
  std::vector<vonggac_box> boxes;
  if (detector.pictures > kSettledPictures) boxes = blobs_in(mask, detector.least_share);
  const bool confirmed = detector.was_there && !boxes.empty();
  if (!detector.was_there) detector.since_us = picture.time_us;
  detector.was_there = !boxes.empty();
  if (!confirmed) return;
  motion.since_us = detector.since_us;
  motion.box_count = static_cast<std::uint32_t>(std::min<std::size_t>(boxes.size(), VONGGAC_MAX_BOXES));
  std::copy_n(boxes.begin(), motion.box_count, motion.boxes);
}

/// Runs `work`; what OpenCV throws becomes an error.
template <typename Work>
std::int32_t guarded(vonggac_error* error, Work&& work) noexcept {
  try {
    return work();
  } catch (const std::exception& thrown) {
    std::snprintf(error->text, sizeof error->text, "%s", thrown.what());
  } catch (...) {
    std::snprintf(error->text, sizeof error->text, "unknown trouble in OpenCV");
  }
  return VONGGAC_FAILED;
}

std::int32_t set_sensitivity(void* opaque, std::int32_t sensitivity, vonggac_error*) {
  static_cast<Detector*>(opaque)->least_share = kLeastShare * std::pow(1.6, 5 - sensitivity);
  return VONGGAC_OK;
}

std::int32_t create(void*, std::int32_t sensitivity, void** opaque, vonggac_error* error) {
  return guarded(error, [&] {
    cv::setNumThreads(0);  // the host shares its processor among many cameras
    *opaque = new Detector;
    return set_sensitivity(*opaque, sensitivity, error);
  });
}

void destroy(void* opaque) { delete static_cast<Detector*>(opaque); }

std::int32_t look(void* opaque, const vonggac_luma* picture, vonggac_motion* motion, vonggac_error* error) {
  Detector& detector = *static_cast<Detector*>(opaque);
  const bool jumped = picture->time_us - detector.due_us > 2 * kIntervalUs;
  if (!jumped && picture->time_us < detector.due_us - kJitterUs) return VONGGAC_SKIPPED;
  detector.due_us = (jumped ? picture->time_us : detector.due_us) + kIntervalUs;
  return guarded(error, [&]() -> std::int32_t {
    look_at(detector, *picture, *motion);
    return VONGGAC_OK;
  });
}

std::int32_t peek(void* opaque, const vonggac_luma* picture, std::int32_t* moved, vonggac_error* error) {
  Detector& detector = *static_cast<Detector*>(opaque);
  return guarded(error, [&]() -> std::int32_t {
    *moved = 1;
    if (detector.pictures <= kSettledPictures) return VONGGAC_OK;
    cv::Mat mask;
    detector.model->apply(scaled(*picture), mask, kPeekRate);
    *moved = blobs_in(mask, detector.least_share).empty() ? 0 : 1;
    return VONGGAC_OK;
  });
}

}  // namespace

extern "C" VONGGAC_PLUGIN_EXPORT const vonggac_plugin* vonggac_plugin_entry(std::uint32_t host_major, std::uint32_t) {
  static const vonggac_motion_detector kDetector = {sizeof kDetector, create, destroy, look, peek, set_sensitivity};
  static const vonggac_plugin kPlugin = {VONGGAC_PLUGIN_ABI_MAJOR,
                                         VONGGAC_PLUGIN_ABI_MINOR,
                                         sizeof kPlugin,
                                         VONGGAC_MOTION_DETECTOR,
                                         kName,
                                         CV_VERSION,
                                         "Apache-2.0",
                                         nullptr,
                                         nullptr,
                                         &kDetector,
                                         nullptr};
  return host_major == VONGGAC_PLUGIN_ABI_MAJOR ? &kPlugin : nullptr;
}
