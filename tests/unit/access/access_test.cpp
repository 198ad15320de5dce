#include <thread>

#include "access/audit.h"
#include "access/grants.h"
#include "access/login_brake.h"
#include "access/passwords.h"
#include "access/sessions.h"
#include "access/totp.h"
#include "store/migrations.h"
#include "store/outbox.h"
#include "support/both_engines.h"
#include "support/hand_clock.h"

namespace vonggac::access {
namespace {

const std::vector<store::Migration> kSteps{
    {1, "node", store::kNodeAndOutbox}, {2, "users", kUserSchema}, {3, "audit", kAuditSchema}};
constexpr std::int64_t kSecondUs = 1'000'000, kDayUs = 24LL * 3600 * kSecondUs;

class AccessTest : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    store_ = engines_.open(engines_.fresh_address(GetParam()));
    ASSERT_TRUE(store::migrate(*store_, kSteps, clock_, nullptr));
    ASSERT_TRUE(store::ensure_node(*store_, clock_));
  }
  template <typename Work>
  base::Status write(Work work) {
    return store_->write([&](store::WriteSession& session) { return work(session); });
  }
  template <typename Work>
  base::Status quietly(Work work) {
    return store_->write_quietly([&](store::WriteSession& session) { return work(session); });
  }
  template <typename Read>
  auto read(Read read) {
    decltype(read(std::declval<store::Reader&>())) result = base::internal_error("not read");
    const base::Status status = store_->read([&](store::Reader& session) -> base::Status {
      result = read(session);
      return result.error();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return std::move(*result);
  }
  UserId person(const std::string& login) {
    UserId id;
    EXPECT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                  VG_ASSIGN(id, add_user(s, login, "Nguyễn Văn A", "hash", false));
                  return {};
                }).ok());
    return id;
  }
  std::string log_in(const UserId& user) {
    std::string token;
    EXPECT_TRUE(quietly([&](store::WriteSession& s) -> base::Status {
                  VG_ASSIGN(token, begin_session(s, user, true, "10.0.0.1"));
                  return {};
                }).ok());
    return token;
  }
  std::optional<LoginSession> found(const std::string& token) {
    return read([&](store::Reader& s) { return session_of(s, token, clock_.wall_now()); });
  }

  test::HandClock clock_;
  test::TempFolder folder_;
  test::BothEngines engines_{folder_, clock_};
  std::unique_ptr<store::Store> store_;
};

TEST_P(AccessTest, ALoginBelongsToOnePerson) {
  person("Nguyen.Van-A");
  EXPECT_EQ(write([](store::WriteSession& s) { return add_user(s, "NGUYEN.van-a", "B", "h", false).error(); }).kind(),
            base::ErrorKind::kInvalidArgument);
  for (const char* wrong : {"", "ab", "a b c", "nguyễn", "a'b--", "0123456789012345678901234567890123456789x"}) {
    EXPECT_FALSE(write([&](store::WriteSession& s) { return add_user(s, wrong, "B", "h", false).error(); }).ok())
        << wrong;
  }
  EXPECT_TRUE(read([](store::Reader& s) { return user_by_login(s, "nguyen.van-a"); }));
  EXPECT_FALSE(read([](store::Reader& s) { return user_by_login(s, "constructor"); }));
}

TEST_P(AccessTest, TheFirstStartGivesOneCodeThatWorksOnce) {
  std::optional<std::string> first, second;
  const auto make = [&](std::optional<std::string>& code) {
    return quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(code, make_setup_code(s));
      return {};
    });
  };
  const auto take = [&](const std::string& code) {
    bool good = false;
    EXPECT_TRUE(quietly([&](store::WriteSession& s) -> base::Status {
                  VG_ASSIGN(good, take_setup_code(s, code));
                  return {};
                }).ok());
    return good;
  };
  ASSERT_TRUE(make(first).ok());
  ASSERT_TRUE(make(second).ok());
  EXPECT_FALSE(take(*first)) << "a new code replaces the old one";
  EXPECT_FALSE(take(""));
  EXPECT_TRUE(take(*second));
  EXPECT_FALSE(take(*second)) << "once";
  person("admin.a");
  std::optional<std::string> later;
  ASSERT_TRUE(make(later).ok());
  EXPECT_FALSE(later) << "nobody is made administrator where there is a user";
}

