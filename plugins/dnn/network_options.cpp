#include "plugins/dnn/network_options.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string_view>

#include <sys/stat.h>

namespace vonggac::dnn {
namespace {

constexpr int kMaxSidePx = 2048, kMinSidePx = 32;

/// The whole of a regular file.
std::optional<std::string> read_file(const std::string& path, std::size_t max_bytes, std::string& why) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    why = path + ": " + std::strerror(errno);
    return std::nullopt;
  }
  if (!S_ISREG(info.st_mode)) {
    why = path + " is not a file";
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > max_bytes) {
    why = path + " is too large: " + std::to_string(size >> 20) + " MiB; at most " + std::to_string(max_bytes >> 20);
    return std::nullopt;
  }
  std::string bytes(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) {
    why = path + " cannot be read";
    return std::nullopt;
  }
  return bytes;
}

bool read_number(const char* text, float low, float high, float& out) {
  const char* const end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, out);
  return read.ec == std::errc() && read.ptr == end && out >= low && out <= high;
}

bool read_size(const char* text, NetworkOptions& out) {
  const char* const end = text + std::strlen(text);
  auto read = std::from_chars(text, end, out.width_px);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != 'x') return false;
  read = std::from_chars(read.ptr + 1, end, out.height_px);
  const auto fits = [](int side_px) { return side_px >= kMinSidePx && side_px <= kMaxSidePx; };
  return read.ec == std::errc() && read.ptr == end && fits(out.width_px) && fits(out.height_px);
}

bool read_optional(const char* text, float low, float high, std::optional<float>& out) {
  float value = 0;
  if (!read_number(text, low, high, value)) return false;
  out = value;
  return true;
}

bool read_labels(const char* path, NetworkOptions& out, std::string& why) {
  const std::optional<std::string> text = read_file(path, kMaxLabelBytes, why);
  if (!text) return false;
  out.classes = ClassMap::parse(*text, why);
  if (!out.classes) why = std::string(path) + ": " + why;
  return out.classes.has_value();
}

bool read_option(const vonggac_option& option, NetworkOptions& out, std::string& why) {
  const std::string_view key = option.key;
  const char* const value = option.value;
  if (key == "model") {
    std::optional<std::string> bytes = read_file(value, kMaxModelBytes, why);
    if (bytes) out.model = std::move(*bytes);
    if (bytes && out.model.empty()) why = std::string(value) + " is empty";
    return bytes && !out.model.empty();
  }
  if (key == "labels") return read_labels(value, out, why);
  bool understood = false;
  std::string allowed;
  if (key == "layout") {
    out.layout = layout_named(value);
    understood = out.layout.has_value();
    allowed = "yolov5, yolov8 or ssd";
  } else if (key == "input") {
    understood = read_size(value, out);
    allowed = "WIDTHxHEIGHT, 32 to 2048 each";
  } else if (key == "threshold") {
    understood = read_number(value, 0.05F, 0.99F, out.threshold);
    allowed = "0.05 to 0.99";
  } else if (key == "mean") {
    understood = read_optional(value, 0, 255, out.mean);
    allowed = "0 to 255";
  } else if (key == "scale") {
    understood = read_optional(value, 1e-6F, 255, out.scale);
    allowed = "0.000001 to 255";
  } else {
    why = "there is no option " + std::string(key) + "; there are model, labels, layout, input, threshold, mean, scale";
    return false;
  }
  if (!understood) why = std::string(key) + " must be " + allowed;
  return understood;
}

}  // namespace

std::optional<NetworkOptions> read_network_options(const vonggac_options& options, std::string& why) {
  NetworkOptions out;
  for (std::uint32_t i = 0; i < options.count; ++i) {
    if (!read_option(options.items[i], out, why)) return std::nullopt;
  }
  if (out.model.empty()) {
    why = "no model is named: set plugins.options = [\"dnn.model=/path/to/model.onnx\"]";
    return std::nullopt;
  }
  return out;
}

}  // namespace vonggac::dnn
