/// What a moved thing was taken for. Four classes, because that is what people look for; what a model knows beyond that
/// is mapped onto them. Numbers are stored in index.db and never change their meaning.
/// Threads  plain values.
#pragma once

#include <cstdint>
#include <string_view>

namespace vonggac::media {

enum class ObjectClass : std::uint8_t { kNone = 0, kPerson = 1, kVehicle = 2, kAnimal = 3, kOther = 4 };

/// Stable names for the API: "person", "vehicle", "animal", "other"; "none" for kNone.
constexpr std::string_view object_class_name(ObjectClass object_class) {
  switch (object_class) {
    case ObjectClass::kPerson:
      return "person";
    case ObjectClass::kVehicle:
      return "vehicle";
    case ObjectClass::kAnimal:
      return "animal";
    case ObjectClass::kOther:
      return "other";
    case ObjectClass::kNone:
      break;
  }
  return "none";
}

struct ObjectLabel {
  ObjectClass object_class = ObjectClass::kNone;
  float score = 0;  ///< 0..1, best so far
};

}  // namespace vonggac::media
