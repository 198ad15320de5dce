/// area import: administrative units in bulk. Without --apply all of it is done and undone again, so that the dry run
/// finds what applying would find.
#include <ostream>

#include <fmt/format.h>

#include "cli/area_commands.h"
#include "intake/area_list.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;
using intake::AreaFate;

constexpr std::size_t kMostRowsShown = 200;

struct ListedCounts {
  std::size_t fresh = 0, there = 0, wrong = 0;
};

ListedCounts counted(const std::vector<intake::ListedArea>& rows) {
  ListedCounts n;
  for (const intake::ListedArea& row : rows) {
    ++(row.fate == AreaFate::kNew ? n.fresh : row.fate == AreaFate::kThere ? n.there : n.wrong);
  }
  return n;
}

json::array findings_json(const std::vector<intake::ListedArea>& rows) {
  json::array list;
  for (const intake::ListedArea& row : rows) {
    for (const intake::AreaFinding& one : row.findings) {
      list.push_back(json::object{{"row", row.row},
                                  {"wrong", row.fate == AreaFate::kWrong},
                                  {"cell", one.cell},
                                  {"value", one.value},
                                  {"vi", one.words.vi},
                                  {"en", one.words.en}});
    }
  }
  return list;
}

void print_listed(const Output& output, const std::vector<intake::ListedArea>& rows) {
  std::size_t shown = 0;
  for (const intake::ListedArea& row : rows) {
    for (const intake::AreaFinding& one : row.findings) {
      if (++shown > kMostRowsShown) continue;
      output.out << fmt::format("{:>6}  {:<9}  {:<6}  {}  {}\n", row.row,
                                row.fate == AreaFate::kWrong ? tr({"wrong", "lỗi"}) : tr({"note", "lưu ý"}), one.cell,
                                printable(one.value.empty() ? row.name : one.value), printable(in_language(one.words)));
    }
  }
  if (shown <= kMostRowsShown) return;
  output.out << fmt::format(fmt::runtime(tr({"... and {} more\n", "... và {} điều nữa\n"})), shown - kMostRowsShown);
}

/// What became of a list.
struct ListOutcome {
  std::vector<intake::ListedArea> rows;
  ListedCounts n;
  bool applied = false;
};

base::Result<ListOutcome> put_list(const AreaOptions& options, gate::Office& office, const Output& output) {
  VG_ASSIGN(const base::Bytes bytes, bytes_of_file(options.file));
  VG_ASSIGN(const sheet::Table table, table_in(bytes, options.sheet));
  intake::AreaListDefaults defaults;
  defaults.basis = options.basis;
  if (!options.from.empty()) {
    VG_ASSIGN(defaults.from, catalogue::Day::parse(options.from));
  }
  ListOutcome outcome;
  bool undone = false;
  const base::Status written = change_on_machine(
      office.store(), output, [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Status {
        VG_ASSIGN(outcome.rows, intake::put_area_list(session, table, defaults, problems));
        outcome.n = counted(outcome.rows);
        undone = !options.apply || outcome.n.wrong > 0;
        if (undone) return {base::ErrorKind::kCancelled, "dry run"};
        return outcome.n.fresh == 0 ? base::Status() : note_on_machine(session, "area.import", "area", std::nullopt);
      });
  if (!written.ok() && !(undone && written.kind() == base::ErrorKind::kCancelled)) return written;
  outcome.applied = !undone;
  return outcome;
}

}  // namespace

ExitCode import_areas(const AreaOptions& options, gate::Office& office, const Output& output) {
  const base::Result<ListOutcome> outcome = put_list(options, office, output);
  if (!outcome) return report(output, outcome.error());
  const ListedCounts& n = outcome->n;
  const bool refused = options.apply && !outcome->applied;
  if (output.json) {
    print_json(output, json::object{{"ok", !refused},
                                    {"rows", outcome->rows.size()},
                                    {"new", n.fresh},
                                    {"there", n.there},
                                    {"wrong", n.wrong},
                                    {"applied", outcome->applied},
                                    {"findings", findings_json(outcome->rows)}});
    return refused ? ExitCode::kFailure : ExitCode::kOk;
  }
  print_listed(output, outcome->rows);
  output.out << fmt::format(
      fmt::runtime(
          tr({"{} rows, {} new, {} registered already, {} wrong ({})\n", "{} dòng, {} mới, {} đã có, {} lỗi ({})\n"})),
      outcome->rows.size(), n.fresh, n.there, n.wrong,
      outcome->applied ? tr({"registered", "đã ghi vào sổ"}) : tr({"nothing registered yet", "chưa ghi vào sổ"}));
  if (!refused) return ExitCode::kOk;
  output.err << tr({"vonggac: nothing was registered: mend the wrong rows first\n",
                    "vonggac: chưa ghi gì vào sổ: hãy sửa các dòng lỗi trước\n"});
  return ExitCode::kFailure;
}

}  // namespace vonggac::cli
