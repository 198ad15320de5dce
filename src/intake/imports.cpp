#include "intake/imports.h"

#include <fmt/format.h>

#include "catalogue/form_checks.h"
#include "intake/import_json.h"
#include "intake/import_rows.h"

namespace vonggac::intake {
namespace {

constexpr std::string_view kImportColumns =
    "i.id, i.who, i.file_name, i.sheet, i.digest, i.day, i.within, i.state, i.remarks, i.made_at_us, i.applied_at_us, "
    "i.undone_at_us";
constexpr std::string_view kRowColumns =
    "number, cells, outcome, findings, same, choice, merge_with, site, camera, party, fate";

Import import_from(const store::Row& row) {
  Import import;
  import.id = ImportId{row.id(0)};
  import.who = row.text(1);
  import.file_name = row.text(2);
  import.sheet = row.text(3);
  import.digest = row.text(4);
  import.day = {row.integer(5)};
  if (!row.is_null(6)) import.within = catalogue::AreaId{row.id(6)};
  import.state = row.text(7);
  import.remarks = row.text(8);
  import.made_at = row.time(9);
  import.applied_at = row.maybe_time(10);
  import.undone_at = row.maybe_time(11);
  return import;
}

ImportRow row_from(const store::Row& row) {
  ImportRow one;
  one.number = static_cast<std::uint32_t>(row.integer(0));
  one.cells = row.text(1);
  one.outcome = row.text(2);
  one.findings = row.text(3);
  one.same = row.text(4);
  one.choice = row.text(5);
  if (!row.is_null(6)) one.merge_with = base::CameraId{row.id(6)};
  one.site = row.maybe_id(7);
  if (!row.is_null(8)) one.camera = base::CameraId{row.id(8)};
  one.party = row.maybe_id(9);
  one.fate = row.text(10);
  return one;
}

base::Status count_rows(store::Reader& session, Import& import) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select outcome, count(*), cast(sum(case when choice = '' then 1 else 0 end) as bigint) from "
                          "import_row where import = $1 group by outcome",
                          {import.id}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t count = rows[i].integer(1);
    import.counts.rows += count;
    import.counts.undecided += rows[i].integer(2);
    if (rows[i].text(0) == "new") import.counts.fresh = count;
    if (rows[i].text(0) == "there") import.counts.there = count;
    if (rows[i].text(0) == "duplicate") import.counts.duplicate = count;
    if (rows[i].text(0) == "wrong") import.counts.wrong = count;
  }
  return {};
}

/// A new row is made, one that is there is skipped; about the others a person chooses.
std::string_view first_choice(Outcome outcome) {
  if (outcome == Outcome::kNew) return "make";
  return outcome == Outcome::kThere ? "skip" : "";
}

base::Status keep_rows(store::WriteSession& session, const ImportId& id, const DryRun& run) {
  const std::vector<InventoryRow>& rows = run.inventory.rows;
  std::vector<store::Parameters> values;
  values.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Judged& one = run.judged[i];
    values.push_back({id, static_cast<std::int64_t>(rows[i].number), cells_json(rows[i].cells),
                      outcome_key(one.outcome), findings_json(one.findings), same_json(one.same),
                      first_choice(one.outcome), one.area ? store::Value(one.area->area) : store::Value(nullptr)});
  }
  return session.run_many(
      "insert into import_row (import, number, cells, outcome, findings, same, choice, area, fate) values ($1, $2, $3, "
      "$4, $5, $6, $7, $8, '')",
      values);
}

}  // namespace

base::Result<DryRun> dry_run(store::Reader& session, const ImportForm& form, const MayWrite& may_write,
                             base::WallTime now, catalogue::Problems& problems) {
  const catalogue::Day today = catalogue::Day::at(now);
  DryRun run;
  run.day = form.day.value_or(today);
  run.file_name = catalogue::typed_line("file_name", form.file_name, 1, 200, problems);
  VG_ASSIGN(run.inventory, rows_of(form.table, problems));
  if (problems.refused()) return problems.status();
  VG_ASSIGN(run.judged, judge(session, run.inventory.rows, {run.day, today, form.within, may_write}));
  return run;
}

base::Result<ImportId> keep_import(store::WriteSession& session, const ImportForm& form, const DryRun& run) {
  const ImportId id{session.new_id()};
  VG_TRY(session
             .run("insert into import (id, who, file_name, sheet, digest, day, within, state, remarks, made_at_us) "
                  "values ($1, $2, $3, $4, $5, $6, $7, 'dry', $8, $9)",
                  {id, form.who, run.file_name, form.table.name, form.digest, run.day.number,
                   form.within ? store::Value(*form.within) : store::Value(nullptr),
                   findings_json(run.inventory.remarks), session.now()})
             .error());
  VG_TRY(keep_rows(session, id, run));
  VG_TRY(session.tell("import.looked_at", id, catalogue::json_object({{"file", run.file_name}})));
  return id;
}

base::Result<ImportId> start_import(store::WriteSession& session, const ImportForm& form, const MayWrite& may_write,
                                    catalogue::Problems& problems) {
  VG_ASSIGN(const DryRun run, dry_run(session, form, may_write, session.now(), problems));
  return keep_import(session, form, run);
}

