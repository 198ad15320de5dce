/// From a request's path and query to a route with checked values. Paths are an exact list: no file system stands
/// behind them, and no route needs an escaped character, so one with `%` is simply unknown.
/// Threads  stateless.
/// Errors   Query: kInvalidArgument (the caller answers 400).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/units.h"

namespace vonggac::api {

enum class RouteKind {
  kUnknown,
  kPage,
  kAsset,
  kHealth,
  kStatus,
  kCameras,
  kClips,
  kEvents,
  kGaps,
  kTampers,
  kSnapshot,
  kThumbnail,
  kSearch,
  kTune,
  kClipFile,
  kLive,
};

struct Route {
  RouteKind kind = RouteKind::kUnknown;
  std::string asset;       ///< kAsset: file name
  base::CameraId camera;   ///< kSnapshot, kClipFile, kTune
  std::int64_t event = 0;  ///< kThumbnail
};

/// `path` without the query.
Route route_of(std::string_view path);

/// A decoded query string: at most 16 names, 2048 bytes each and in all, no name twice.
class Query {
 public:
  static base::Result<Query> parse(std::string_view text);
  /// kInvalidArgument when a name stands in it that the route does not know.
  base::Status only(const std::set<std::string>& names) const;
  std::optional<std::string> text(const std::string& name) const;
  base::Result<std::optional<base::CameraId>> camera(const std::string& name) const;
  /// Ids separated by commas, at most 64; absent is an empty list.
  base::Result<std::vector<base::CameraId>> cameras(const std::string& name) const;
  base::Result<std::optional<base::WallTime>> time(const std::string& name) const;
  base::Result<std::optional<std::int64_t>> number(const std::string& name, std::int64_t low, std::int64_t high) const;
  /// "1" or "true", "0" or "false"; absent is false.
  base::Result<bool> flag(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace vonggac::api
