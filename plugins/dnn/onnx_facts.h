/// The few facts of an ONNX file that are needed before a network is made of it: the size of its input picture and the
/// names of its classes. Reads the protobuf fields itself, with every length checked; weights are stepped over.
/// Threads  pure functions.
/// Errors   nothing where the bytes are not an ONNX model with a picture as input.
/// Units    pixels; 0 where the model takes any size.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vonggac::dnn {

struct OnnxFacts {
  int width_px = 0, height_px = 0;
  std::map<int, std::string> class_names;  ///< as YOLO exporters leave them in the metadata; often empty
};
std::optional<OnnxFacts> read_onnx_facts(std::string_view file);

/// "{0: 'person', 1: 'bicycle'}" as exporters write it; what cannot be read is left out.
std::map<int, std::string> parse_class_names(std::string_view text);

}  // namespace vonggac::dnn
