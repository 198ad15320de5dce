#include "gate/login.h"

#include <string>

#include "access/audit.h"
#include "access/passwords.h"
#include "access/totp.h"
#include "gate/admission.h"
#include "gate/permits.h"
#include "gate/upkeep.h"
#include "support/hand_clock.h"
#include "support/postgres_server.h"
#include "support/register_world.h"

namespace vonggac::gate {
namespace {

constexpr const char* kPassword = "trời mưa thì ướt đường";

class LoginTest : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    const std::string database =
        GetParam() == store::Engine::kPostgres ? test::PostgresServer::shared().make_database() : "";
    world_ = std::make_unique<test::RegisterWorld>(clock_, database);
    desk_ = std::make_unique<LoginDesk>(*world_->office);
  }
  access::UserId person(const std::string& login, const std::string& role) {
    const access::UserId id = world_->person(login, {role});
    const auto hash = access::hash_password(base::Secret(kPassword));
    EXPECT_TRUE(hash);
    world_->write([&](store::WriteSession& s) { return access::set_password(s, id, *hash); });
    return id;
  }
  LoginOutcome try_login(const std::string& login, const std::string& password, const std::string& code = "",
                         const std::string& address = "10.0.0.5") {
    auto outcome = desk_->log_in({login, base::Secret(password), code, address});
    EXPECT_TRUE(outcome) << outcome.error().to_string();
    return outcome ? *outcome : LoginOutcome(Refusal{});
  }
  static std::string code_of(const LoginOutcome& outcome) {
    const Refusal* refusal = std::get_if<Refusal>(&outcome);
    return refusal == nullptr ? "in" : std::string(refusal->code);
  }
  AdmissionOutcome ask(const Demand& demand, const LoginOutcome& login) {
    Asked asked;
    asked.credentials.session = std::get<std::string>(login);
    const auto outcome = admit(*world_->office, demand, asked);
    EXPECT_TRUE(outcome);
    return *outcome;
  }
  static Demand status_demand() {
    Demand demand;
    demand.name = "status";
    return demand;
  }
  std::int64_t audited(const std::string& action, bool allowed) {
    std::int64_t count = 0;
    world_->quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(
          const store::Rows rows,
          s.query("select cast(count(*) as bigint) from audit where action = $1 and allowed = $2", {action, allowed}));
      count = rows[0].integer(0);
      return {};
    });
    return count;
  }

  test::HandClock clock_;
  std::unique_ptr<test::RegisterWorld> world_;
  std::unique_ptr<LoginDesk> desk_;
};

TEST_P(LoginTest, TheSetupCodeMakesOneAdministratorOnce) {
  ASSERT_TRUE(*desk_->setup_needed());
  const auto code = world_->office->setup_code();
  ASSERT_TRUE(code && *code);
  const auto set_up = [&](const std::string& typed) {
    return *desk_->set_up({typed, "quan.tri", "Nguyễn Thị Quản", base::Secret(kPassword), "127.0.0.1"});
  };
  EXPECT_EQ(code_of(set_up("AAAA-BBBB-CCCC")), "wrong_setup_code");
  const LoginOutcome in = set_up(**code);
  ASSERT_EQ(code_of(in), "in");
  EXPECT_EQ(code_of(set_up(**code)), "wrong_setup_code");
  EXPECT_FALSE(*desk_->setup_needed());
  EXPECT_FALSE(*world_->office->setup_code());
  // An administrator gets no further before a second factor is set.
  const AdmissionOutcome asked = ask(status_demand(), in);
  ASSERT_TRUE(std::holds_alternative<Refusal>(asked));
  EXPECT_EQ(std::get<Refusal>(asked).code, "second_factor_must_be_set");
}

TEST_P(LoginTest, EveryWrongLoginIsAnsweredAlikeAndFiveOfThemClose) {
  person("truc.ban", "TRUC");
  EXPECT_EQ(code_of(try_login("truc.ban", kPassword)), "in");
  EXPECT_EQ(code_of(try_login("truc.ban", "sai rồi nhé", "", "10.0.0.6")), "wrong_login");
  EXPECT_EQ(code_of(try_login("khong.co", "sai rồi nhé", "", "10.0.0.6")), "wrong_login");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(code_of(try_login("truc.ban", "sai", "", "10.0.0.6")), "wrong_login");
  EXPECT_EQ(code_of(try_login("truc.ban", kPassword, "", "10.0.0.6")), "too_many_tries") << "right, but too late";
  clock_.advance(base::Seconds(301));
  EXPECT_EQ(code_of(try_login("truc.ban", kPassword, "", "10.0.0.6")), "in");
  EXPECT_EQ(audited("login", false), 5);
  EXPECT_EQ(audited("login", true), 2);
}

