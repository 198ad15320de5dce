/// What the recorder does, brought into the register; recording paused and resumed by agreements.
#include "api/register_watch.h"

#include <fmt/format.h>

#include "catalogue/agreements.h"
#include "catalogue/cameras.h"
#include "gate/agreement_pauses.h"
#include "register_fixture.h"

namespace vonggac::api {
namespace {

class RegisterWatchTest : public RegisterFixture {
 protected:
  void SetUp() override {
    RegisterFixture::SetUp();
    camera = base::CameraId{*base::Uuid::parse(make_camera(make_site()))};
  }
  std::string status(const std::string& state, bool paused, const std::string& more = "") const {
    return fmt::format(
        R"({{"ok":true,"status":{{"cameras":[{{"id":"{}","url":"rtsp://10.0.0.5/1","state":"{}","paused":{}{}}}]}}}})",
        camera.to_string(), state, paused, more);
  }
  std::vector<AgreementOrder> round(const std::string& text) {
    const auto commands = rounds().take(text);
    EXPECT_TRUE(commands.ok()) << commands.error().to_string();
    return commands ? *commands : std::vector<AgreementOrder>{};
  }
  WatchRounds& rounds() {
    if (!rounds_) rounds_ = std::make_unique<WatchRounds>(*world->office);
    return *rounds_;
  }
  catalogue::AgreementId agree(const std::string& paper) {
    return world->agree(camera, [&](catalogue::AgreementForm& form) { form.form_reference = paper; });
  }
  void withdraw(const catalogue::AgreementId& id) {
    world->write([&](store::WriteSession& s) -> base::Status {
      catalogue::Problems problems;
      return catalogue::withdraw_agreement(s, id, user, "gọi điện", problems);
    });
  }
  /// How many rows each book has that a round could write to.
  std::vector<std::int64_t> rows_kept() {
    std::vector<std::int64_t> counts;
    world->quietly([&](store::WriteSession& s) -> base::Status {
      for (const char* table : {"outbox", "audit", "camera_health", "camera_health_span", "camera_step",
                                "maintenance_ticket", "camera_stream"}) {
        VG_ASSIGN(const store::Rows rows, s.query(fmt::format("select count(*) from {}", table)));
        counts.push_back(rows[0].integer(0));
      }
      return {};
    });
    return counts;
  }
  std::optional<catalogue::HealthNow> health() {
    std::optional<catalogue::HealthNow> found;
    world->quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(found, catalogue::health_now(s, camera));
      return {};
    });
    return found;
  }

  base::CameraId camera;
  std::unique_ptr<WatchRounds> rounds_;
};

TEST_P(RegisterWatchTest, ACameraThatRecordsIsHealthyAndOneThatIsUnreachableIsNotAfterAMinute) {
  (void)round(status("recording", false));
  for (int i = 0; i < 12; ++i) {
    clock.advance(base::Seconds(10));
    (void)round(status("recording", false));
  }
  ASSERT_TRUE(health().has_value());
  EXPECT_EQ(health()->state, "CO_TIN_HIEU");
  for (int i = 0; i < 12; ++i) {
    clock.advance(base::Seconds(10));
    (void)round(status("unreachable", false));
  }
  EXPECT_EQ(health()->state, "MAT_TIN_HIEU");
}

TEST_P(RegisterWatchTest, WritesNothingWhereNothingChanges) {
  for (int i = 0; i < 30; ++i) {
    (void)round(status("recording", false));
    clock.advance(base::Seconds(10));
  }
  const std::vector<std::int64_t> before = rows_kept();
  std::int64_t heartbeats = 0;
  base::WallTime seen = health()->last;
  for (int i = 0; i < 60; ++i) {
    (void)round(status("recording", false));
    clock.advance(base::Seconds(10));
    heartbeats += health()->last == seen ? 0 : 1;
    seen = health()->last;
  }
  EXPECT_EQ(rows_kept(), before);
  EXPECT_GE(heartbeats, 1) << "that it is still looked at is kept";
  EXPECT_LE(heartbeats, 11) << "but not each round";
  for (int i = 0; i < 12; ++i) {
    (void)round(status("unreachable", false));
    clock.advance(base::Seconds(10));
  }
  EXPECT_NE(rows_kept(), before) << "a change is written";
}

TEST_P(RegisterWatchTest, AFaultThatLastsOpensOneTicket) {
  world->quietly([&](store::WriteSession& s) {
    return s.run("update camera set life = 'HOAT_DONG' where id = $1", {camera}).error();
  });
  for (int i = 0; i < 800; ++i) {
    (void)round(status(i < 20 ? "recording" : "unreachable", false));
    clock.advance(base::Seconds(10));
  }
  session = world->log_in(user);
  world->quietly([&](store::WriteSession& s) -> base::Status {
    VG_ASSIGN(const store::Rows rows,
              s.query("select by_machine from maintenance_ticket where subject = $1", {camera}));
    EXPECT_EQ(rows.size(), 1U);
    return {};
  });
}

TEST_P(RegisterWatchTest, TellsTamperAndADiskThatTakesNothing) {
  const auto sample = [&](const std::string& text) {
    return health_sample(boost::json::parse(text).at("status").at("cameras").at(0).as_object(), clock.wall_now());
  };
  EXPECT_EQ(sample(status("recording", false, R"(,"tamper":[{"kind":"covered"}])")).tamper, "BI_CHE");
  const catalogue::HealthSample full = sample(status("live", false, R"(,"reason":"disk_failed")"));
  EXPECT_EQ(full.recording, std::optional(false));
  EXPECT_FALSE(sample(status("live", false)).recording.has_value()) << "waits for motion";
  EXPECT_TRUE(sample(status("auth_refused", false)).reachable);
}

