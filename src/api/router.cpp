#include "api/router.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace vonggac::api {
namespace {

constexpr std::size_t kMaxPathBytes = 256;
constexpr std::size_t kMaxQueryBytes = 2048;
constexpr std::size_t kMaxQueryNames = 16;
constexpr std::size_t kMaxQueryValueBytes = 2048;  // a region of several polygons, a list of cameras
constexpr std::size_t kMaxCameras = 64;

bool is_path_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
         c == '_' || c == '.';
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t slash = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return parts;
}

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

Route simple(RouteKind kind) {
  Route route;
  route.kind = kind;
  return route;
}

Route camera_route(const std::vector<std::string_view>& parts) {
  const auto id = base::Uuid::parse(parts[3]);
  if (!id) return {};
  Route route;
  route.camera = base::CameraId{*id};
  if (parts[4] == "snapshot.jpg") route.kind = RouteKind::kSnapshot;
  if (parts[4] == "clip.mp4") route.kind = RouteKind::kClipFile;
  if (parts[4] == "tune") route.kind = RouteKind::kTune;
  return route;
}

Route api_route(const std::vector<std::string_view>& parts) {
  static const std::map<std::string_view, RouteKind> kLists{
      {"status", RouteKind::kStatus}, {"cameras", RouteKind::kCameras}, {"clips", RouteKind::kClips},
      {"events", RouteKind::kEvents}, {"gaps", RouteKind::kGaps},       {"live", RouteKind::kLive},
      {"search", RouteKind::kSearch}, {"tampers", RouteKind::kTampers}};
  if (parts.size() == 3) {
    const auto found = kLists.find(parts[2]);
    return found == kLists.end() ? Route{} : simple(found->second);
  }
  if (parts.size() == 5 && parts[2] == "cameras") return camera_route(parts);
  if (parts.size() == 5 && parts[2] == "events" && parts[4] == "thumbnail.jpg") {
    const auto event = whole_number<std::int64_t>(parts[3]);
    if (!event || *event < 0) return {};
    Route route = simple(RouteKind::kThumbnail);
    route.event = *event;
    return route;
  }
  return {};
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

Route route_of(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.size() > kMaxPathBytes) return {};
  if (!std::all_of(path.begin(), path.end(), is_path_character)) return {};
  if (path == "/") return simple(RouteKind::kPage);
  if (path == "/healthz") return simple(RouteKind::kHealth);
  const std::vector<std::string_view> parts = parts_of(path);
  if (parts.size() == 2 && parts[0] == "assets" && !parts[1].empty()) {
    Route route = simple(RouteKind::kAsset);
    route.asset = std::string(parts[1]);
    return route;
  }
  if (parts.size() >= 3 && parts[0] == "api" && parts[1] == "v1") return api_route(parts);
  return {};
}

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
