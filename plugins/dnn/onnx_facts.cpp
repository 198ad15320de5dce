#include "plugins/dnn/onnx_facts.h"

#include <charconv>
#include <set>
#include <utility>
#include <vector>

namespace vonggac::dnn {
namespace {

constexpr int kMaxSidePx = 4096;

/// One field of a protobuf message after the other.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  /// False at the end, and for ever after something that is no protobuf.
  bool next() {
    if (rest_.empty() || broken_) return false;
    std::uint64_t key = 0;
    if (!varint(key)) return fail();
    number = static_cast<int>(key >> 3);
    bytes = {};
    value = 0;
    switch (key & 7) {
      case 0:
        return varint(value) || fail();
      case 1:
        return skip(8);
      case 2: {
        std::uint64_t size = 0;
        if (!varint(size) || size > rest_.size()) return fail();
        bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
      }
      case 5:
        return skip(4);
      default:
        return fail();
    }
  }
  bool broken() const { return broken_; }

  int number = 0;
  std::string_view bytes;  ///< of a length-delimited field
  std::uint64_t value = 0;

 private:
  bool fail() {
    broken_ = true;
    return false;
  }
  bool skip(std::size_t size) {
    if (rest_.size() < size) return fail();
    rest_.remove_prefix(size);
    return true;
  }
  bool varint(std::uint64_t& out) {
    out = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  }

  std::string_view rest_;
  bool broken_ = false;
};

// Field numbers of onnx.proto3.
constexpr int kModelGraph = 7, kModelMetadata = 14;
constexpr int kGraphInitializer = 5, kGraphInput = 11;
constexpr int kTensorName = 8;
constexpr int kValueName = 1, kValueType = 2, kTypeTensor = 1, kTensorShape = 2, kShapeDim = 1, kDimValue = 1;

std::string_view field_of(std::string_view message, int number) {
  std::string_view found;
  for (Fields fields(message); fields.next();) {
    if (fields.number == number) found = fields.bytes;
  }
  return found;
}

std::vector<std::uint64_t> shape_of(std::string_view value_info) {
  const std::string_view tensor = field_of(field_of(value_info, kValueType), kTypeTensor);
  std::vector<std::uint64_t> shape;
  for (Fields dims(field_of(tensor, kTensorShape)); dims.next();) {
    if (dims.number != kShapeDim) continue;
    std::uint64_t size = 0;
    for (Fields dim(dims.bytes); dim.next();) {
      if (dim.number == kDimValue) size = dim.value;
    }
    shape.push_back(size);
  }
  return shape;
}

/// The first input that is no weight and has the shape of a picture: 1 x 3 x height x width.
bool read_graph(std::string_view graph, OnnxFacts& facts) {
  std::set<std::string_view> weights;
  std::vector<std::string_view> inputs;
  Fields fields(graph);
  while (fields.next()) {
    if (fields.number == kGraphInitializer) weights.insert(field_of(fields.bytes, kTensorName));
    if (fields.number == kGraphInput) inputs.push_back(fields.bytes);
  }
  if (fields.broken()) return false;
  for (const std::string_view input : inputs) {
    if (weights.count(field_of(input, kValueName)) != 0) continue;
    const std::vector<std::uint64_t> shape = shape_of(input);
    if (shape.size() != 4 || (shape[1] != 3 && shape[1] != 0)) continue;
    if (shape[2] > kMaxSidePx || shape[3] > kMaxSidePx) return false;
    facts.height_px = static_cast<int>(shape[2]);
    facts.width_px = static_cast<int>(shape[3]);
    return true;
  }
  return false;
}

}  // namespace

std::optional<OnnxFacts> read_onnx_facts(std::string_view file) {
  OnnxFacts facts;
  bool has_input = false;
  Fields fields(file);
  while (fields.next()) {
    if (fields.number == kModelGraph) has_input = read_graph(fields.bytes, facts);
    if (fields.number == kModelMetadata && field_of(fields.bytes, 1) == "names") {
      facts.class_names = parse_class_names(field_of(fields.bytes, 2));
    }
  }
  if (fields.broken() || !has_input) return std::nullopt;
  return facts;
}

std::map<int, std::string> parse_class_names(std::string_view text) {
  std::map<int, std::string> names;
  std::size_t at = 0;
  for (;;) {
    at = text.find_first_of("0123456789", at);
    if (at == std::string_view::npos) return names;
    int index = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), index);
    at = static_cast<std::size_t>(read.ptr - text.data());
    const std::size_t open = text.find_first_of("'\"", at);
    if (open == std::string_view::npos) return names;
    const std::size_t close = text.find(text[open], open + 1);
    if (close == std::string_view::npos) return names;
    if (read.ec == std::errc()) names[index] = std::string(text.substr(open + 1, close - open - 1));
    at = close + 1;
  }
}

}  // namespace vonggac::dnn
