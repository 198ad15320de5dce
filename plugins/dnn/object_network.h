/// An object detector of the user's own (ONNX), asked what is on small pictures of moved things. Up to four of them are
/// laid side by side on one picture of the model's input size, so that one pass answers for all.
/// Threads  one thread at a time.
/// Errors   create: a sentence in `why`. classify() may throw cv::Exception.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <opencv2/dnn.hpp>

#include "plugins/dnn/network_options.h"

namespace vonggac::dnn {

class ObjectNetwork {
 public:
  static constexpr std::uint32_t kMaxBatch = 4;

  /// Makes the network and lets it run once on a grey picture, to see whether it does and what its outputs are.
  static std::unique_ptr<ObjectNetwork> create(const NetworkOptions& options, std::string& why);
  /// The surest class of each crop.
  void classify(const vonggac_crop* const* crops, std::uint32_t count, vonggac_verdict* const* verdicts);

  Layout layout() const { return layout_; }

 private:
  ObjectNetwork() = default;
  bool learn_about(const NetworkOptions& options, std::string& why);
  std::vector<cv::Mat> run(const cv::Mat& sheet);
  void classify_sheet(const vonggac_crop* const* crops, std::uint32_t count, vonggac_verdict* const* verdicts);

  cv::dnn::Net net_;
  std::vector<std::string> output_names_;
  Layout layout_ = Layout::kUnknown;
  ClassMap classes_;
  cv::Size input_;
  float threshold_ = 0, mean_ = 0, scale_ = 1;
};

}  // namespace vonggac::dnn
