#include "api/query.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace vonggac::api {
namespace {

constexpr std::size_t kMaxQueryBytes = 2048;
constexpr std::size_t kMaxQueryNames = 16;
constexpr std::size_t kMaxQueryValueBytes = 2048;  // a region of several polygons, a list of cameras
constexpr std::size_t kMaxCameras = 64;

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Control characters are refused: no value of ours holds one, and they would travel into logs.
base::Result<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return base::invalid_argument("bad escape in the query");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return base::invalid_argument("bad character in the query");
    out.push_back(c);
  }
  if (out.size() > kMaxQueryValueBytes) return base::invalid_argument("too long a value in the query");
  return out;
}

}  // namespace

base::Result<Query> Query::parse(std::string_view text) {
  if (text.size() > kMaxQueryBytes) return base::invalid_argument("too long a query");
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    VG_ASSIGN(std::string name, decode(pair.substr(0, equals)));
    VG_ASSIGN(std::string value, decode(equals < pair.size() ? pair.substr(equals + 1) : std::string_view()));
    if (!query.values_.emplace(std::move(name), std::move(value)).second) {
      return base::invalid_argument("a name stands twice in the query");
    }
    if (query.values_.size() > kMaxQueryNames) return base::invalid_argument("too many names in the query");
  }
  return query;
}

base::Status Query::only(const std::set<std::string>& names) const {
  for (const auto& entry : values_) {
    if (!names.contains(entry.first)) return base::invalid_argument("unknown name in the query");
  }
  return {};
}

base::Status Query::only(std::string_view names) const {
  if (names == "*") return {};
  std::set<std::string> known;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    known.emplace(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return only(known);
}

std::optional<std::string> Query::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

base::Result<std::optional<base::CameraId>> Query::camera(const std::string& name) const {
  const auto value = text(name);
  if (!value) return std::optional<base::CameraId>();
  VG_ASSIGN(const base::Uuid id, base::Uuid::parse(*value));
  return std::optional(base::CameraId{id});
}

base::Result<std::optional<base::Uuid>> Query::id(const std::string& name) const {
  const auto value = text(name);
  if (!value) return std::optional<base::Uuid>();
  VG_ASSIGN(const base::Uuid id, base::Uuid::parse(*value));
  return std::optional(id);
}

base::Result<std::vector<base::CameraId>> Query::cameras(const std::string& name) const {
  std::vector<base::CameraId> ids;
  const auto value = text(name);
  if (!value) return ids;
  std::string_view rest = *value;
  for (;;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    VG_ASSIGN(const base::Uuid id, base::Uuid::parse(rest.substr(0, comma)));
    ids.push_back(base::CameraId{id});
    if (ids.size() > kMaxCameras) return base::invalid_argument("too many cameras in the query");
    if (comma == rest.size()) return ids;
    rest.remove_prefix(comma + 1);
  }
}

base::Result<std::optional<base::WallTime>> Query::time(const std::string& name) const {
  const auto value = text(name);
  if (!value) return std::optional<base::WallTime>();
  VG_ASSIGN(const base::WallTime t, base::parse_iso8601(*value));
  return std::optional(t);
}

base::Result<std::optional<std::int64_t>> Query::number(const std::string& name, std::int64_t low,
                                                        std::int64_t high) const {
  const auto value = text(name);
  if (!value) return std::optional<std::int64_t>();
  const auto number = whole_number<std::int64_t>(*value);
  if (!number || *number < low || *number > high) return base::invalid_argument("number out of range in the query");
  return number;
}

base::Result<bool> Query::flag(const std::string& name) const {
  const auto value = text(name);
  if (!value || *value == "0" || *value == "false") return false;
  if (*value == "1" || *value == "true") return true;
  return base::invalid_argument("neither true nor false in the query");
}

}  // namespace vonggac::api
