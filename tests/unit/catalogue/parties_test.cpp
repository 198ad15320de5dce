#include "catalogue/committees.h"
#include "catalogue/force_teams.h"
#include "catalogue/form_text.h"
#include "catalogue/organisations.h"
#include "unit/catalogue/party_world.h"

namespace vonggac::catalogue {
namespace {

TEST(PhoneNumbers, V27AreKeptInOneForm) {
  EXPECT_EQ(normal_phone("0912345678"), "0912345678");
  EXPECT_EQ(normal_phone("0912 345 678"), "0912345678");
  EXPECT_EQ(normal_phone("(0290)-382.2222"), std::nullopt) << "V27 knows ten digits";
  EXPECT_EQ(normal_phone("+84 912.345.678"), "0912345678");
  for (const char* wrong : {"", "912345678", "84912345678", "+84 0912345678", "+85912345678", "091234567",
                            "09123456789", "0912345678x", "++84912345678", "0912+345678"}) {
    EXPECT_EQ(normal_phone(wrong), std::nullopt) << wrong;
  }
}

class PartyTest : public PartyWorld {
 protected:
  void SetUp() override {
    PartyWorld::SetUp();
    province_ = area("TINH", "Cà Mau", std::nullopt, kWorldBegins, "96");
    ward_ = area("PHUONG", "Bạc Liêu", province_, kWorldBegins, "31825");
    other_ward_ = area("PHUONG", "Vĩnh Trạch", province_, kWorldBegins, "31834");
    khom_ = area("KHOM", "3", ward_, kWorldBegins);
  }
  PartyId person(const std::string& name, const std::string& phone = "", std::optional<AreaId> area = std::nullopt) {
    PartyForm form;
    form.name = name;
    form.phone = phone;
    form.area = area;
    return make([&](store::WriteSession& s) { return add_party(s, "PERSON", form, problems_); });
  }
  base::Status try_person(const PartyForm& form) {
    return write([&](store::WriteSession& s) { return add_party(s, "PERSON", form, problems_).error(); });
  }
  std::vector<std::string> found(const std::string& query, const ScopeFilter& scope = ScopeFilter::all()) {
    std::vector<std::string> names;
    for (const Party& p : read([&](store::Reader& s) { return find_parties(s, query, scope, today()); })) {
      names.push_back(p.name);
    }
    return names;
  }
  Day today() const { return Day::at(clock_.wall); }
  OrganisationForm body(const std::string& kind, const std::string& level, const std::string& name, AreaId area,
                        std::optional<Day> from = std::nullopt, std::optional<Day> to = std::nullopt) {
    OrganisationForm form;
    form.kind = kind;
    form.level = level;
    form.party.name = name;
    form.party.area = area;
    form.party.from = from;
    form.party.to = to;
    return form;
  }
  PartyId organisation(const OrganisationForm& form) {
    return make([&](store::WriteSession& s) { return add_organisation(s, form, problems_); });
  }

