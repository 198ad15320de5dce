/// Workbooks for tests: parts packed by hand, for what no program writes any more or never should.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <zip.h>

#include "base/bytes.h"

namespace vonggac::test {

using Parts = std::vector<std::pair<std::string, std::string>>;

inline base::Bytes zip_of(const Parts& parts, bool encrypted = false) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* sink = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(sink);
  zip_t* zip = zip_open_from_source(sink, ZIP_TRUNCATE, &error);
  EXPECT_NE(zip, nullptr);
  for (const auto& [name, content] : parts) {
    zip_source_t* source = zip_source_buffer(zip, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    EXPECT_GE(index, 0) << name;
    if (encrypted) zip_file_set_encryption(zip, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, "x");
  }
  EXPECT_EQ(zip_close(zip), 0);
  zip_stat_t stat;
  zip_source_stat(sink, &stat);
  base::Bytes bytes(stat.size);
  zip_source_open(sink);
  zip_source_read(sink, bytes.data(), stat.size);
  zip_source_close(sink);
  zip_source_free(sink);
  return bytes;
}

/// The parts of the smallest workbook around the content of one <worksheet>.
inline Parts workbook_parts(const std::string& sheet_content, const std::string& workbook_content = "",
                            const std::string& shared = "", const std::string& styles = "") {
  const std::string ns = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
  const std::string rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const std::string pack = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
  return {
      {"[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"},
      {"_rels/.rels", pack + "<Relationship Id=\"rId1\" Type=\"" + rel +
                          "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
      {"xl/workbook.xml", "<workbook " + ns + " xmlns:r=\"" + rel + "\">" + workbook_content +
                              "<sheets><sheet name=\"Trang 1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       pack + "<Relationship Id=\"rId1\" Type=\"" + rel + "/worksheet\" Target=\"worksheets/sheet1.xml\"/>" +
           "<Relationship Id=\"rId2\" Type=\"" + rel + "/sharedStrings\" Target=\"sharedStrings.xml\"/>" +
           "<Relationship Id=\"rId3\" Type=\"" + rel + "/styles\" Target=\"/xl/styles.xml\"/></Relationships>"},
      {"xl/sharedStrings.xml", "<sst " + ns + ">" + shared + "</sst>"},
      {"xl/styles.xml", "<styleSheet " + ns + ">" + styles + "</styleSheet>"},
      {"xl/worksheets/sheet1.xml", "<worksheet " + ns + ">" + sheet_content + "</worksheet>"},
  };
}
inline base::Bytes workbook_of(const std::string& sheet_content, const std::string& workbook_content = "",
                               const std::string& shared = "", const std::string& styles = "") {
  return zip_of(workbook_parts(sheet_content, workbook_content, shared, styles));
}
/// Rows of texts as a workbook.
inline base::Bytes workbook_of_texts(const std::vector<std::vector<std::string>>& rows) {
  std::string data = "<sheetData>";
  for (const auto& row : rows) {
    data += "<row>";
    for (const std::string& text : row) {
      std::string escaped;
      for (const char c : text) {
        escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
      }
      data += "<c t=\"inlineStr\"><is><t>" + escaped + "</t></is></c>";
    }
    data += "</row>";
  }
  return workbook_of(data + "</sheetData>");
}

}  // namespace vonggac::test
