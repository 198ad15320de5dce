#include "catalogue/row_writing.h"

#include <fmt/format.h>

namespace vonggac::catalogue {

base::Status insert_row(store::WriteSession& session, std::string_view table, const Columns& columns) {
  std::string names, places;
  store::Parameters values;
  for (const auto& [name, value] : columns) {
    values.push_back(value);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    places += fmt::format("{}${}", places.empty() ? "" : ", ", values.size());
  }
  return session.run_later(fmt::format("insert into {} ({}) values ({})", table, names, places), values);
}

base::Status update_row(store::WriteSession& session, std::string_view table, std::string_view key,
                        const base::Uuid& id, const Columns& columns) {
  std::string changes;
  store::Parameters values{id};
  for (const auto& [name, value] : columns) {
    values.push_back(value);
    changes += fmt::format("{}{} = ${}", changes.empty() ? "" : ", ", name, values.size());
  }
  VG_ASSIGN(const std::int64_t rows,
            session.run(fmt::format("update {} set {} where {} = $1", table, changes, key), values));
  if (rows == 0) return base::not_found(fmt::format("there is no {} {}", table, id.to_string()));
  return {};
}

}  // namespace vonggac::catalogue
