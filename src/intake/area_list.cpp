#include "intake/area_list.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "catalogue/folding.h"
#include "catalogue/places.h"
#include "catalogue/spelling.h"
#include "intake/area_finder.h"
#include "intake/columns.h"

namespace vonggac::intake {
namespace {

using catalogue::AreaKind;
using catalogue::AreaType;
using catalogue::AreaVersion;
using catalogue::Day;

enum class AreaColumn { kCode, kName, kKind, kParent, kFrom, kTo, kBasis };
constexpr std::size_t kAreaColumns = 7;

struct AreaColumnWords {
  AreaColumn column;
  std::string_view field;    ///< of AreaForm, as its problems name it
  std::string_view headers;  ///< folded, parted by '|'
};
constexpr std::array<AreaColumnWords, kAreaColumns> kAreaColumnWords{{
    {AreaColumn::kCode, "code", "ma|ma so|ma dvhc|ma don vi hanh chinh|ma don vi|ma dia ban|code"},
    {AreaColumn::kName, "name", "ten|ten dvhc|ten don vi hanh chinh|ten don vi|ten dia ban|name"},
    {AreaColumn::kKind, "type", "cap|loai|loai dia ban|loai hinh|loai dvhc|loai don vi|kind|type|level"},
    {AreaColumn::kParent, "parent",
     "ma cap tren|ma don vi cap tren|ma dvhc cap tren|cap tren|thuoc|ma cha|parent code|parent"},
    {AreaColumn::kFrom, "from", "hieu luc tu|tu ngay|ngay hieu luc|co hieu luc tu|tu|valid from|from"},
    {AreaColumn::kTo, "to", "hieu luc den|den ngay|ngay het hieu luc|den|valid to|to"},
    {AreaColumn::kBasis, "basis", "can cu|quyet dinh|nghi quyet|so quyet dinh|basis|decision"},
}};

struct AreaColumns {
  std::uint32_t header_row = 0;
  std::array<std::optional<std::uint32_t>, kAreaColumns> at;
  std::optional<std::uint32_t> of(AreaColumn column) const { return at[static_cast<std::size_t>(column)]; }
};

std::optional<AreaColumn> area_column_of(std::string_view header) {
  const std::string key = "|" + catalogue::fold(header.substr(0, header.find('('))) + "|";
  for (const AreaColumnWords& one : kAreaColumnWords) {
    if (key.size() > 2 && ("|" + std::string(one.headers) + "|").find(key) != std::string::npos) return one.column;
  }
  return std::nullopt;
}

/// The first row that names at least the names and one column more.
std::optional<AreaColumns> area_columns(const sheet::Table& table) {
  for (std::size_t i = 0; i < table.rows.size() && i < kHeaderRows; ++i) {
    AreaColumns columns;
    std::size_t known = 0;
    for (std::uint32_t c = 0; c < table.rows[i].cells.size(); ++c) {
      const std::optional<AreaColumn> column = area_column_of(table.rows[i].cells[c].text);
      if (!column || columns.of(*column)) continue;
      columns.at[static_cast<std::size_t>(*column)] = c;
      ++known;
    }
    columns.header_row = table.rows[i].number;
    if (columns.of(AreaColumn::kName) && known >= 2) return columns;
  }
  return std::nullopt;
}

/// Digits that the official code of such an area has; a workbook that takes it for a number drops zeros before it.
std::size_t code_width(AreaKind kind) {
  switch (kind) {
    case AreaKind::kProvince:
      return 2;
    case AreaKind::kDistrict:
      return 3;
    case AreaKind::kCommune:
      return 5;
    default:
      return 0;
  }
}

std::string code_in(const sheet::Cell& cell, AreaKind kind) {
  const std::size_t width = code_width(kind);
  if (cell.kind != sheet::CellKind::kNumber || cell.text.size() >= width) return cell.text;
  return std::string(width - cell.text.size(), '0') + cell.text;
}

/// "Phường", "phuong", "PHUONG", "P"; a city without a code above it is one of the first level.
const AreaType* type_written(std::string_view written, bool has_parent) {
  const std::vector<catalogue::SearchWord> words = catalogue::search_words(written);
  if (words.empty()) return nullptr;
  std::vector<std::string> readings{catalogue::fold(written)};
  if (words.size() == 1) readings.insert(readings.end(), words[0].long_forms.begin(), words[0].long_forms.end());
  const AreaType* found = nullptr;
  for (const AreaType& type : catalogue::area_types()) {
    const bool means =
        type.code == written || std::find(readings.begin(), readings.end(), catalogue::fold(type.vi)) != readings.end();
    if (!means) continue;
    if (type.code == written) return &type;
    const bool fits = (type.kind == AreaKind::kProvince) != has_parent;
    if (found == nullptr || fits) found = &type;
  }
  return found;
}

/// Where no kind is written: the word that the name begins with, the longest that fits.
const AreaType* type_in_name(std::string_view name, bool has_parent) {
  const std::string folded = catalogue::fold(name);
  std::string best;
  for (const AreaType& type : catalogue::area_types()) {
    const std::string word = catalogue::fold(type.vi);
    if (word.size() > best.size() && folded.starts_with(word + " ")) best = word;
  }
  return best.empty() ? nullptr : type_written(best, has_parent);
}

struct ListedRow {
  const sheet::Row* row = nullptr;
  const AreaType* type = nullptr;
  ListedArea told;
};

class AreaListing {
 public:
  AreaListing(store::WriteSession& session, const AreaColumns& columns, const AreaListDefaults& defaults)
      : session_(session), columns_(columns), defaults_(defaults) {}

