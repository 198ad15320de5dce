#include "sheet/workbook.h"

#include <charconv>
#include <map>
#include <set>

#include <utf8proc.h>

#include "sheet/number_formats.h"

namespace vonggac::sheet {
namespace {

constexpr std::size_t kMostSheets = 256, kMostStyles = 65'536;

const Words kNoWorkbook{
    "Tệp không phải là bảng tính Excel (.xlsx): mở tệp, chọn “Lưu thành” .xlsx hoặc .csv rồi nộp lại.",
    "This is no Excel workbook (.xlsx): save it as .xlsx or .csv and send that."};

int int_of(std::string_view digits, int otherwise) {
  int value = otherwise;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

struct Relation {
  std::string kind, target;  ///< kind: the last word of its type
};

class RelationReader final : public XmlHandler {
 public:
  void begin(std::string_view element, const Attributes& attributes) override {
    // What lies outside of the file is never looked at.
    if (element != "Relationship" || attributes.get("TargetMode") == "External") return;
    const std::string_view type = attributes.get("Type");
    const std::size_t slash = type.rfind('/');
    found[std::string(attributes.get("Id"))] = {
        std::string(slash == std::string_view::npos ? type : type.substr(slash + 1)),
        std::string(attributes.get("Target"))};
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
  bool enough() const override { return found.size() > 4 * kMostSheets; }

  std::map<std::string, Relation> found;
};

/// "xl/workbook.xml" + "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml".
std::string part_beside(std::string_view part, std::string_view target) {
  if (!target.empty() && target.front() == '/') return std::string(target.substr(1));
  const std::size_t slash = part.rfind('/');
  return std::string(slash == std::string_view::npos ? "" : part.substr(0, slash + 1)) + std::string(target);
}

std::string relations_of(std::string_view part) {
  const std::size_t slash = part.rfind('/');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  return std::string(part.substr(0, begin)) + "_rels/" + std::string(part.substr(begin)) + ".rels";
}

struct NamedSheet {
  std::string name, id;
  bool hidden = false;
};

class WorkbookReader final : public XmlHandler {
 public:
  void begin(std::string_view element, const Attributes& attributes) override {
    if (element == "workbookPr") {
      const std::string_view flag = attributes.get("date1904");
      since_1904 = flag == "1" || flag == "true" || flag == "on";
    } else if (element == "sheet") {
      const std::string_view state = attributes.get("state");
      sheets.push_back({std::string(attributes.get("name")), std::string(attributes.get("id")),
                        state == "hidden" || state == "veryHidden"});
    }
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
  bool enough() const override { return sheets.size() >= kMostSheets; }

  std::vector<NamedSheet> sheets;
  bool since_1904 = false;
};

class SharedTextReader final : public XmlHandler {
 public:
  SharedTextReader(std::vector<std::string>& texts, Budget& budget) : texts_(texts), budget_(budget) {}
  void begin(std::string_view element, const Attributes&) override {
    if (element == "si") text_.clear();
    text_.begin(element);
  }
  void end(std::string_view element) override {
    text_.end(element);
    if (element != "si") return;
    texts_.push_back(text_.value());
    budget_.take_text(texts_.back().size());
  }
  void text(std::string_view piece) override { text_.text(piece); }
  bool enough() const override { return budget_.refused(); }

 private:
  std::vector<std::string>& texts_;
  Budget& budget_;
  RichText text_;
};

class StyleReader final : public XmlHandler {
 public:
  explicit StyleReader(std::vector<bool>& is_date) : is_date_(is_date) {}
  void begin(std::string_view element, const Attributes& attributes) override {
    if (element == "numFmt") {
      const int id = int_of(attributes.get("numFmtId"), -1);
      if (is_date_format(attributes.get("formatCode"))) {
        custom_dates_.insert(id);
      } else {
        custom_others_.insert(id);
      }
    } else if (element == "cellXfs") {
      in_cells_ = true;
    } else if (element == "xf" && in_cells_) {
      const int id = int_of(attributes.get("numFmtId"), 0);
      is_date_.push_back(custom_dates_.count(id) > 0 || (built_in_date_format(id) && custom_others_.count(id) == 0));
    }
  }
  void end(std::string_view element) override {
    if (element == "cellXfs") in_cells_ = false;
  }
  void text(std::string_view) override {}
  bool enough() const override { return is_date_.size() >= kMostStyles; }

 private:
  std::vector<bool>& is_date_;
  std::set<int> custom_dates_, custom_others_;
  bool in_cells_ = false;
};

bool read_relations(Archive& archive, const std::string& part, std::map<std::string, Relation>& found, Budget& budget) {
  if (!archive.has(part)) return true;
  RelationReader reader;
  if (!read_part(archive, part, reader, budget)) return false;
  found = std::move(reader.found);
  return true;
}

/// The main part, as the package says; where it always stands if the package says nothing.
bool find_main_part(Archive& archive, std::string& main, Budget& budget) {
  std::map<std::string, Relation> package;
  if (!read_relations(archive, "_rels/.rels", package, budget)) return false;
  main = "xl/workbook.xml";
  for (const auto& [id, relation] : package) {
    if (relation.kind == "officeDocument") main = part_beside("", relation.target);
  }
  if (archive.has("[Content_Types].xml") && archive.has(main) && !ends_with(main, ".bin")) return true;
  budget.refuse(kNoWorkbook);
  return false;
}

bool read_beside(Archive& archive, const std::string& main, const std::map<std::string, Relation>& relations,
                 Workbook& workbook, Budget& budget) {
  for (const auto& [id, relation] : relations) {
    const std::string part = part_beside(main, relation.target);
    if (relation.kind == "sharedStrings" && archive.has(part)) {
      SharedTextReader reader(workbook.shared_texts, budget);
      if (!read_part(archive, part, reader, budget)) return false;
    } else if (relation.kind == "styles" && archive.has(part)) {
      StyleReader reader(workbook.style_is_date);
      if (!read_part(archive, part, reader, budget)) return false;
    } else if (relation.kind == "vbaProject") {
      workbook.has_macros = true;
    }
  }
  return !budget.refused();
}

/// "_x000D_" at this place is the character it names.
std::optional<char32_t> escaped_at(std::string_view text, std::size_t at) {
  if (at + 7 > text.size() || text[at + 1] != 'x' || text[at + 6] != '_') return std::nullopt;
  unsigned code = 0;
  const auto [end, error] = std::from_chars(text.data() + at + 2, text.data() + at + 6, code, 16);
  if (error != std::errc() || end != text.data() + at + 6 || code == 0 || (code >= 0xD800 && code < 0xE000)) {
    return std::nullopt;
  }
  return code;
}

}  // namespace

void RichText::begin(std::string_view element) {
  if (element == "rPh") in_reading_ = true;
  if (element == "t") in_text_ = !in_reading_;
}
void RichText::end(std::string_view element) {
  if (element == "rPh") in_reading_ = false;
  if (element == "t") in_text_ = false;
}
void RichText::text(std::string_view piece) {
  if (in_text_ && !too_long()) text_ += piece;
}
void RichText::clear() {
  text_.clear();
  in_text_ = in_reading_ = false;
}
std::string RichText::value() const {
  std::string plain;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const std::optional<char32_t> code = text_[i] == '_' ? escaped_at(text_, i) : std::nullopt;
    if (!code) {
      plain += text_[i];
      continue;
    }
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(*code), bytes);
    plain.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    i += 6;
  }
  return plain;
}

bool read_part(Archive& archive, std::string_view name, XmlHandler& handler, Budget& budget) {
  XmlReader reader(handler);
  const bool whole = archive.stream(
      name, [&](base::ByteSpan piece) { return reader.feed(piece); }, budget);
  if (budget.refused()) return false;
  if ((whole && reader.end()) || reader.stopped()) return true;
  if (reader.refused_doctype()) {
    budget.refuse({"Tệp .xlsx chứa khai báo XML bị cấm (DOCTYPE): không đọc tệp này.",
                   "The .xlsx file holds a forbidden XML declaration (DOCTYPE) and is not read."});
  } else {
    budget.refuse({"Tệp .xlsx bị hỏng: mở bằng Excel hoặc LibreOffice, lưu lại rồi nộp lại.",
                   "The .xlsx file is damaged: open it, save it again and send that."});
  }
  return false;
}

bool read_workbook(Archive& archive, Workbook& workbook, Budget& budget) {
  std::string main;
  if (!find_main_part(archive, main, budget)) return false;
  WorkbookReader reader;
  if (!read_part(archive, main, reader, budget)) return false;
  std::map<std::string, Relation> relations;
  if (!read_relations(archive, relations_of(main), relations, budget)) return false;
  workbook.since_1904 = reader.since_1904;
  for (const NamedSheet& sheet : reader.sheets) {
    const auto relation = relations.find(sheet.id);
    const bool worksheet = relation != relations.end() && relation->second.kind == "worksheet";
    const std::string part = worksheet ? part_beside(main, relation->second.target) : std::string();
    workbook.sheets.push_back({composed(sheet.name).value_or(""), part, sheet.hidden});
  }
  return read_beside(archive, main, relations, workbook, budget);
}

}  // namespace vonggac::sheet
