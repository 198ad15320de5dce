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

}  // namespace

void Zones::draw(const std::vector<ZonePolygon>& zones, cv::Size size) {
  allowed_ = cv::Mat(size, CV_8U, cv::Scalar(255));
  detect_.clear();
  for (const ZonePolygon& zone : zones) {
    if (zone.points.size() < 3) continue;
    if (zone.ignore) {
      fill(allowed_, zone, 0);
    } else if (detect_.size() < kMaxZones) {
      detect_.push_back({zone.id, cv::Mat::zeros(size, CV_8U)});
      fill(detect_.back().mask, zone, 255);
    }
  }
}

std::optional<std::string> Zones::zone_of(const cv::Mat& labels, const Blob& blob) const {
  if (detect_.empty()) return std::string();
  const cv::Rect box = blob.box;
  const cv::Point foot(std::clamp(box.x + box.width / 2, 0, labels.cols - 1),
                       std::clamp(box.y + box.height - 1, 0, labels.rows - 1));
  for (const Drawn& zone : detect_) {
    if (zone.mask.at<std::uint8_t>(foot) != 0) return zone.id;
  }
  for (const Drawn& zone : detect_) {
    int inside = 0, pixels = 0;
    for (int y = box.y; y < box.y + box.height; ++y) {
      for (int x = box.x; x < box.x + box.width; ++x) {
        if (labels.at<int>(y, x) != blob.label) continue;
        ++pixels;
        inside += zone.mask.at<std::uint8_t>(y, x) & 1;
      }
    }
    if (pixels > 0 && 3 * inside >= pixels) return zone.id;
  }
  return std::nullopt;
}

}  // namespace vonggac::motion
