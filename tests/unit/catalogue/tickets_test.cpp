#include "catalogue/tickets.h"

#include "catalogue/duplicates.h"
#include "catalogue/fault_watch.h"
#include "support/catalogue_world.h"

namespace vonggac::catalogue {
namespace {

class TicketTest : public test::CatalogueWorld {
 protected:
  TicketId open(const base::Uuid& subject, const std::string& fault = "MAT_DIEN") {
    TicketForm form;
    form.subject = subject;
    form.fault = fault;
    form.who = "Trưởng khóm";
    form.note = "Mất hình từ đêm qua";
    return made([&](store::WriteSession& s) { return open_ticket(s, form, problems_); });
  }
  base::Status go(const TicketId& ticket, const std::string& to, const std::string& note = "", bool funds = false) {
    return write([&](store::WriteSession& s) { return step_ticket(s, ticket, {to, "Thợ", note, funds}, problems_); });
  }
  Ticket ticket(const TicketId& id) {
    return *read([&](store::Reader& s) { return ticket_of(s, id); });
  }
  std::vector<TicketStep> history(const TicketId& id) {
    return read([&](store::Reader& s) { return ticket_history(s, id); });
  }
  FaultReport watch_now() {
    FaultReport report;
    EXPECT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                  VG_ASSIGN(report, watch_faults(s));
                  return {};
                }).ok());
    return report;
  }
  void hours(int count) { clock_.advance(base::Seconds(count * 3600)); }
};

TEST_P(TicketTest, GoesFromReportToAcceptanceAndItsClocksStopForFunds) {
  const base::CameraId id = add_camera_in(khom1_);
  const TicketId one = open(id);
  EXPECT_EQ(ticket(one).code, "BT-2026-00001");
  EXPECT_EQ(ticket(one).state, "MOI");
  EXPECT_FALSE(go(one, "DA_SUA", "x").ok()) << "nobody has accepted it";
  hours(2);
  ASSERT_TRUE(go(one, "TIEP_NHAN").ok());
  EXPECT_FALSE(go(one, "CHO_KINH_PHI").ok()) << "without the request for funds";
  EXPECT_EQ(problems_.all()[0].sentence.vi, "Cần có: đề nghị kinh phí.");
  hours(10);
  ASSERT_TRUE(go(one, "CHO_KINH_PHI", "Thay nguồn 12V", true).ok());
  hours(240);
  const TicketTerms terms;
  TicketClocks clocks = ticket_clocks(ticket(one), terms, clock_.wall_now());
  EXPECT_EQ(clocks.to_accept, base::Seconds(2 * 3600));
  EXPECT_EQ(clocks.to_fix, base::Seconds(12 * 3600));
  EXPECT_EQ(clocks.waited, base::Seconds(240 * 3600));
  EXPECT_FALSE(clocks.fix_overdue) << "waiting for funds is nobody's delay";
  ASSERT_TRUE(go(one, "DANG_SUA").ok());
  hours(70);
  EXPECT_TRUE(ticket_clocks(ticket(one), terms, clock_.wall_now()).fix_overdue) << "82 hours of work";
  EXPECT_FALSE(go(one, "DA_SUA").ok()) << "without saying what was repaired";
  ASSERT_TRUE(go(one, "DA_SUA", "Đã thay nguồn").ok());
  hours(1);
  ASSERT_TRUE(go(one, "DANG_SUA", "Vẫn mất hình").ok());
  EXPECT_FALSE(ticket(one).fixed) << "it was not fixed after all";
  hours(3);
  ASSERT_TRUE(go(one, "DA_SUA", "Đã thay dây").ok());
  ASSERT_TRUE(go(one, "NGHIEM_THU").ok());
  EXPECT_TRUE(ticket(one).ended);
  EXPECT_FALSE(go(one, "DANG_SUA").ok());
  clocks = ticket_clocks(ticket(one), terms, clock_.wall_now());
  EXPECT_EQ(clocks.to_fix, base::Seconds((12 + 70 + 1 + 3) * 3600));
  EXPECT_EQ(history(one).size(), 8U);
  const TicketId second = open(id);
  EXPECT_EQ(read([&](store::Reader& s) { return ticket_by_code(s, "bt 2026 00002"); })->id, second);
}