TEST_P(LoginTest, ASuspendedPersonIsAnsweredLikeAWrongPassword) {
  const access::UserId id = person("nghi.viec", "TRUC");
  const LoginOutcome before = try_login("nghi.viec", kPassword);
  world_->write([&](store::WriteSession& s) { return access::suspend(s, id, std::string("nghỉ việc")); });
  EXPECT_EQ(code_of(try_login("nghi.viec", kPassword)), "wrong_login");
  EXPECT_EQ(std::get<Refusal>(ask(status_demand(), before)).code, "login_needed") << "open sessions end too";
}

TEST_P(LoginTest, TheSecondFactorIsSealedAndEachCodeWorksOnce) {
  const access::UserId id = person("duyet.lenh", "DUYET");
  const base::Bytes secret = access::make_totp_secret();
  const base::Bytes sealed = world_->office->seal().close(secret, id);
  EXPECT_EQ(std::search(sealed.begin(), sealed.end(), secret.begin(), secret.end()), sealed.end());
  world_->write([&](store::WriteSession& s) { return access::set_totp(s, id, sealed); });
  EXPECT_EQ(code_of(try_login("duyet.lenh", kPassword)), "second_factor_code_needed");
  EXPECT_EQ(code_of(try_login("duyet.lenh", kPassword, "000000")), "wrong_login");
  const std::string code = access::totp_code(secret, clock_.wall.us / 1'000'000 / access::kTotpStepS);
  const LoginOutcome in = try_login("duyet.lenh", kPassword, code);
  ASSERT_EQ(code_of(in), "in");
  EXPECT_TRUE(std::holds_alternative<Admission>(ask(status_demand(), in)));
  EXPECT_EQ(code_of(try_login("duyet.lenh", kPassword, code)), "wrong_login") << "the same code again";
}

TEST_P(LoginTest, AScreenNobodyTouchesLocksAndTheWallGoesOn) {
  person("truc.dem", "TRUC");
  const LoginOutcome in = try_login("truc.dem", kPassword);
  clock_.advance(base::Seconds(16 * 60));
  Demand wall = status_demand();
  wall.while_locked = true;
  EXPECT_TRUE(std::holds_alternative<Admission>(ask(wall, in)));
  EXPECT_EQ(std::get<Refusal>(ask(status_demand(), in)).code, "locked");
  EXPECT_EQ(audited("status", false), 0) << "a locked screen is no denial";
}

TEST_P(LoginTest, UpkeepSuspendsWhoHasNotComeForNinetyDaysAndSweepsOldSessions) {
  const access::UserId away = person("di.xa", "TRUC"), here = person("con.day", "TRUC");
  (void)try_login("di.xa", kPassword);
  clock_.advance(base::Seconds(80LL * 24 * 3600));
  const LoginOutcome in = try_login("con.day", kPassword);
  clock_.advance(base::Seconds(11LL * 24 * 3600));
  ASSERT_TRUE(upkeep(*world_->office).ok());
  EXPECT_EQ(code_of(try_login("di.xa", kPassword)), "wrong_login");
  EXPECT_EQ(code_of(try_login("con.day", kPassword)), "in");
  std::int64_t sessions = 0;
  world_->quietly([&](store::WriteSession& s) -> base::Status {
    VG_ASSIGN(const store::Rows rows, s.query("select cast(count(*) as bigint) from app_session"));
    sessions = rows[0].integer(0);
    return {};
  });
  EXPECT_EQ(sessions, 1) << "only the newest login is left";
  EXPECT_NE(away, here);
}

