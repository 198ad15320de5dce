#include "store/store.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "store/backup.h"
#include "store/outbox.h"
#include "support/both_engines.h"

namespace vonggac::store {
namespace {

constexpr std::string_view kPlaces = R"(
create table place (
  id bytea not null primary key,
  name text not null unique,
  parent bytea references place (id) deferrable initially deferred,
  households bigint,
  area_km2 double precision,
  photo bytea
);
)";
constexpr std::string_view kLater = R"(
-- @sqlite
create table engine (name text not null);
insert into engine values ('sqlite');
-- @postgresql
create table engine (name text not null);
insert into engine values ('postgresql');
-- @both
alter table place add column note text;
)";
const std::vector<Migration> kSteps{{1, "node", kNodeAndOutbox}, {2, "places", kPlaces}, {3, "later", kLater}};

class StoreTest : public testing::TestWithParam<Engine> {
 protected:
  StoreAddress fresh_address() { return engines_.fresh_address(GetParam()); }
  std::unique_ptr<Store> open(const StoreAddress& address) { return engines_.open(address); }
  std::unique_ptr<Store> with_schema(std::int64_t last = 0) {
    auto store = open(fresh_address());
    const auto state = migrate(*store, kSteps, clock_, nullptr, last);
    EXPECT_TRUE(state) << state.error().to_string();
    EXPECT_TRUE(ensure_node(*store, clock_));
    return store;
  }
  base::Status add_place(WriteSession& session, const std::string& name, const Value& parent = nullptr) {
    const base::Uuid id = base::Uuid::make_v7(clock_);
    VG_TRY(session.run("insert into place (id, name, parent) values ($1, $2, $3)", {id, name, parent}).error());
    return session.tell("place.added", id, R"({"name":"x"})");
  }
  std::int64_t count(Store& store, const std::string& table) {
    std::int64_t rows = -1;
    const base::Status status = store.read([&](Reader& session) -> base::Status {
      VG_ASSIGN(const Rows found, session.query("select count(*) from " + table));
      rows = found[0].integer(0);
      return {};
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return rows;
  }

  base::SystemClock clock_;
  test::TempFolder folder_;
  test::BothEngines engines_{folder_, clock_};
};

TEST_P(StoreTest, KeepsEveryKindOfValue) {
  const auto store = with_schema();
  const base::Uuid id = base::Uuid::make_v7(clock_);
  const base::Bytes photo{0, 1, 0xff, 0, 7};
  const std::string name = "Phường Bến Nghé – “tổ 5” \\ ' \" $1";
  ASSERT_TRUE(store
                  ->write([&](WriteSession& s) -> base::Status {
                    VG_TRY(
                        s.run("insert into place (id, name, households, area_km2, photo) values ($1, $2, $3, $4, $5)",
                              {id, name, std::int64_t{-9'000'000'000'000'000'000}, 0.1, photo})
                            .error());
                    return s.tell("place.added", id, "{}");
                  })
                  .ok());
  ASSERT_TRUE(store
                  ->read([&](Reader& s) -> base::Status {
                    VG_ASSIGN(const Rows rows,
                              s.query("select id, name, households, area_km2, photo, parent from place where name = $1 "
                                      "or name = $1",
                                      {name}));
                    EXPECT_EQ(rows.size(), 1U);
                    const Row row = rows[0];
                    EXPECT_EQ(row.id(0), id);
                    EXPECT_EQ(row.text(1), name);
                    EXPECT_EQ(row.integer(2), -9'000'000'000'000'000'000);
                    EXPECT_EQ(row.real(3), 0.1);
                    EXPECT_EQ(row.bytes(4), photo);
                    EXPECT_TRUE(row.is_null(5));
                    EXPECT_FALSE(row.maybe_id(5));
                    return {};
                  })
                  .ok());
}

TEST_P(StoreTest, AFailedWriteLeavesNothing) {
  const auto store = with_schema();
  const base::Status status = store->write([&](WriteSession& s) -> base::Status {
    VG_TRY(add_place(s, "one"));
    return base::invalid_argument("no");
  });
  EXPECT_EQ(status.kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_EQ(count(*store, "place"), 0);
  EXPECT_EQ(count(*store, "outbox"), 0);
}

TEST_P(StoreTest, AConstraintIsTheCallersErrorAndUndoesAll) {
  const auto store = with_schema();
  const base::Status status = store->write([&](WriteSession& s) -> base::Status {
    VG_TRY(add_place(s, "one"));
    return add_place(s, "one");
  });
  EXPECT_EQ(status.kind(), base::ErrorKind::kInvalidArgument) << status.to_string();
  EXPECT_EQ(count(*store, "place"), 0);
  // A row that points nowhere is found when the transaction is kept.
  const base::Status dangling =
      store->write([&](WriteSession& s) { return add_place(s, "child", base::Uuid::make_v7(clock_)); });
  EXPECT_EQ(dangling.kind(), base::ErrorKind::kInvalidArgument) << dangling.to_string();
  EXPECT_EQ(count(*store, "place"), 0);
}

TEST_P(StoreTest, AChangeThatTellsNobodyIsRefused) {
  const auto store = with_schema();
  const auto silent = [&](WriteSession& s) {
    return s.run("insert into place (id, name) values ($1, 'x')", {base::Uuid::make_v7(clock_)}).error();
  };
  EXPECT_EQ(store->write(silent).kind(), base::ErrorKind::kInternal);
  EXPECT_EQ(count(*store, "place"), 0);
  EXPECT_TRUE(store->write_quietly(silent).ok());
  EXPECT_EQ(count(*store, "place"), 1);
}

TEST_P(StoreTest, ABookBesideTheRegisterNeedsNoOutboxRow) {
  const auto store = with_schema();
  const auto aside = [&](WriteSession& s) {
    return s.run_aside("insert into place (id, name) values ($1, 'x')", {base::Uuid::make_v7(clock_)}).error();
  };
  EXPECT_TRUE(store->write(aside).ok());
  EXPECT_EQ(count(*store, "place"), 1);
}

/// A register is loaded before the server has looked at it. What is planned then is kept, and must not read whole
/// tables.
TEST_P(StoreTest, WritesGoAlongKeysWhateverTheServerKnowsOfATable) {
  if (GetParam() == Engine::kSqlite) GTEST_SKIP() << "has neither plans that are kept nor joins by hashing";
  const auto store = with_schema();
  std::string plan;
  const base::Status status = store->write_quietly([&](WriteSession& s) -> base::Status {
    VG_TRY(s.run("create table version (area bigint not null, start bigint not null, parent bigint)").error());
    VG_TRY(s.run("create unique index version_start on version (area, start)").error());
    VG_TRY(s.run("insert into version select n, 0, n / 20 from generate_series(1, 20000) as n").error());
    VG_ASSIGN(const Rows rows,
              s.query("explain with recursive up (area, parent) as (select v.area, v.parent from version v where "
                      "v.area = 7 and v.start <= 5 union all select v.area, v.parent from version v join up on v.area "
                      "= up.parent where v.start <= 5) select area from up"));
    for (std::size_t i = 0; i < rows.size(); ++i) plan += rows[i].text(0) + "\n";
    return {};
  });
  ASSERT_TRUE(status.ok()) << status.to_string();
  EXPECT_NE(plan.find("version_start"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
}

TEST_P(StoreTest, OutboxNumbersHaveNoHolesWhoeverWrites) {
  const auto store = with_schema();
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const bool undo = i % 5 == 4;
        const base::Status status = store->write([&](WriteSession& s) -> base::Status {
          VG_TRY(add_place(s, std::to_string(t) + "/" + std::to_string(i)));
          return undo ? base::out_of_range("undone") : base::Status();
        });
        if (status.ok() == undo) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  ASSERT_TRUE(store
                  ->read([&](Reader& s) -> base::Status {
                    VG_ASSIGN(const std::vector<OutboxRow> rows, read_outbox(s, 0, 1000));
                    EXPECT_EQ(rows.size(), 80U);
                    for (std::size_t i = 0; i < rows.size(); ++i)
                      EXPECT_EQ(rows[i].seq, static_cast<std::int64_t>(i + 1));
                    return {};
                  })
                  .ok());
  const base::WallTime before{clock_.wall_now().us - 60'000'000}, after{clock_.wall_now().us + 60'000'000};
  EXPECT_EQ(*prune_outbox(*store, before, 1000), 0) << "none is so old";
  EXPECT_EQ(*prune_outbox(*store, after, 50), 50);
  EXPECT_EQ(*prune_outbox(*store, after, 1000), 29) << "the newest row stays";
  const auto found = check_store(*store, kSteps);
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_TRUE(found->empty()) << found->front();
}

TEST_P(StoreTest, AReadSeesOneMomentWhateverIsWrittenMeanwhile) {
  const auto store = with_schema();
  ASSERT_TRUE(store
                  ->read([&](Reader& s) -> base::Status {
                    VG_ASSIGN(const Rows before, s.query("select count(*) from place"));
                    EXPECT_TRUE(store->write([&](WriteSession& w) { return add_place(w, "meanwhile"); }).ok());
                    VG_ASSIGN(const Rows after, s.query("select count(*) from place"));
                    EXPECT_EQ(before[0].integer(0), after[0].integer(0));
                    return {};
                  })
                  .ok());
  EXPECT_EQ(count(*store, "place"), 1);
}

TEST_P(StoreTest, ManyRowsAtOnceAreAllThereOrNone) {
  const auto store = with_schema();
  std::vector<Parameters> rows;
  for (int i = 0; i < 2345; ++i) rows.push_back({base::Uuid::make_v7(clock_), std::to_string(i), std::int64_t{i}});
  const auto insert = [&](WriteSession& s) -> base::Status {
    VG_TRY(s.run_many("insert into place (id, name, households) values ($1, $2, $3)", rows));
    return s.tell("places.imported", rows[0][0].is_null() ? base::Uuid{} : base::Uuid::make_v7(clock_), "{}");
  };
  rows[2000][1] = rows[3][1];  // the same name twice
  EXPECT_EQ(store->write(insert).kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_EQ(count(*store, "place"), 0);
  rows[2000][1] = "2000";
  EXPECT_TRUE(store->write(insert).ok());
  EXPECT_EQ(count(*store, "place"), 2345);
}

TEST_P(StoreTest, WhatIsWrittenLaterIsSeenByTheNextQuestionAndItsErrorUndoesAll) {
  const auto store = with_schema();
  const auto later = [&](WriteSession& s, const char* name) {
    return s.run_later("insert into place (id, name, households) values ($1, $2, $3)",
                       {base::Uuid::make_v7(clock_), name, std::int64_t{1}});
  };
  std::int64_t seen = 0;
  EXPECT_TRUE(store
                  ->write([&](WriteSession& s) -> base::Status {
                    for (const char* name : {"một", "hai", "ba"}) VG_TRY(later(s, name));
                    VG_ASSIGN(const Rows rows, s.query("select count(*) from place"));
                    seen = rows[0].integer(0);
                    VG_TRY(later(s, "bốn"));
                    VG_ASSIGN(const std::int64_t changed, s.run("update place set households = 2"));
                    EXPECT_EQ(changed, 4);
                    return s.tell("places.imported", base::Uuid::make_v7(clock_), "{}");
                  })
                  .ok());
  EXPECT_EQ(seen, 3);
  // The same name again: whoever comes next is told, be it a question, a change or the end.
  for (const int next : {0, 1, 2}) {
    const base::Status status = store->write([&](WriteSession& s) -> base::Status {
      VG_TRY(s.tell("places.imported", base::Uuid::make_v7(clock_), "{}"));
      VG_TRY(later(s, "năm"));
      VG_TRY(later(s, "một"));
      if (next == 0) return s.query("select count(*) from place").error();
      if (next == 1) return s.run("update place set households = 3").error();
      return {};
    });
    EXPECT_EQ(status.kind(), base::ErrorKind::kInvalidArgument) << next << ": " << status.to_string();
    EXPECT_EQ(count(*store, "place"), 4) << next;
  }
  EXPECT_TRUE(store
                  ->write([&](WriteSession& s) -> base::Status {
                    for (int i = 0; i < 1203; ++i) VG_TRY(later(s, std::to_string(i).c_str()));
                    return s.tell("places.imported", base::Uuid::make_v7(clock_), "{}");
                  })
                  .ok());
  EXPECT_EQ(count(*store, "place"), 1207);
}

TEST_P(StoreTest, DataStatementsCannotChangeTheSchemaOnSqlite) {
  const auto store = with_schema();
  if (GetParam() == Engine::kPostgres) GTEST_SKIP() << "rights of the server's user";
  for (const char* sql : {"drop table place", "attach 'other.db' as o", "create table x (y bigint)",
                          "pragma writable_schema = 1", "alter table place add column z text", "vacuum"}) {
    EXPECT_FALSE(store->write_quietly([&](WriteSession& s) { return s.run(sql).error(); }).ok()) << sql;
  }
}

TEST_P(StoreTest, StepsAreAppliedOnceAndInOrder) {
  const auto store = with_schema(2);
  bool backed_up = false;
  const auto state = migrate(*store, kSteps, clock_, [&]() -> base::Status {
    backed_up = true;
    return {};
  });
  ASSERT_TRUE(state) << state.error().to_string();
  EXPECT_TRUE(backed_up) << "a backup comes before a step on a schema that has data";
  EXPECT_EQ(state->applied, 3);
  EXPECT_TRUE(state->pending.empty());
  ASSERT_TRUE(store
                  ->read([&](Reader& s) -> base::Status {
                    VG_ASSIGN(const Rows rows, s.query("select name from engine"));
                    EXPECT_EQ(rows[0].text(0), engine_name(GetParam()));
                    return {};
                  })
                  .ok());
  backed_up = false;
  EXPECT_TRUE(migrate(*store, kSteps, clock_, [&]() -> base::Status { return base::no_space("never asked"); }));
}

TEST_P(StoreTest, ABackupThatFailsStopsTheSteps) {
  const auto store = with_schema(2);
  const auto state = migrate(*store, kSteps, clock_, [] { return base::no_space("disk full"); });
  EXPECT_EQ(state.error().kind(), base::ErrorKind::kNoSpace);
  EXPECT_TRUE(store->read([&](Reader& s) { return s.query("select 1 from place").error(); }).ok());
  EXPECT_FALSE(store->read([&](Reader& s) { return s.query("select 1 from engine").error(); }).ok());
}

TEST_P(StoreTest, ANewerSchemaAndAChangedStepAreRefusedUntouched) {
  const auto store = with_schema();
  const std::vector<Migration> older(kSteps.begin(), kSteps.begin() + 2);
  const auto newer = migrate(*store, older, clock_, nullptr);
  EXPECT_EQ(newer.error().kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_NE(newer.error().message().find("newer program"), std::string::npos);
  std::vector<Migration> changed = kSteps;
  changed[1].sql = "create table place (id bytea)";
  EXPECT_EQ(migrate(*store, changed, clock_, nullptr).error().kind(), base::ErrorKind::kInvalidArgument);
}

TEST_P(StoreTest, AStepThatFailsLeavesTheSchemaBeforeIt) {
  const auto store = with_schema(2);
  std::vector<Migration> broken = kSteps;
  broken[2].sql = "create table half (id bytea); create table place (id bytea);";
  EXPECT_FALSE(migrate(*store, broken, clock_, nullptr));
  EXPECT_FALSE(store->read([&](Reader& s) { return s.query("select 1 from half").error(); }).ok());
  EXPECT_TRUE(migrate(*store, kSteps, clock_, nullptr)) << "and the right step can still be applied";
}

TEST_P(StoreTest, TwoProgramsMigrateAtTheSameTime) {
  const StoreAddress address = fresh_address();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      const auto store = Store::open(address, {}, clock_);
      if (!store) return;
      base::Result<MigrationState> state = migrate(**store, kSteps, clock_, nullptr);
      for (int i = 0; i < 20 && !state && state.error().kind() == base::ErrorKind::kUnavailable; ++i) {
        state = migrate(**store, kSteps, clock_, nullptr);
      }
      if (state && state->applied == 3) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 3);
}

TEST_P(StoreTest, ABackupIsOneFileThatEitherEngineTakes) {
  const auto store = with_schema();
  const base::Uuid parent = base::Uuid::make_v7(clock_);
  ASSERT_TRUE(store
                  ->write([&](WriteSession& s) -> base::Status {
                    for (int i = 0; i < 50; ++i) VG_TRY(add_place(s, "child " + std::to_string(i), parent));
                    VG_TRY(s.run("insert into place (id, name, photo, area_km2) values ($1, 'Bạc Liêu', $2, 1.5)",
                                 {parent, base::Bytes{0, 255}})
                               .error());
                    return s.tell("place.added", parent, "{}");
                  })
                  .ok());
  const std::string path = folder_.file("backup.db");
  const auto report = back_up(*store, kSteps, clock_, path);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->schema, 3);
  EXPECT_EQ(back_up(*store, kSteps, clock_, path).error().kind(), base::ErrorKind::kInvalidArgument)
      << "never overwritten";

  std::vector<StoreAddress> targets{{Engine::kSqlite, folder_.file("restored.db")}};
  if (GetParam() == Engine::kPostgres)
    targets.push_back({Engine::kPostgres, test::PostgresServer::shared().make_database()});
  for (const StoreAddress& target : targets) {
    const auto restored = open(target);
    const auto back = restore(*restored, kSteps, clock_, path);
    ASSERT_TRUE(back) << back.error().to_string();
    EXPECT_EQ(back->rows, report->rows);
    EXPECT_EQ(count(*restored, "place"), 51);
    EXPECT_EQ(count(*restored, "place where parent is not null"), 50);
    EXPECT_EQ(count(*restored, "outbox"), 51);
    EXPECT_TRUE(check_store(*restored, kSteps)->empty());
    EXPECT_EQ(restore(*restored, kSteps, clock_, path).error().kind(), base::ErrorKind::kInvalidArgument)
        << "not into a catalogue that has something";
  }
}

TEST_P(StoreTest, ALostConnectionIsReplaced) {
  const auto store = with_schema();
  if (GetParam() == Engine::kSqlite) GTEST_SKIP() << "a file has no connection to lose";
  ASSERT_TRUE(store->write([&](WriteSession& s) { return add_place(s, "before"); }).ok());
  test::PostgresServer::shared().cut_connections();
  EXPECT_TRUE(store->write([&](WriteSession& s) { return add_place(s, "after"); }).ok());
  base::Status status = base::unavailable("");
  for (int i = 0; i < 5 && !status.ok(); ++i) {
    status = store->read([&](Reader& s) { return s.query("select 1 from place").error(); });
  }
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(count(*store, "place"), 2);
}

INSTANTIATE_TEST_SUITE_P(sqlite, StoreTest, testing::Values(Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, StoreTest, testing::Values(Engine::kPostgres));

TEST(StoreAddress, TakesAPathOrAUrl) {
  EXPECT_EQ(StoreAddress::parse("/var/lib/x.db")->engine, Engine::kSqlite);
  EXPECT_EQ(StoreAddress::parse("sqlite:x.db")->target, "x.db");
  EXPECT_EQ(StoreAddress::parse("postgresql://h/d")->engine, Engine::kPostgres);
  EXPECT_FALSE(StoreAddress::parse(""));
  EXPECT_FALSE(StoreAddress::parse("mysql://h/d"));
}

}  // namespace
}  // namespace vonggac::store
