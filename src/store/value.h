/// What goes into and comes out of a statement: null, integer, real, text or bytes, the same on SQLite and PostgreSQL.
/// Columns are declared bigint, double precision, text or bytea, which both engines take (docs/decisions/0008).
/// Threads  plain values.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/units.h"

namespace vonggac::store {

class Value {
 public:
  using Content = std::variant<std::monostate, std::int64_t, double, std::string, base::Bytes>;

  Value() = default;
  Value(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)
  template <std::integral T>
  Value(T v) : content_(static_cast<std::int64_t>(v)) {}   // NOLINT(google-explicit-constructor)
  Value(double v) : content_(v) {}                         // NOLINT(google-explicit-constructor)
  Value(std::string v) : content_(std::move(v)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view v) : content_(std::string(v)) {}  // NOLINT(google-explicit-constructor)
  Value(const char* v) : content_(std::string(v)) {}       // NOLINT(google-explicit-constructor)
  Value(base::Bytes v) : content_(std::move(v)) {}         // NOLINT(google-explicit-constructor)
  Value(base::WallTime t) : content_(t.us) {}              // NOLINT(google-explicit-constructor)
  Value(const base::Uuid& id)
      : content_(base::Bytes(id.bytes.begin(), id.bytes.end())) {}  // NOLINT(google-explicit-constructor)
  template <typename T>
  Value(const std::optional<T>& v) {  // NOLINT(google-explicit-constructor)
    if (v) *this = Value(*v);
  }

  const Content& content() const { return content_; }
  bool is_null() const { return content_.index() == 0; }
  bool operator==(const Value&) const = default;

 private:
  Content content_;
};

using Parameters = std::vector<Value>;

/// One row of an answer. A column of another type than asked for, or null, reads as 0 or empty: the schema decides what
/// is there, and is ours.
class Row {
 public:
  explicit Row(std::span<const Value> columns) : columns_(columns) {}
  std::size_t size() const { return columns_.size(); }
  const Value& operator[](std::size_t column) const { return columns_[column]; }
  bool is_null(std::size_t column) const { return columns_[column].is_null(); }
  std::int64_t integer(std::size_t column) const { return get<std::int64_t>(column); }
  bool flag(std::size_t column) const { return integer(column) != 0; }
  double real(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  const base::Bytes& bytes(std::size_t column) const;
  base::WallTime time(std::size_t column) const { return {integer(column)}; }
  std::optional<std::int64_t> maybe_integer(std::size_t column) const;
  std::optional<std::string> maybe_text(std::size_t column) const;
  std::optional<base::WallTime> maybe_time(std::size_t column) const;
  /// Nil for anything but 16 bytes.
  base::Uuid id(std::size_t column) const;
  std::optional<base::Uuid> maybe_id(std::size_t column) const;

 private:
  template <typename T>
  T get(std::size_t column) const {
    const T* value = std::get_if<T>(&columns_[column].content());
    return value == nullptr ? T{} : *value;
  }
  std::span<const Value> columns_;
};

/// All rows of an answer.
class Rows {
 public:
  explicit Rows(std::size_t columns) : columns_(columns) {}
  void append(std::vector<Value> row);
  std::size_t columns() const { return columns_; }
  std::size_t size() const { return columns_ == 0 ? 0 : values_.size() / columns_; }
  bool empty() const { return values_.empty(); }
  Row operator[](std::size_t index) const { return Row(std::span(values_).subspan(index * columns_, columns_)); }

 private:
  std::size_t columns_;
  std::vector<Value> values_;
};

}  // namespace vonggac::store
