/// Rows by the names of their columns: the statement is made from the names, so that values cannot slip into the
/// column beside theirs.
/// Threads  within a transaction of room store.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/day.h"
#include "store/store.h"

namespace vonggac::catalogue {

using Columns = std::vector<std::pair<std::string_view, store::Value>>;

inline store::Value day_value(const std::optional<Day>& day) { return day ? store::Value(day->number) : nullptr; }
inline std::optional<Day> day_at(const store::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return Day{row.integer(column)};
}
inline store::Value text_or_null(const std::string& text) {
  return text.empty() ? store::Value(nullptr) : store::Value(text);
}

base::Status insert_row(store::WriteSession& session, std::string_view table, const Columns& columns);
/// The row whose `key` is `id`; kNotFound: there is none.
base::Status update_row(store::WriteSession& session, std::string_view table, std::string_view key,
                        const base::Uuid& id, const Columns& columns);

}  // namespace vonggac::catalogue
