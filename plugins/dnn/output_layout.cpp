#include "plugins/dnn/output_layout.h"

#include <algorithm>
#include <cmath>

namespace vonggac::dnn {
namespace {

constexpr int kBoxColumns = 4, kYolov5Columns = 5, kSsdColumns = 7;

bool is_rank(const cv::Mat& output, int rank) {
  return output.dims == rank && output.type() == CV_32F && output.isContinuous() && output.size[0] == 1;
}

/// The two outputs of an SSD model, whichever comes first.
struct SsdPair {
  const cv::Mat* scores = nullptr;
  const cv::Mat* boxes = nullptr;
};
SsdPair ssd_pair(const std::vector<cv::Mat>& outputs) {
  if (outputs.size() != 2 || !is_rank(outputs[0], 3) || !is_rank(outputs[1], 3)) return {};
  if (outputs[0].size[1] != outputs[1].size[1]) return {};
  // Where both could be boxes, exporters put the scores first.
  if (outputs[1].size[2] == kBoxColumns) return {&outputs[0], &outputs[1]};
  if (outputs[0].size[2] == kBoxColumns) return {&outputs[1], &outputs[0]};
  return {};
}

/// The class with the best score among `count`, `stride` floats apart.
void best_of(const float* scores, int count, int stride, Object& object) {
  for (int i = 0; i < count; ++i) {
    const float score = scores[static_cast<std::ptrdiff_t>(i) * stride];
    if (!(score > object.score)) continue;
    object.score = score;
    object.class_index = i;
  }
}

void keep(const Object& object, float least_score, std::vector<Object>& out) {
  if (!(object.score >= least_score) || !std::isfinite(object.centre_x) || !std::isfinite(object.centre_y)) return;
  out.push_back(object);
  out.back().score = std::min(1.0F, object.score);
}

void read_yolo(Layout layout, const cv::Mat& output, cv::Size input, float least_score, std::vector<Object>& out) {
  const bool rows_are_boxes = layout == Layout::kYolov5;
  const int boxes = output.size[rows_are_boxes ? 1 : 2], columns = output.size[rows_are_boxes ? 2 : 1];
  const int first_class = rows_are_boxes ? kYolov5Columns : kBoxColumns;
  const auto* data = output.ptr<float>();
  const int stride = rows_are_boxes ? 1 : boxes;
  for (int i = 0; i < boxes; ++i) {
    const float* const box = data + (rows_are_boxes ? static_cast<std::ptrdiff_t>(i) * columns : i);
    const auto value = [&](int column) { return box[static_cast<std::ptrdiff_t>(column) * stride]; };
    const float objectness = rows_are_boxes ? value(kBoxColumns) : 1.0F;
    if (!(objectness >= least_score)) continue;
    Object object{value(0) / static_cast<float>(input.width), value(1) / static_cast<float>(input.height), 0, 0};
    best_of(box + static_cast<std::ptrdiff_t>(first_class) * stride, columns - first_class, stride, object);
    object.score *= objectness;
    keep(object, least_score, out);
  }
}

void read_ssd_pair(const SsdPair& pair, float least_score, std::vector<Object>& out) {
  const int boxes = pair.scores->size[1], classes = pair.scores->size[2];
  for (int i = 0; i < boxes; ++i) {
    const float* const scores = pair.scores->ptr<float>() + static_cast<std::ptrdiff_t>(i) * classes;
    const float* const box = pair.boxes->ptr<float>() + static_cast<std::ptrdiff_t>(i) * kBoxColumns;
    Object object{(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 0, 0};
    best_of(scores + 1, classes - 1, 1, object);
    ++object.class_index;  // counted with the "nothing" in front, as the model does
    keep(object, least_score, out);
  }
}

void read_ssd_list(const cv::Mat& output, float least_score, std::vector<Object>& out) {
  for (int i = 0; i < output.size[2]; ++i) {
    const float* const row = output.ptr<float>() + static_cast<std::ptrdiff_t>(i) * kSsdColumns;
    if (!(row[1] >= 0 && row[1] < 1e6F)) continue;
    keep({(row[3] + row[5]) / 2, (row[4] + row[6]) / 2, static_cast<int>(row[1]), row[2]}, least_score, out);
  }
}

}  // namespace

std::optional<Layout> layout_named(std::string_view name) {
  for (const Layout layout : {Layout::kYolov5, Layout::kYolov8, Layout::kSsd}) {
    if (name == layout_name(layout)) return layout;
  }
  return std::nullopt;
}

const char* layout_name(Layout layout) {
  switch (layout) {
    case Layout::kYolov5:
      return "yolov5";
    case Layout::kYolov8:
      return "yolov8";
    case Layout::kSsd:
      return "ssd";
    case Layout::kUnknown:
      break;
  }
  return "unknown";
}

Layout layout_of(const std::vector<cv::Mat>& outputs) {
  if (ssd_pair(outputs).boxes != nullptr) return Layout::kSsd;
  if (outputs.empty()) return Layout::kUnknown;
  const cv::Mat& first = outputs.front();
  if (is_rank(first, 4) && first.size[1] == 1 && first.size[3] == kSsdColumns) return Layout::kSsd;
  if (!is_rank(first, 3)) return Layout::kUnknown;
  const int rows = first.size[1], columns = first.size[2];
  // A model proposes more boxes than it knows classes.
  if (columns > kYolov5Columns && rows >= columns) return Layout::kYolov5;
  if (rows > kBoxColumns && columns > rows) return Layout::kYolov8;
  return Layout::kUnknown;
}

int class_count(Layout layout, const std::vector<cv::Mat>& outputs) {
  if (outputs.empty()) return 0;
  if (layout == Layout::kYolov5 && is_rank(outputs[0], 3)) return outputs[0].size[2] - kYolov5Columns;
  if (layout == Layout::kYolov8 && is_rank(outputs[0], 3)) return outputs[0].size[1] - kBoxColumns;
  const SsdPair pair = ssd_pair(outputs);
  return layout == Layout::kSsd && pair.scores != nullptr ? pair.scores->size[2] : 0;
}

std::vector<Object> objects_in(Layout layout, const std::vector<cv::Mat>& outputs, cv::Size input, float least_score) {
  std::vector<Object> out;
  if (outputs.empty() || input.empty()) return out;
  const SsdPair pair = ssd_pair(outputs);
  if (layout == Layout::kSsd && pair.boxes != nullptr) {
    read_ssd_pair(pair, least_score, out);
  } else if (layout == Layout::kSsd && is_rank(outputs[0], 4) && outputs[0].size[3] == kSsdColumns) {
    read_ssd_list(outputs[0], least_score, out);
  } else if ((layout == Layout::kYolov5 || layout == Layout::kYolov8) && class_count(layout, outputs) > 0) {
    read_yolo(layout, outputs[0], input, least_score, out);
  }
  return out;
}

}  // namespace vonggac::dnn
