#include "gate/denials.h"

#include <memory>
#include <string>

#include "gate/admission.h"
#include "support/hand_clock.h"
#include "support/postgres_server.h"
#include "support/register_world.h"

namespace vonggac::gate {
namespace {

class DenialsTest : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    const std::string database =
        GetParam() == store::Engine::kPostgres ? test::PostgresServer::shared().make_database() : "";
    world_ = std::make_unique<test::RegisterWorld>(clock_, database);
    user_ = world_->person("to.mo", {"TRUC"});
    token_ = world_->token_of(user_, access::all_actions());
  }
  void ask_in_vain(int times) {
    Demand demand;
    demand.name = "users";
    demand.action = access::Action::kUserManage;
    for (int i = 0; i < times; ++i) {
      Asked asked;
      asked.credentials = {"", token_, "10.0.0.5"};
      const auto outcome = admit(*world_->office, demand, asked);
      ASSERT_TRUE(outcome);
      ASSERT_TRUE(std::holds_alternative<Refusal>(*outcome));
    }
  }
  std::vector<access::AuditRow> denials() {
    std::vector<access::AuditRow> found;
    world_->quietly([&](store::WriteSession& session) -> base::Status {
      VG_ASSIGN(const std::vector<access::AuditRow> rows, access::newest_audit(session, INT64_MAX, 1000));
      for (const access::AuditRow& row : rows) {
        if (!row.allowed) found.push_back(row);
      }
      VG_ASSIGN(const std::optional<std::string> fault, access::check_audit(session));
      EXPECT_FALSE(fault) << *fault;
      return {};
    });
    return found;
  }
  base::Status settle(bool all = false) {
    return world_->office->denials().settle(world_->office->store(), clock_.mono_now(), all);
  }

  test::HandClock clock_;
  std::unique_ptr<test::RegisterWorld> world_;
  access::UserId user_;
  std::string token_;
};

TEST_P(DenialsTest, EachDenialIsOneRow) {
  ask_in_vain(3);
  const auto rows = denials();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].action, "users");
  EXPECT_EQ(rows[0].address, "10.0.0.5");
}

TEST_P(DenialsTest, AFloodOfDenialsIsCountedIntoOneRow) {
  ask_in_vain(Denials::kRowsAMinute + 25);
  EXPECT_EQ(denials().size(), static_cast<std::size_t>(Denials::kRowsAMinute));
  clock_.advance(base::Seconds(61));
  ASSERT_TRUE(settle().ok());
  const auto rows = denials();
  ASSERT_EQ(rows.size(), Denials::kRowsAMinute + 1U);
  EXPECT_EQ(rows[0].action, "denied.more");
  EXPECT_EQ(rows[0].detail, R"({"count":25,"actions":{"users":25}})");
  EXPECT_EQ(rows[0].actor, std::optional<base::Uuid>(user_));
  ask_in_vain(1);
  EXPECT_EQ(denials().size(), Denials::kRowsAMinute + 2U) << "a new minute";
}

TEST_P(DenialsTest, WhatWasCountedIsWrittenWhenTheProgramEnds) {
  ask_in_vain(Denials::kRowsAMinute + 1);
  ASSERT_TRUE(settle().ok());
  EXPECT_EQ(denials().size(), static_cast<std::size_t>(Denials::kRowsAMinute)) << "the minute is not over";
  ASSERT_TRUE(settle(true).ok());
  EXPECT_EQ(denials().size(), Denials::kRowsAMinute + 1U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, DenialsTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, DenialsTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::gate