  ListedRow look_at(const sheet::Row& row) {
    ListedRow listed;
    listed.row = &row;
    listed.told.row = row.number;
    listed.told.name = text(row, AreaColumn::kName);
    listed.told.code = text(row, AreaColumn::kCode);
    marked_ = marked_ || catalogue::has_marks(listed.told.name);
    const bool has_parent = !text(row, AreaColumn::kParent).empty();
    const std::string kind = text(row, AreaColumn::kKind);
    listed.type = kind.empty() ? type_in_name(listed.told.name, has_parent) : type_written(kind, has_parent);
    return listed;
  }

  base::Status put(ListedRow& listed) {
    catalogue::Problems problems;
    const base::Status put = put_row(listed, problems);
    if (problems.refused()) {
      listed.told.fate = AreaFate::kWrong;
      tell(listed, problems);
      return {};
    }
    tell(listed, problems);
    return put;
  }

 private:
  const sheet::Cell& cell(const sheet::Row& row, AreaColumn column) const {
    static const sheet::Cell kEmpty;
    const std::optional<std::uint32_t> at = columns_.of(column);
    return at && *at < row.cells.size() ? row.cells[*at] : kEmpty;
  }
  std::string text(const sheet::Row& row, AreaColumn column) const { return cell(row, column).text; }

  void tell(ListedRow& listed, const catalogue::Problems& problems) const {
    for (const catalogue::Problem& problem : problems.all()) {
      AreaFinding finding{"", "", problem.sentence};
      for (const AreaColumnWords& one : kAreaColumnWords) {
        const std::optional<std::uint32_t> at = columns_.of(one.column);
        if (one.field != problem.field || !at) continue;
        finding.cell = sheet::cell_name(listed.row->number, *at);
        finding.value = text(*listed.row, one.column);
      }
      listed.told.findings.push_back(std::move(finding));
    }
  }

  std::optional<Day> day_in(const sheet::Row& row, AreaColumn column, std::string_view field,
                            catalogue::Problems& problems) const {
    const std::string written = text(row, column);
    if (written.empty()) return std::nullopt;
    const base::Result<Day> day = Day::parse(written);
    if (day) return *day;
    problems.refuse("", field, "Không phải ngày: ghi như 01/07/2025.", "Not a day: write it like 2025-07-01.");
    return std::nullopt;
  }

  /// What the row says it lies in, whatever kind of area that is on this day.
  base::Result<std::optional<AreaVersion>> parent_of(const ListedRow& listed, Day day, catalogue::Problems& problems) {
    const sheet::Cell& written = cell(*listed.row, AreaColumn::kParent);
    if (written.text.empty()) return std::optional<AreaVersion>();
    for (const AreaKind kind : {AreaKind::kResidential, AreaKind::kCommune, AreaKind::kDistrict, AreaKind::kProvince}) {
      if (!catalogue::may_lie_in(listed.type->kind, kind, day)) continue;
      VG_ASSIGN(const auto found, coded(kind, code_in(written, kind), day));
      if (found) return found;
    }
    problems.refuse("", "parent", fmt::format("Ngày {} không có đơn vị cấp trên phù hợp mang mã này.", day.local()),
                    fmt::format("On {} no area of this code can hold it.", day.iso()));
    return std::optional<AreaVersion>();
  }

  /// Thousands of rows lie in the same few areas.
  base::Result<std::optional<AreaVersion>> coded(AreaKind kind, const std::string& code, Day day) {
    const auto key = std::tuple(kind, code, day.number);
    if (const auto known = known_.find(key); known != known_.end()) return std::optional(known->second);
    VG_ASSIGN(const auto found, catalogue::area_by_code(session_, kind, code, day));
    if (found) known_.emplace(key, *found);
    return found;
  }

  /// The area that the row means, if it is in the register on its first day.
  base::Result<std::optional<AreaVersion>> there_already(const catalogue::AreaForm& form, AreaKind kind, Day from) {
    if (!form.code.empty()) return catalogue::area_by_code(session_, kind, form.code, from);
    std::vector<AreaVersion> beside;
    if (form.parent) {
      VG_ASSIGN(beside, catalogue::areas_in(session_, *form.parent, from));
    } else {
      VG_ASSIGN(beside, catalogue::areas_at_top(session_, from));
    }
    const auto found = std::find_if(beside.begin(), beside.end(), [&](const AreaVersion& one) {
      return one.kind == kind && same_area_name(one, form.name) && (!marked_ || spelled_alike(one, form.name));
    });
    return found == beside.end() ? std::optional<AreaVersion>() : std::optional<AreaVersion>(*found);
  }