TEST_P(TicketTest, CostPayerAndPartsAreKept) {
  const TicketId one = open(add_camera_in(khom1_));
  const base::Uuid party = base::Uuid::make_v7(clock_);
  const auto cost = [&](std::int64_t vnd, const std::string& payer) {
    return write([&](store::WriteSession& s) {
      return set_ticket_cost(s, one, {party, party, vnd, payer, "Nguồn 12V 2A", "HONG_NGUON"}, problems_);
    });
  };
  EXPECT_FALSE(cost(-1, "NGAN_SACH").ok());
  EXPECT_FALSE(cost(1, "AI_DO").ok());
  ASSERT_TRUE(cost(350'000, "NGAN_SACH").ok());
  EXPECT_EQ(ticket(one).cost.cost_vnd, 350'000);
  EXPECT_EQ(ticket(one).cost.payer, "NGAN_SACH");
  EXPECT_EQ(ticket(one).cost.fault, "HONG_NGUON");
  EXPECT_EQ(ticket(one).cost.vendor, party);
}

TEST_P(TicketTest, TheHealthOpensOneAfterTwoHoursAndAddsToIt) {
  const base::CameraId id = add_camera_in(khom1_);
  put_in_service(id);
  watch(id, well(), base::Seconds(600));
  HealthSample covered = well();
  covered.tamper = "BI_CHE";
  watch(id, covered, base::Seconds(7000));
  EXPECT_EQ(watch_now().opened, 0) << "not yet two hours";
  watch(id, covered, base::Seconds(300));
  EXPECT_EQ(watch_now().opened, 1);
  EXPECT_EQ(watch_now().opened, 0) << "only one";
  const auto found = read([&](store::Reader& s) { return open_ticket_of(s, id); });
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->by_machine);
  EXPECT_EQ(found->cost.fault, "BI_CHE");
  EXPECT_EQ(history(found->id)[0].note, "Bị che, mờ (Bị che) từ 20/03/2026 16:56.");
  EXPECT_EQ(found->broken_since, clock_.wall_now() - base::Seconds(7320));

  HealthSample lost;
  watch(id, lost, base::Seconds(8000));
  const FaultReport second = watch_now();
  EXPECT_EQ(second.opened, 0);
  EXPECT_EQ(second.added, 1);
  watch(id, well(), base::Seconds(300));
  EXPECT_EQ(watch_now().recovered, 1);
  EXPECT_EQ(watch_now().recovered, 0);
  EXPECT_TRUE(ticket(found->id).recovered);
  EXPECT_EQ(ticket(found->id).state, "MOI") << "a person says that it was repaired";
  EXPECT_EQ(history(found->id).size(), 3U);
}

TEST_P(TicketTest, NoTicketForPlannedWorkForPausedCamerasOrForSilence) {
  const base::CameraId planned = add_camera_in(khom1_), paused = add_camera_in(khom1_), silent = add_camera_in(khom1_);
  for (const base::CameraId& id : {planned, paused, silent}) put_in_service(id);
  for (int i = 0; i < 20; ++i) {
    for (const base::CameraId& id : {planned, paused, silent}) look(id, well());
    clock_.advance(base::Seconds(30));
  }
  ASSERT_TRUE(step(paused, "TAM_NGUNG", "Chủ hộ sửa nhà").ok());
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return plan_maintenance(s, {planned, s.now(), s.now() + base::Seconds(4 * 3600), "Thay cột", "Thợ"},
                                        problems_)
                    .error();
              }).ok());
  for (int i = 0; i < 3 * 120; ++i) {
    look(planned, {});
    look(paused, {});
    clock_.advance(base::Seconds(30));
  }
  EXPECT_EQ(made([&](store::WriteSession& s) { return expire_silent(s); }), 1);
  EXPECT_EQ(watch_now().opened, 0);
  watch(planned, {}, base::Seconds(2 * 3600));
  EXPECT_EQ(watch_now().opened, 1) << "the work took longer than planned";
}

TEST_P(TicketTest, AreListedByScopeAndCountedByArea) {
  const base::CameraId here = add_camera_in(khom1_);
  const SiteId there = add_site(site_form(khom2_));
  const TicketId fixed = open(here);
  TicketForm form;
  form.subject_kind = "site";
  form.subject = there;
  form.fault = "DUT_DAY";
  form.who = "A";
  const TicketId late = made([&](store::WriteSession& s) { return open_ticket(s, form, problems_); });
  form.subject_kind = "camera";
  EXPECT_EQ(write([&](store::WriteSession& s) { return open_ticket(s, form, problems_).error(); }).kind(),
            base::ErrorKind::kNotFound);
  const base::WallTime start = clock_.wall_now();
  ASSERT_TRUE(go(fixed, "TIEP_NHAN").ok());
  hours(6);
  ASSERT_TRUE(go(fixed, "CHO_KINH_PHI", "", true).ok());
  hours(24);
  ASSERT_TRUE(go(fixed, "DANG_SUA").ok());
  ASSERT_TRUE(go(fixed, "DA_SUA", "Thay nguồn").ok());
  hours(100);
  const auto list = [&](const ScopeFilter& scope, const TicketFilter& filter) {
    return read([&](store::Reader& s) { return list_tickets(s, scope, filter, "", 50, today()); }).rows;
  };
  EXPECT_EQ(list({true, {}}, {}).size(), 2U);
  ASSERT_EQ(list({false, {khom2_}}, {}).size(), 1U);
  EXPECT_EQ(list({false, {khom2_}}, {})[0].id, late);
  EXPECT_EQ(list({true, {}}, {{}, "DA_SUA", true}).size(), 1U);
  EXPECT_TRUE(list({false, {}}, {}).empty());
  const auto figures = [&](const AreaId& area) {
    return read(
        [&](store::Reader& s) { return repair_figures(s, area, start, clock_.wall_now(), {}, clock_.wall_now()); });
  };
  const RepairFigures ward = figures(ward8_);
  EXPECT_EQ(ward.fixed, 1);
  EXPECT_DOUBLE_EQ(*ward.mean_hours, 30);
  EXPECT_DOUBLE_EQ(*ward.mean_working_hours, 6);
  EXPECT_EQ(ward.open, 2);
  EXPECT_EQ(ward.overdue, 1);
  EXPECT_EQ(ward.awaiting_funds, 0);
  EXPECT_FALSE(figures(khom2_).mean_hours);
}

TEST_P(TicketTest, GoesAlongWhenACameraIsMerged) {
  const base::CameraId stays = add_camera_in(khom1_), goes = add_camera_in(khom2_);
  const TicketId one = open(goes);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return merge_cameras(s, stays, goes, "A", problems_); }).ok());
  EXPECT_EQ(ticket(one).subject, stays);
  open(stays);
  EXPECT_NE(problems_.all().at(0).sentence.vi.find("BT-2026-00001"), std::string::npos) << "one is open already";
}

INSTANTIATE_TEST_SUITE_P(sqlite, TicketTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, TicketTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
