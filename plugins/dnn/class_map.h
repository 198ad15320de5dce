/// Which of the four classes of the service each class of a model belongs to.
/// Threads  plain values and pure functions.
/// Errors   parse: a sentence with the line; nothing else fails.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/abi/vonggac_plugin.h"

namespace vonggac::dnn {

class ClassMap {
 public:
  /// Lines "INDEX = CLASS" or "FIRST-LAST = CLASS", CLASS one of person, vehicle, animal, other, none; "* = CLASS" for
  /// all that no line names; # begins a comment. On failure `why` says which line and what.
  static std::optional<ClassMap> parse(std::string_view text, std::string& why);
  /// By the English names that common training sets use; a name it does not know is "other".
  static ClassMap from_names(const std::map<int, std::string>& names);
  /// The 80 classes of COCO in the order of YOLO models.
  static ClassMap coco();

  vonggac_object_class class_of(int index) const;

 private:
  std::map<int, vonggac_object_class> classes_;
  vonggac_object_class rest_ = VONGGAC_CLASS_NONE;
};

}  // namespace vonggac::dnn