  AreaId province_, ward_, other_ward_, khom_;
};

TEST_P(PartyTest, V27APhoneNumberIsCheckedAndNormal) {
  const PartyId id = person("Nguyễn Văn A", "+84 912 345 678", khom_);
  EXPECT_EQ(read([&](store::Reader& s) { return party_by_id(s, id); })->phone, "0912345678");
  PartyForm form;
  form.name = "Trần Thị B";
  form.phone = "12345";
  EXPECT_TRUE(refused(try_person(form), "V27"));
  EXPECT_EQ(found("0912.345.678"), (std::vector<std::string>{"Nguyễn Văn A"}));
}

TEST_P(PartyTest, NumbersOfIdentityPapersAreNotKept) {
  PartyForm form;
  form.name = "Nguyễn Văn A";
  form.notes = "CCCD 079123456789, gặp buổi sáng";
  EXPECT_TRUE(refused(try_person(form)));
  form.notes = "CMND 012345678";
  EXPECT_TRUE(refused(try_person(form)));
  form.notes = "gọi thêm 0912345678";
  EXPECT_TRUE(try_person(form).ok());
}

TEST_P(PartyTest, WhatChangesIsToldWithoutNamesOrNumbers) {
  person("Nguyễn Văn Kín", "0912345678", khom_);
  const store::OutboxRow last = outbox().back();
  EXPECT_EQ(last.topic, "party.changed");
  EXPECT_EQ(last.body.find("Kín"), std::string::npos);
  EXPECT_EQ(last.body.find("0912"), std::string::npos);
}

TEST_P(PartyTest, ArePeopleFoundHoweverTheirNameIsTyped) {
  person("Nguyễn Thị Hòa", "", khom_);
  person("Trần Văn Đức", "", other_ward_);
  EXPECT_EQ(found("nguyen hoa"), (std::vector<std::string>{"Nguyễn Thị Hòa"}));
  EXPECT_EQ(found("HOÀ"), (std::vector<std::string>{"Nguyễn Thị Hòa"}));
  EXPECT_EQ(found("duc"), (std::vector<std::string>{"Trần Văn Đức"}));
  EXPECT_TRUE(found("").empty());
  EXPECT_TRUE(found("duc", ScopeFilter::of(ward_)).empty()) << "lives in another ward";
  EXPECT_EQ(found("duc", ScopeFilter::of(province_)).size(), 1U);
  EXPECT_TRUE(found("duc", ScopeFilter{}).empty()) << "no area at all shows nothing";
}

TEST_P(PartyTest, WordsThatThousandsHaveStillFindWhoIsMeant) {
  // More than any search begins with: 4,000 of one name in the ward, and one person in the other.
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                PartyForm form;
                form.area = khom_;
                for (int i = 0; i < 4050; ++i) {
                  form.name = "Nguyễn Văn Số " + std::to_string(i);
                  VG_TRY(add_party(s, "PERSON", form, problems_).error());
                }
                form.name = "Nguyễn Văn Út";
                form.area = other_ward_;
                return add_party(s, "PERSON", form, problems_).error();
              }).ok());
  EXPECT_EQ(found("nguyen van", ScopeFilter::of(other_ward_)), (std::vector<std::string>{"Nguyễn Văn Út"}));
  EXPECT_EQ(found("nguyen van so 17"), (std::vector<std::string>{"Nguyễn Văn Số 17"}));
  EXPECT_EQ(found("nguyen van").size(), 20U);
}

TEST_P(PartyTest, PagesGoOnWhereTheLastOneEnded) {
  for (int i = 0; i < 7; ++i) person("Cùng Tên", "", khom_);
  person("Ánh", "", khom_);
  person("Ở nơi khác", "", other_ward_);
  std::vector<base::Uuid> seen;
  std::optional<PageMark> next = PageMark{};
  int pages = 0;
  while (next) {
    const PartyPage page =
        read([&](store::Reader& s) { return list_parties(s, "PERSON", ScopeFilter::of(ward_), today(), *next, 3); });
    for (const Party& p : page.parties) seen.push_back(p.id);
    next = page.next;
    ++pages;
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen.size(), 8U);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end()) << "nobody twice";
}

TEST_P(PartyTest, APartyOfAMergedAreaIsFoundUnderWhatItBecame) {
  person("Lê Văn Cũ", "", other_ward_);
  const Day day = Day::of(2025, 7, 1);
  MergeForm form;
  form.sources = {other_ward_};
  form.into = ward_;
  form.basis = "NQ 1655";
  make([&](store::WriteSession& s) { return merge_areas(s, form, day, problems_); });
  EXPECT_EQ(found("le van cu", ScopeFilter::of(ward_)).size(), 1U);
}

TEST_P(PartyTest, AmendedAndEndedPartiesKeepTheirRow) {
  const PartyId id = person("Nguyễn Văn A", "0912345678", khom_);
  PartyForm form;
  form.name = "Nguyễn Văn An";
  form.area = khom_;
  ASSERT_TRUE(write([&](store::WriteSession& s) { return amend_party(s, id, form, problems_); }).ok());
  EXPECT_EQ(found("an"), (std::vector<std::string>{"Nguyễn Văn An"}));
  EXPECT_EQ(read([&](store::Reader& s) { return party_by_id(s, id); })->phone, std::nullopt);
  EXPECT_TRUE(refused(write([&](store::WriteSession& s) { return end_party(s, id, today(), problems_); })))
      << "it would have no day";
  clock_.wall = clock_.wall + std::chrono::hours(48);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return end_party(s, id, today(), problems_); }).ok());
  EXPECT_TRUE(found("an").empty());
  EXPECT_TRUE(read([&](store::Reader& s) { return party_by_id(s, id); }).has_value());
}

