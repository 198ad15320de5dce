#include "plugins/dnn/object_network.h"

#include <algorithm>
#include <exception>
#include <initializer_list>

#include <opencv2/core/ocl.hpp>
#include <opencv2/imgproc.hpp>

#include "plugins/dnn/onnx_facts.h"

namespace vonggac::dnn {
namespace {

constexpr int kUsualSidePx = 640;  // where the model takes any size
constexpr int kLeastTilePx = 160;  // below it a tile shows too little
constexpr int kCocoClasses = 80;
constexpr double kMostEnlarged = 4.0;  // a thing of 20 pixels does not get clearer by more
const cv::Scalar kGrey(114, 114, 114);

/// An SSD model of three classes has two outputs of one shape: then their names must tell which one are the boxes.
void put_scores_first(std::vector<std::string>& names) {
  if (names.size() != 2) return;
  const auto named = [](const std::string& name, std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return name.find(word) != std::string::npos; });
  };
  const bool boxes_first =
      named(names[0], {"box", "loc", "coord"}) || named(names[1], {"score", "conf", "prob", "cls"});
  if (boxes_first) std::swap(names[0], names[1]);
}

/// Puts a crop into the middle of its tile, as large as it goes.
void lay(const vonggac_crop& crop, cv::Mat tile) {
  const cv::Mat picture(crop.height_px, crop.width_px, CV_8UC3, const_cast<std::uint8_t*>(crop.rgb),
                        static_cast<std::size_t>(crop.stride_bytes));
  const double factor = std::min(
      {static_cast<double>(tile.cols) / picture.cols, static_cast<double>(tile.rows) / picture.rows, kMostEnlarged});
  const cv::Size size(std::clamp(static_cast<int>(picture.cols * factor), 1, tile.cols),
                      std::clamp(static_cast<int>(picture.rows * factor), 1, tile.rows));
  const cv::Rect place((tile.cols - size.width) / 2, (tile.rows - size.height) / 2, size.width, size.height);
  cv::resize(picture, tile(place), size, 0, 0, factor < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
}

}  // namespace

std::unique_ptr<ObjectNetwork> ObjectNetwork::create(const NetworkOptions& options, std::string& why) {
  std::unique_ptr<ObjectNetwork> network(new ObjectNetwork);
  try {
    cv::setNumThreads(0);
    cv::ocl::setUseOpenCL(false);
    return network->learn_about(options, why) ? std::move(network) : nullptr;
  } catch (const std::exception& thrown) {
    why = std::string("OpenCV cannot run the model: ") + thrown.what();
    return nullptr;
  }
}

bool ObjectNetwork::learn_about(const NetworkOptions& options, std::string& why) {
  const std::optional<OnnxFacts> facts = read_onnx_facts(options.model);
  if (!facts) {
    why = "the model is not an ONNX file with a picture (1 x 3 x height x width) as its input";
    return false;
  }
  net_ = cv::dnn::readNetFromONNX(options.model.data(), options.model.size());
  net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  output_names_ = net_.getUnconnectedOutLayersNames();
  put_scores_first(output_names_);
  const auto side = [](int wanted, int fixed) { return wanted > 0 ? wanted : fixed > 0 ? fixed : kUsualSidePx; };
  input_ = cv::Size(side(options.width_px, facts->width_px), side(options.height_px, facts->height_px));
  threshold_ = options.threshold;
  const bool is_ssd = options.layout == Layout::kSsd || output_names_.size() == 2;
  mean_ = options.mean.value_or(is_ssd ? 127.0F : 0.0F);
  scale_ = options.scale.value_or(is_ssd ? 1 / 128.0F : 1 / 255.0F);

  const std::vector<cv::Mat> outputs = run(cv::Mat(input_, CV_8UC3, kGrey));
  layout_ = options.layout.value_or(layout_of(outputs));
  const int classes = class_count(layout_, outputs);
  if (layout_ == Layout::kUnknown) {
    why = "the outputs of the model are neither those of YOLO (v5, v8) nor of SSD";
    return false;
  }
  if (options.classes) {
    classes_ = *options.classes;
  } else if (!facts->class_names.empty()) {
    classes_ = ClassMap::from_names(facts->class_names);
  } else if (classes == kCocoClasses) {
    classes_ = ClassMap::coco();
  } else {
    why = "the model does not say what its " + (classes > 0 ? std::to_string(classes) + " " : std::string()) +
          "classes are: name a file with dnn.labels";
    return false;
  }
  return true;
}

std::vector<cv::Mat> ObjectNetwork::run(const cv::Mat& sheet) {
  net_.setInput(cv::dnn::blobFromImage(sheet, scale_, input_, cv::Scalar::all(mean_), false, false));
  std::vector<cv::Mat> outputs;
  net_.forward(outputs, output_names_);
  return outputs;
}

void ObjectNetwork::classify(const vonggac_crop* const* crops, std::uint32_t count, vonggac_verdict* const* verdicts) {
  const bool may_share = std::min(input_.width, input_.height) >= 2 * kLeastTilePx;
  const std::uint32_t per_sheet = may_share ? kMaxBatch : 1;
  for (std::uint32_t i = 0; i < count; i += per_sheet) {
    classify_sheet(crops + i, std::min(per_sheet, count - i), verdicts + i);
  }
}

void ObjectNetwork::classify_sheet(const vonggac_crop* const* crops, std::uint32_t count,
                                   vonggac_verdict* const* verdicts) {
  const int tiles = count > 1 ? 2 : 1;  // a side
  cv::Mat sheet(input_, CV_8UC3, kGrey);
  const int width = input_.width / tiles, height = input_.height / tiles;
  for (std::uint32_t i = 0; i < count; ++i) {
    const int column = static_cast<int>(i) % tiles, row = static_cast<int>(i) / tiles;
    lay(*crops[i], sheet(cv::Rect(column * width, row * height, width, height)));
  }
  for (const Object& object : objects_in(layout_, run(sheet), input_, threshold_)) {
    const int column = std::clamp(static_cast<int>(object.centre_x * static_cast<float>(tiles)), 0, tiles - 1);
    const int row = std::clamp(static_cast<int>(object.centre_y * static_cast<float>(tiles)), 0, tiles - 1);
    const auto tile = static_cast<std::uint32_t>(row * tiles + column);
    const vonggac_object_class found = classes_.class_of(object.class_index);
    if (tile >= count || found == VONGGAC_CLASS_NONE || object.score <= verdicts[tile]->score) continue;
    verdicts[tile]->object_class = found;
    verdicts[tile]->score = object.score;
  }
}

}  // namespace vonggac::dnn
