/// The query of an address, decoded, with checked values.
/// Threads  plain values.
/// Errors   kInvalidArgument (the caller answers 400).
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

/// A decoded query string: at most 16 names, 2048 bytes each and in all, no name twice.
class Query {
 public:
  static base::Result<Query> parse(std::string_view text);
  /// kInvalidArgument when a name stands in it that the route does not know.
  base::Status only(const std::set<std::string>& names) const;
  /// The same with a list "from,to,limit"; "*" allows everything.
  base::Status only(std::string_view names) const;
  std::optional<std::string> text(const std::string& name) const;
  base::Result<std::optional<base::CameraId>> camera(const std::string& name) const;
  /// Ids separated by commas, at most 64; absent is an empty list.
  base::Result<std::vector<base::CameraId>> cameras(const std::string& name) const;
  base::Result<std::optional<base::WallTime>> time(const std::string& name) const;
  base::Result<std::optional<std::int64_t>> number(const std::string& name, std::int64_t low, std::int64_t high) const;
  base::Result<std::optional<base::Uuid>> id(const std::string& name) const;
  /// "1" or "true", "0" or "false"; absent is false.
  base::Result<bool> flag(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace vonggac::api