TEST_P(AccessTest, TheDatabaseHoldsNoTokenAndASessionEnds) {
  const UserId user = person("a.b.c");
  const std::string token = log_in(user);
  ASSERT_TRUE(found(token));
  EXPECT_EQ(found(token)->user, user);
  EXPECT_FALSE(found("")) << "no token";
  EXPECT_FALSE(found(token + "0"));
  EXPECT_NE(log_in(user), token) << "each login has a token of its own";
  EXPECT_EQ(read([&](store::Reader& s) {
              return s.query("select 1 from app_session where token_hash = $1",
                             {base::Bytes(token.begin(), token.end())});
            }).size(),
            0U);
  ASSERT_TRUE(quietly([&](store::WriteSession& s) { return end_session(s, token); }).ok());
  EXPECT_FALSE(found(token));
}

TEST_P(AccessTest, AnIdleSessionIsLockedThenOver) {
  const std::string token = log_in(person("a.b.c"));
  EXPECT_FALSE(found(token)->locked);
  clock_.advance(base::Micros(16 * 60 * kSecondUs));
  EXPECT_TRUE(found(token)->locked) << "the wall goes on, but locked";
  ASSERT_TRUE(quietly([&](store::WriteSession& s) { return lock_session(s, token, false); }).ok());
  EXPECT_FALSE(found(token)->locked);
  clock_.advance(base::Micros(3 * kDayUs));
  EXPECT_FALSE(found(token));
}

TEST_P(AccessTest, ASessionThatIsUsedEndsAllTheSame) {
  const std::string token = log_in(person("a.b.c"));
  for (int day = 0; day < 13; ++day) {
    clock_.advance(base::Micros(kDayUs));
    ASSERT_TRUE(quietly([&](store::WriteSession& s) { return touch_session(s, token); }).ok());
    EXPECT_TRUE(found(token)) << day;
  }
  clock_.advance(base::Micros(kDayUs));
  EXPECT_FALSE(found(token)) << "after fourteen days";
}

TEST_P(AccessTest, ASessionIsOverBeforeItsOwnLogin) {
  const std::string token = log_in(person("a.b.c"));
  clock_.wall.us -= 2 * 3600 * kSecondUs;
  EXPECT_FALSE(found(token)) << "a clock that was set back makes no session immortal";
}

TEST_P(AccessTest, PasswordSecondFactorAndSuspensionEndAllSessions) {
  const UserId user = person("a.b.c");
  const auto ends = [&](const char* what, auto change) {
    const std::string token = log_in(user);
    ASSERT_TRUE(found(token)) << what;
    ASSERT_TRUE(write(change).ok()) << what;
    EXPECT_FALSE(found(token)) << what;
  };
  ends("password", [&](store::WriteSession& s) { return set_password(s, user, "new"); });
  ends("second factor", [&](store::WriteSession& s) { return set_totp(s, user, make_totp_secret()); });
  ends("suspended", [&](store::WriteSession& s) { return suspend(s, user, "left"); });
  EXPECT_FALSE(found(log_in(user))) << "and a suspended user's session opens nothing";
  EXPECT_EQ(write([&](store::WriteSession& s) { return suspend(s, UserId{}, "x"); }).kind(),
            base::ErrorKind::kNotFound);
}

TEST_P(AccessTest, V32NobodySeenForNinetyDaysIsSuspended) {
  const UserId quiet = person("quiet"), active = person("active");
  clock_.advance(base::Micros(60 * kDayUs));
  log_in(active);
  clock_.advance(base::Micros(31 * kDayUs));
  std::int64_t suspended = 0;
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_ASSIGN(suspended, suspend_idle_users(s));
                return {};
              }).ok());
  EXPECT_EQ(suspended, 1);
  EXPECT_TRUE(read([&](store::Reader& s) { return user_by_id(s, quiet); })->suspended_reason);
  EXPECT_FALSE(read([&](store::Reader& s) { return user_by_id(s, active); })->suspended_reason);
}

