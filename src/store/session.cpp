#include "store/session.h"

namespace vonggac::store {

const char* engine_name(Engine engine) { return engine == Engine::kSqlite ? "sqlite" : "postgresql"; }

base::Result<Rows> Reader::query(std::string_view sql, const Parameters& parameters) {
  std::optional<Rows> rows;
  const Visitor keep = [&rows](const Row& row) -> base::Status {
    if (!rows) rows.emplace(row.size());
    std::vector<Value> values;
    values.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) values.push_back(row[i]);
    rows->append(std::move(values));
    return {};
  };
  VG_TRY(visit(sql, std::span<const Value>(parameters), keep));
  return rows ? std::move(*rows) : Rows(0);
}

}  // namespace vonggac::store
