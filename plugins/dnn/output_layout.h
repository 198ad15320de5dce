/// What the outputs of object detectors mean: three families, told apart by their shapes.
///   yolov5  one output 1 x N x (5 + classes): centre x, y, width, height in input pixels, objectness, classes
///   yolov8  one output 1 x (4 + classes) x N: the same without objectness, the other way round
///   ssd     two outputs 1 x N x classes (the first is "nothing") and 1 x N x 4 (corners 0..1); or one 1 x 1 x N x 7:
///           picture, class, score, corners 0..1
/// Threads  pure functions.
/// Errors   layout_of: kUnknown where the shapes fit none. objects_in: outputs of other shapes give nothing.
/// Units    centres 0..1 of the input picture, scores 0..1.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>

namespace vonggac::dnn {

enum class Layout { kUnknown, kYolov5, kYolov8, kSsd };

/// "yolov5", "yolov8", "ssd".
std::optional<Layout> layout_named(std::string_view name);
const char* layout_name(Layout layout);
Layout layout_of(const std::vector<cv::Mat>& outputs);
/// How many classes the model tells apart; 0 where its outputs do not say.
int class_count(Layout layout, const std::vector<cv::Mat>& outputs);

struct Object {
  float centre_x = 0, centre_y = 0;
  int class_index = 0;
  float score = 0;
};
std::vector<Object> objects_in(Layout layout, const std::vector<cv::Mat>& outputs, cv::Size input, float least_score);

}  // namespace vonggac::dnn