TEST_P(AccessTest, ACodeIsTakenOnce) {
  const UserId user = person("a.b.c");
  const base::Bytes secret = make_totp_secret();
  const std::int64_t now_step = clock_.wall_now().us / kSecondUs / kTotpStepS;
  const std::string code = totp_code(secret, now_step);
  const auto step = totp_step_of(secret, code, clock_.wall_now(), 0);
  ASSERT_EQ(step, now_step);
  EXPECT_TRUE(quietly([&](store::WriteSession& s) { return note_totp_step(s, user, *step); }).ok());
  EXPECT_FALSE(quietly([&](store::WriteSession& s) { return note_totp_step(s, user, *step); }).ok())
      << "two logins at once";
  EXPECT_FALSE(totp_step_of(secret, code, clock_.wall_now(), *step));
}

TEST_P(AccessTest, NobodyMayDoAnythingWithoutAGrant) {
  const UserId user = person("a.b.c");
  const auto authority = [&] {
    return read([&](store::Reader& s) { return Authority::of(s, user, clock_.wall_now()); });
  };
  for (const Role& role : roles()) {
    for (int bit = 0; bit < 19; ++bit)
      EXPECT_FALSE(authority().may_anywhere(static_cast<Action>(std::uint64_t{1} << bit))) << role.code;
  }
  const base::Uuid ward = base::Uuid::make_v7(clock_), other = base::Uuid::make_v7(clock_),
                   khom = base::Uuid::make_v7(clock_), province = base::Uuid::make_v7(clock_);
  const base::WallTime now = clock_.wall_now();
  base::Uuid grant;
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_ASSIGN(grant, give_grant(s, user, "XAC_MINH", ward, now, now + base::Micros(kDayUs), std::nullopt));
                return {};
              }).ok());
  EXPECT_TRUE(authority().may(Action::kPlayback, {ward, province}));
  EXPECT_TRUE(authority().may(Action::kPlayback, {khom, ward, province})) << "what lies in it";
  EXPECT_FALSE(authority().may(Action::kPlayback, {other, province})) << "another ward";
  EXPECT_FALSE(authority().may(Action::kPlayback, {province})) << "the province above it";
  EXPECT_FALSE(authority().may(Action::kPlayback, {})) << "what belongs to no area";
  EXPECT_FALSE(authority().may(Action::kUserManage, {ward, province})) << "not of this role";
  EXPECT_EQ(authority().scope(Action::kPlayback).roots, (std::vector<base::Uuid>{ward}));
  clock_.advance(base::Micros(kDayUs));
  EXPECT_FALSE(authority().may(Action::kPlayback, {ward, province})) << "over";
  clock_.wall = now;
  ASSERT_TRUE(write([&](store::WriteSession& s) { return revoke_grant(s, grant); }).ok());
  EXPECT_FALSE(authority().may(Action::kPlayback, {ward, province})) << "revoked";
  EXPECT_FALSE(write([&](store::WriteSession& s) { return revoke_grant(s, grant); }).ok());
  EXPECT_FALSE(write([&](store::WriteSession& s) {
                 return give_grant(s, user, "ROOT", ward, now, kNoEnd, std::nullopt).error();
               }).ok());
  EXPECT_FALSE(write([&](store::WriteSession& s) {
                 return give_grant(s, user, "TRUC", ward, now, now, std::nullopt).error();
               }).ok());
}