TEST_P(RegisterWatchTest, PausesWhatIsWithdrawnUntilItIsPausedAndResumesItWithANewAgreementOnly) {
  EXPECT_TRUE(round(status("recording", false)).empty()) << "a public place without an agreement";
  const catalogue::AgreementId first = agree("BB-01");
  EXPECT_TRUE(round(status("recording", false)).empty());
  clock.advance(base::Seconds(10));
  withdraw(first);
  const std::vector<AgreementOrder> pause{{camera, true, false}}, resume{{camera, false, false}};
  clock.advance(base::Seconds(10));
  EXPECT_EQ(round(status("recording", false)), pause);
  EXPECT_EQ(round(status("recording", false)), pause) << "core did not do it yet";
  EXPECT_TRUE(round(status("paused", true)).empty());
  clock.advance(base::Seconds(10));
  agree("BB-02");
  clock.advance(base::Seconds(10));
  EXPECT_EQ(round(status("paused", true)), resume);
  EXPECT_TRUE(round(status("recording", false)).empty());
  EXPECT_TRUE(round(status("paused", true)).empty()) << "paused by a person afterwards";
  EXPECT_NE(audit_text().find("recording.paused_without_agreement"), std::string::npos);
  EXPECT_NE(audit_text().find("recording.resumed_with_agreement"), std::string::npos);
}

TEST_P(RegisterWatchTest, LeavesPausedWhatAPersonHadPausedBeforeTheWithdrawal) {
  const catalogue::AgreementId first = agree("BB-01");
  clock.advance(base::Seconds(10));
  withdraw(first);
  EXPECT_TRUE(round(status("paused", true)).empty());
  agree("BB-02");
  clock.advance(base::Seconds(10));
  EXPECT_TRUE(round(status("paused", true)).empty());
}

TEST_P(RegisterWatchTest, AHouseholdsCameraIsNotRecordedBeforeSomebodyAgreed) {
  world->quietly([&](store::WriteSession& s) {
    return s.run("update camera set ownership = 'HO_CHIA_SE' where id = $1", {camera}).error();
  });
  EXPECT_EQ(round(status("recording", false)), (std::vector<AgreementOrder>{{camera, true, false}}));
  EXPECT_TRUE(round(status("paused", true)).empty());
  EXPECT_NE(audit_text().find("Chưa có đồng thuận"), std::string::npos) << audit_text();
  std::map<base::CameraId, catalogue::Sentence> why;
  world->quietly([&](store::WriteSession& s) -> base::Status {
    VG_ASSIGN(why, gate::paused_by_agreement(s, s.now()));
    return {};
  });
  EXPECT_EQ(why[camera].vi, "Chưa có đồng thuận của chủ camera.");
  agree("BB-01");
  clock.advance(base::Seconds(10));
  EXPECT_EQ(round(status("paused", true)), (std::vector<AgreementOrder>{{camera, false, false}}));
}

TEST_P(RegisterWatchTest, SoundIsSwitchedOffWhereItIsNotAgreed) {
  const std::string loud = R"(,"audio":true)";
  EXPECT_EQ(round(status("recording", false, loud)), (std::vector<AgreementOrder>{{camera, std::nullopt, true}}))
      << "a public place without a basis for sound";
  agree("BB-01");
  EXPECT_EQ(round(status("recording", false, loud)), (std::vector<AgreementOrder>{{camera, std::nullopt, true}}));
  EXPECT_TRUE(round(status("recording", false, R"(,"audio":false)")).empty());
  const std::string noted = audit_text();
  EXPECT_EQ(noted.find("recording.silenced"), noted.rfind("recording.silenced")) << "noted once";
  world->quietly([&](store::WriteSession& s) { return s.run("update agreement set audio = 1").error(); });
  EXPECT_TRUE(round(status("recording", false, loud)).empty());
  world->quietly(
      [&](store::WriteSession& s) { return s.run("update agreement set audio = 1, hours = '01:00-02:00'").error(); });
  EXPECT_EQ(round(status("recording", false, loud)), (std::vector<AgreementOrder>{{camera, true, false}}))
      << "outside the hours nothing is recorded, and the setting stays";
}

TEST_P(RegisterWatchTest, AsksCoreEveryTenSecondsAndTellsItToPause) {
  RegisterWatch watch({clock, *link, pool, *world->office});
  withdraw(agree("BB-01"));
  clock.advance(base::Seconds(10));
  watch.tick();
  auto asked = sent<ipc::ControlRequest>();
  ASSERT_EQ(asked.size(), 1U);
  reply(ipc::ControlReply{asked[0].id, status("recording", false)});
  asked = sent<ipc::ControlRequest>();
  ASSERT_EQ(asked.size(), 1U);
  const boost::json::object order = boost::json::parse(asked[0].json).as_object();
  EXPECT_EQ(order.at("op").as_string(), "camera.set");
  EXPECT_EQ(order.at("id").as_string(), camera.to_string());
  EXPECT_TRUE(order.at("paused").as_bool());
  watch.tick();
  EXPECT_TRUE(sent<ipc::ControlRequest>().empty()) << "ten seconds have not passed";
}

INSTANTIATE_TEST_SUITE_P(sqlite, RegisterWatchTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, RegisterWatchTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
