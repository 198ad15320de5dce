#include "motion/foreground.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "motion/wide.h"

namespace vonggac::motion {
namespace {

constexpr int kHighPassPx = 5;
constexpr int kReachPx = 9;
constexpr float kDark = 8.0F;            // as in Illumination
constexpr float kSharpness = 0.2F;       // of the difference itself: what is out of focus (insects, beams) stays below
constexpr float kStructureShare = 0.5F;  // of the threshold, after the high pass
constexpr float kChangeShare = 0.4F;     // of the threshold, between two pictures, after 3x3 averaging
constexpr float kLeastTexture = 0.3F;  // of the threshold: about the noise; a smoother background cannot be recognised
constexpr int kTextureAreaPx = 24;     // less is mostly rim

struct ClassifyIn {
  const float *residual, *texture, *smooth, *threshold, *difference;
  const std::uint8_t* allowed;
};
struct ClassifyOut {
  std::uint8_t *raw, *structure, *change;
};

VONGGAC_WIDE void classify_row(const ClassifyIn& in, const ClassifyOut& out, int width) {
  const float* const r = in.residual;
  const float* const s = in.texture;
  const float* const m = in.smooth;
  const float* const t = in.threshold;
  const float* const d = in.difference;
  for (int x = 0; x < width; ++x) out.raw[x] = std::abs(r[x]) > t[x] ? in.allowed[x] : std::uint8_t{0};
  for (int x = 0; x < width; ++x) {
    const float least = std::max(kStructureShare * t[x], kSharpness * std::abs(m[x]));
    out.structure[x] = std::abs(s[x]) > least ? std::uint8_t{255} : std::uint8_t{0};
  }
  for (int x = 0; x < width; ++x) {
    out.change[x] = std::abs(d[x]) > kChangeShare * t[x] ? in.allowed[x] : std::uint8_t{0};
  }
}

/// `smooth` holds the smooth background and becomes the smooth frame less it.
VONGGAC_WIDE void texture_row(const float* f, const float* e, const float* fs, float* smooth, float* out, int width) {
  for (int x = 0; x < width; ++x) {
    out[x] = f[x] + kDark - (e[x] + kDark) * ((fs[x] + kDark) / (smooth[x] + kDark));
    smooth[x] = fs[x] - smooth[x];
  }
}

VONGGAC_WIDE void difference_row(const float* f, const float* p, const float* g, const float* q, float* d, int width) {
  for (int x = 0; x < width; ++x) d[x] = f[x] - p[x] * (g[x] / q[x]);
}

}  // namespace

/// What a smooth change of light leaves unexplained: the frame against the background multiplied by the ratio of their
/// 5 px averages. A beam or a shadow brightens or darkens the paving, a thing hides it.
void Foreground::unexplained_by_light(const Inputs& in) {
  box_blur_.blur(in.frame, kHighPassPx, smooth_frame_);
  box_blur_.blur(in.expected, kHighPassPx, smooth_);
  texture_.create(in.frame.size(), CV_32F);
  for (int y = 0; y < in.frame.rows; ++y) {
    texture_row(in.frame.ptr<float>(y), in.expected.ptr<float>(y), smooth_frame_.ptr<float>(y), smooth_.ptr<float>(y),
                texture_.ptr<float>(y), in.frame.cols);
  }
}

/// Change since the previous picture with the light's part taken out, averaged against noise.
void Foreground::difference(const Inputs& in) {
  if (in.previous_frame.empty()) {
    difference_ = cv::Mat::zeros(in.frame.size(), CV_32F);
    return;
  }
  scratch_.create(in.frame.size(), CV_32F);
  for (int y = 0; y < in.frame.rows; ++y) {
    difference_row(in.frame.ptr<float>(y), in.previous_frame.ptr<float>(y), in.gain.ptr<float>(y),
                   in.previous_gain.ptr<float>(y), scratch_.ptr<float>(y), in.frame.cols);
  }
  box_blur_.blur(scratch_, 3, difference_);
}

void Foreground::classify(const cv::Mat& threshold, const cv::Mat& allowed) {
  raw_.create(residual_.size(), CV_8U);
  structure_.create(residual_.size(), CV_8U);
  changed_.create(residual_.size(), CV_8U);
  for (int y = 0; y < residual_.rows; ++y) {
    const ClassifyIn in{residual_.ptr<float>(y), texture_.ptr<float>(y),    smooth_.ptr<float>(y),
                        threshold.ptr<float>(y), difference_.ptr<float>(y), allowed.ptr<std::uint8_t>(y)};
    const ClassifyOut out{raw_.ptr<std::uint8_t>(y), structure_.ptr<std::uint8_t>(y), changed_.ptr<std::uint8_t>(y)};
    classify_row(in, out, residual_.cols);
  }
  const int considered = cv::countNonZero(allowed);
  share_ = considered == 0 ? 0.0F : static_cast<float>(cv::countNonZero(raw_)) / static_cast<float>(considered);
}

void Foreground::clean() {
  // A pixel stays if at least 4 of the 9 around it are foreground too: noise goes, thin legs stay.
  cv::boxFilter(raw_, scratch_, CV_16S, {3, 3}, {-1, -1}, false, cv::BORDER_CONSTANT);
  cv::compare(scratch_, 4 * 255 - 1, mask_, cv::CMP_GT);
  // Light without structure near it is a beam or its glow, even where a vehicle drags it along.
  cv::boxFilter(structure_, scratch_, CV_16S, {3, 3}, {-1, -1}, false, cv::BORDER_CONSTANT);
  cv::compare(scratch_, 3 * 255 - 1, near_structure_, cv::CMP_GT);
  cv::dilate(near_structure_, scratch_, cv::getStructuringElement(cv::MORPH_RECT, {kReachPx, kReachPx}));
  cv::bitwise_and(mask_, scratch_, mask_);
  // A person's parts belong together: close gaps, more upright than across.
  const cv::Mat kernel = cv::getStructuringElement(cv::MORPH_RECT, {3, 5});
  cv::dilate(mask_, scratch_, kernel);
  cv::erode(scratch_, mask_, kernel);
}

void Foreground::gather(const Inputs& in, const Limits& limits) {
  blobs_.clear();
  const int count = cv::connectedComponentsWithStats(mask_, labels_, stats_, centroids_, 8, CV_32S);
  if (count <= 1) return;
  struct Sums {
    float contrast = 0;
    int structure = 0, changed = 0, brighter = 0;
    std::int64_t changed_x = 0, changed_y = 0;
    float frame_texture = 0, background_texture = 0, common_texture = 0, least_texture = 0;
    float see_through() const {
      if (background_texture <= least_texture || frame_texture <= 0) return 0;
      return common_texture / std::sqrt(frame_texture * background_texture);
    }
  };
  std::vector<Sums> sums(static_cast<std::size_t>(count));
  for (int y = 0; y < labels_.rows; ++y) {
    const int* const label = labels_.ptr<int>(y);
    const float* const r = residual_.ptr<float>(y);
    const float* const t = in.threshold.ptr<float>(y);
    const float* const f = in.frame.ptr<float>(y);
    const float* const e = in.expected.ptr<float>(y);
    const float* const fs = smooth_frame_.ptr<float>(y);
    const float* const m = smooth_.ptr<float>(y);  // smooth frame less smooth background
    const std::uint8_t* const raw = raw_.ptr<std::uint8_t>(y);
    for (int x = 0; x < labels_.cols; ++x) {
      if (label[x] == 0) continue;
      Sums& s = sums[static_cast<std::size_t>(label[x])];
      s.contrast += std::min(8.0F, std::abs(r[x]) / t[x]);
      s.structure += structure_.at<std::uint8_t>(y, x) & 1;
      if (changed_.at<std::uint8_t>(y, x) != 0) {
        ++s.changed;
        s.changed_x += x;
        s.changed_y += y;
      }
      s.brighter += r[x] > 0 ? 1 : 0;
      if (raw[x] == 0) continue;
      const float here = f[x] - fs[x], behind = e[x] - (fs[x] - m[x]);
      const float least = kLeastTexture * t[x];
      s.frame_texture += here * here;
      s.background_texture += behind * behind;
      s.common_texture += here * behind;
      s.least_texture += least * least;
    }
  }
  for (int i = 1; i < count; ++i) {
    const int area = stats_.at<int>(i, cv::CC_STAT_AREA);
    if (area < limits.min_area_px) continue;
    const Sums& s = sums[static_cast<std::size_t>(i)];
    const auto pixels = static_cast<float>(area);
    Blob blob;
    blob.box = {stats_.at<int>(i, cv::CC_STAT_LEFT), stats_.at<int>(i, cv::CC_STAT_TOP),
                stats_.at<int>(i, cv::CC_STAT_WIDTH), stats_.at<int>(i, cv::CC_STAT_HEIGHT)};
    blob.centre = {static_cast<float>(centroids_.at<double>(i, 0)), static_cast<float>(centroids_.at<double>(i, 1))};
    blob.change_centre = s.changed == 0 ? blob.centre
                                        : cv::Point2f(static_cast<float>(s.changed_x) / static_cast<float>(s.changed),
                                                      static_cast<float>(s.changed_y) / static_cast<float>(s.changed));
    blob.area_px = area;
    blob.contrast = s.contrast / pixels;
    blob.structure = static_cast<float>(s.structure) / static_cast<float>(blob.box.width + blob.box.height);
    blob.sharp_share = static_cast<float>(s.structure) / pixels;
    blob.change = static_cast<float>(s.changed) / pixels;
    blob.brighter = static_cast<float>(s.brighter) / pixels;
    blob.see_through = area < kTextureAreaPx ? 0.0F : s.see_through();
    blob.label = i;
    if (blob.structure >= limits.min_structure) blobs_.push_back(blob);
  }
}

void Foreground::find(const Inputs& in, const Limits& limits) {
  cv::subtract(in.frame, in.expected, residual_);
  unexplained_by_light(in);
  difference(in);
  classify(in.threshold, in.allowed);
  clean();
  gather(in, limits);
}

}  // namespace vonggac::motion