TEST_P(AccessTest, TheAuditsChainShowsWhatWasChangedOrTakenAway) {
  const base::Uuid camera = base::Uuid::make_v7(clock_);
  const UserId user = person("a.b.c");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(quietly([&](store::WriteSession& s) {
                  AuditEntry entry;
                  entry.actor = user;
                  entry.actor_name = "Nguyễn Văn A";
                  entry.action = "playback";
                  entry.allowed = i % 3 != 0;
                  entry.subject_kind = "camera";
                  if (i % 2 == 0) entry.subject = camera;
                  entry.purpose = "vụ trộm 12/" + std::to_string(i);
                  entry.detail = "{}";
                  entry.address = "10.0.0.1";
                  return write_audit(s, entry);
                }).ok());
  }
  const auto fault = [&] { return read([](store::Reader& s) { return check_audit(s); }); };
  EXPECT_FALSE(fault());
  const auto seen = read([&](store::Reader& s) { return audit_of_subject(s, camera, INT64_MAX, 3); });
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].seq, 19);
  EXPECT_EQ(seen[0].purpose, "vụ trộm 12/18");
  // Each in a transaction that is then undone, so that one chain serves for all.
  for (const char* tampering :
       {"update audit set purpose = 'x' where seq = 7", "update audit set allowed = 1 - allowed where seq = 20",
        "delete from audit where seq = 7", "delete from audit where seq = 1", "delete from audit where seq > 15",
        "delete from audit", "update audit set actor = null where seq = 3",
        "update audit set at_us = at_us + 1 where seq = 9"}) {
    std::optional<std::string> found;
    (void)quietly([&](store::WriteSession& s) -> base::Status {
      VG_TRY(s.run(tampering).error());
      VG_ASSIGN(found, check_audit(s));
      return base::Status(base::ErrorKind::kCancelled, "undone");
    });
    EXPECT_TRUE(found) << tampering;
  }
  EXPECT_FALSE(fault());
}

INSTANTIATE_TEST_SUITE_P(sqlite, AccessTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, AccessTest, testing::Values(store::Engine::kPostgres));

TEST(Roles, KeepFootageFromThoseWhoDoNotNeedIt) {
  EXPECT_EQ(roles().size(), 10U);
  EXPECT_FALSE(allows(find_role("MO_HINH")->actions, Action::kPlayback));
  EXPECT_FALSE(allows(find_role("QUAN_TRI")->actions, Action::kLiveView));
  EXPECT_FALSE(allows(find_role("QUAN_TRI")->actions, Action::kPlayback));
  EXPECT_FALSE(allows(find_role("KY_THUAT")->actions, Action::kPlayback));
  EXPECT_FALSE(allows(find_role("KIEM_TRA")->actions, Action::kRegisterWrite));
  EXPECT_TRUE(allows(find_role("KIEM_TRA")->actions, Action::kAuditRead));
  EXPECT_TRUE(find_role("QUAN_TRI")->needs_second_factor);
  EXPECT_TRUE(find_role("DUYET")->needs_second_factor);
  for (const Role& role : roles()) {
    const bool both = allows(role.actions, Action::kRequestMake) && allows(role.actions, Action::kRequestApprove);
    EXPECT_FALSE(both) << role.code << " asks and approves";
  }
}

TEST(Passwords, AreHashedWithArgon2idAndFitOnlyThemselves) {
  const base::Secret password(std::string("phường 8 trời mưa"));
  const auto hash = hash_password(password);
  ASSERT_TRUE(hash) << hash.error().to_string();
  EXPECT_EQ(hash->substr(0, 10), "$argon2id$");
  EXPECT_NE(*hash, *hash_password(password)) << "salted";
  EXPECT_TRUE(password_fits(password, *hash));
  EXPECT_FALSE(password_fits(base::Secret(std::string("phường 8 trời mưa ")), *hash));
  EXPECT_FALSE(password_fits(password, ""));
  EXPECT_FALSE(password_fits(password, "no hash"));
}

TEST(Passwords, ThoseThatEverybodyTriesAreRefused) {
  for (const char* wrong : {"1234567", "12345678", "PASSWORD", "aaaaaaaaaaaa", "nguyenvana", "Matkhau123"}) {
    EXPECT_NE(fault_of_password(base::Secret(std::string(wrong)), "nguyenvana"), nullptr) << wrong;
  }
  EXPECT_EQ(fault_of_password(base::Secret(std::string("gà gáy ba lần")), "nguyenvana"), nullptr);
  EXPECT_NE(fault_of_password(base::Secret(std::string(200, 'x') + "y"), ""), nullptr);
}

