#include "catalogue/folding.h"

#include <gtest/gtest.h>

#include "catalogue/day.h"
#include "catalogue/spelling.h"
#include "catalogue/typed_text.h"

namespace vonggac::catalogue {
namespace {

TEST(Fold, TakesOffToneMarksAccentsAndCase) {
  EXPECT_EQ(fold("Tổ 5, Phường Xuân Hà"), "to 5 phuong xuan ha");
  EXPECT_EQ(fold("ĐẶC KHU PHÚ QUỐC"), "dac khu phu quoc");
  EXPECT_EQ(fold("Ấp Vĩnh Lợi – khu vực 2/9"), "ap vinh loi khu vuc 2 9");
  // Every lower and upper letter of Vietnamese that carries a mark.
  EXPECT_EQ(fold("ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ"),
            std::string(17, 'a') + std::string(17, 'o') + std::string(11, 'e') + std::string(11, 'u') +
                std::string(5, 'i') + std::string(5, 'y') + "d");
  EXPECT_EQ(fold("ẠẢÃÀÁÂẬẦẤẨẪĂẮẰẶẲẴÓÒỌÕỎÔỘỔỖỒỐƠỜỚỢỞỠÉÈẺẸẼÊẾỀỆỂỄÚÙỤỦŨƯỰỮỬỪỨÍÌỊỈĨÝỲỶỴỸĐ"),
            std::string(17, 'a') + std::string(17, 'o') + std::string(11, 'e') + std::string(11, 'u') +
                std::string(5, 'i') + std::string(5, 'y') + "d");
}

TEST(Fold, OldAndNewPlacesOfToneMarksAndDecomposedTextAreOne) {
  EXPECT_EQ(fold("Khánh Hoà"), fold("Khánh Hòa"));
  EXPECT_EQ(fold("Khánh Hòa"), fold("Kha\u0301nh Ho\u0300a"));
  EXPECT_EQ(fold("Thuỷ"), fold("Thủy"));
}

TEST(Fold, WhatIsNotUtf8IsABlank) { EXPECT_EQ(fold("a\xff\xc3 b\xe1\xba"), "a b"); }

TEST(Spell, KeepsApartWhatAToneOrAnAccentTellsApart) {
  EXPECT_EQ(spell("Phường Hoà"), "phu+o+ng\\ hoa\\");
  EXPECT_EQ(spell("Hoà"), spell("HÒA"));
  EXPECT_EQ(spell("Thuỷ Nguyên"), spell("Thủy Nguye\u0302n"));
  EXPECT_EQ(spell("Đường"), spell("đu\u031Bo\u031B\u0300ng"));
  EXPECT_NE(spell("Đông"), spell("Đồng"));
  EXPECT_NE(spell("Đông"), spell("Dông"));
  EXPECT_NE(spell("Tân"), spell("Tấn"));
  EXPECT_NE(spell("Hòa An"), spell("Hoa Àn"));
  EXPECT_EQ(spell("Ap 12, khu-A"), fold("Ap 12, khu-A"));
  EXPECT_TRUE(has_marks("Ấp 2"));
  EXPECT_FALSE(has_marks("Ap 2"));
}

TEST(Spell, WithoutItsMarksItIsWhatFoldingGives) {
  for (const char* text :
       {"Tổ 5, Phường Xuân Hà", "ĐẶC KHU PHÚ QUỐC", "a\xff\xc3 b\xe1\xba", "Kha\u0301nh Ho\u0300a"}) {
    std::string bare = spell(text);
    std::erase_if(bare, [](char c) { return std::string_view("^(+-\\?~/.").find(c) != std::string_view::npos; });
    EXPECT_EQ(bare, fold(text)) << text;
  }
}

TEST(SearchWords, ShortFormsStandForTheirWords) {
  const auto words = search_words("to 5 p xuan ha");
  EXPECT_TRUE(matches(fold("Tổ dân phố 5 Phường Xuân Hà Thành phố Đà Nẵng"), words));
  EXPECT_FALSE(matches(fold("Tổ dân phố 57 Phường Xuân Hà"), words)) << "a number is meant whole";
  EXPECT_FALSE(matches(fold("Tổ dân phố 5 Phường Xuân Phú"), words));
  EXPECT_TRUE(matches(fold("Tổ dân phố 3 Phường 8"), search_words("tdp3 p8")));
  EXPECT_TRUE(matches(fold("Khu phố 2 Phường Bến Nghé Thành phố Hồ Chí Minh"), search_words("KP 2 ben nghe tphcm")));
  EXPECT_TRUE(matches(fold("Phường Bạc Liêu"), search_words("bac lie"))) << "the beginning of a word is enough";
}

TEST(Day, ReadsWhatPeopleWrite) {
  EXPECT_EQ(Day::parse("1/7/2025")->number, kTwoLevelsSince.number);
  EXPECT_EQ(Day::parse("2025-07-01")->iso(), "2025-07-01");
  EXPECT_EQ(Day::parse("31/12/9999")->number, kOpenEnd.number);
  EXPECT_EQ(kTwoLevelsSince.local(), "01/07/2025");
  for (const char* wrong :
       {"", "30/2/2024", "1/13/2024", "2024-1", "1/1/24x", "a/b/c", "-1/1/2024", "1//2024", "0/1/2024"}) {
    EXPECT_FALSE(Day::parse(wrong)) << wrong;
  }
}

TEST(Day, BeginsAtMidnightInVietNam) {
  EXPECT_EQ(Day::at(*base::parse_iso8601("2025-06-30T16:59:59Z")).iso(), "2025-06-30");
  EXPECT_EQ(Day::at(*base::parse_iso8601("2025-06-30T17:00:00Z")).iso(), "2025-07-01");
  EXPECT_EQ(Day::at(base::WallTime{-1}).iso(), "1970-01-01");
  EXPECT_EQ(Day::at(base::WallTime{-8LL * 3600 * 1'000'000}).iso(), "1969-12-31");
}

TEST(CleanText, ComposesAndTrimsAndRefusesWhatHides) {
  EXPECT_EQ(clean_text("  Kha\u0301nh \u00a0 Hòa "), "Khánh Hòa");
  EXPECT_EQ(clean_text(""), "");
  for (const char* wrong : {"a\u202eb", "a\u200bb", "a\nb", "\xff", "a\u2028b", "\xed\xa0\x80"})
    EXPECT_FALSE(clean_text(wrong)) << wrong;
  EXPECT_EQ(character_count("Đà Nẵng"), 7U);
}

}  // namespace
}  // namespace vonggac::catalogue
