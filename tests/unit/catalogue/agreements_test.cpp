#include "catalogue/agreements.h"

#include "catalogue/agreement_schema.h"
#include "catalogue/organisations.h"
#include "unit/catalogue/party_world.h"

namespace vonggac::catalogue {
namespace {

base::WallTime viet_nam(int year, int month, int day, int hour, int minute) {
  const std::int64_t minutes = Day::of(year, month, day).number * 24 * 60 + hour * 60 + minute - 7 * 60;
  return {minutes * 60'000'000};
}
const base::WallTime kNoon = viet_nam(2026, 3, 20, 12, 0);

/// Ten minutes of that day from this hour on.
Filmed filmed(int hour) {
  const base::WallTime from = viet_nam(2026, 3, 20, hour, 0);
  return {from, {from.us + 600'000'000}};
}

AgreementFacts agreed() {
  AgreementFacts facts;
  facts.given = true;
  facts.live = facts.playback = true;
  facts.from = Day::of(2026, 1, 1);
  facts.last = Day::of(2026, 12, 31);
  return facts;
}

TEST(AgreementTerms, WithoutAnAgreementAPrivateCameraIsClosedAndAPublicPlaceOpen) {
  AgreementFacts facts;
  for (const Use use : {Use::kLive, Use::kPlayback, Use::kExport, Use::kRecord, Use::kAudio}) {
    const AgreementDecision decision = agreement_allows(facts, use, kNoon);
    EXPECT_FALSE(decision.allowed);
    EXPECT_EQ(decision.why_not.vi, "Chưa có đồng thuận của chủ camera.");
    EXPECT_FALSE(decision.why_not.en.empty());
  }
  facts.public_place = true;
  for (const Use use : {Use::kLive, Use::kPlayback, Use::kExport, Use::kRecord}) {
    const AgreementDecision decision = agreement_allows(facts, use, kNoon);
    EXPECT_TRUE(decision.allowed);
    EXPECT_EQ(decision.until, kNeverChanges);
  }
}

TEST(AgreementTerms, V12SoundNeedsConsentOrABasisEvenInAPublicPlace) {
  AgreementFacts facts;
  facts.public_place = true;
  EXPECT_FALSE(agreement_allows(facts, Use::kAudio, kNoon).allowed);
  facts.audio_legal_basis = true;
  EXPECT_TRUE(agreement_allows(facts, Use::kAudio, kNoon).allowed);
  AgreementFacts owner = agreed();
  EXPECT_FALSE(agreement_allows(owner, Use::kAudio, kNoon).allowed) << "off unless it is said";
  owner.audio = true;
  EXPECT_TRUE(agreement_allows(owner, Use::kAudio, kNoon).allowed);
}

TEST(AgreementTerms, EachUseIsAgreedByItself) {
  AgreementFacts facts = agreed();
  facts.playback = false;
  EXPECT_TRUE(agreement_allows(facts, Use::kLive, kNoon).allowed);
  const AgreementDecision playback = agreement_allows(facts, Use::kPlayback, kNoon);
  EXPECT_FALSE(playback.allowed);
  EXPECT_EQ(playback.why_not.vi, "Chủ camera không đồng ý xem lại.");
  EXPECT_FALSE(playback.by_request);
  EXPECT_FALSE(agreement_allows(facts, Use::kRecord, kNoon).allowed) << "what nobody may look at is not kept";
  facts.live = false;
  EXPECT_FALSE(agreement_allows(facts, Use::kLive, kNoon).allowed) << "only whether it works";
}

TEST(AgreementTerms, OnRequestOnlyIsRecordedAndClosedToWhoMerelyLooks) {
  AgreementFacts facts = agreed();
  facts.live = facts.playback = false;
  facts.on_request_only = true;
  EXPECT_TRUE(agreement_allows(facts, Use::kRecord, kNoon).allowed);
  EXPECT_TRUE(agreement_allows(facts, Use::kExport, kNoon).allowed);
  const AgreementDecision playback = agreement_allows(facts, Use::kPlayback, kNoon);
  EXPECT_FALSE(playback.allowed);
  EXPECT_TRUE(playback.by_request);
  EXPECT_FALSE(agreement_allows(facts, Use::kLive, kNoon).by_request);
}

TEST(AgreementTerms, V31AWithdrawalClosesEverythingFromThatMoment) {
  AgreementFacts facts = agreed();
  facts.audio = true;
  facts.public_place = true;
  facts.withdrawn_at = kNoon;
  for (const Use use : {Use::kLive, Use::kPlayback, Use::kExport, Use::kRecord, Use::kAudio}) {
    const AgreementDecision before = agreement_allows(facts, use, {kNoon.us - 1});
    EXPECT_TRUE(before.allowed);
    EXPECT_EQ(before.until, kNoon);
    const AgreementDecision after = agreement_allows(facts, use, kNoon);
    EXPECT_FALSE(after.allowed) << "an owner who withdrew is not overruled by the place being public";
    EXPECT_EQ(after.why_not.vi, "Chủ camera đã rút đồng thuận ngày 20/03/2026.");
  }
}

TEST(AgreementTerms, ItBeginsAndEndsWithDaysOfVietNam) {
  const AgreementFacts facts = agreed();
  const AgreementDecision early = agreement_allows(facts, Use::kLive, viet_nam(2025, 12, 31, 23, 59));
  EXPECT_FALSE(early.allowed);
  EXPECT_EQ(early.until, viet_nam(2026, 1, 1, 0, 0));
  const AgreementDecision first = agreement_allows(facts, Use::kLive, viet_nam(2026, 1, 1, 0, 0));
  EXPECT_TRUE(first.allowed);
  EXPECT_EQ(first.until, viet_nam(2027, 1, 1, 0, 0));
  EXPECT_TRUE(agreement_allows(facts, Use::kLive, viet_nam(2026, 12, 31, 23, 59)).allowed);
  const AgreementDecision late = agreement_allows(facts, Use::kLive, viet_nam(2027, 1, 1, 0, 0));
  EXPECT_FALSE(late.allowed);
  EXPECT_EQ(late.why_not.vi, "Đồng thuận đã hết hạn ngày 31/12/2026.");
}

TEST(AgreementTerms, HoursMayCrossMidnightAndTellWhenTheyTurn) {
  AgreementFacts facts = agreed();
  facts.hours = *parse_hours("22:00-05:00, 11:30-13:30");
  const auto at = [&](int day, int hour, int minute) {
    return agreement_allows(facts, Use::kLive, viet_nam(2026, 3, day, hour, minute));
  };
  EXPECT_TRUE(at(20, 23, 30).allowed);
  EXPECT_EQ(at(20, 23, 30).until, viet_nam(2026, 3, 21, 5, 0));
  EXPECT_TRUE(at(21, 4, 59).allowed);
  EXPECT_FALSE(at(21, 5, 0).allowed);
  EXPECT_EQ(at(21, 5, 0).until, viet_nam(2026, 3, 21, 11, 30));
  EXPECT_EQ(at(21, 12, 0).until, viet_nam(2026, 3, 21, 13, 30));
  EXPECT_EQ(at(21, 14, 0).why_not.vi, "Ngoài giờ chủ camera đồng ý (22:00-05:00, 11:30-13:30).");
  facts.last = Day::of(2026, 3, 20);
  EXPECT_EQ(at(20, 23, 30).until, viet_nam(2026, 3, 21, 0, 0)) << "the agreement ends before the hours do";
  facts.hours = {{0, 720}, {720, 1440}};
  facts.last = kOpenEnd;
  EXPECT_EQ(at(20, 3, 0).until, kNeverChanges) << "spans that join to the whole day";
}

TEST(AgreementTerms, AllThatWasFilmedMustLieInTheHours) {
  AgreementFacts facts = agreed();
  facts.hours = *parse_hours("22:00-05:00");
  const auto allowed = [&](base::WallTime from, base::WallTime to) {
    return agreement_allows(facts, Use::kPlayback, kNoon, Filmed{from, to}).allowed;
  };
  const base::WallTime five = viet_nam(2026, 3, 20, 5, 0);
  EXPECT_TRUE(allowed(viet_nam(2026, 3, 19, 22, 0), five)) << "across midnight, up to the last moment";
  EXPECT_FALSE(allowed(viet_nam(2026, 3, 19, 22, 0), {five.us + 1}));
  EXPECT_FALSE(allowed(viet_nam(2026, 3, 19, 21, 59), five));
  EXPECT_FALSE(allowed({five.us - 90'000'000}, {five.us + 30'000'000})) << "neither end on a full minute";
  EXPECT_FALSE(allowed(viet_nam(2026, 3, 19, 23, 0), viet_nam(2026, 3, 20, 23, 0))) << "a whole day";
  EXPECT_FALSE(allowed(viet_nam(2026, 3, 20, 4, 0), viet_nam(2026, 3, 20, 23, 0))) << "both ends in, the day not";
  facts.hours.clear();
  EXPECT_TRUE(allowed(viet_nam(2026, 3, 1, 0, 0), viet_nam(2026, 3, 20, 23, 0)));
}

TEST(AgreementTerms, PlaybackAsksTheHourThatWasFilmedNotTheHourOfLooking) {
  AgreementFacts facts = agreed();
  facts.hours = *parse_hours("22:00-05:00");
  EXPECT_TRUE(agreement_allows(facts, Use::kPlayback, kNoon, filmed(1)).allowed);
  EXPECT_FALSE(agreement_allows(facts, Use::kPlayback, kNoon, filmed(9)).allowed);
  EXPECT_FALSE(agreement_allows(facts, Use::kExport, kNoon, filmed(9)).allowed);
  EXPECT_FALSE(agreement_allows(facts, Use::kRecord, kNoon).allowed);
}

TEST(AgreementTerms, APictureOfAnEventIsBoundByTheHourOfLookingAndTheHourFilmed) {
  AgreementFacts facts = agreed();
  facts.hours = *parse_hours("11:00-13:00, 01:00-02:00");
  EXPECT_TRUE(agreement_allows(facts, Use::kLive, kNoon, filmed(1)).allowed);
  EXPECT_FALSE(agreement_allows(facts, Use::kLive, kNoon, filmed(9)).allowed);
  facts.hours = *parse_hours("01:00-02:00");
  EXPECT_FALSE(agreement_allows(facts, Use::kLive, kNoon, filmed(1)).allowed);
}

TEST(AgreementTerms, PartsOfWhatWasFilmedThatLieInTheHours) {
  const base::WallTime noon = viet_nam(2026, 3, 19, 12, 0), next_noon = viet_nam(2026, 3, 20, 12, 0);
  const auto parts = agreed_parts(*parse_hours("22:00-05:00, 11:30-13:30"), {noon, next_noon});
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].from, noon);
  EXPECT_EQ(parts[0].to, viet_nam(2026, 3, 19, 13, 30));
  EXPECT_EQ(parts[1].from, viet_nam(2026, 3, 19, 22, 0));
  EXPECT_EQ(parts[1].to, viet_nam(2026, 3, 20, 5, 0));
  EXPECT_EQ(parts[2].to, next_noon);
  EXPECT_EQ(agreed_parts({}, {noon, next_noon}).size(), 1U);
  EXPECT_EQ(agreed_parts({{0, 720}, {720, 1440}}, {noon, next_noon}).size(), 1U) << "spans that join";
  EXPECT_TRUE(agreed_parts({{0, 0}}, {noon, next_noon}).empty()) << "hours that cannot be read";
}

