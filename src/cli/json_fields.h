/// Reading fields of a reply: absent and of another type both give the empty value, because a newer or older service
/// may answer and a table for people should still appear.
/// Threads  pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace vonggac::cli {

std::string text_in(const boost::json::object& object, std::string_view key);  ///< made printable
std::int64_t whole_in(const boost::json::object& object, std::string_view key);
double number_in(const boost::json::object& object, std::string_view key);
bool flag_in(const boost::json::object& object, std::string_view key);
boost::json::array array_in(const boost::json::object& object, std::string_view key);
boost::json::object object_in(const boost::json::object& object, std::string_view key);
boost::json::object object_of(const boost::json::value& value);

}  // namespace vonggac::cli