TEST_P(PartyTest, AHouseholdLivesInAResidentialArea) {
  HouseholdForm form;
  form.party.name = "Hộ ông Nguyễn Văn A";
  form.party.area = ward_;
  form.head = person("Nguyễn Văn A", "", khom_);
  form.business = true;
  const auto add = [&] {
    return write([&](store::WriteSession& s) { return add_household(s, form, problems_).error(); });
  };
  EXPECT_TRUE(refused(add())) << "a ward is no residential area";
  form.party.area = khom_;
  const PartyId id = make([&](store::WriteSession& s) { return add_household(s, form, problems_); });
  const std::optional<Household> household = read([&](store::Reader& s) { return household_by_id(s, id); });
  EXPECT_TRUE(household->business);
  EXPECT_EQ(household->head, form.head);
  EXPECT_EQ(household->party.kind, "HOUSEHOLD");
  form.head = id;
  EXPECT_TRUE(refused(add())) << "its head is a person";
}

TEST_P(PartyTest, AUnitHasAKindAHeadAndPeople) {
  UnitForm form;
  form.party.name = "Trường THCS Trần Huỳnh";
  form.party.area = ward_;
  form.kind = "NHA_TRUONG";
  form.head = person("Hiệu trưởng", "", khom_);
  form.people = 85;
  const PartyId id = make([&](store::WriteSession& s) { return add_unit(s, form, problems_); });
  EXPECT_EQ(read([&](store::Reader& s) { return unit_by_id(s, id); })->people, 85);
  form.kind = "QUAN_CA_PHE";
  form.people = -1;
  EXPECT_TRUE(refused(write([&](store::WriteSession& s) { return amend_unit(s, id, form, problems_); })));
  EXPECT_EQ(problems_.all().size(), 2U) << "all that is wrong at once";
  form.kind = "CO_QUAN";
  form.people = 90;
  EXPECT_TRUE(write([&](store::WriteSession& s) { return amend_unit(s, id, form, problems_); }).ok());
}

TEST_P(PartyTest, AnOrganisationIsSucceededAndDistrictsEnd) {
  const Day reform = kTwoLevelsSince;
  OrganisationForm district = body("CONG_AN", "HUYEN", "Công an thành phố Bạc Liêu", ward_, kWorldBegins);
  const auto add = [&](const OrganisationForm& form) {
    return write([&](store::WriteSession& s) { return add_organisation(s, form, problems_).error(); });
  };
  EXPECT_TRUE(refused(add(district))) << "a district body without an end";
  district.party.to = reform;
  const PartyId old = organisation(district);
  const PartyId next = organisation(body("CONG_AN", "XA", "Công an phường Bạc Liêu", ward_, reform));
  ASSERT_TRUE(
      write([&](store::WriteSession& s) { return succeed_organisation(s, old, next, reform, problems_); }).ok());
  const auto in_charge = [&](Day day) {
    return read([&](store::Reader& s) { return organisation_in_charge(s, old, day); });
  };
  EXPECT_EQ(in_charge(reform - 1), old);
  EXPECT_EQ(in_charge(reform), next);
  EXPECT_EQ(in_charge(kWorldBegins - 1), std::nullopt);
  EXPECT_TRUE(refused(write([&](store::WriteSession& s) {
    return succeed_organisation(s, next, old, reform + 10, problems_);
  }))) << "a circle";
  EXPECT_TRUE(refused(add(body("BAN_NHAC", "XA", "Ban nhạc", ward_))));
}

class ForceTest : public PartyTest {
 protected:
  ForceTeamForm force(const std::string& kind, AreaId area, std::int64_t people, Day from, std::optional<Day> to) {
    ForceTeamForm form;
    form.kind = kind;
    form.name = "Tổ của phường";
    form.areas = {area};
    form.people = people;
    form.from = from;
    form.to = to;
    return form;
  }
  std::vector<ForceCount> counts(Day day, const ScopeFilter& scope = ScopeFilter::all()) {
    return read([&](store::Reader& s) { return force_counts(s, scope, day); });
  }
};