TEST(AgreementTerms, HoursAreReadStrictly) {
  EXPECT_TRUE(parse_hours("")->empty());
  EXPECT_EQ(hours_text(*parse_hours(" 7:00-19:30 ")), "07:00-19:30");
  EXPECT_EQ(hours_text(*parse_hours("00:00-24:00")), "00:00-24:00");
  for (const char* wrong : {"7-19", "07:00", "25:00-26:00", "07:60-08:00", "07:00-07:00", "24:00-05:00", "07:00-19:00,",
                            "-1:00-05:00", "a:00-05:00", "07:00-19:00;20:00-21:00"}) {
    EXPECT_FALSE(parse_hours(wrong)) << wrong;
  }
}

const std::vector<store::Migration> kAgreementSteps{{5, "agreements", kAgreementSchema}};

class AgreementTest : public PartyWorld {
 protected:
  AgreementTest() : PartyWorld(kAgreementSteps) {}
  void SetUp() override {
    PartyWorld::SetUp();
    const AreaId province = area("TINH", "Cà Mau", std::nullopt, kWorldBegins, "96");
    ward_ = area("PHUONG", "Bạc Liêu", province, kWorldBegins, "31825");
    other_ward_ = area("PHUONG", "Vĩnh Trạch", province, kWorldBegins, "31834");
    khom_ = area("KHOM", "3", ward_, kWorldBegins);
    HouseholdForm form;
    form.party.name = "Hộ ông Nguyễn Văn A";
    form.party.area = khom_;
    form.party.from = kWorldBegins;
    household_ = make([&](store::WriteSession& s) { return add_household(s, form, problems_); });
    camera_.bytes[15] = 1;
    second_camera_.bytes[15] = 2;
  }
  AgreementForm form(const std::string& reference = "ĐT-01/2025") {
    AgreementForm form;
    form.giver = household_;
    form.cameras = {camera_};
    form.live = form.playback = true;
    form.notice_shown = true;
    form.form_reference = reference;
    form.text_version = "2025-01";
    return form;
  }
  AgreementId sign(const AgreementForm& form) {
    return make([&](store::WriteSession& s) { return add_agreement(s, form, std::nullopt, problems_); });
  }
  base::Status try_sign(const AgreementForm& form) {
    return write([&](store::WriteSession& s) { return add_agreement(s, form, std::nullopt, problems_).error(); });
  }
  base::Status withdraw(const AgreementId& id) {
    return write(
        [&](store::WriteSession& s) { return withdraw_agreement(s, id, household_, "đến trụ sở", problems_); });
  }
  AgreementDecision ask(Use use, bool public_place = false) {
    const AgreementFacts facts =
        read([&](store::Reader& s) { return agreement_facts(s, camera_, clock_.wall, public_place); });
    return agreement_allows(facts, use, clock_.wall);
  }
  void pass(std::int64_t days) { clock_.wall = clock_.wall + std::chrono::hours(24 * days); }
  Day today() const { return Day::at(clock_.wall); }

