/// What plugins.options say about the plug-in dnn, and the files they name, read before the sandbox shuts.
/// Threads  plain values and pure functions.
/// Errors   a sentence for people in `why`.
/// Units    pixels; scores 0..1; `mean` and `scale` as the model wants a channel: (value - mean) * scale.
#pragma once

#include <optional>
#include <string>

#include "plugins/abi/vonggac_plugin.h"
#include "plugins/dnn/class_map.h"
#include "plugins/dnn/output_layout.h"

namespace vonggac::dnn {

struct NetworkOptions {
  std::string model;  ///< bytes of the ONNX file
  std::optional<ClassMap> classes;
  std::optional<Layout> layout;
  int width_px = 0, height_px = 0;  ///< 0: as the model says
  float threshold = 0.4F;
  std::optional<float> mean, scale;
};

constexpr std::size_t kMaxModelBytes = 256U << 20;
constexpr std::size_t kMaxLabelBytes = 64U << 10;

std::optional<NetworkOptions> read_network_options(const vonggac_options& options, std::string& why);

}  // namespace vonggac::dnn
