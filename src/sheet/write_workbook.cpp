#include "sheet/write_workbook.h"

#include <ctime>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <zip.h>

#include "sheet/table.h"

namespace vonggac::sheet {
namespace {

constexpr const char* kHead = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
constexpr const char* kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr const char* kLinks = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr const char* kPackage = "http://schemas.openxmlformats.org/package/2006";
constexpr const char* kTypes = "application/vnd.openxmlformats-officedocument.spreadsheetml";
constexpr std::uint32_t kTextStyle = 1, kHeaderStyle = 2;  // places in <cellXfs> below
constexpr std::time_t kSameTime = 1'735'689'600;           // 2025-01-01: what is written must not tell when

std::string escaped_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

using Part = std::pair<std::string, std::string>;

std::string sheet_part(const WrittenSheet& sheet) {
  std::string xml =
      fmt::format(R"({}<worksheet xmlns="{}"><sheetViews><sheetView workbookViewId="0">)"
                  R"(<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>)"
                  R"(</sheetViews><cols><col min="1" max="{}" width="{}" style="{}" customWidth="1"/></cols>)"
                  R"(<sheetData>)",
                  kHead, kMain, kMostColumns, sheet.column_width, kTextStyle);
  std::uint32_t number = 0;
  for (const std::vector<std::string>& row : sheet.rows) {
    xml += fmt::format(R"(<row r="{}">)", ++number);
    for (std::uint32_t column = 0; column < row.size(); ++column) {
      if (row[column].empty()) continue;
      xml += fmt::format(R"(<c r="{}" s="{}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>)",
                         cell_name(number, column), number == 1 ? kHeaderStyle : kTextStyle, escaped_text(row[column]));
    }
    xml += "</row>";
  }
  return xml + "</sheetData></worksheet>";
}

/// Built-in number format 49 is "text".
std::string styles_part() {
  return fmt::format(
      R"({}<styleSheet xmlns="{}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>)"
      R"(<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill>)"
      R"(<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>)"
      R"(<fill><patternFill patternType="solid"><fgColor rgb="FFDDEBF7"/></patternFill></fill>)"
      R"(</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>)"
      R"(</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/>)"
      R"(<xf numFmtId="49" applyNumberFormat="1" xfId="0"/>)"
      R"(<xf numFmtId="49" fontId="1" fillId="2" applyNumberFormat="1" applyFont="1" applyFill="1" xfId="0"/>)"
      R"(</cellXfs></styleSheet>)",
      kHead, kMain);
}

std::vector<Part> parts_of(const std::vector<WrittenSheet>& sheets) {
  std::string types = fmt::format(
      R"({}<Types xmlns="{}/content-types">)"
      R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
      R"(<Default Extension="xml" ContentType="application/xml"/>)"
      R"(<Override PartName="/xl/workbook.xml" ContentType="{}.sheet.main+xml"/>)"
      R"(<Override PartName="/xl/styles.xml" ContentType="{}.styles+xml"/>)",
      kHead, kPackage, kTypes, kTypes);
  std::string book = fmt::format(R"({}<workbook xmlns="{}" xmlns:r="{}"><sheets>)", kHead, kMain, kLinks);
  std::string links = fmt::format(R"({}<Relationships xmlns="{}/relationships">)"
                                  R"(<Relationship Id="rId0" Type="{}/styles" Target="styles.xml"/>)",
                                  kHead, kPackage, kLinks);
  std::vector<Part> pages;
  for (std::size_t i = 1; i <= sheets.size(); ++i) {
    types +=
        fmt::format(R"(<Override PartName="/xl/worksheets/sheet{}.xml" ContentType="{}.worksheet+xml"/>)", i, kTypes);
    book += fmt::format(R"(<sheet name="{}" sheetId="{}" r:id="rId{}"/>)", escaped_text(sheets[i - 1].name), i, i);
    links +=
        fmt::format(R"(<Relationship Id="rId{}" Type="{}/worksheet" Target="worksheets/sheet{}.xml"/>)", i, kLinks, i);
    pages.emplace_back(fmt::format("xl/worksheets/sheet{}.xml", i), sheet_part(sheets[i - 1]));
  }
  std::vector<Part> parts{
      {"[Content_Types].xml", types + "</Types>"},
      {"_rels/.rels", fmt::format(R"({}<Relationships xmlns="{}/relationships">)"
                                  R"(<Relationship Id="rId1" Type="{}/officeDocument" Target="xl/workbook.xml"/>)"
                                  R"(</Relationships>)",
                                  kHead, kPackage, kLinks)},
      {"xl/workbook.xml", book + "</sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels", links + "</Relationships>"},
      {"xl/styles.xml", styles_part()}};
  for (Part& page : pages) parts.push_back(std::move(page));
  return parts;
}

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct DiscardZip {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};

/// Borrows the texts until the archive is closed.
bool add_part(zip_t* zip, const Part& part) {
  zip_source_t* source = zip_source_buffer(zip, part.second.data(), part.second.size(), 0);
  if (source == nullptr) return false;
  const zip_int64_t index = zip_file_add(zip, part.first.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  return zip_file_set_mtime(zip, static_cast<zip_uint64_t>(index), kSameTime, 0) == 0;
}

base::Result<base::Bytes> bytes_in(zip_source_t* sink) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(sink, &stat) != 0 || zip_source_open(sink) != 0) return base::internal_error("read the workbook");
  base::Bytes bytes(stat.size);
  const zip_int64_t got = zip_source_read(sink, bytes.data(), bytes.size());
  zip_source_close(sink);
  if (got < 0 || static_cast<zip_uint64_t>(got) != stat.size) return base::internal_error("read the workbook");
  return bytes;
}

}  // namespace

base::Result<base::Bytes> write_workbook(const std::vector<WrittenSheet>& sheets) {
  const std::vector<Part> parts = parts_of(sheets);
  zip_error_t error;
  zip_error_init(&error);
  const std::unique_ptr<zip_source_t, FreeSource> sink(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!sink) return base::internal_error("begin a workbook");
  zip_source_keep(sink.get());  // one for the archive, one for us
  std::unique_ptr<zip_t, DiscardZip> zip(zip_open_from_source(sink.get(), ZIP_TRUNCATE, &error));
  if (!zip) {
    zip_source_free(sink.get());
    return base::internal_error("begin a workbook");
  }
  for (const Part& part : parts) {
    if (!add_part(zip.get(), part)) return base::internal_error("write a workbook");
  }
  if (zip_close(zip.get()) != 0) return base::internal_error("write a workbook");
  (void)zip.release();
  return bytes_in(sink.get());
}

}  // namespace vonggac::sheet