  AreaId ward_, other_ward_, khom_;
  PartyId household_;
  base::Uuid camera_, second_camera_;
};

TEST_P(AgreementTest, V31AWithdrawalCutsEveryUseAtOnceAndIsTold) {
  const AgreementId id = sign(form());
  EXPECT_TRUE(ask(Use::kLive).allowed);
  EXPECT_TRUE(ask(Use::kRecord).allowed);
  EXPECT_EQ(outbox().back().topic, "camera.agreement");
  ASSERT_TRUE(withdraw(id).ok());
  for (const Use use : {Use::kLive, Use::kPlayback, Use::kExport, Use::kRecord, Use::kAudio}) {
    EXPECT_FALSE(ask(use).allowed);
    EXPECT_FALSE(ask(use, true).allowed) << "not by saying that the place is public";
  }
  const store::OutboxRow told = outbox().back();
  EXPECT_EQ(told.topic, "camera.agreement");
  EXPECT_EQ(told.subject, camera_);
  EXPECT_NE(told.body.find(R"("withdrawn":true)"), std::string::npos);
  const std::optional<Agreement> kept = read([&](store::Reader& s) { return agreement_by_id(s, id); });
  EXPECT_EQ(kept->withdrawn_at, clock_.wall);
  EXPECT_EQ(kept->withdrawn_how, "đến trụ sở");
  const std::size_t rows = outbox().size();
  pass(1);
  EXPECT_TRUE(withdraw(id).ok()) << "twice is as once";
  EXPECT_EQ(outbox().size(), rows);
  EXPECT_EQ(read([&](store::Reader& s) { return agreement_by_id(s, id); })->withdrawn_at, kept->withdrawn_at);
}

