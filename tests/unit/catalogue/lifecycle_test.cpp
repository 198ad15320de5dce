#include "catalogue/lifecycle.h"

#include <set>

#include <gtest/gtest.h>

namespace vonggac::catalogue {
namespace {

TEST(StateMachines, EveryStepJoinsKnownStatesAndEveryStateIsReached) {
  for (const StateMachine* machine : {&camera_life(), &model_life(), &ticket_life()}) {
    std::set<std::string_view> reached{machine->first()};
    for (std::size_t round = 0; round < machine->states().size(); ++round) {
      for (const std::string_view state : std::set(reached)) {
        for (const Step* step : machine->steps_from(state)) {
          EXPECT_NE(machine->find(step->from), nullptr) << step->from;
          EXPECT_NE(machine->find(step->to), nullptr) << step->to;
          reached.insert(step->to);
        }
      }
    }
    EXPECT_EQ(reached.size(), machine->states().size());
  }
  EXPECT_TRUE(camera_life().is_end("NGUNG"));
  EXPECT_TRUE(ticket_life().is_end("NGHIEM_THU"));
  EXPECT_FALSE(ticket_life().is_end("CHO_KINH_PHI")) << "awaiting funds is a state of its own, not an end";
}

TEST(StateMachines, AStepThatIsNoneSaysWhatCouldFollow) {
  Problems problems;
  check_camera_step("DE_XUAT", "HOAT_DONG", {}, problems);
  ASSERT_EQ(problems.all().size(), 1U);
  EXPECT_EQ(problems.all()[0].sentence.vi, "Từ “Đề xuất” chỉ có thể sang: Khảo sát, Từ chối.");
  EXPECT_EQ(problems.all()[0].sentence.en, "From \"proposed\" only to: surveyed, refused.");
  Problems end;
  check_camera_step("NGUNG", "HOAT_DONG", {}, end);
  EXPECT_NE(end.all()[0].sentence.en.find("last state"), std::string::npos);
  Problems unknown;
  check_camera_step("'; drop", "HOAT_DONG", {}, unknown);
  EXPECT_TRUE(unknown.refused());
}

TEST(CameraLife, V11NothingIsInServiceWithoutAcceptanceSignOrAgreementAndPassword) {
  CameraFacts facts;
  facts.public_place = true;
  Problems none;
  check_camera_step("NGHIEM_THU", "HOAT_DONG", facts, none);
  EXPECT_EQ(none.all().size(), 3U) << "acceptance, sign, password, all at once";
  for (const Problem& p : none.all()) EXPECT_EQ(p.rule, "V11");
  facts.accepted = facts.sign_photo = facts.own_password = true;
  Problems public_place;
  check_camera_step("NGHIEM_THU", "HOAT_DONG", facts, public_place);
  EXPECT_FALSE(public_place.refused());
  facts.public_place = false;
  Problems at_home;
  check_camera_step("NGHIEM_THU", "HOAT_DONG", facts, at_home);
  EXPECT_TRUE(at_home.has("V11")) << "a private place needs the agreement";
  facts.agreement_in_force = true;
  Problems agreed;
  check_camera_step("NGHIEM_THU", "HOAT_DONG", facts, agreed);
  EXPECT_FALSE(agreed.refused());
}

TEST(CameraLife, V13HomesInViewNeedMasks) {
  CameraFacts facts;
  facts.accepted = facts.agreement_in_force = facts.own_password = facts.homes_visible = true;
  Problems problems;
  check_camera_step("NGHIEM_THU", "HOAT_DONG", facts, problems);
  EXPECT_TRUE(problems.has("V13"));
  facts.masks_drawn = true;
  Problems drawn;
  check_camera_step("NGHIEM_THU", "HOAT_DONG", facts, drawn);
  EXPECT_FALSE(drawn.refused());
}

TEST(CameraLife, ComingBackFromAPauseIsCheckedLikeTheFirstDay) {
  CameraFacts facts;
  facts.accepted = facts.own_password = true;
  Problems problems;
  check_camera_step("TAM_NGUNG", "HOAT_DONG", facts, problems);
  EXPECT_TRUE(problems.has("V11")) << "the agreement was withdrawn";
}

TEST(ModelLife, V8NoLaunchWithoutAnEarlierDecision) {
  ModelFacts facts;
  facts.launch_minutes = true;
  facts.launch_day = Day::of(2026, 3, 1);
  Problems without;
  check_model_step("PHE_DUYET", "RA_MAT", facts, without);
  EXPECT_TRUE(without.has("V8"));
  facts.decision_number = "12/QĐ-UBND";
  facts.decision_day = Day::of(2026, 3, 2);
  Problems later;
  check_model_step("PHE_DUYET", "RA_MAT", facts, later);
  EXPECT_TRUE(later.has("V8"));
  EXPECT_NE(later.all()[0].sentence.vi.find("02/03/2026"), std::string::npos);
  facts.decision_day = Day::of(2026, 3, 1);
  Problems same_day;
  check_model_step("PHE_DUYET", "RA_MAT", facts, same_day);
  EXPECT_FALSE(same_day.refused());
}

TEST(ModelLife, V10AnEndedModelTakesNoCameras) {
  for (const StateName& state : model_life().states()) {
    const bool ended = state.code == "GIAI_THE" || state.code == "SAP_NHAP_VAO";
    EXPECT_EQ(model_takes_cameras(state.code), !ended) << state.code;
  }
  EXPECT_FALSE(model_takes_cameras("NO_SUCH_STATE"));
}

TEST(TicketLife, RepairMayWaitForFundsAndComeBack) {
  const auto allowed = [](std::string_view from, std::string_view to, const TicketFacts& facts) {
    Problems problems;
    check_ticket_step(from, to, facts, problems);
    return !problems.refused();
  };
  EXPECT_FALSE(allowed("DANG_SUA", "CHO_KINH_PHI", {}));
  TicketFacts facts;
  facts.funds_request = true;
  EXPECT_TRUE(allowed("DANG_SUA", "CHO_KINH_PHI", facts));
  EXPECT_TRUE(allowed("CHO_KINH_PHI", "DANG_SUA", {}));
  EXPECT_FALSE(allowed("DANG_SUA", "DA_SUA", {})) << "fixed without saying what";
  EXPECT_FALSE(allowed("CHO_KINH_PHI", "KHONG_SUA", {})) << "written off without a reason";
}

}  // namespace
}  // namespace vonggac::catalogue
