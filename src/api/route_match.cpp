/// From method and path to the row of the table.
#include <algorithm>
#include <charconv>

#include "api/route_table.h"

namespace vonggac::api {
namespace {

constexpr std::size_t kMaxPathBytes = 256;

bool is_path_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
         c == '_' || c == '.';
}

struct Variables {
  std::string_view first, row;
};

/// "/api/v1/cameras/{camera}/clip.mp4" against a path: the texts of its variables, each a whole segment, or nothing
/// where they differ.
std::optional<Variables> matched(std::string_view pattern, std::string_view path) {
  Variables found;
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
    if (!path.starts_with(pattern.substr(0, open))) return std::nullopt;
    path.remove_prefix(open);
    const std::string_view value = path.substr(0, path.find('/'));
    if (value.empty()) return std::nullopt;
    (found.first.empty() ? found.first : found.row) = value;
    path.remove_prefix(value.size());
    pattern.remove_prefix(pattern.find('}') + 1);
  }
  return pattern == path ? std::optional(found) : std::nullopt;
}

bool read_number(std::string_view text, std::int64_t& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && number >= 0;
}

/// False: these texts cannot be such variables, so there is no such address.
bool read_variables(const RouteRow& row, const Variables& texts, RouteMatch& match) {
  const std::string_view text = texts.first;
  if (!texts.row.empty() && (!read_number(texts.row, match.number) || match.number > UINT32_MAX)) return false;
  switch (variable_of(row)) {
    case PathVariable::kNone:
      return true;
    case PathVariable::kName:
      match.name = std::string(text);
      return true;
    case PathVariable::kId: {
      const auto id = base::Uuid::parse(text);
      if (id) match.id = *id;
      return id.ok();
    }
    case PathVariable::kEvent:
      return read_number(text, match.number);
  }
  return false;
}

}  // namespace

RouteMatch find_route(std::string_view method, std::string_view path) {
  RouteMatch found;
  if (path.empty() || path.size() > kMaxPathBytes || !std::all_of(path.begin(), path.end(), is_path_character))
    return found;
  if (method == "HEAD") method = "GET";
  for (const RouteRow& row : route_table()) {
    const std::optional<Variables> variables = matched(row.path, path);
    if (!variables || !read_variables(row, *variables, found)) continue;
    if (row.method == method) {
      found.row = &row;
      found.allow.clear();
      return found;
    }
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += row.method == "GET" ? "GET, HEAD" : std::string(row.method);
  }
  return found;
}

}  // namespace vonggac::api
