#include "api/json_form.h"

#include <cmath>

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>

#include "catalogue/typed_text.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxFormDepth = 16;

/// Follows a document key by key; Boost.JSON itself keeps the last of two equal keys without a word.
struct KeyWatch {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using Error = boost::system::error_code;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Error&) {
    open.pop_back();
    return true;
  }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t, Error&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, Error&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Error&) {
    key.append(part.data(), part.size());
    duplicate = duplicate || !open.back().insert(key).second;
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, Error&) { return true; }
  bool on_string(json::string_view, std::size_t, Error&) { return true; }
  bool on_number_part(json::string_view, Error&) { return true; }
  bool on_int64(std::int64_t, json::string_view, Error&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, Error&) { return true; }
  bool on_double(double, json::string_view, Error&) { return true; }
  bool on_bool(bool, Error&) { return true; }
  bool on_null(Error&) { return true; }
  bool on_comment_part(json::string_view, Error&) { return true; }
  bool on_comment(json::string_view, Error&) { return true; }

  std::vector<std::set<std::string>> open;
  std::string key;
  bool duplicate = false;
};

json::parse_options form_options() {
  json::parse_options options;
  options.max_depth = kMaxFormDepth;
  return options;
}

bool is_json_type(std::string_view type) {
  constexpr std::string_view kJson = "application/json";
  return type.substr(0, kJson.size()) == kJson && (type.size() == kJson.size() || type[kJson.size()] == ';');
}

std::optional<std::string> clean_within(std::string_view typed, std::size_t most) {
  std::optional<std::string> clean = catalogue::clean_text(typed);
  return clean && catalogue::character_count(*clean) <= most ? clean : std::nullopt;
}

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

bool has_duplicate_keys(std::string_view text) {
  json::basic_parser<KeyWatch> parser(form_options());
  boost::system::error_code error;
  (void)parser.write_some(false, text.data(), text.size(), error);
  return !error && parser.handler().duplicate;
}

std::variant<Form, HttpReply> Form::parse(const HttpRequest& request) {
  if (!is_json_type(request.content_type)) {
    return problem_reply(415,
                         {"Nội dung gửi lên phải là JSON.", "the body must be JSON (Content-Type: application/json)"});
  }
  boost::system::error_code error;
  json::value value = json::parse(request.body, error, json::storage_ptr(), form_options());
  if (error || !value.is_object() || has_duplicate_keys(request.body)) {
    return problem_reply(400,
                         {"Nội dung gửi lên không đọc được.", "the body is not a JSON object, or names a field twice"});
  }
  return Form(std::move(value.get_object()));
}

const json::value* Form::take(std::string_view field) {
  asked_.emplace(field);
  const json::value* value = fields_.if_contains(field);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::value* Form::raw(std::string_view field) { return take(field); }

void Form::missing(std::string_view field) { wrong(field, "Cần điền mục này.", "This is needed."); }

void Form::wrong(std::string_view field, std::string vi, std::string en) {
  problems_.refuse("", name_of(field), std::move(vi), std::move(en));
}

std::optional<std::string> Form::maybe_text(std::string_view field, std::size_t most) {
  const json::value* value = take(field);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    wrong(field, "Mục này phải là chữ.", "This must be text.");
    return std::nullopt;
  }
  std::optional<std::string> clean = clean_within(view_of(value->get_string()), most);
  if (!clean) {
    wrong(field, fmt::format("Mục này có ký tự không dùng được hoặc dài quá {} ký tự.", most),
          fmt::format("This has characters that cannot be used, or more than {}.", most));
  }
  return clean;
}

std::string Form::text(std::string_view field, std::size_t most) {
  const std::size_t before = problems_.all().size();
  std::optional<std::string> value = maybe_text(field, most);
  if ((!value || value->empty()) && problems_.all().size() == before) missing(field);
  return value.value_or("");
}

base::Secret Form::secret(std::string_view field) {
  const json::value* value = take(field);
  if (value == nullptr || !value->is_string()) {
    missing(field);
    return {};
  }
  return base::Secret(std::string(view_of(value->get_string())));
}

bool Form::flag(std::string_view field, bool otherwise) {
  const json::value* value = take(field);
  if (value == nullptr) return otherwise;
  if (value->is_bool()) return value->get_bool();
  wrong(field, "Mục này phải là có hoặc không.", "This must be true or false.");
  return otherwise;
}

std::optional<std::int64_t> Form::maybe_integer(std::string_view field, std::int64_t low, std::int64_t high) {
  const json::value* value = take(field);
  if (value == nullptr) return std::nullopt;
  const bool whole = value->is_int64();
  if (whole && value->get_int64() >= low && value->get_int64() <= high) return value->get_int64();
  wrong(field, fmt::format("Mục này phải là số nguyên từ {} đến {}.", low, high),
        fmt::format("This must be a whole number from {} to {}.", low, high));
  return std::nullopt;
}

