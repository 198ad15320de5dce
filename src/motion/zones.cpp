#include "motion/zones.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace vonggac::motion {
namespace {

void fill(cv::Mat& mask, const ZonePolygon& zone, std::uint8_t value) {
  std::vector<cv::Point> points;
  for (const auto& [x, y] : zone.points) {
    if (points.size() == Zones::kMaxPoints) break;
    if (!std::isfinite(x) || !std::isfinite(y)) continue;
    points.emplace_back(static_cast<int>(std::lround(std::clamp(x, 0.0F, 1.0F) * static_cast<float>(mask.cols - 1))),
                        static_cast<int>(std::lround(std::clamp(y, 0.0F, 1.0F) * static_cast<float>(mask.rows - 1))));
  }
  if (points.size() >= 3) cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{points}, cv::Scalar(value));
}

cv::Point foot_of(const Blob& blob, const cv::Mat& labels) {
  const cv::Rect& box = blob.box;
  return {std::clamp(box.x + box.width / 2, 0, labels.cols - 1),
          std::clamp(box.y + box.height - 1, 0, labels.rows - 1)};
}

bool a_third_inside(const cv::Mat& mask, const cv::Mat& labels, const Blob& blob) {
  const cv::Rect& box = blob.box;
  int inside = 0, pixels = 0;
  for (int y = box.y; y < box.y + box.height; ++y) {
    for (int x = box.x; x < box.x + box.width; ++x) {
      if (labels.at<int>(y, x) != blob.label) continue;
      ++pixels;
      inside += mask.at<std::uint8_t>(y, x) & 1;
    }
  }
  return pixels > 0 && 3 * inside >= pixels;
}

}  // namespace

void Zones::draw(const std::vector<ZonePolygon>& zones, cv::Size size) {
  allowed_ = cv::Mat(size, CV_8U, cv::Scalar(255));
  chosen_.clear();
  everywhere_ = true;
  for (const ZonePolygon& zone : zones) {
    if (zone.points.size() < 3) continue;
    if (zone.kind == ipc::ZoneKind::kIgnore || zone.kind == ipc::ZoneKind::kPrivacy) {
      fill(allowed_, zone, 0);
    } else if (chosen_.size() < kMaxZones) {
      const bool watch = zone.kind == ipc::ZoneKind::kWatch;
      chosen_.push_back({zone.id, watch, cv::Mat::zeros(size, CV_8U)});
      fill(chosen_.back().mask, zone, 255);
      everywhere_ = everywhere_ && watch;
    }
  }
}

std::optional<std::string> Zones::zone_of(const cv::Mat& labels, const Blob& blob) const {
  const cv::Point foot = foot_of(blob, labels);
  for (const Drawn& zone : chosen_) {
    if (zone.mask.at<std::uint8_t>(foot) != 0) return zone.id;
  }
  for (const Drawn& zone : chosen_) {
    if (a_third_inside(zone.mask, labels, blob)) return zone.id;
  }
  return everywhere_ ? std::optional<std::string>("") : std::nullopt;
}

void Zones::add_watched(const cv::Mat& labels, const Blob& blob, std::vector<std::string>& zones) const {
  for (const Drawn& zone : chosen_) {
    if (!zone.watch || std::find(zones.begin(), zones.end(), zone.id) != zones.end()) continue;
    const bool inside = zone.mask.at<std::uint8_t>(foot_of(blob, labels)) != 0;
    if (inside || a_third_inside(zone.mask, labels, blob)) zones.push_back(zone.id);
  }
}

}  // namespace vonggac::motion
