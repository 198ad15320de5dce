/// import: inventories of cameras (.xlsx, .csv) into the register. Without --apply nothing is registered; the dry run
/// is kept. What is done here stands in the audit as done on the machine.
#include <ostream>

#include <fmt/format.h>

#include "base/digest.h"
#include "cli/register_access.h"
#include "intake/import_words.h"
#include "intake/imports.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostShown = 200;

struct ImportOptions : RegisterOptions {
  std::string file, area, sheet, day, undo, import;
  bool apply = false, skip = false;
};

const intake::MayWrite kEverywhere = [](store::Reader&, const catalogue::AreaId&) { return base::Result<bool>(true); };

/// The area that rows lie in which name less: the official code of a commune or a province.
base::Result<std::optional<catalogue::AreaId>> area_coded(store::Reader& session, const std::string& code,
                                                          catalogue::Day today) {
  if (code.empty()) return std::optional<catalogue::AreaId>();
  for (const catalogue::AreaKind kind : {catalogue::AreaKind::kCommune, catalogue::AreaKind::kProvince}) {
    VG_ASSIGN(const auto found, catalogue::area_by_code(session, kind, code, today));
    if (found) return std::optional(found->area);
  }
  return base::not_found(tr({"no area of this code", "không có địa bàn mang mã này"}));
}

base::Result<intake::ImportId> look_at(store::Store& store, const ImportOptions& options, const base::Clock& clock) {
  VG_ASSIGN(const base::Bytes bytes, bytes_of_file(options.file));
  VG_ASSIGN(sheet::Table table, table_in(bytes, options.sheet));
  intake::ImportForm form;
  form.who = "máy chủ / server";
  form.file_name = options.file.substr(options.file.rfind('/') + 1);
  form.table = std::move(table);
  form.digest = base::sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!options.day.empty()) {
    VG_ASSIGN(form.day, catalogue::Day::parse(options.day));
  }
  intake::ImportId id;
  catalogue::Problems problems;
  const base::Status written = store.write([&](store::WriteSession& session) -> base::Status {
    problems = catalogue::Problems();
    VG_ASSIGN(form.within, area_coded(session, options.area, catalogue::Day::at(clock.wall_now())));
    VG_ASSIGN(id, intake::start_import(session, form, kEverywhere, problems));
    return note_on_machine(session, "import.start", "import", id);
  });
  VG_TRY(with_all(written, problems));
  return id;
}

/// What the register keeps of a row or an import, as people say it.
std::string said(const std::string& kept) {
  for (const auto list : {intake::outcome_words(), intake::import_state_words()}) {
    if (const auto* found = catalogue::find_code(list, kept)) return tr({found->en.data(), found->vi.data()});
  }
  return kept;
}

/// False: there is nothing to say.
bool print_findings(const Output& output, std::uint32_t row, const std::string& outcome, const std::string& findings) {
  boost::system::error_code error;
  const json::value value = json::parse(findings, error);
  if (error || !value.is_array() || value.as_array().empty()) return false;
  const char* language = tr({"en", "vi"});
  for (const json::value& one : value.as_array()) {
    const auto text = [&](const char* key) { return printable(json::value_to<std::string>(one.at(key))); };
    output.out << fmt::format("{:>6}  {:<9}  {:<6}  {}  {}\n", row == 0 ? "" : std::to_string(row), outcome,
                              text("cell"), text("value"), text(language));
  }
  return true;
}

/// The first rows there is something to say of; the others are counted.
void print_rows(const Output& output, const std::vector<intake::ImportRow>& rows) {
  std::size_t shown = 0, more = 0;
  for (const intake::ImportRow& row : rows) {
    if (shown < kMostShown) {
      shown += print_findings(output, row.number, said(row.outcome), row.findings) ? 1U : 0U;
    } else {
      more += row.findings.size() > std::string_view("[]").size() ? 1U : 0U;
    }
  }
  if (more == 0) return;
  output.out << fmt::format(fmt::runtime(tr({"... and {} more rows with something to look at; mend these first\n",
                                             "... và {} dòng nữa cần xem; hãy sửa các dòng trên trước\n"})),
                            more);
}

base::Status show_import(store::Store& store, const intake::ImportId& id, const Output& output) {
  return store.read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(const auto import, intake::import_of(session, id));
    if (!import) return base::not_found(tr({"there is no such import", "không có lần nhập này"}));
    const intake::ImportCounts& n = import->counts;
    if (output.json) {
      print_json(output, json::object{{"id", id.to_string()},
                                      {"state", import->state},
                                      {"rows", n.rows},
                                      {"new", n.fresh},
                                      {"there", n.there},
                                      {"duplicate", n.duplicate},
                                      {"wrong", n.wrong}});
      return {};
    }
    print_findings(output, 0, "", import->remarks);
    VG_ASSIGN(const auto rows, intake::import_rows(session, id, "", 0, sheet::kMostRows));
    print_rows(output, rows);
    output.out << fmt::format(
        fmt::runtime(tr({"{}: {} rows, {} new, {} registered already, {} duplicates, {} wrong ({})\n",
                         "{}: {} dòng, {} mới, {} đã có, {} trùng, {} lỗi ({})\n"})),
        id.to_string(), n.rows, n.fresh, n.there, n.duplicate, n.wrong, said(import->state));
    return {};
  });
}

