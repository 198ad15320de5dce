#include "street.h"

#include <algorithm>
#include <array>

#include <opencv2/imgproc.hpp>

#include "media/av/file_demuxer.h"

namespace vonggac::drift {
namespace {

constexpr std::size_t kLeastPictures = 50;
constexpr std::size_t kMedianOf = 63;
constexpr int kDiffersGrey = 22;
constexpr double kLeastHeight = 0.08, kMostHeight = 0.6;  // of the picture: a person, not a crowd or a patch of light
constexpr int kMovesPictures = 5, kMovesGrey = 18;        // whoever stands still is not counted

cv::Mat median_of(const std::vector<cv::Mat>& pictures) {
  cv::Mat plate(pictures.front().size(), CV_8U);
  const std::size_t count = std::min(kMedianOf, pictures.size());
  std::array<std::uint8_t, kMedianOf> values{};
  for (int y = 0; y < plate.rows; ++y) {
    for (int x = 0; x < plate.cols; ++x) {
      for (std::size_t i = 0; i < count; ++i) values[i] = pictures[i * pictures.size() / count].at<std::uint8_t>(y, x);
      const auto middle = values.begin() + static_cast<std::ptrdiff_t>(count / 2);
      std::nth_element(values.begin(), middle, values.begin() + static_cast<std::ptrdiff_t>(count));
      plate.at<std::uint8_t>(y, x) = *middle;
    }
  }
  return plate;
}

std::vector<cv::Rect> who_is_there(const cv::Mat& picture, const cv::Mat& before, const cv::Mat& plate) {
  cv::Mat far, moved;
  cv::absdiff(picture, plate, far);
  cv::absdiff(picture, before, moved);
  cv::medianBlur(far, far, 3);
  far = far > kDiffersGrey;
  cv::morphologyEx(far, far, cv::MORPH_CLOSE, cv::Mat::ones(7, 3, CV_8U));
  std::vector<std::vector<cv::Point>> outlines;
  cv::findContours(far, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  std::vector<cv::Rect> out;
  for (const std::vector<cv::Point>& outline : outlines) {
    const cv::Rect box = cv::boundingRect(outline);
    if (box.height < kLeastHeight * picture.rows || box.height > kMostHeight * picture.rows) continue;
    if (cv::contourArea(outline) < 0.35 * box.area()) continue;
    if (cv::countNonZero(moved(box) > kMovesGrey) * 12 < box.area()) continue;
    out.push_back(box);
  }
  return out;
}

}  // namespace

base::Result<Street> Street::load(const std::string& clip) {
  Street street;
  VG_ASSIGN(const auto file, media::av::FileDemuxer::open(clip));
  std::int64_t last_us = 0;
  for (;;) {
    VG_ASSIGN(const std::optional<media::av::Picture> picture, file->next());
    if (!picture) break;
    const media::av::LumaView luma = picture->luma();
    const cv::Mat borrowed(luma.height, luma.width, CV_8U, const_cast<std::uint8_t*>(luma.data),
                           static_cast<std::size_t>(luma.stride));
    street.pictures.push_back(borrowed.clone());
    last_us = picture->time_us();
  }
  if (street.pictures.size() < kLeastPictures || last_us <= 0) return base::data_loss(clip + " is too short");
  street.size = street.pictures.front().size();
  street.pictures_per_s = static_cast<double>(street.pictures.size() - 1) * 1e6 / static_cast<double>(last_us);
  street.plate = median_of(street.pictures);
  for (std::size_t i = 0; i < street.pictures.size(); ++i) {
    const cv::Mat& before = street.pictures[i < kMovesPictures ? i + kMovesPictures : i - kMovesPictures];
    street.there.push_back(who_is_there(street.pictures[i], before, street.plate));
  }
  return street;
}

}  // namespace vonggac::drift
