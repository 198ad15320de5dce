#include "catalogue/documents.h"

#include "catalogue/document_recipients.h"
#include "catalogue/document_schema.h"
#include "catalogue/organisations.h"
#include "unit/catalogue/party_world.h"

namespace vonggac::catalogue {
namespace {

TEST(DocumentNumbers, ThoseOfTheSeedsAndTheLawsAreRead) {
  const std::vector<std::pair<std::string, std::string>> numbers{
      {"36/KH-BCĐ138", "KE_HOACH"},
      {"111-KH/TU", "KE_HOACH"},
      {"2623/UBND-NCXDPL", ""},
      {"31/KH-UBND", "KE_HOACH"},
      {"124/2021/TT-BCA", "THONG_TU"},
      {"23/2012/TT-BCA", "THONG_TU"},
      {"48/2025/TT-BCA", "THONG_TU"},
      {"510/QĐ-BCA-V05", "QUYET_DINH"},
      {"19/2025/QĐ-TTg", "QUYET_DINH"},
      {"22/HD-BCA-V05", "HUONG_DAN"},
      {"1254/NQ-UBTVQH15", "NGHI_QUYET"},
      {"91/2025/QH15", ""},
      {"356/2025/NĐ-CP", "NGHI_DINH"},
      {"01/2022/QĐ-UBND", "QUYET_DINH"},
      {"23/CT-TTg", "CHI_THI"},
      {"12A/QĐ-UBND", "QUYET_DINH"},
      {"5Đ/BC-CAX", "BAO_CAO"},
      {"7/TTr-CAX", "TO_TRINH"},
      {"19/2025", ""},
  };
  for (const auto& [text, type] : numbers) {
    const std::optional<DocumentNumber> number = parse_document_number(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(number->text, text);
    EXPECT_EQ(number->type, type) << text;
  }
  EXPECT_EQ(parse_document_number("124/2021/TT-BCA")->year, 2021);
  EXPECT_EQ(parse_document_number("36/KH-BCĐ138")->year, std::nullopt);
}

TEST(DocumentNumbers, AreComposedAndStraightened) {
  EXPECT_EQ(parse_document_number("Số: 36 / KH\u2013BCĐ138 ")->text, "36/KH-BCĐ138");
  EXPECT_EQ(parse_document_number("36/KH-BC\u00D0138")->text, "36/KH-BCĐ138") << "the Icelandic letter";
  EXPECT_EQ(parse_document_number("9/U\u031B-A")->text, "9/Ư-A") << "decomposed";
}

TEST(DocumentNumbers, WhatIsNoNumberIsRefused) {
  for (const char* wrong :
       {"", "3/TTrx", "KH-BCĐ138", "36", "36/", "/KH", "36/kh-bcđ138", "36//KH", "36/KH-", "36/KH UBND",
        "36/KHKHKHKHKHKHK", "36/KH-BCĐ138!", "Chỉ thị số 09", "36AB/KH", "3Ư/KH", "36/KH\u200B-BCĐ138"}) {
    EXPECT_FALSE(parse_document_number(wrong)) << wrong;
  }
  EXPECT_FALSE(parse_document_number(std::string(5000, '1') + "/KH"));
}

const std::vector<store::Migration> kDocumentSteps{{5, "documents", kDocumentSchema}};

class DocumentTest : public PartyWorld {
 protected:
  DocumentTest() : PartyWorld(kDocumentSteps) {}
  void SetUp() override {
    PartyWorld::SetUp();
    province_ = area("TINH", "Đồng Nai", std::nullopt, kWorldBegins, "75");
    ward_ = area("PHUONG", "Đồng Xoài", province_, kWorldBegins, "25195");
  }
  DocumentForm form(const std::string& number, const std::string& title, std::optional<Day> day = std::nullopt) {
    DocumentForm form;
    form.number = number;
    form.title = title;
    form.issuer = "UBND tỉnh";
    form.day = day;
    form.area = province_;
    return form;
  }
  DocumentId add(const DocumentForm& form) {
    return make([&](store::WriteSession& s) { return add_document(s, form, problems_); });
  }
  base::Status try_add(const DocumentForm& form) {
    return write([&](store::WriteSession& s) { return add_document(s, form, problems_).error(); });
  }
  base::Status link(const DocumentId& from, const char* kind, const DocumentId& to) {
    return write([&](store::WriteSession& s) { return link_documents(s, from, kind, to, problems_); });
  }
  Document get(const DocumentId& id) {
    return *read([&](store::Reader& s) { return document_by_id(s, id); });
  }
  PartyId organisation(const std::string& name, AreaId area) {
    OrganisationForm form;
    form.kind = "UBND";
    form.level = "XA";
    form.party.name = name;
    form.party.area = area;
    form.party.from = kWorldBegins;
    return make([&](store::WriteSession& s) { return add_organisation(s, form, problems_); });
  }

  AreaId province_, ward_;
};

TEST_P(DocumentTest, ANumberIsUniqueForItsIssuerAndYear) {
  const DocumentId id = add(form("31/KH-UBND", "Kế hoạch phát động phong trào thi đua", Day::of(2023, 2, 2)));
  EXPECT_EQ(get(id).year, 2023);
  EXPECT_EQ(get(id).type, "KE_HOACH");
  DocumentForm same = form("số 31 / KH–UBND", "Nhập lại", Day::of(2023, 5, 1));
  same.issuer = "Ubnd Tỉnh";
  EXPECT_TRUE(refused(try_add(same)));
  same.day = Day::of(2024, 2, 2);
  EXPECT_TRUE(try_add(same).ok()) << "another year";
  same.day = Day::of(2023, 5, 1);
  same.issuer = "UBND thành phố";
  EXPECT_TRUE(try_add(same).ok()) << "another issuer";
  EXPECT_EQ(read([&](store::Reader& s) { return documents_by_number(s, "31/KH-UBND"); }).size(), 3U);
}

TEST_P(DocumentTest, S0ThePlanWithoutADayIsKeptWithItsYear) {
  DocumentForm plan = form("36/KH-BCĐ138", "Kế hoạch xây dựng phong trào toàn dân bảo vệ an ninh Tổ quốc năm 2020");
  plan.year = 2020;
  const Document kept = get(add(plan));
  EXPECT_EQ(kept.day, std::nullopt);
  EXPECT_EQ(kept.year, 2020);
  EXPECT_TRUE(refused(try_add(plan)));
}

TEST_P(DocumentTest, S1TheDirectiveChainIsAGraph) {
  DocumentForm party = form("111-KH/TU", "Kế hoạch của Ban Thường vụ Tỉnh ủy", Day::of(2019, 9, 23));
  party.issuer = "Ban Thường vụ Tỉnh ủy";
  const DocumentId plan = add(party);
  DocumentForm letter = form("2623/UBND-NCXDPL", "Tiếp tục thực hiện phong trào", Day::of(2019, 10, 9));
  letter.signer_role = "Chủ tịch UBND tỉnh";
  const DocumentId official = add(letter);
  EXPECT_EQ(get(official).type, "CONG_VAN");
  const DocumentId commune = add(form("15/KH-UBND", "Kế hoạch của xã", Day::of(2019, 11, 1)));
  ASSERT_TRUE(link(official, "IMPLEMENTS", plan).ok());
  ASSERT_TRUE(link(commune, "IMPLEMENTS", official).ok());
  EXPECT_EQ(read([&](store::Reader& s) { return basis_of(s, commune); }), (std::vector<DocumentId>{official, plan}));
  EXPECT_EQ(read([&](store::Reader& s) { return edges_of(s, official); }).size(), 2U);
  EXPECT_TRUE(refused(link(plan, "AMENDS", commune))) << "a circle over edges of another kind";
  EXPECT_TRUE(refused(link(plan, "IMPLEMENTS", plan)));
  EXPECT_TRUE(refused(link(commune, "LIKES", plan)));
}

TEST_P(DocumentTest, WhatIsSupersededEndsOnTheDayOfTheNewOne) {
  DocumentForm old_form = form("23/2012/TT-BCA", "Thông tư 23", Day::of(2012, 4, 27));
  old_form.issuer = "Bộ Công an";
  const DocumentId old = add(old_form);
  DocumentForm new_form = form("124/2021/TT-BCA", "Thông tư 124", Day::of(2021, 12, 28));
  new_form.issuer = "Bộ Công an";
  const DocumentId now = add(new_form);
  EXPECT_EQ(get(old).valid_to, kOpenEnd);
  ASSERT_TRUE(link(now, "SUPERSEDES", old).ok());
  EXPECT_EQ(get(old).valid_to, Day::of(2021, 12, 28));
  ASSERT_TRUE(link(old, "IMPLEMENTS", add(form("9/CT-TTg", "Sau", Day::of(2020, 1, 1)))).ok());
  EXPECT_EQ(problems_.all().size(), 1U) << "warned that it rests on something younger";
}

TEST_P(DocumentTest, WhatIsWrongIsToldAtOnce) {
  DocumentForm wrong = form("ba mươi sáu", "");
  wrong.issuer = "";
  wrong.file_sha256 = "abc";
  EXPECT_TRUE(refused(try_add(wrong)));
  EXPECT_EQ(problems_.all().size(), 4U);
  EXPECT_TRUE(refused(try_add(form("124/2021/TT-BCA", "Sai năm", Day::of(2020, 1, 1)))));
  DocumentForm ended = form("5/KH-UBND", "Hết hiệu lực trước khi ban hành", Day::of(2020, 1, 1));
  ended.last = Day::of(2019, 1, 1);
  EXPECT_TRUE(refused(try_add(ended)));
  DocumentForm other = form("5/QĐ-UBND", "Gọi là kế hoạch", Day::of(2020, 1, 1));
  other.type = "KE_HOACH";
  EXPECT_TRUE(try_add(other).ok());
  EXPECT_EQ(problems_.all().size(), 1U) << "the mark is that of a decision: a warning";
}

TEST_P(DocumentTest, MinutesNeedNoNumber) {
  DocumentForm minutes = form("", "Biên bản ra mắt mô hình", Day::of(2025, 3, 1));
  EXPECT_TRUE(refused(try_add(minutes))) << "a number is asked of everything else";
  minutes.type = "BIEN_BAN";
  const DocumentId id = add(minutes);
  EXPECT_EQ(get(id).number, "");
  EXPECT_TRUE(try_add(minutes).ok()) << "several of them";
  minutes.title = "Biên bản ra mắt, sửa lại";
  EXPECT_TRUE(write([&](store::WriteSession& s) { return amend_document(s, id, minutes, problems_); }).ok());
}

TEST_P(DocumentTest, AreFoundByNumberTitleAndIssuer) {
  add(form("31/KH-UBND", "Phát động phong trào thi đua", Day::of(2023, 2, 2)));
  DocumentForm other = form("8/KH-UBND", "Kế hoạch của phường", Day::of(2024, 2, 2));
  other.area = ward_;
  add(other);
  const auto found = [&](const char* query, const ScopeFilter& scope) {
    return read([&](store::Reader& s) { return find_documents(s, query, scope, Day::of(2025, 1, 1)); }).size();
  };
  EXPECT_EQ(found("31 kh ubnd", ScopeFilter::all()), 1U);
  EXPECT_EQ(found("phong trao thi dua", ScopeFilter::of(province_)), 1U);
  EXPECT_EQ(found("phong trao thi dua", ScopeFilter::of(ward_)), 0U);
  EXPECT_EQ(found("ke hoach phuong", ScopeFilter::of(ward_)), 1U);
  const DocumentPage page =
      read([&](store::Reader& s) { return list_documents(s, ScopeFilter::of(province_), Day::of(2025, 1, 1), {}, 1); });
  ASSERT_TRUE(page.next);
  EXPECT_EQ(read([&](store::Reader& s) {
              return list_documents(s, ScopeFilter::of(province_), Day::of(2025, 1, 1), *page.next, 5);
            }).documents.size(),
            1U);
}

TEST_P(DocumentTest, S1AddresseesReportUntilTheirDay) {
  const DocumentId letter = add(form("2623/UBND-NCXDPL", "Chỉ đạo", Day::of(2019, 10, 9)));
  const PartyId ward = organisation("UBND phường Đồng Xoài", ward_), other = organisation("UBND tỉnh", province_);
  const Day due = Day::of(2019, 12, 15);
  const auto send = [&](const PartyId& to, std::optional<Day> until) {
    return write([&](store::WriteSession& s) { return add_recipient(s, letter, to, until, problems_).error(); });
  };
  ASSERT_TRUE(send(ward, due).ok());
  ASSERT_TRUE(send(other, std::nullopt).ok());
  EXPECT_TRUE(refused(send(ward, due))) << "twice";
  const std::vector<Recipient> sent = read([&](store::Reader& s) { return recipients_of(s, letter); });
  ASSERT_EQ(sent.size(), 2U);
  const Recipient& reporter = sent[0].organisation == ward ? sent[0] : sent[1];
  EXPECT_FALSE(reporter.overdue(due));
  EXPECT_TRUE(reporter.overdue(due + 1));
  const auto overdue = [&](Day day, const ScopeFilter& scope) {
    return read([&](store::Reader& s) { return overdue_recipients(s, scope, day); }).size();
  };
  EXPECT_EQ(overdue(due, ScopeFilter::all()), 0U);
  EXPECT_EQ(overdue(due + 1, ScopeFilter::of(ward_)), 1U) << "who is told for information owes nothing";
  const DocumentId reply = add(form("77/BC-UBND", "Báo cáo kết quả", due + 2));
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return note_report(s, reporter.id, due + 2, reply, "chậm 2 ngày", problems_);
              }).ok());
  EXPECT_EQ(overdue(due + 3, ScopeFilter::all()), 0U);
  EXPECT_TRUE(refused(write(
      [&](store::WriteSession& s) { return note_report(s, reporter.id, Day::of(2019, 1, 1), reply, "", problems_); })));
}

INSTANTIATE_TEST_SUITE_P(sqlite, DocumentTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, DocumentTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