std::optional<double> Form::maybe_real(std::string_view field, double low, double high) {
  const json::value* value = take(field);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const double number = value->is_number() ? value->to_number<double>(error) : std::nan("");
  if (!error && number >= low && number <= high) return number;
  wrong(field, fmt::format("Mục này phải là số từ {} đến {}.", low, high),
        fmt::format("This must be a number from {} to {}.", low, high));
  return std::nullopt;
}

std::optional<base::Uuid> Form::maybe_id(std::string_view field) {
  const json::value* value = take(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (const auto id = base::Uuid::parse(view_of(value->get_string()))) return *id;
  }
  wrong(field, "Mục này phải là mã định danh.", "This must be an id.");
  return std::nullopt;
}

base::Uuid Form::id(std::string_view field) {
  const std::size_t before = problems_.all().size();
  const std::optional<base::Uuid> value = maybe_id(field);
  if (!value && problems_.all().size() == before) missing(field);
  return value.value_or(base::Uuid{});
}

std::vector<base::Uuid> Form::ids(std::string_view field, std::size_t most) {
  std::vector<base::Uuid> found;
  const json::value* value = take(field);
  if (value == nullptr) return found;
  bool right = value->is_array() && value->get_array().size() <= most;
  if (right) {
    for (const json::value& one : value->get_array()) {
      const auto id = one.is_string() ? base::Uuid::parse(view_of(one.get_string())) : base::invalid_argument("");
      right = right && id.ok();
      if (id) found.push_back(*id);
    }
  }
  if (!right) wrong(field, "Mục này phải là danh sách mã định danh.", "This must be a list of ids.");
  return found;
}

std::vector<std::string> Form::texts(std::string_view field, std::size_t most) {
  std::vector<std::string> found;
  const json::value* value = take(field);
  if (value == nullptr) return found;
  bool right = value->is_array() && value->get_array().size() <= most;
  if (right) {
    for (const json::value& one : value->get_array()) {
      const auto clean = one.is_string() ? clean_within(view_of(one.get_string()), 200) : std::nullopt;
      right = right && clean.has_value();
      if (clean) found.push_back(*clean);
    }
  }
  if (!right) wrong(field, "Mục này phải là danh sách chữ.", "This must be a list of texts.");
  return found;
}

std::optional<catalogue::Day> Form::maybe_day(std::string_view field) {
  const json::value* value = take(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (const auto day = catalogue::Day::parse(view_of(value->get_string()))) return *day;
  }
  wrong(field, "Ngày không có thật; viết như 31/12/2026.", "There is no such day; write 31/12/2026 or 2026-12-31.");
  return std::nullopt;
}

catalogue::Day Form::day(std::string_view field) {
  const std::size_t before = problems_.all().size();
  const std::optional<catalogue::Day> value = maybe_day(field);
  if (!value && problems_.all().size() == before) missing(field);
  return value.value_or(catalogue::Day{});
}

std::optional<base::WallTime> Form::maybe_time(std::string_view field) {
  const json::value* value = take(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (const auto time = base::parse_iso8601(std::string(view_of(value->get_string())))) return *time;
  }
  wrong(field, "Thời điểm phải viết theo ISO 8601.", "This must be a time in ISO 8601.");
  return std::nullopt;
}

std::vector<Form> Form::forms(std::string_view field, std::size_t most) {
  std::vector<Form> found;
  const json::value* value = take(field);
  if (value == nullptr) return found;
  bool right = value->is_array() && value->get_array().size() <= most;
  if (right) {
    for (const json::value& one : value->get_array()) {
      right = right && one.is_object();
      if (one.is_object()) found.emplace_back(one.get_object(), fmt::format("{}[{}].", name_of(field), found.size()));
    }
  }
  if (!right) wrong(field, "Mục này phải là một danh sách.", "This must be a list of objects.");
  return found;
}

std::optional<Form> Form::maybe_form(std::string_view field) {
  const json::value* value = take(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return Form(value->get_object(), name_of(field) + ".");
  wrong(field, "Mục này không đúng dạng.", "This must be an object.");
  return std::nullopt;
}

void Form::adopt(const Form& inner) {
  *has_unknown_field_ = *has_unknown_field_ || *inner.has_unknown_field_;
  for (const catalogue::Problem& one : inner.problems_.all()) {
    if (one.warning) {
      problems_.warn(one.rule, one.field, one.sentence.vi, one.sentence.en);
    } else {
      problems_.refuse(one.rule, one.field, one.sentence.vi, one.sentence.en);
    }
  }
}

bool Form::finish() {
  for (const auto& field : fields_) {
    const std::string name(field.key());
    if (asked_.contains(name)) continue;
    wrong(name.substr(0, 40), "Biểu mẫu này không có mục như vậy.", "This form has no such field.");
    *has_unknown_field_ = true;
  }
  return !problems_.refused();
}

}  // namespace vonggac::api
