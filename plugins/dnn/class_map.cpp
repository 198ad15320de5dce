#include "plugins/dnn/class_map.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vonggac::dnn {
namespace {

constexpr int kMaxIndex = 9'999;

constexpr std::array<std::string_view, 18> kVehicles = {
    "bicycle", "car", "motorcycle", "motorbike", "airplane", "aeroplane", "bus",     "train", "truck",
    "boat",    "van", "vehicle",    "scooter",   "tricycle", "tractor",   "trailer", "bike",  "motor"};
constexpr std::array<std::string_view, 17> kAnimals = {"bird",    "cat",     "dog",      "horse",  "sheep", "cow",
                                                       "bear",    "zebra",   "giraffe",  "animal", "pig",   "goat",
                                                       "chicken", "buffalo", "elephant", "duck",   "monkey"};
constexpr std::array<std::string_view, 7> kPersons = {"person", "people", "pedestrian", "man",
                                                      "woman",  "child",  "rider"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// One line of a label file.
struct Entry {
  bool is_rest = false;  ///< "*"
  int first = 0, last = -1;
  vonggac_object_class object_class = VONGGAC_CLASS_NONE;
};

bool read_class(std::string_view name, vonggac_object_class& out) {
  constexpr std::array<std::string_view, 5> kNames = {"none", "person", "vehicle", "animal", "other"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return false;
  out = static_cast<vonggac_object_class>(found - kNames.begin());
  return true;
}

bool read_number(std::string_view text, int& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && out >= 0 && out <= kMaxIndex;
}

bool read_entry(std::string_view line, Entry& out) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || !read_class(trimmed(line.substr(equals + 1)), out.object_class)) return false;
  const std::string_view key = trimmed(line.substr(0, equals));
  out.is_rest = key == "*";
  if (out.is_rest) return true;
  const std::size_t dash = key.find('-');
  if (!read_number(trimmed(key.substr(0, dash)), out.first)) return false;
  out.last = out.first;
  if (dash == std::string_view::npos) return true;
  return read_number(trimmed(key.substr(dash + 1)), out.last) && out.last >= out.first;
}

template <typename List>
bool has(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

std::optional<ClassMap> ClassMap::parse(std::string_view text, std::string& why) {
  ClassMap map;
  int line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    Entry entry;
    if (!read_entry(line, entry)) {
      why = "line " + std::to_string(line_number) +
            " is not \"INDEX = CLASS\", \"FIRST-LAST = CLASS\" or \"* = CLASS\" with person, vehicle, animal, other or "
            "none";
      return std::nullopt;
    }
    if (entry.is_rest) map.rest_ = entry.object_class;
    for (int i = entry.first; i <= entry.last; ++i) map.classes_[i] = entry.object_class;
  }
  return map;
}

ClassMap ClassMap::from_names(const std::map<int, std::string>& names) {
  ClassMap map;
  for (const auto& [index, name] : names) {
    map.classes_[index] = has(kPersons, name)    ? VONGGAC_CLASS_PERSON
                          : has(kVehicles, name) ? VONGGAC_CLASS_VEHICLE
                          : has(kAnimals, name)  ? VONGGAC_CLASS_ANIMAL
                                                 : VONGGAC_CLASS_OTHER;
  }
  return map;
}

ClassMap ClassMap::coco() {
  ClassMap map;
  map.rest_ = VONGGAC_CLASS_OTHER;
  map.classes_[0] = VONGGAC_CLASS_PERSON;
  for (int i = 1; i <= 8; ++i) map.classes_[i] = VONGGAC_CLASS_VEHICLE;
  for (int i = 14; i <= 23; ++i) map.classes_[i] = VONGGAC_CLASS_ANIMAL;
  return map;
}

vonggac_object_class ClassMap::class_of(int index) const {
  const auto found = classes_.find(index);
  return found == classes_.end() ? rest_ : found->second;
}

}  // namespace vonggac::dnn
