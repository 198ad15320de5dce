/// Writes an ONNX object detector by hand: one convolution that averages the colours of each cell of the picture, and
/// constants for the boxes. Red cells are class 0 (person), blue ones 1 (car), green ones 2 (dog); grey is nothing.
/// Families as people have them: "yolov5", "yolov8", "ssd" (scores and boxes).
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace vonggac::test {

/// A protobuf message being written.
class Proto {
 public:
  Proto& number(int field, std::uint64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(value);
    return *this;
  }
  Proto& bytes(int field, const std::string& value) {
    varint((static_cast<std::uint64_t>(field) << 3) | 2);
    varint(value.size());
    out += value;
    return *this;
  }
  Proto& message(int field, const Proto& value) { return bytes(field, value.out); }
  std::string out;

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
    out += static_cast<char>(value);
  }
};

struct TinyOnnx {
  std::string family = "yolov8";
  int side_px = 64, cell_px = 16;
  bool fixed_size = true;  ///< else the input's height and width are left open
  bool with_names = true;  ///< as metadata, like YOLO exporters

  static constexpr int kClasses = 3;

  std::string file() const {
    Proto graph;
    graph.bytes(2, "tiny");
    if (family == "ssd") {
      add_branch(graph, "scores", 1 + kClasses, 1, false, 0.5F);
      add_branch(graph, "boxes", 4, -1, true, 0);
    } else {
      add_branch(graph, "output", first_class() + kClasses, first_class(), true, 1);
    }
    const std::uint64_t side = fixed_size ? static_cast<std::uint64_t>(side_px) : 0;
    graph.message(11, value_info("images", {1, 3, side, side}));
    Proto model;
    model.number(1, 7).bytes(2, "tests").message(7, graph).message(8, Proto().bytes(1, "").number(2, 12));
    if (with_names) {
      model.message(14, Proto().bytes(1, "names").bytes(2, "{0: 'person', 1: 'car', 2: 'dog'}"));
    }
    return model.out;
  }

 private:
  bool rows_are_boxes() const { return family != "yolov8"; }
  int first_class() const { return family == "yolov5" ? 5 : 4; }
  int cells() const { return side_px / cell_px; }

  static Proto value_info(const std::string& name, const std::vector<std::uint64_t>& shape) {
    Proto dims;
    for (const std::uint64_t size : shape) {
      dims.message(1, size == 0 ? Proto().bytes(2, "any") : Proto().number(1, size));
    }
    return Proto().bytes(1, name).message(2, Proto().message(1, Proto().number(1, 1).message(2, dims)));
  }
  template <typename T>
  static Proto tensor(const std::string& name, int type, const std::vector<std::uint64_t>& shape,
                      const std::vector<T>& values) {
    Proto out;
    for (const std::uint64_t size : shape) out.number(1, size);
    std::string raw(values.size() * sizeof(T), '\0');
    std::memcpy(raw.data(), values.data(), raw.size());
    return out.number(2, static_cast<std::uint64_t>(type)).bytes(8, name).bytes(9, raw);
  }
  static Proto ints(const std::string& name, const std::vector<std::uint64_t>& values) {
    Proto out;
    out.bytes(1, name);
    for (const std::uint64_t value : values) out.number(8, value);
    return out.number(20, 7);
  }
  static Proto node(const std::string& op, const std::vector<std::string>& in, const std::string& out_name) {
    Proto out;
    for (const std::string& name : in) out.bytes(1, name);
    return out.bytes(2, out_name).bytes(3, op + "_" + out_name).bytes(4, op);
  }

  /// Convolution -> [1, channels, cells * cells] -> perhaps turned -> plus constants.
  void add_branch(Proto& graph, const std::string& name, int channels, int class_channel, bool boxes,
                  float gain) const {
    const auto count = static_cast<std::uint64_t>(cells() * cells());
    const auto depth = static_cast<std::uint64_t>(channels), cell = static_cast<std::uint64_t>(cell_px);
    graph.message(5, tensor(name + "_w", 1, {depth, 3, cell, cell}, weights(channels, class_channel, gain)));
    graph.message(5, tensor<std::int64_t>(name + "_s", 7, {3}, {1, channels, static_cast<std::int64_t>(count)}));
    const std::vector<std::uint64_t> shape =
        rows_are_boxes() ? std::vector<std::uint64_t>{1, count, depth} : std::vector<std::uint64_t>{1, depth, count};
    graph.message(5, tensor(name + "_c", 1, shape, constants(channels, boxes)));
    graph.message(1, node("Conv", {"images", name + "_w"}, name + "_1")
                         .message(5, ints("kernel_shape", {cell, cell}))
                         .message(5, ints("strides", {cell, cell})));
    graph.message(1, node("Reshape", {name + "_1", name + "_s"}, name + "_2"));
    if (rows_are_boxes()) {
      graph.message(1, node("Transpose", {name + "_2"}, name + "_3").message(5, ints("perm", {0, 2, 1})));
    }
    graph.message(1, node("Add", {name + (rows_are_boxes() ? "_3" : "_2"), name + "_c"}, name));
    graph.message(12, value_info(name, shape));
  }

  /// Class k answers to one colour, less the other two: grey gives nothing.
  std::vector<float> weights(int channels, int class_channel, float gain) const {
    const int plane = cell_px * cell_px;
    std::vector<float> out(static_cast<std::size_t>(channels * 3 * plane), 0.0F);
    constexpr int kColourOfClass[] = {0, 2, 1};  // red, blue, green
    for (int k = 0; k < kClasses && class_channel >= 0; ++k) {
      for (int colour = 0; colour < 3; ++colour) {
        const float weight = (colour == kColourOfClass[k] ? 1.0F : -0.5F) * gain / static_cast<float>(plane);
        for (int i = 0; i < plane; ++i) {
          out[static_cast<std::size_t>(((class_channel + k) * 3 + colour) * plane + i)] = weight;
        }
      }
    }
    return out;
  }

  /// The box of each cell: YOLO in pixels around the centre, SSD as corners 0..1. Objectness of yolov5: 0.95.
  std::vector<float> constants(int channels, bool boxes) const {
    const int count = cells() * cells();
    std::vector<float> out(static_cast<std::size_t>(count * channels), 0.0F);
    if (!boxes) return out;
    for (int i = 0; i < count; ++i) {
      const auto left = static_cast<float>(i % cells() * cell_px), top = static_cast<float>(i / cells() * cell_px);
      const auto cell = static_cast<float>(cell_px), side = static_cast<float>(side_px);
      std::vector<float> box{left + cell / 2, top + cell / 2, cell, cell, 0.95F};
      if (family == "ssd") box = {left / side, top / side, (left + cell) / side, (top + cell) / side};
      if (family == "yolov8") box.pop_back();
      for (std::size_t k = 0; k < box.size(); ++k) {
        const std::size_t at = rows_are_boxes() ? static_cast<std::size_t>(i * channels) + k
                                                : k * static_cast<std::size_t>(count) + static_cast<std::size_t>(i);
        out[at] = box[k];
      }
    }
    return out;
  }
};

}  // namespace vonggac::test