TEST_P(ForceTest, S4FiguresOfKhanhHoaComeFromTheRecords) {
  // 97 teams with 937 people, 40 boards with 1,856, 287 teams of guards: spread as evenly as they go.
  const Day y2017 = Day::of(2017, 1, 1);
  const AreaId ninh_hoa = area("TINH", "Khánh Hòa", std::nullopt, kWorldBegins, "56");
  UnitForm unit;
  unit.kind = "DOANH_NGHIEP";
  unit.party.name = "Doanh nghiệp có đội bảo vệ";
  unit.party.area = ninh_hoa;
  unit.party.from = y2017;
  const PartyId firm = make([&](store::WriteSession& s) { return add_unit(s, unit, problems_); });
  const auto spread = [&](store::WriteSession& s, const char* kind, std::int64_t teams,
                          std::int64_t people) -> base::Status {
    for (std::int64_t i = 0; i < teams; ++i) {
      ForceTeamForm form = force(kind, ninh_hoa, people / teams + (i < people % teams ? 1 : 0), y2017, kOneForceSince);
      if (form.kind == "BAO_VE_CO_QUAN") {
        form.unit = firm;
        form.people.reset();
      }
      VG_TRY(add_force_team(s, form, problems_).error());
    }
    return {};
  };
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_TRY(spread(s, "CONG_AN_XA", 97, 937));
                VG_TRY(spread(s, "BAO_VE_DAN_PHO", 40, 1856));
                return spread(s, "BAO_VE_CO_QUAN", 287, 0);
              }).ok());
  const std::vector<ForceCount> told = counts(Day::of(2018, 12, 31), ScopeFilter::of(ninh_hoa));
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].kind, "BAO_VE_CO_QUAN");
  EXPECT_EQ(told[0].teams, 287);
  EXPECT_EQ(told[0].without_headcount, 287) << "nobody told how many guards there are";
  EXPECT_EQ(told[1].kind, "BAO_VE_DAN_PHO");
  EXPECT_EQ(told[1].teams, 40);
  EXPECT_EQ(told[1].people, 1856);
  EXPECT_EQ(told[2].kind, "CONG_AN_XA");
  EXPECT_EQ(told[2].teams, 97);
  EXPECT_EQ(told[2].people, 937);
  EXPECT_EQ(told[2].without_headcount, 0);
  EXPECT_TRUE(counts(Day::of(2018, 12, 31), ScopeFilter::of(province_)).empty()) << "another province";
  EXPECT_TRUE(counts(kOneForceSince, ScopeFilter::of(ninh_hoa)).empty()) << "historic forces ended";
}

TEST_P(ForceTest, HistoricForcesEndWithJune2024AndTheNewOneBegins) {
  const auto add = [&](const ForceTeamForm& form) {
    return write([&](store::WriteSession& s) { return add_force_team(s, form, problems_).error(); });
  };
  const Day y2020 = Day::of(2020, 1, 1);
  EXPECT_TRUE(refused(add(force("BAO_VE_DAN_PHO", ward_, 12, y2020, std::nullopt))));
  EXPECT_NE(problems_.all().front().sentence.vi.find("30/06/2024"), std::string::npos);
  EXPECT_TRUE(refused(add(force("TO_BVANTT", khom_, 3, y2020, std::nullopt))));
  EXPECT_TRUE(add(force("TO_BVANTT", khom_, 3, kOneForceSince, std::nullopt)).ok());
  EXPECT_TRUE(refused(add(force("BAO_VE_CO_QUAN", ward_, 3, y2020, std::nullopt)))) << "of which agency?";
}

