#include "intake/import_json.h"
#include "intake/imports.h"

namespace vonggac::intake {

base::Result<std::vector<RowStream>> row_streams(store::Reader& session, const ImportId& id, std::uint32_t from,
                                                 std::uint32_t to) {
  VG_ASSIGN(const std::vector<ImportRow> rows,
            import_rows(session, id, "", static_cast<std::int64_t>(from) - 1, sheet::kMostRows));
  std::vector<RowStream> streams;
  for (const ImportRow& row : rows) {
    if (row.number > to) break;
    if (row.choice == "skip") continue;
    std::vector<Finding> ignored;
    RowFacts facts = read_facts(row.number, cells_from(row.cells), ignored);
    if (!facts.stream_url.empty()) streams.push_back({row.number, std::move(facts.name), std::move(facts.stream_url)});
  }
  return streams;
}

}  // namespace vonggac::intake