  base::Status put_row(ListedRow& listed, catalogue::Problems& problems) {
    if (listed.type == nullptr) {
      problems.refuse("", "type", "Không rõ loại: ghi Tỉnh, Xã, Phường, Đặc khu, Khóm, Ấp, Tổ dân phố …",
                      "The kind is not known: write Tỉnh, Xã, Phường, Đặc khu, Khóm, Ấp, Tổ dân phố ...");
      return problems.status();
    }
    const std::optional<Day> written = day_in(*listed.row, AreaColumn::kFrom, "from", problems);
    const std::optional<Day> from = written ? written : defaults_.from;
    if (!from && !problems.refused()) {
      problems.refuse("", "from", "Thiếu ngày bắt đầu hiệu lực: ghi trong cột, hoặc đặt cho cả tệp.",
                      "The first day is missing: write it in the column, or give one for the whole list.");
    }
    catalogue::AreaForm form;
    form.to = day_in(*listed.row, AreaColumn::kTo, "to", problems);
    if (problems.refused()) return problems.status();
    form.name = listed.told.name;
    form.type = listed.type->code;
    form.code = code_in(cell(*listed.row, AreaColumn::kCode), listed.type->kind);
    form.basis = text(*listed.row, AreaColumn::kBasis);
    if (form.basis.empty()) form.basis = defaults_.basis;
    VG_ASSIGN(const auto parent, parent_of(listed, *from, problems));
    if (problems.refused()) return problems.status();
    if (parent) form.parent = parent->area;
    VG_ASSIGN(const auto there, there_already(form, listed.type->kind, *from));
    if (!there) {
      listed.told.fate = AreaFate::kNew;
      return catalogue::add_area(session_, form, *from, problems).error();
    }
    listed.told.fate = AreaFate::kThere;
    check_same(form, *there, problems);
    return problems.status();
  }

  static void check_same(const catalogue::AreaForm& form, const AreaVersion& there, catalogue::Problems& problems) {
    if (there.type != form.type || !same_area_name(there, form.name)) {
      problems.refuse("V4", "name",
                      fmt::format("Mã {} đang là của {}: đổi tên bằng quyết định đổi tên, không bằng danh sách.",
                                  there.code, there.full_name()),
                      fmt::format("Code {} belongs to {}: a new name comes with a decision, not with a list.",
                                  there.code, there.full_name()));
    } else if (there.parent != form.parent) {
      problems.refuse("", "parent", fmt::format("{} trong sổ thuộc đơn vị cấp trên khác.", there.full_name()),
                      fmt::format("{} lies in another area in the register.", there.full_name()));
    }
  }

  store::WriteSession& session_;
  const AreaColumns& columns_;
  const AreaListDefaults& defaults_;
  bool marked_ = false;  ///< the list writes tones, so a name without one means what it says
  std::map<std::tuple<AreaKind, std::string, std::int64_t>, AreaVersion> known_;
};

bool has_text(const sheet::Row& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const sheet::Cell& cell) { return !cell.text.empty(); });
}

}  // namespace

base::Result<std::vector<ListedArea>> put_area_list(store::WriteSession& session, const sheet::Table& table,
                                                    const AreaListDefaults& defaults, catalogue::Problems& problems) {
  const std::optional<AreaColumns> columns = area_columns(table);
  if (!columns) {
    problems.refuse("", "", "Không thấy dòng tiêu đề: cần cột Tên và ít nhất một trong các cột Mã, Cấp, Mã cấp trên.",
                    "No header row: a column Name is needed, and one of Code, Kind, Parent code.");
    return problems.status();
  }
  AreaListing listing(session, *columns, defaults);
  std::vector<ListedRow> rows;
  for (const sheet::Row& row : table.rows) {
    if (row.number > columns->header_row && has_text(row)) rows.push_back(listing.look_at(row));
  }
  if (rows.empty()) {
    problems.refuse("", "", "Không có dòng nào dưới dòng tiêu đề.", "There are no rows below the header.");
    return problems.status();
  }
  // What others lie in comes first, wherever it stands.
  std::vector<ListedRow*> order;
  for (ListedRow& row : rows) order.push_back(&row);
  const auto level = [](const ListedRow* row) { return row->type == nullptr ? 0 : static_cast<int>(row->type->kind); };
  std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) { return level(a) < level(b); });
  for (ListedRow* row : order) VG_TRY(listing.put(*row));
  VG_TRY(catalogue::catch_up_places(session).error());
  std::vector<ListedArea> told;
  for (ListedRow& row : rows) told.push_back(std::move(row.told));
  return told;
}

}  // namespace vonggac::intake