TEST_P(ForceTest, HeadcountsAreTrueFromTheirDayOn) {
  const TeamId team = make([&](store::WriteSession& s) {
    return add_force_team(s, force("TO_BVANTT", khom_, 3, kOneForceSince, std::nullopt), problems_);
  });
  const auto count = [&](std::int64_t people, Day day) {
    return write([&](store::WriteSession& s) { return count_force(s, team, people, day, problems_); });
  };
  ASSERT_TRUE(count(5, Day::of(2025, 1, 1)).ok());
  ASSERT_TRUE(count(4, Day::of(2025, 1, 1)).ok()) << "mended";
  EXPECT_TRUE(refused(count(5, kOneForceSince - 1)));
  EXPECT_TRUE(refused(count(-5, Day::of(2025, 1, 2))));
  const auto on = [&](Day day) { return read([&](store::Reader& s) { return headcount(s, team, day); }); };
  EXPECT_EQ(on(Day::of(2024, 12, 31)), 3);
  EXPECT_EQ(on(Day::of(2025, 1, 1)), 4);
  EXPECT_EQ(on(kOneForceSince - 1), std::nullopt);
}

TEST_P(ForceTest, MembersComeAndGo) {
  const TeamId team = make([&](store::WriteSession& s) {
    return add_force_team(s, force("TO_BVANTT", khom_, 3, kOneForceSince, std::nullopt), problems_);
  });
  const PartyId someone = person("Lý Thành Viên", "", khom_);
  const auto join = [&](Day day) {
    return make(
        [&](store::WriteSession& s) { return add_force_member(s, team, someone, "tổ trưởng", day, problems_); });
  };
  const base::Uuid first = join(Day::of(2024, 8, 1));
  EXPECT_TRUE(refused(write([&](store::WriteSession& s) {
    return add_force_member(s, team, someone, "tổ viên", Day::of(2024, 9, 1), problems_).error();
  }))) << "twice";
  ASSERT_TRUE(write([&](store::WriteSession& s) { return end_force_member(s, first, Day::of(2024, 10, 1)); }).ok());
  join(Day::of(2025, 1, 1));
  const auto on = [&](Day day) { return read([&](store::Reader& s) { return force_members(s, team, day); }).size(); };
  EXPECT_EQ(on(Day::of(2024, 9, 30)), 1U);
  EXPECT_EQ(on(Day::of(2024, 10, 1)), 0U);
  EXPECT_EQ(on(Day::of(2025, 1, 1)), 1U);
  const ForceTeamPage page =
      read([&](store::Reader& s) { return list_force_teams(s, ScopeFilter::of(ward_), Day::of(2025, 1, 1), {}, 10); });
  EXPECT_EQ(page.teams.size(), 1U) << "a team of a khóm is a team of its ward";
  ASSERT_TRUE(
      write([&](store::WriteSession& s) { return end_force_team(s, team, Day::of(2025, 6, 1), problems_); }).ok());
  EXPECT_EQ(on(Day::of(2025, 6, 1)), 0U) << "members leave with their team";
}

class CommitteeTest : public PartyTest {
 protected:
  CommitteeForm committee(const std::string& level, AreaId area, std::optional<Day> to = std::nullopt) {
    CommitteeForm form;
    form.organisation = body("BCD138", level, "Ban Chỉ đạo 138", area, Day::of(2016, 1, 1), to);
    return form;
  }
};

