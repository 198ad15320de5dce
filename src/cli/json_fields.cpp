#include "cli/json_fields.h"

#include "cli/output.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

const json::value& field(const json::object& object, std::string_view key) {
  static const json::value nothing;
  const json::value* value = object.if_contains(key);
  return value == nullptr ? nothing : *value;
}

}  // namespace

std::string text_in(const json::object& object, std::string_view key) {
  const json::string* text = field(object, key).if_string();
  return text == nullptr ? std::string() : printable(*text);
}

double number_in(const json::object& object, std::string_view key) {
  const json::value& value = field(object, key);
  return value.is_number() ? value.to_number<double>() : 0.0;
}

std::int64_t whole_in(const json::object& object, std::string_view key) {
  const json::value& value = field(object, key);
  boost::system::error_code error;
  const std::int64_t whole = value.is_number() ? value.to_number<std::int64_t>(error) : 0;
  return error ? 0 : whole;
}

bool flag_in(const json::object& object, std::string_view key) {
  const bool* flag = field(object, key).if_bool();
  return flag != nullptr && *flag;
}

json::array array_in(const json::object& object, std::string_view key) {
  const json::array* array = field(object, key).if_array();
  return array == nullptr ? json::array() : *array;
}

json::object object_in(const json::object& object, std::string_view key) { return object_of(field(object, key)); }

json::object object_of(const json::value& value) {
  const json::object* object = value.if_object();
  return object == nullptr ? json::object() : *object;
}

}  // namespace vonggac::cli