base::Status apply_on_machine(store::Store& store, const intake::ImportId& id, const ImportOptions& options,
                              const Output& output) {
  intake::Applied applied;
  catalogue::Problems problems;
  const base::Status written = store.write([&](store::WriteSession& session) -> base::Status {
    problems = catalogue::Problems();
    if (options.skip) {
      VG_TRY(intake::skip_all(session, id, intake::Outcome::kWrong, problems).error());
      VG_TRY(intake::skip_all(session, id, intake::Outcome::kDuplicate, problems).error());
    }
    VG_ASSIGN(applied, intake::apply_import(session, id, kEverywhere, problems));
    return note_on_machine(session, "import.apply", "import", id);
  });
  VG_TRY(with_all(written, problems));
  if (output.json) return {};
  output.out << fmt::format(fmt::runtime(tr({"registered: {} cameras, {} owners; skipped: {}\n",
                                             "đã ghi vào sổ: {} camera, {} chủ sở hữu; bỏ qua: {}\n"})),
                            applied.cameras, applied.parties, applied.skipped);
  return {};
}

base::Status undo_on_machine(store::Store& store, const std::string& text, const Output& output) {
  const auto parsed = base::Uuid::parse(text);
  if (!parsed) return base::invalid_argument(tr({"--undo takes the id of an import", "--undo cần mã của lần nhập"}));
  const intake::ImportId id{*parsed};
  intake::Undone undone;
  catalogue::Problems problems;
  const base::Status written = store.write([&](store::WriteSession& session) -> base::Status {
    problems = catalogue::Problems();
    VG_ASSIGN(undone, intake::undo_import(session, id, problems));
    return note_on_machine(session, "import.undo", "import", id);
  });
  VG_TRY(with_all(written, problems));
  if (output.json) {
    print_json(output, json::object{{"id", text}, {"removed", undone.removed}, {"kept", undone.kept}});
  } else {
    output.out << fmt::format(
        fmt::runtime(tr({"removed: {}, kept because used since: {}\n", "đã gỡ: {}, giữ lại vì đã dùng: {}\n"})),
        undone.removed, undone.kept);
  }
  return {};
}

base::Status run_import(const ImportOptions& options, Session& session) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  store::Store& store = office->store();
  if (!options.undo.empty()) return undo_on_machine(store, options.undo, session.output);
  if (options.file.empty()) {
    return base::invalid_argument(tr({"name a file, or --undo with an id", "hãy ghi tên tệp, hoặc --undo kèm mã"}));
  }
  VG_ASSIGN(const intake::ImportId id, look_at(store, options, clock));
  if (options.apply) {
    const base::Status applied = apply_on_machine(store, id, options, session.output);
    VG_TRY(show_import(store, id, session.output));
    return applied;
  }
  return show_import(store, id, session.output);
}

}  // namespace

void declare_import(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  const auto options =
      declare<ImportOptions>(app, "import",
                             {"Read an inventory of cameras (.xlsx, .csv); registers nothing without --apply",
                              "Đọc bảng kê camera (.xlsx, .csv); chưa ghi vào sổ nếu không có --apply"},
                             command);
  add_register_options(*command, *options, session);
  command->add_option("file", options->file, tr({"The inventory", "Bảng kê"}))->type_name("FILE");
  command
      ->add_option("--area", options->area,
                   tr({"Official code of the commune or province that rows lie in which name less",
                       "Mã xã, phường hoặc tỉnh cho các dòng không ghi đủ địa bàn"}))
      ->type_name("CODE");
  command->add_option("--sheet", options->sheet, tr({"Sheet of the workbook", "Trang tính"}))->type_name("NAME");
  command->add_option("--day", options->day, tr({"Names of areas are those of this day", "Tên địa bàn theo ngày này"}))
      ->type_name("DAY");
  command->add_flag("--apply", options->apply, tr({"Register what is new", "Ghi vào sổ"}));
  command->add_flag(
      "--skip-problems", options->skip,
      tr({"With --apply: leave wrong and duplicate rows out", "Cùng --apply: bỏ qua dòng lỗi và dòng trùng"}));
  command->add_option("--undo", options->undo, tr({"Take an applied import back", "Hoàn tác lần nhập"}))
      ->type_name("ID");
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, run_import(*options, session)); };
  });
}

}  // namespace vonggac::cli