TEST_P(LoginTest, UpkeepKeepsChangesForNinetyDays) {
  const auto kept = [this] {
    std::int64_t rows = 0;
    world_->quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(const store::Rows found, s.query("select cast(count(*) as bigint) from outbox"));
      rows = found[0].integer(0);
      return {};
    });
    return rows;
  };
  person("truc.ngay", "TRUC");
  const std::int64_t first = kept();
  ASSERT_GT(first, 1);
  clock_.advance(base::Seconds(89LL * 24 * 3600));
  person("truc.dem", "TRUC");
  const std::int64_t all = kept();
  ASSERT_TRUE(upkeep(*world_->office).ok());
  EXPECT_EQ(kept(), all);
  clock_.advance(base::Seconds(2LL * 24 * 3600));
  ASSERT_TRUE(upkeep(*world_->office).ok());
  EXPECT_LT(kept(), all);
  EXPECT_GE(kept(), all - first);
}

TEST(SealTest, OpensOnlyWhatItClosedForThisRow) {
  const base::SystemClock clock;
  const Seal seal(std::array<std::uint8_t, Seal::kKeyBytes>{1, 2, 3}),
      other(std::array<std::uint8_t, Seal::kKeyBytes>{4});
  const base::Uuid row = base::Uuid::make_v7(clock), another = base::Uuid::make_v7(clock);
  const base::Bytes secret{1, 2, 3, 4, 5};
  base::Bytes sealed = seal.close(secret, row);
  EXPECT_EQ(*seal.open(sealed, row), secret);
  EXPECT_NE(seal.close(secret, row), sealed);
  EXPECT_FALSE(seal.open(sealed, another));
  EXPECT_FALSE(other.open(sealed, row));
  sealed.back() ^= 1U;
  EXPECT_EQ(seal.open(sealed, row).error().kind(), base::ErrorKind::kDataLoss);
  EXPECT_FALSE(seal.open({}, row));
}

TEST(SealTest, KeepsItsKeyAndRefusesADamagedOne) {
  const test::TempFolder folder;
  const base::Uuid row{};
  const auto first = Seal::load(folder.file("register.key"));
  ASSERT_TRUE(first) << first.error().to_string();
  const base::Bytes sealed = first->close(base::Bytes{7}, row);
  const auto again = Seal::load(folder.file("register.key"));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again->open(sealed, row), base::Bytes{7});
  std::filesystem::resize_file(folder.file("register.key"), 31);
  EXPECT_EQ(Seal::load(folder.file("register.key")).error().kind(), base::ErrorKind::kDataLoss);
}

TEST_P(LoginTest, AnAccountIsOneAccountHoweverItsLoginIsWritten) {
  person("an.nguyen", "TRUC");
  const char* const written[] = {"an.nguyen", "AN.NGUYEN", "An.Nguyen", "an.NGUYEN", "aN.nguyen"};
  int address = 1;
  for (const char* login : written) {
    EXPECT_EQ(code_of(try_login(login, "wrong", "", "10.0.0." + std::to_string(address++))), "wrong_login") << login;
  }
  EXPECT_EQ(code_of(try_login("an.nguyeN", kPassword, "", "10.0.0.99")), "too_many_tries");
}

TEST_P(LoginTest, AWrongPasswordOfWhoIsLoggedInIsAudited) {
  const access::UserId user = person("an.nguyen", "TRUC");
  const auto fits = desk_->confirm(user, base::Secret("wrong"), "10.0.0.5");
  ASSERT_TRUE(fits);
  EXPECT_FALSE(std::get<bool>(*fits));
  EXPECT_EQ(audited("confirm", false), 1);
}

TEST_P(LoginTest, WrongCodesAreSlowedThoughThePasswordIsKnown) {
  const access::UserId user = person("an.nguyen", "QUAN_TRI");
  world_->write([&](store::WriteSession& s) -> base::Status {
    return access::set_totp(s, user, world_->office->seal().close(base::Bytes(20, 7), user));
  });
  std::string last;
  for (int i = 0; i < 6; ++i) {
    const auto known = desk_->confirm(user, base::Secret(kPassword), "10.0.0.5");
    ASSERT_TRUE(known);
    EXPECT_TRUE(i == 5 || std::get<bool>(*known));
    const auto fits = desk_->confirm_code(user, "000000", "10.0.0.5");
    ASSERT_TRUE(fits);
    last = std::holds_alternative<Refusal>(*fits) ? std::get<Refusal>(*fits).code : "wrong";
  }
  EXPECT_EQ(last, "too_many_tries");
  EXPECT_EQ(audited("confirm", false), 5);
}

INSTANTIATE_TEST_SUITE_P(sqlite, LoginTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, LoginTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::gate