TEST_P(CommitteeTest, G7V21ACommitteeForEachAreaIsSilentAndAMissingOneIsWarnedOf) {
  // One province, 8 districts, 97 communes and 40 wards: 146 committees.
  const Day end = kTwoLevelsSince;
  const AreaId khanh_hoa = area("TINH", "Khánh Hòa", std::nullopt, kWorldBegins, "56");
  std::vector<std::pair<AreaId, std::string>> places{{khanh_hoa, "TINH"}};
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                places.resize(1);
                for (int i = 0; i < 8; ++i) {
                  AreaForm form;
                  form.type = "HUYEN";
                  form.name = "Huyện thử " + std::to_string(i);
                  form.parent = khanh_hoa;
                  form.to = end;
                  VG_ASSIGN(const AreaId district, add_area(s, form, kWorldBegins, problems_));
                  places.emplace_back(district, "HUYEN");
                  for (int j = 0; j < (i == 0 ? 18 : 17); ++j) {
                    form.parent = district;
                    form.type = places.size() % 4 == 0 ? "PHUONG" : "XA";
                    form.name = "Thử " + std::to_string(i) + "." + std::to_string(j);
                    VG_ASSIGN(const AreaId commune, add_area(s, form, kWorldBegins, problems_));
                    places.emplace_back(commune, "XA");
                    form.type = "HUYEN";
                    form.parent = khanh_hoa;
                  }
                }
                return {};
              }).ok());
  ASSERT_EQ(places.size(), 146U);
  std::vector<PartyId> made;
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                made.clear();
                for (const auto& [place, level] : places) {
                  VG_ASSIGN(const PartyId id, add_committee(s, committee(level, place, end), problems_));
                  made.push_back(id);
                }
                return {};
              }).ok());
  const Day day = Day::of(2018, 12, 31);
  const auto look = [&] {
    const ScopeFilter scope = ScopeFilter::of(khanh_hoa);
    const LevelCounts committees = read([&](store::Reader& s) { return committee_counts(s, scope, day); });
    const LevelCounts areas = read([&](store::Reader& s) { return area_counts(s, scope, day); });
    problems_ = Problems();
    check_committee_counts(committees, areas, problems_);
    return committees;
  };
  const LevelCounts all = look();
  EXPECT_EQ(all, (LevelCounts{1, 8, 137}));
  EXPECT_EQ(all.all(), 146);
  EXPECT_TRUE(problems_.all().empty());
  ASSERT_TRUE(write([&](store::WriteSession& s) { return end_party(s, made.back(), day, problems_); }).ok());
  EXPECT_EQ(look().all(), 145);
  EXPECT_TRUE(problems_.has("V21"));
  EXPECT_FALSE(problems_.refused()) << "a warning, not a refusal";
}

TEST_P(CommitteeTest, ACommitteeHasAStandingBodyAndOneHeadAtATime) {
  const PartyId police = organisation(body("CONG_AN", "TINH", "Công an tỉnh", province_, kWorldBegins));
  CommitteeForm form = committee("TINH", province_);
  form.standing_organisation = police;
  form.decision_number = "12/QĐ-UBND";
  const PartyId id = make([&](store::WriteSession& s) { return add_committee(s, form, problems_); });
  EXPECT_EQ(read([&](store::Reader& s) { return committee_by_id(s, id); })->standing_organisation, police);
  const Day day = Day::of(2025, 11, 1);
  const auto join = [&](const std::string& name, const char* role) {
    const PartyId who = person(name);
    return write(
        [&](store::WriteSession& s) { return add_committee_member(s, id, who, role, day, problems_).error(); });
  };
  ASSERT_TRUE(join("Chủ tịch", "TRUONG_BAN").ok());
  EXPECT_TRUE(refused(join("Một người nữa", "TRUONG_BAN")));
  EXPECT_TRUE(join("Giám đốc", "PHO_TRUONG_BAN_TT").ok());
  const std::vector<CommitteeMember> members = read([&](store::Reader& s) { return committee_members(s, id, day); });
  ASSERT_EQ(members.size(), 2U);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return end_committee_member(s, members[0].id, day + 5); }).ok());
  EXPECT_EQ(read([&](store::Reader& s) { return committee_members(s, id, day + 5); }).size(), 1U);
}

TEST_P(CommitteeTest, ItsAreaIsOfItsLevel) {
  const auto add = [&](const CommitteeForm& form) {
    return write([&](store::WriteSession& s) { return add_committee(s, form, problems_).error(); });
  };
  EXPECT_TRUE(refused(add(committee("XA", province_))));
  EXPECT_TRUE(refused(add(committee("KDC", khom_))));
  EXPECT_TRUE(refused(add(committee("HUYEN", ward_, kTwoLevelsSince))));
  EXPECT_TRUE(add(committee("XA", ward_)).ok());
}

INSTANTIATE_TEST_SUITE_P(sqlite, PartyTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, PartyTest, testing::Values(store::Engine::kPostgres));
INSTANTIATE_TEST_SUITE_P(sqlite, ForceTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ForceTest, testing::Values(store::Engine::kPostgres));
INSTANTIATE_TEST_SUITE_P(sqlite, CommitteeTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, CommitteeTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
