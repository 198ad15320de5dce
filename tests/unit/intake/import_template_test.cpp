/// The form that is given out is one that is understood when it comes back.
#include "intake/import_template.h"

#include "intake/import_words.h"
#include "intake_world.h"

namespace vonggac::test {
namespace {

class ImportTemplate : public IntakeWorld {
 protected:
  static sheet::Table read_table(const base::Bytes& file) {
    auto read = sheet::read_sheet(file, {});
    EXPECT_TRUE(std::holds_alternative<sheet::Table>(read));
    return std::holds_alternative<sheet::Table>(read) ? std::get<sheet::Table>(read) : sheet::Table{};
  }
};

TEST_P(ImportTemplate, EachColumnIsKnownAndStandsOnce) {
  const auto book = sheet::write_workbook(intake::import_template_sheets());
  ASSERT_TRUE(book);
  const std::string csv = intake::import_template_csv();
  for (const sheet::Table& table : {read_table(*book), read_table(base::Bytes(csv.begin(), csv.end()))}) {
    const auto columns = intake::find_columns(table);
    ASSERT_TRUE(columns);
    EXPECT_TRUE(columns->unknown.empty() && columns->repeated.empty());
    // Latitude and longitude stand in one column of coordinates.
    EXPECT_EQ(columns->fields.size(), intake::kept_fields().size() - 2);
  }
}

TEST_P(ImportTemplate, NotFilledInIsSaidAndTheExamplesOfItsGuideAreTaken) {
  const auto empty = sheet::write_workbook(intake::import_template_sheets());
  EXPECT_FALSE(try_start(*empty).ok());
  EXPECT_NE(problems_.status().message().find("below the header"), std::string::npos);
  problems_ = {};
  const std::vector<sheet::WrittenSheet> sheets = intake::import_template_sheets();
  Lines lines{sheets[0].rows[0], {}};
  for (std::size_t i = 1; i < sheets[1].rows.size(); ++i) {
    const std::vector<std::string>& said = sheets[1].rows[i];
    // Our places are those of the tests.
    const bool place = said[0] == "Tỉnh, thành phố" || said[0] == "Xã, phường, đặc khu" || said[0] == "Khu dân cư" ||
                       said[0] == "Mã xã, phường" || said[0] == "Địa bàn";
    lines[1].push_back(place ? "" : said[1]);
  }
  within_ = ward8_;
  const auto id = start(lines);
  ASSERT_EQ(rows(id).size(), 1U);
  EXPECT_EQ(rows(id)[0].outcome, "new") << rows(id)[0].findings;
}

TEST_P(ImportTemplate, WhatIsKeptOfRowsHasWords) {
  for (const intake::Outcome one :
       {intake::Outcome::kNew, intake::Outcome::kThere, intake::Outcome::kDuplicate, intake::Outcome::kWrong}) {
    EXPECT_NE(catalogue::find_code(intake::outcome_words(), intake::outcome_key(one)), nullptr);
  }
  for (const char* choice : {"make", "skip", "merge"})
    EXPECT_NE(catalogue::find_code(intake::choice_words(), choice), nullptr);
}

INSTANTIATE_TEST_SUITE_P(sqlite, ImportTemplate, testing::Values(store::Engine::kSqlite));

}  // namespace
}  // namespace vonggac::test