TEST_P(AgreementTest, V31WhatWasWithdrawnDoesNotComeBackByADateOrTheSamePaper) {
  const AgreementId id = sign(form());
  pass(10);
  ASSERT_TRUE(withdraw(id).ok());
  EXPECT_TRUE(refused(try_sign(form()), "V31")) << "the same paper";
  AgreementForm again = form("ĐT-02/2025");
  again.from = today() - 1;
  EXPECT_TRUE(refused(try_sign(again), "V31")) << "from before the withdrawal on";
  again.from = today();
  EXPECT_TRUE(try_sign(again).ok());
  EXPECT_TRUE(ask(Use::kLive).allowed);
}

TEST_P(AgreementTest, V31WithdrawingTakesWhatWasSignedAheadWithIt) {
  const AgreementId id = sign(form());
  AgreementForm ahead = form("ĐT-02/2025");
  ahead.from = today() + 3;
  sign(ahead);
  EXPECT_EQ(ask(Use::kLive).until, viet_nam(2025, 11, 30, 0, 0)) << "then the newer one takes over";
  ASSERT_TRUE(withdraw(id).ok());
  pass(5);
  EXPECT_FALSE(ask(Use::kLive).allowed);
}

TEST_P(AgreementTest, NothingIsAgreedThatWasNotTicked) {
  AgreementForm blank;
  EXPECT_FALSE(blank.live || blank.playback || blank.on_request_only || blank.audio || blank.health_only);
  blank.giver = household_;
  EXPECT_TRUE(refused(try_sign(blank)));
  std::vector<std::string> fields;
  for (const Problem& problem : problems_.all()) fields.push_back(problem.field);
  for (const char* field : {"scope", "notice_shown", "form_reference", "text_version", "cameras"}) {
    EXPECT_NE(std::find(fields.begin(), fields.end(), field), fields.end()) << field;
  }
  sign(form());
  EXPECT_FALSE(ask(Use::kAudio).allowed);
}

