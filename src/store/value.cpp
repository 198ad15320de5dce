#include "store/value.h"

#include <algorithm>

namespace vonggac::store {

double Row::real(std::size_t column) const {
  if (const double* value = std::get_if<double>(&columns_[column].content())) return *value;
  return static_cast<double>(integer(column));
}

const std::string& Row::text(std::size_t column) const {
  static const std::string kEmpty;
  const std::string* value = std::get_if<std::string>(&columns_[column].content());
  return value == nullptr ? kEmpty : *value;
}

const base::Bytes& Row::bytes(std::size_t column) const {
  static const base::Bytes kEmpty;
  const base::Bytes* value = std::get_if<base::Bytes>(&columns_[column].content());
  return value == nullptr ? kEmpty : *value;
}

std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Row::maybe_text(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<base::WallTime> Row::maybe_time(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

base::Uuid Row::id(std::size_t column) const {
  base::Uuid id;
  const base::Bytes& raw = bytes(column);
  if (raw.size() == id.bytes.size()) std::copy(raw.begin(), raw.end(), id.bytes.begin());
  return id;
}

std::optional<base::Uuid> Row::maybe_id(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return id(column);
}

void Rows::append(std::vector<Value> row) {
  values_.insert(values_.end(), std::make_move_iterator(row.begin()), std::make_move_iterator(row.end()));
}

}  // namespace vonggac::store
