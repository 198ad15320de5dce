/// Members of JSON that core or the register kept, read without trusting that they are there. Internal to the room.
/// Threads  stateless.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace vonggac::api {

/// Empty where there is no such text.
inline std::string text_at(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
/// False where there is no such flag.
inline bool flag_at(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace vonggac::api