TEST_P(AgreementTest, AnAgreementThatContradictsItselfIsRefused) {
  AgreementForm wrong = form();
  wrong.on_request_only = true;
  EXPECT_TRUE(refused(try_sign(wrong)));
  wrong = form();
  wrong.health_only = true;
  EXPECT_TRUE(refused(try_sign(wrong)));
  wrong = form();
  wrong.live = wrong.playback = false;
  wrong.health_only = wrong.audio = true;
  EXPECT_TRUE(refused(try_sign(wrong), "V12"));
  wrong = form();
  wrong.from = today();
  wrong.last = today() - 1;
  EXPECT_TRUE(refused(try_sign(wrong)));
  wrong = form();
  wrong.hours = {{60, 60}};
  EXPECT_TRUE(refused(try_sign(wrong)));
  wrong = form();
  wrong.cameras = {camera_, camera_};
  EXPECT_TRUE(refused(try_sign(wrong)));
  wrong = form();
  wrong.giver = PartyId{};
  EXPECT_TRUE(refused(try_sign(wrong)));
  AgreementForm electronic = form("");
  electronic.confirmation_reference = "OTP-2025-77";
  EXPECT_TRUE(try_sign(electronic).ok()) << "an electronic confirmation proves it too";
}

TEST_P(AgreementTest, ANewAgreementReplacesTheOldOneAndBothAreKept) {
  const AgreementId old = sign(form());
  pass(5);
  AgreementForm narrower = form("ĐT-02/2025");
  narrower.live = false;
  narrower.last = today() + 10;
  const AgreementId newer = sign(narrower);
  EXPECT_FALSE(ask(Use::kLive).allowed);
  EXPECT_TRUE(ask(Use::kPlayback).allowed);
  const std::vector<Agreement> all = read([&](store::Reader& s) { return agreements_about(s, camera_); });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, newer);
  EXPECT_EQ(all[1].id, old);
  pass(11);
  EXPECT_FALSE(ask(Use::kPlayback).allowed) << "what was replaced does not come back when the newer one ends";
  ASSERT_TRUE(withdraw(old).ok());
  EXPECT_TRUE(problems_.has("V31")) << "a warning that a newer one governs";
}

TEST_P(AgreementTest, AgreementsThatEndSoonAreListed) {
  AgreementForm ending = form();
  ending.last = today() + 20;
  const AgreementId id = sign(ending);
  AgreementForm later = form("ĐT-02/2025");
  later.cameras = {second_camera_};
  later.last = today() + 90;
  sign(later);
  const auto list = [&](const ScopeFilter& scope, std::int64_t days) {
    return read([&](store::Reader& s) { return agreements_ending(s, scope, today(), days); });
  };
  ASSERT_EQ(list(ScopeFilter::of(ward_), 30).size(), 1U);
  EXPECT_EQ(list(ScopeFilter::of(ward_), 30)[0].id, id);
  EXPECT_EQ(list(ScopeFilter::all(), 100).size(), 2U);
  EXPECT_TRUE(list(ScopeFilter::of(other_ward_), 100).empty());
  AgreementForm renewed = form("ĐT-03/2025");
  renewed.from = today() + 15;
  sign(renewed);
  EXPECT_TRUE(list(ScopeFilter::all(), 30).empty()) << "it has been signed anew";
}

TEST_P(AgreementTest, CamerasWithoutAnAgreementInForceAreNamed) {
  base::Uuid third;
  third.bytes[15] = 3;
  AgreementForm first = form();
  first.cameras = {camera_, second_camera_};
  first.last = today() + 5;
  const AgreementId id = sign(first);
  const auto without = [&] {
    return read([&](store::Reader& s) {
      return cameras_without_agreement(s, {camera_, second_camera_, third}, clock_.wall);
    });
  };
  EXPECT_EQ(without(), (std::vector<base::Uuid>{third}));
  pass(6);
  EXPECT_EQ(without().size(), 3U) << "it has ended";
  AgreementForm second = form("ĐT-02/2025");
  second.cameras = {second_camera_};
  const AgreementId newer = sign(second);
  EXPECT_EQ(without(), (std::vector<base::Uuid>{camera_, third}));
  ASSERT_TRUE(withdraw(newer).ok());
  EXPECT_EQ(without().size(), 3U);
  EXPECT_EQ(read([&](store::Reader& s) { return cameras_of_agreement(s, id); }).size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, AgreementTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, AgreementTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