base::Result<std::optional<Import>> import_of(store::Reader& session, const ImportId& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from import i where i.id = $1", kImportColumns), {id}));
  if (rows.empty()) return std::optional<Import>();
  Import import = import_from(rows[0]);
  VG_TRY(count_rows(session, import));
  return std::optional(std::move(import));
}

base::Result<std::vector<Import>> list_imports(store::Reader& session, std::string_view who, std::size_t most,
                                               const std::optional<ImportId>& after) {
  std::string filter = "where 1 = 1 ";
  store::Parameters values{static_cast<std::int64_t>(most)};
  if (!who.empty()) {
    values.emplace_back(who);
    filter += fmt::format("and i.who = ${} ", values.size());
  }
  if (after) {
    values.emplace_back(*after);
    filter += fmt::format(
        "and exists (select 1 from import a where a.id = ${} and (i.made_at_us < a.made_at_us or (i.made_at_us = "
        "a.made_at_us and i.id < a.id))) ",
        values.size());
  }
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from import i {}order by i.made_at_us desc, i.id desc limit $1",
                                      kImportColumns, filter),
                          values));
  std::vector<Import> imports;
  for (std::size_t i = 0; i < rows.size(); ++i) imports.push_back(import_from(rows[i]));
  for (Import& import : imports) VG_TRY(count_rows(session, import));
  return imports;
}

base::Result<std::vector<ImportRow>> import_rows(store::Reader& session, const ImportId& id, std::string_view outcome,
                                                 std::int64_t after, std::size_t most) {
  const std::string filter = outcome.empty() ? "" : " and outcome = $4";
  store::Parameters values{id, after, static_cast<std::int64_t>(most)};
  if (!outcome.empty()) values.emplace_back(outcome);
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from import_row where import = $1 and number > $2{} order by number "
                                      "limit $3",
                                      kRowColumns, filter),
                          values));
  std::vector<ImportRow> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(row_from(rows[i]));
  return found;
}

base::Result<std::optional<ImportRow>> import_row_of(store::Reader& session, const ImportId& id, std::uint32_t number) {
  VG_ASSIGN(std::vector<ImportRow> found, import_rows(session, id, "", static_cast<std::int64_t>(number) - 1, 1));
  if (found.empty() || found.front().number != number) return std::optional<ImportRow>();
  return std::optional(std::move(found.front()));
}

base::Result<std::vector<ImportRow>> all_rows(store::Reader& session, const ImportId& id) {
  return import_rows(session, id, "", 0, sheet::kMostRows);
}

base::Result<Import> import_must_be_there(store::Reader& session, const ImportId& id) {
  VG_ASSIGN(std::optional<Import> found, import_of(session, id));
  if (!found) return base::not_found("there is no such import");
  return std::move(*found);
}

base::Status must_be_dry(const Import& import, catalogue::Problems& problems) {
  if (import.state == "dry") return {};
  problems.refuse("", "state", "Lần nhập này đã được ghi vào sổ.", "This import has been applied already.");
  return problems.status();
}

base::Status choose(store::WriteSession& session, const ImportId& id, std::uint32_t row, std::string_view choice,
                    const std::optional<base::CameraId>& merge_with, catalogue::Problems& problems) {
  VG_ASSIGN(const Import import, import_must_be_there(session, id));
  VG_TRY(must_be_dry(import, problems));
  VG_ASSIGN(const std::optional<ImportRow> found, import_row_of(session, id, row));
  if (!found) return base::not_found("the import has no such row");
  const ImportRow& one = *found;
  if (choice != "make" && choice != "skip" && choice != "merge") {
    problems.refuse("", "choice", "Chọn đăng ký (make), bỏ qua (skip) hoặc gộp (merge).",
                    "Choose make, skip or merge.");
  } else if (choice == "merge" && (!merge_with || !offered(one.same, *merge_with))) {
    problems.refuse("", "merge_with", "Chỉ gộp được với camera trùng đã nêu ở dòng này.",
                    "Only one of the cameras that were named as duplicates can be merged with.");
  } else if (choice != "skip" && one.outcome == "wrong") {
    problems.refuse("", "choice", "Dòng còn lỗi: sửa trong tệp rồi nộp lại, hoặc chọn bỏ qua.",
                    "The row is wrong: mend it in the file and send it again, or skip it.");
  } else if (choice == "make" && one.outcome == "there") {
    problems.refuse("", "choice", "Camera này đã có trong sổ.", "This camera is registered already.");
  }
  if (problems.refused()) return problems.status();
  const bool merges = choice == "merge";
  VG_TRY(
      session
          .run("update import_row set choice = $3, merge_with = $4 where import = $1 and number = $2",
               {id, static_cast<std::int64_t>(row), choice, merges ? store::Value(*merge_with) : store::Value(nullptr)})
          .error());
  return session.tell("import.chosen", id, "{}");
}

base::Result<std::int64_t> skip_all(store::WriteSession& session, const ImportId& id, Outcome outcome,
                                    catalogue::Problems& problems) {
  VG_ASSIGN(const Import import, import_must_be_there(session, id));
  VG_TRY(must_be_dry(import, problems));
  VG_ASSIGN(const std::int64_t skipped,
            session.run("update import_row set choice = 'skip' where import = $1 and outcome = $2 and choice = ''",
                        {id, outcome_key(outcome)}));
  VG_TRY(session.tell("import.chosen", id, "{}"));
  return skipped;
}

}  // namespace vonggac::intake
