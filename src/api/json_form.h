/// What somebody filled in: the JSON object of a request's body, read field by field. Everything wrong is collected,
/// each with its field and a sentence; a field that the form does not have is refused, so that nothing is set that
/// was not meant to be (mass assignment).
/// Flow     HttpRequest -> Form::parse -> text(), day(), ... -> finish() -> handler.
/// Threads  plain values.
/// Errors   parse: a reply of 415 (not JSON) or 400 (malformed, a key twice, deeper than 16, not an object).
/// Limits   the body's size is the connection's (64 kB).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "api/http_types.h"
#include "base/ids.h"
#include "base/secret.h"
#include "base/units.h"
#include "catalogue/day.h"
#include "catalogue/problems.h"

namespace vonggac::api {

class Form {
 public:
  static std::variant<Form, HttpReply> parse(const HttpRequest& request);
  explicit Form(boost::json::object fields, std::string prefix = "")
      : fields_(std::move(fields)), prefix_(std::move(prefix)) {}

  bool has(std::string_view field) const { return fields_.contains(field); }
  /// Cleaned (NFC, no control characters, no blanks at the ends). `most` counts characters.
  std::string text(std::string_view field, std::size_t most = 200);  ///< must be there and not empty
  std::optional<std::string> maybe_text(std::string_view field, std::size_t most = 200);  ///< absent or null: none
  base::Secret secret(std::string_view field);
  bool flag(std::string_view field, bool otherwise = false);
  std::optional<std::int64_t> maybe_integer(std::string_view field, std::int64_t low, std::int64_t high);
  std::optional<double> maybe_real(std::string_view field, double low, double high);
  base::Uuid id(std::string_view field);
  std::optional<base::Uuid> maybe_id(std::string_view field);
  std::vector<base::Uuid> ids(std::string_view field, std::size_t most = 1000);
  std::vector<std::string> texts(std::string_view field, std::size_t most = 100);
  catalogue::Day day(std::string_view field);
  std::optional<catalogue::Day> maybe_day(std::string_view field);
  std::optional<base::WallTime> maybe_time(std::string_view field);
  /// Forms in a list, each with the prefix "parts[2]." for its problems.
  std::vector<Form> forms(std::string_view field, std::size_t most = 200);
  std::optional<Form> maybe_form(std::string_view field);
  /// The value as it stands, for what another room checks.
  const boost::json::value* raw(std::string_view field);

  catalogue::Problems& problems() { return problems_; }
  /// The name of a field as its problem shows it.
  std::string name_of(std::string_view field) const { return prefix_ + std::string(field); }
  /// Takes over the problems of a form inside this one.
  void adopt(const Form& inner);
  /// Adds a problem for each field nobody asked for. False: something is wrong.
  bool finish();
  /// finish() found one, here or in a form inside this one.
  bool has_unknown_field() const { return *has_unknown_field_; }

 private:
  const boost::json::value* take(std::string_view field);
  void missing(std::string_view field);
  void wrong(std::string_view field, std::string vi, std::string en);

  boost::json::object fields_;
  std::string prefix_;
  std::set<std::string, std::less<>> asked_;
  catalogue::Problems problems_;
  /// Shared with copies: a transaction that may be run again works on one.
  std::shared_ptr<bool> has_unknown_field_ = std::make_shared<bool>(false);
};

/// No key twice in any object.
bool has_duplicate_keys(std::string_view json);

}  // namespace vonggac::api
