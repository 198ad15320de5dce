// Files that people give to the classifier: an ONNX model's description of itself, its class names, a label file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/dnn/class_map.h"
#include "plugins/dnn/onnx_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac::dnn;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 3 == 0) {
    const auto facts = read_onnx_facts(text);
    if (facts && (facts->width_px < 0 || facts->width_px > 4096 || facts->height_px < 0)) std::abort();
  } else if (data[0] % 3 == 1) {
    (void)ClassMap::from_names(parse_class_names(text));
  } else {
    std::string why;
    const auto map = ClassMap::parse(text, why);
    if (map.has_value() == !why.empty()) std::abort();
    if (map) (void)map->class_of(3);
  }
  return 0;
}