TEST(Totp, GivesTheCodesOfTheStandard) {
  // RFC 6238 appendix B, SHA-1, last six of eight digits.
  const std::string text = "12345678901234567890";
  const base::Bytes secret(text.begin(), text.end());
  EXPECT_EQ(totp_code(secret, 59 / 30), "287082");
  EXPECT_EQ(totp_code(secret, 1111111109 / 30), "081804");
  EXPECT_EQ(totp_code(secret, 2000000000 / 30), "279037");
  EXPECT_EQ(totp_code(secret, 20000000000 / 30), "353130");
  const base::WallTime now{59'000'000};
  EXPECT_EQ(totp_step_of(secret, "287 082", now, -1), 1);
  EXPECT_EQ(totp_step_of(secret, totp_code(secret, 2), now, -1), 2) << "a phone that is a little fast";
  EXPECT_FALSE(totp_step_of(secret, totp_code(secret, 3), now, -1));
  EXPECT_FALSE(totp_step_of(secret, "287082", now, 1)) << "used before";
  EXPECT_FALSE(totp_step_of(secret, "", now, -1));
  EXPECT_EQ(totp_uri(secret, "Vọng Gác", "a@b"),
            "otpauth://totp/"
            "V%E1%BB%8Dng%20G%C3%A1c:a%40b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=V%E1%BB%8Dng%20G%C3%A1c");
}

TEST(LoginBrake, TriesAtTheSameTimeAreNoMoreThanOneAfterTheOther) {
  LoginBrake brake;
  const base::MonoTime now{1'000'000'000};
  int begun = 0;
  for (int i = 0; i < 20; ++i) begun += brake.begin("a", "10.0.0.2", now).count() == 0 ? 1 : 0;
  EXPECT_EQ(begun, LoginBrake::kTries);
  EXPECT_GT(brake.begin("a", "10.0.0.3", now).count(), 0) << "from another address";
  for (int i = 0; i < begun; ++i) brake.end("a", "10.0.0.2");
  EXPECT_EQ(brake.begin("a", "10.0.0.2", now).count(), 0) << "none of them was wrong";
}

TEST(LoginBrake, FiveWrongTriesCloseTheAccountForFiveMinutesThenLonger) {
  LoginBrake brake;
  base::MonoTime now{1'000'000'000};
  const auto fail = [&](int times, const std::string& login, const std::string& address) {
    for (int i = 0; i < times; ++i) brake.failed(login, address, now);
  };
  fail(4, "a", "10.0.0.1");
  EXPECT_EQ(brake.wait("a", "10.0.0.2", now).count(), 0);
  fail(1, "a", "10.0.0.3");
  EXPECT_EQ(brake.wait("a", "10.0.0.2", now), base::Micros(base::Seconds(300))) << "from every address";
  EXPECT_EQ(brake.wait("b", "10.0.0.2", now).count(), 0) << "other accounts are open";
  now = now + base::Micros(base::Seconds(301));
  EXPECT_EQ(brake.wait("a", "10.0.0.2", now).count(), 0);
  fail(5, "a", "10.0.0.9");
  EXPECT_EQ(brake.wait("a", "10.0.0.2", now), base::Micros(base::Seconds(600)));
  brake.succeeded("a");
  EXPECT_EQ(brake.wait("a", "10.0.0.2", now).count(), 0);
  EXPECT_GT(brake.wait("other", "10.0.0.9", now).count(), 0)
      << "a known password does not wash off guesses from the same place";
}

TEST(LoginBrake, SlowTriesAreNotCounted) {
  LoginBrake brake;
  base::MonoTime now{1'000'000'000};
  for (int i = 0; i < 50; ++i) {
    brake.failed("a", "10.0.0.1", now);
    EXPECT_EQ(brake.wait("a", "10.0.0.1", now).count(), 0) << i;
    now = now + base::Micros(base::Seconds(11));
  }
}

TEST(LoginBrake, AFloodOfNamesDoesNotFillTheMemory) {
  LoginBrake brake;
  base::MonoTime now{1'000'000'000};
  for (int i = 0; i < 5; ++i) brake.failed("victim", "10.9.9.9", now);
  for (int i = 0; i < 60'000; ++i) {
    brake.failed("n" + std::to_string(i), "x" + std::to_string(i), now);
    now.us += 100;
  }
  EXPECT_GT(brake.wait("victim", "10.0.0.1", now).count(), 0) << "who is closed out stays closed out";
}

}  // namespace
}  // namespace vonggac::access
