#include "sheet/worksheet.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sheet/number_formats.h"

namespace vonggac::sheet {
namespace {

constexpr std::size_t kMostMerges = 50'000, kMostRemarks = 5'000;
constexpr std::uint32_t kExcelRows = 1'048'576;

struct Place {
  std::uint32_t row = 0, column = 0;
};

/// "AB12". Nullopt: no such place in a worksheet.
std::optional<Place> place_of_name(std::string_view name) {
  Place place;
  std::size_t i = 0;
  for (; i < name.size() && name[i] >= 'A' && name[i] <= 'Z' && i < 4; ++i) {
    place.column = place.column * 26 + static_cast<std::uint32_t>(name[i] - 'A' + 1);
  }
  if (i == 0 || place.column > 16'384) return std::nullopt;
  --place.column;
  const auto [end, error] = std::from_chars(name.data() + i, name.data() + name.size(), place.row);
  if (error != std::errc() || end != name.data() + name.size() || place.row == 0 || place.row > kExcelRows) {
    return std::nullopt;
  }
  return place;
}

struct Merge {
  Place from, to;
};

bool is_true(std::string_view flag) { return flag == "1" || flag == "true"; }

class WorksheetReader final : public XmlHandler {
 public:
  WorksheetReader(const Workbook& workbook, Table& table, Budget& budget)
      : workbook_(workbook), table_(table), budget_(budget) {}

  void begin(std::string_view element, const Attributes& attributes) override {
    if (element == "row") {
      begin_row(attributes);
    } else if (element == "c") {
      begin_cell(attributes);
    } else if (element == "v") {
      in_value_ = true;
      has_value_ = true;
    } else if (element == "f") {
      formula_ = true;
    } else if (element == "mergeCell") {
      begin_merge(attributes.get("ref"));
    } else if (in_cell_) {
      own_text_.begin(element);
    }
  }
  void end(std::string_view element) override {
    if (element == "v") {
      in_value_ = false;
    } else if (element == "c") {
      end_cell();
    } else if (element == "row") {
      end_row();
    } else if (in_cell_) {
      own_text_.end(element);
    }
  }
  void text(std::string_view piece) override {
    if (in_value_ && value_.size() <= 2 * kMostCellBytes) value_ += piece;
    if (in_cell_ && !in_value_) own_text_.text(piece);
  }
  bool enough() const override { return budget_.refused(); }

  void finish() {
    say_formulas();
    say_hidden();
    for (const Merge& merge : merges_) {
      if (!spread(merge)) return;
    }
  }

 private:
  void damaged() {
    budget_.refuse({"Trang tính bị hỏng: mở bằng Excel hoặc LibreOffice, lưu lại rồi nộp lại.",
                    "The worksheet is damaged: open it, save it again and send that."});
  }

  void begin_row(const Attributes& attributes) {
    std::uint32_t number = last_row_ + 1;
    const std::string_view said = attributes.get("r");
    if (!said.empty()) std::from_chars(said.data(), said.data() + said.size(), number);
    if (number <= last_row_ || number > kExcelRows) return damaged();
    last_row_ = number;
    next_column_ = 0;
    row_ = Row();
    row_.number = number;
    row_.hidden = is_true(attributes.get("hidden"));
  }

  void begin_cell(const Attributes& attributes) {
    in_cell_ = true;
    has_value_ = formula_ = in_value_ = false;
    value_.clear();
    own_text_.clear();
    type_ = attributes.get("t");
    style_ = 0;
    const std::string_view style = attributes.get("s");
    std::from_chars(style.data(), style.data() + style.size(), style_);
    column_ = next_column_;
    const std::string_view name = attributes.get("r");
    if (!name.empty()) {
      const std::optional<Place> place = place_of_name(name);
      if (!place || place->row != last_row_ || place->column < next_column_) return damaged();
      column_ = place->column;
    }
    next_column_ = column_ + 1;
  }

  void begin_merge(std::string_view range) {
    const std::size_t colon = range.find(':');
    if (colon == std::string_view::npos) return;
    const auto from = place_of_name(range.substr(0, colon)), to = place_of_name(range.substr(colon + 1));
    if (!from || !to || merges_.size() >= kMostMerges) return;
    merges_.push_back({*from, *to});
  }

  void say(std::uint32_t row, std::uint32_t column, bool wrong, std::string vi, std::string en) {
    if (table_.remarks.size() >= kMostRemarks) return;
    table_.remarks.push_back({row, column, wrong, {std::move(vi), std::move(en)}});
  }

  Cell wrong_cell(std::string text, std::string vi, std::string en) {
    say(last_row_, column_, true, std::move(vi), std::move(en));
    Cell cell;
    cell.kind = CellKind::kError;
    cell.text = std::move(text);
    return cell;
  }

  Cell text_cell(std::string_view text) {
    std::optional<std::string> kept = composed(text);
    if (!kept) {
      return wrong_cell("", "Ô có ký tự không đọc được: gõ lại.", "The cell has unreadable characters: type it again.");
    }
    if (kept->size() > kMostCellBytes) {
      return wrong_cell("", "Ô dài quá 4096 byte: rút ngắn lại.", "The cell is longer than 4096 bytes: shorten it.");
    }
    Cell cell;
    if (kept->empty()) return cell;
    cell.kind = CellKind::kText;
    cell.text = std::move(*kept);
    return cell;
  }

  Cell shared_cell() {
    std::size_t index = std::numeric_limits<std::size_t>::max();
    std::from_chars(value_.data(), value_.data() + value_.size(), index);
    if (index >= workbook_.shared_texts.size()) {
      return wrong_cell("", "Ô chỉ đến một đoạn chữ không có trong tệp: gõ lại.",
                        "The cell names a text that is not in the file: type it again.");
    }
    return text_cell(workbook_.shared_texts[index]);
  }

  Cell date_cell(double serial) {
    const std::optional<std::int64_t> day = day_of_serial(serial, workbook_.since_1904);
    if (!day) {
      return wrong_cell(number_text(serial), "Ô là một ngày không có trong lịch: nhập lại dạng 31/12/2025.",
                        "The cell is a day that the calendar does not have: write it like 31/12/2025.");
    }
    Cell cell;
    cell.kind = CellKind::kDate;
    cell.number = static_cast<double>(*day);
    cell.text = date_text(*day, serial);
    return cell;
  }

  Cell number_cell() {
    double number = 0;
    const auto [end, error] = std::from_chars(value_.data(), value_.data() + value_.size(), number);
    if (error != std::errc() || end != value_.data() + value_.size() || !std::isfinite(number)) {
      return wrong_cell("", "Ô chứa một số không đọc được: nhập lại.", "The cell holds a number that cannot be read.");
    }
    if (style_ < workbook_.style_is_date.size() && workbook_.style_is_date[style_]) return date_cell(number);
    Cell cell;
    cell.kind = CellKind::kNumber;
    cell.number = number;
    cell.text = number_text(number);
    return cell;
  }

  Cell bool_cell() {
    Cell cell;
    cell.kind = CellKind::kBool;
    cell.number = is_true(value_) ? 1 : 0;
    cell.text = is_true(value_) ? "TRUE" : "FALSE";
    return cell;
  }

  Cell read_cell() {
    if (type_ == "inlineStr") return text_cell(own_text_.value());
    if (!has_value_) {
      if (!formula_) return {};
      return wrong_cell("", "Ô công thức chưa có kết quả: mở bằng Excel, lưu lại, hoặc chép kết quả vào ô.",
                        "The formula has no result yet: open and save the file, or paste the value.");
    }
    if (type_ == "s") return shared_cell();
    if (type_ == "str" || type_ == "d") return text_cell(value_);
    if (type_ == "b") return bool_cell();
    if (type_ == "e") {
      return wrong_cell(
          value_.substr(0, 40), fmt::format("Ô báo lỗi {}: sửa công thức hoặc nhập giá trị.", value_.substr(0, 40)),
          fmt::format("The cell shows the error {}: mend the formula or type the value.", value_.substr(0, 40)));
    }
    return number_cell();
  }

  void end_cell() {
    in_cell_ = false;
    if (budget_.refused()) return;
    Cell cell = read_cell();
    cell.formula = formula_;
    if (cell.kind == CellKind::kEmpty) return;
    if (!budget_.take_column(column_, last_row_) || !budget_.take_row(last_row_) ||
        !budget_.take_text(cell.text.size())) {
      return;
    }
    if (formula_ && cell.kind != CellKind::kError) {
      if (formulas_++ == 0) first_formula_ = {last_row_, column_};
    }
    put_cell(row_, column_, std::move(cell));
  }

  void end_row() {
    if (row_.cells.empty()) return;
    if (row_.hidden) hidden_.push_back(row_.number);
    table_.rows.push_back(std::move(row_));
    row_ = Row();
  }

  void say_formulas() {
    if (formulas_ == 0) return;
    say(first_formula_.row, first_formula_.column, false,
        fmt::format("Có {} ô công thức (ô đầu: {}): lấy kết quả đã tính lần cuối.", formulas_,
                    cell_name(first_formula_.row, first_formula_.column)),
        fmt::format("{} cells hold formulas (the first: {}): the results last calculated are taken.", formulas_,
                    cell_name(first_formula_.row, first_formula_.column)));
  }

  void say_hidden() {
    if (hidden_.empty()) return;
    std::string list;
    for (std::size_t i = 0; i < hidden_.size() && i < 10; ++i)
      list += fmt::format("{}{}", i == 0 ? "" : ", ", hidden_[i]);
    if (hidden_.size() > 10) list += " …";
    say(0, 0, false, fmt::format("Có {} dòng bị ẩn vẫn được đọc: {}.", hidden_.size(), list),
        fmt::format("{} hidden rows are read too: {}.", hidden_.size(), list));
  }

  Row* row_at(std::uint32_t number) {
    const auto found = std::lower_bound(table_.rows.begin(), table_.rows.end(), number,
                                        [](const Row& row, std::uint32_t n) { return row.number < n; });
    return found == table_.rows.end() || found->number != number ? nullptr : &*found;
  }

  /// The value of the first cell counts for all of them. Rows that hold nothing else stay out.
  bool spread(const Merge& merge) {
    const Row* first = row_at(merge.from.row);
    if (first == nullptr || merge.from.column >= first->cells.size()) return true;
    const Cell value = first->cells[merge.from.column];
    if (value.kind == CellKind::kEmpty) return true;
    auto row = std::lower_bound(table_.rows.begin(), table_.rows.end(), merge.from.row,
                                [](const Row& one, std::uint32_t n) { return one.number < n; });
    for (; row != table_.rows.end() && row->number <= merge.to.row; ++row) {
      for (std::uint32_t column = merge.from.column; column <= merge.to.column && column < kMostColumns; ++column) {
        const bool itself = row->number == merge.from.row && column == merge.from.column;
        if (itself || (column < row->cells.size() && row->cells[column].kind != CellKind::kEmpty)) continue;
        if (!budget_.has_time() || !budget_.take_text(value.text.size())) return false;
        Cell copy = value;
        copy.merged = true;
        put_cell(*row, column, std::move(copy));
      }
    }
    if (merge.to.row > merge.from.row) {
      const std::string range =
          cell_name(merge.from.row, merge.from.column) + ":" + cell_name(merge.to.row, merge.to.column);
      say(merge.from.row, merge.from.column, false, fmt::format("Ô gộp {}: giá trị được lấy cho từng dòng.", range),
          fmt::format("{} is merged: its value is taken for each row.", range));
    }
    return true;
  }

  const Workbook& workbook_;
  Table& table_;
  Budget& budget_;
  Row row_;
  std::uint32_t last_row_ = 0, next_column_ = 0, column_ = 0;
  std::size_t style_ = 0;
  std::string type_, value_;
  RichText own_text_;
  bool in_cell_ = false, in_value_ = false, has_value_ = false, formula_ = false;
  std::vector<Merge> merges_;
  std::vector<std::uint32_t> hidden_;
  std::size_t formulas_ = 0;
  Place first_formula_;
};

}  // namespace

bool read_worksheet(Archive& archive, const std::string& part, const Workbook& workbook, Table& table, Budget& budget) {
  WorksheetReader reader(workbook, table, budget);
  if (!read_part(archive, part, reader, budget)) return false;
  reader.finish();
  trim(table);
  return !budget.refused();
}

}  // namespace vonggac::sheet
