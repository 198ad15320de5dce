/// Imports as they are kept: looked at first (a dry run that can be left and found again), chosen about row by row,
/// applied in one transaction, undone while nothing depends on what was made.
/// Flow     file -> dry_run -> keep_import -> choose -> apply_import -> undo_import
/// Threads  within a transaction of room store. The caller says who asks, where they may write, and writes the audit.
/// Errors   Problems with sentences and kInvalidArgument; kNotFound: no such import.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "intake/dry_run.h"

namespace vonggac::intake {

struct ImportId : base::Uuid {};

struct ImportForm {
  std::string who;  ///< the id of a person as text, or words for what has none
  std::string file_name;
  std::string sheet;
  sheet::Table table;
  std::string digest;  ///< SHA-256 of the file
  std::optional<catalogue::Day> day;
  std::optional<catalogue::AreaId> within;
};
struct ImportCounts {
  std::int64_t rows = 0, fresh = 0, there = 0, duplicate = 0, wrong = 0;
  std::int64_t undecided = 0;  ///< somebody must choose about these before the import can be applied
};
struct Import {
  ImportId id;
  std::string who, file_name, sheet, digest, state, remarks;  ///< remarks: a JSON array
  catalogue::Day day;
  std::optional<catalogue::AreaId> within;
  base::WallTime made_at;
  std::optional<base::WallTime> applied_at, undone_at;
  ImportCounts counts;
};
struct ImportRow {
  std::uint32_t number = 0;
  std::string cells, outcome, findings, same, choice, fate;  ///< the first, third and fourth: JSON
  std::optional<base::CameraId> merge_with, camera;
  std::optional<base::Uuid> site, party;
};

/// What a file would do, before anything of it is kept.
struct DryRun {
  std::string file_name;
  catalogue::Day day;
  Inventory inventory;
  std::vector<Judged> judged;  ///< of the inventory's rows, in their order
};
/// Reads only: a long file takes seconds, and nobody who writes waits for it.
base::Result<DryRun> dry_run(store::Reader& session, const ImportForm& form, const MayWrite& may_write,
                             base::WallTime now, catalogue::Problems& problems);
base::Result<ImportId> keep_import(store::WriteSession& session, const ImportForm& form, const DryRun& run);
/// Both in one transaction.
base::Result<ImportId> start_import(store::WriteSession& session, const ImportForm& form, const MayWrite& may_write,
                                    catalogue::Problems& problems);
base::Result<std::optional<Import>> import_of(store::Reader& session, const ImportId& id);
/// Newest first; `who` empty: everybody's. `after`: only what is older than this one.
base::Result<std::vector<Import>> list_imports(store::Reader& session, std::string_view who, std::size_t most,
                                               const std::optional<ImportId>& after = std::nullopt);
/// Rows behind `after`; `outcome` empty: all.
base::Result<std::vector<ImportRow>> import_rows(store::Reader& session, const ImportId& id, std::string_view outcome,
                                                 std::int64_t after, std::size_t most);
base::Result<std::optional<ImportRow>> import_row_of(store::Reader& session, const ImportId& id, std::uint32_t number);
/// A camera that could be looked at before it is registered. Without credentials: an import keeps none.
struct RowStream {
  std::uint32_t number = 0;
  std::string name, url;
};
/// Of the rows `from` to `to`; those that are skipped are left out.
base::Result<std::vector<RowStream>> row_streams(store::Reader& session, const ImportId& id, std::uint32_t from,
                                                 std::uint32_t to);
/// "make" (a duplicate too), "skip", or "merge" with one of the cameras that were offered.
base::Status choose(store::WriteSession& session, const ImportId& id, std::uint32_t row, std::string_view choice,
                    const std::optional<base::CameraId>& merge_with, catalogue::Problems& problems);
/// Skips every row with this outcome that nobody has chosen about. Gives how many these were.
base::Result<std::int64_t> skip_all(store::WriteSession& session, const ImportId& id, Outcome outcome,
                                    catalogue::Problems& problems);

struct Applied {
  std::int64_t sites = 0, cameras = 0, parties = 0, merged = 0, skipped = 0;
};
/// All or nothing. Every row is judged anew first: what has changed since the dry run refuses it, row by row in words.
base::Result<Applied> apply_import(store::WriteSession& session, const ImportId& id, const MayWrite& may_write,
                                   catalogue::Problems& problems);

struct Undone {
  std::int64_t removed = 0, kept = 0;
};
/// Removes what the import made. What has been changed or used since stays, with a sentence in the row's `fate`.
base::Result<Undone> undo_import(store::WriteSession& session, const ImportId& id, catalogue::Problems& problems);

/// The rows as CSV for a person (UTF-8 with mark); cells that a spreadsheet would run as formulas are made text.
base::Result<std::string> report_csv(store::Reader& session, const ImportId& id);
/// '=', '+', '-', '@', tabulator and line ends at the beginning get an apostrophe (API-19); quotation marks are
/// doubled.
std::string csv_cell(std::string_view text);

}  // namespace vonggac::intake
