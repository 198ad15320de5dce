#include <fmt/format.h>

#include <boost/json.hpp>

#include "catalogue/cameras.h"
#include "intake/import_json.h"
#include "intake/import_rows.h"
#include "intake/import_words.h"

namespace vonggac::intake {
namespace {

std::string sentences_of(const std::string& findings, std::string_view language) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(findings, error);
  std::string all;
  if (error || !value.is_array()) return all;
  for (const boost::json::value& one : value.as_array()) {
    const boost::json::object* item = one.if_object();
    if (item == nullptr || !item->contains(language)) continue;
    const std::string cell = item->contains("cell") ? boost::json::value_to<std::string>(item->at("cell")) : "";
    all +=
        fmt::format("{}[{}] {}", all.empty() ? "" : " ", cell, boost::json::value_to<std::string>(item->at(language)));
  }
  return all;
}

std::string word_of(std::span<const catalogue::NamedCode> words, std::string_view code) {
  const catalogue::NamedCode* found = catalogue::find_code(words, code);
  return std::string(found == nullptr ? code : found->vi);
}

}  // namespace

std::string csv_cell(std::string_view text) {
  constexpr std::string_view kRuns = "=+-@\t\r\n";
  std::string cell = "\"";
  if (!text.empty() && kRuns.find(text.front()) != std::string_view::npos) cell += '\'';
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

base::Result<std::string> report_csv(store::Reader& session, const ImportId& id) {
  VG_ASSIGN(const Import import, import_must_be_there(session, id));
  VG_ASSIGN(const std::vector<ImportRow> rows, all_rows(session, id));
  std::string csv =
      "\xEF\xBB\xBF"
      "Tệp,Dòng,Kết quả,Lựa chọn,Tên camera,Mã trong sổ,Vấn đề,Problems,Sau khi hoàn tác\r\n";
  for (const ImportRow& row : rows) {
    const Cells cells = cells_from(row.cells);
    const auto name = cells.find(Field::kName);
    std::string code;
    if (row.camera) {
      VG_ASSIGN(const auto camera, catalogue::camera_of(session, *row.camera));
      if (camera) code = camera->code;
    }
    csv += fmt::format("{},{},{},{},{},{},{},{},{}\r\n", csv_cell(import.file_name), row.number,
                       csv_cell(word_of(outcome_words(), row.outcome)), csv_cell(word_of(choice_words(), row.choice)),
                       csv_cell(name == cells.end() ? "" : name->second.text), csv_cell(code),
                       csv_cell(sentences_of(row.findings, "vi")), csv_cell(sentences_of(row.findings, "en")),
                       csv_cell(row.fate));
  }
  return csv;
}

}  // namespace vonggac::intake
