#include "plugins/gstreamer/zone_text.h"

#include <charconv>

namespace vonggac::vgmotion {
namespace {

constexpr std::size_t kMaxZones = 32, kMinPoints = 3, kMaxPoints = 64;

/// Takes the next word off `text`; words are parted by white space.
std::string_view next_word(std::string_view& text) {
  constexpr std::string_view kSpace = " \t\n\r";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  const std::size_t end = std::min(text.find_first_of(kSpace, begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

bool read_part(std::string_view text, float& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && out >= 0 && out <= 1;
}

bool read_zone(std::string_view text, motion::ZonePolygon& zone, std::string& why) {
  const std::string_view head = next_word(text);
  const std::size_t colon = head.find(':');
  const std::string_view kind = head.substr(0, colon);
  if (kind != "detect" && kind != "ignore") {
    why = "a zone begins with detect or ignore, not with \"" + std::string(kind) + "\"";
    return false;
  }
  zone.kind = kind == "ignore" ? ipc::ZoneKind::kIgnore : ipc::ZoneKind::kDetect;
  if (colon != std::string_view::npos) zone.id = std::string(head.substr(colon + 1));
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
    const std::size_t comma = word.find(',');
    float x = 0, y = 0;
    if (comma == std::string_view::npos || !read_part(word.substr(0, comma), x) ||
        !read_part(word.substr(comma + 1), y)) {
      why = "a corner is written x,y with numbers from 0 to 1, not \"" + std::string(word) + "\"";
      return false;
    }
    zone.points.emplace_back(x, y);
  }
  if (zone.points.size() >= kMinPoints && zone.points.size() <= kMaxPoints) return true;
  why = "a zone has " + std::to_string(kMinPoints) + " to " + std::to_string(kMaxPoints) + " corners";
  return false;
}

}  // namespace

std::optional<std::vector<motion::ZonePolygon>> parse_zones(std::string_view text, std::string& why) {
  std::vector<motion::ZonePolygon> zones;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string_view probe = part;
    if (next_word(probe).empty()) continue;
    if (zones.size() == kMaxZones) {
      why = "there are more than " + std::to_string(kMaxZones) + " zones";
      return std::nullopt;
    }
    if (!read_zone(part, zones.emplace_back(), why)) return std::nullopt;
  }
  return zones;
}

}  // namespace vonggac::vgmotion
