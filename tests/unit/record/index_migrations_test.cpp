// An index.db of an older version: brought up to date by the service, read by rebuild, refused by readers.
#include "record/index_migrations.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "record/data_dir.h"
#include "record/index_schema.h"
#include "record/motion_search.h"
#include "record/rebuild.h"
#include "support/stored_footage.h"

namespace vonggac::record {
namespace {

MotionSeconds some_motion(std::int64_t second) {
  MotionCells cells{};
  cells[40] = 0x18;
  return {{second, cells}, {second + 1, cells}};
}

/// Takes what later versions brought out of an index, so that it is one of version 1 with the same rows.
void make_old(const std::string& path) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  for (const char* sql : {"DROP TABLE motion_summary", "ALTER TABLE motion_event DROP COLUMN start_reason",
                          "ALTER TABLE motion_event DROP COLUMN end_reason", "DROP INDEX motion_event_alarm",
                          "ALTER TABLE motion_event DROP COLUMN alarm", "ALTER TABLE motion_event DROP COLUMN alarm_us",
                          "DROP TABLE tamper", "DROP TABLE camera_view", "PRAGMA user_version = 1"}) {
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql << ": " << sqlite3_errmsg(db);
  }
  sqlite3_close(db);
}

/// Every table and column, in order of names.
std::vector<std::string> shape_of(const std::string& path) {
  auto db = SqliteDb::open_index(path, SqliteDb::Access::kReadAnyVersion, 0);
  std::vector<std::string> shape;
  auto rows = Statement::prepare(*db,
                                 "SELECT m.name || '.' || c.name || ' ' || c.type || c.pk FROM sqlite_master m, "
                                 "pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1");
  while (rows && *rows->step()) shape.push_back(rows->text(0));
  return shape;
}

class MigrationTest : public testing::Test {
 protected:
  void SetUp() override {
    start_us_ = stored_.maker.wall.us;
    stored_.segment(3);
    stored_.motion(start_us_ + 1'000'000, start_us_ + 2'000'000);
    stored_.sql(
        "INSERT INTO hold(camera, from_us, to_us, reason, created_us) SELECT camera, 1, 2, 'case', 3 FROM "
        "segment");
    auto db = SqliteDb::open_index(path_, SqliteDb::Access::kWrite, 0);
    auto put = Statement::prepare(*db, "INSERT INTO motion_table VALUES(1, ?)");
    const base::Bytes blob = encode_motion_table(some_motion(start_us_ / 1'000'000 + 1));
    ASSERT_TRUE(put->bind(base::ByteSpan(blob)).run().ok());
  }
  std::size_t hits() {
    const auto db = SqliteDb::open_index(path_, SqliteDb::Access::kReadOnly, 0);
    if (!db) return 0;
    const auto found = search_motion(*db, {});
    return found ? found->spans.size() : 0;
  }

  test::StoredFootage stored_;
  std::string path_ = stored_.folder.file("index.db");
  std::int64_t start_us_ = 0;
};

TEST_F(MigrationTest, TheServiceBringsAnOlderIndexUpToDate) {
  const std::vector<std::string> fresh = shape_of(path_);
  make_old(path_);
  EXPECT_NE(shape_of(path_), fresh);
  EXPECT_EQ(hits(), 0U);
  ASSERT_TRUE(SqliteDb::open_index(path_, SqliteDb::Access::kWrite, 0));
  EXPECT_EQ(shape_of(path_), fresh);
  EXPECT_EQ(hits(), 1U) << "the masks were made from the tables that were there";
  const auto events = stored_.archive()->events({});
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->at(0).zone, "gate");
  EXPECT_EQ(events->at(0).start_reason, 0) << "not known";
  EXPECT_EQ(events->at(0).alarm, "") << "there were no watch zones";
}

TEST_F(MigrationTest, ReadersOfAnOlderIndexAreToldWhatToDo) {
  make_old(path_);
  const auto archive = Archive::open(stored_.folder.path());
  ASSERT_FALSE(archive);
  EXPECT_NE(archive.error().message().find("Start the service once"), std::string::npos) << archive.error().message();
}

TEST_F(MigrationTest, ALaterIndexIsLeftAlone) {
  stored_.sql("PRAGMA user_version = 99");
  const auto db = SqliteDb::open_index(path_, SqliteDb::Access::kWrite, 0);
  ASSERT_FALSE(db);
  EXPECT_NE(db.error().message().find("99"), std::string::npos);
}

TEST_F(MigrationTest, AStepThatFailsLeavesTheOldIndexAsItWas) {
  make_old(path_);
  stored_.sql("CREATE TABLE motion_summary(unexpected TEXT)");
  EXPECT_FALSE(SqliteDb::open_index(path_, SqliteDb::Access::kWrite, 0));
  EXPECT_EQ(stored_.number("PRAGMA user_version"), 1);
  EXPECT_EQ(stored_.number("SELECT count(*) FROM pragma_table_info('motion_event') WHERE name = 'start_reason'"), 0);
}

TEST_F(MigrationTest, RebuildTakesOverWhatAnOlderIndexKnows) {
  make_old(path_);
  const auto report = rebuild(stored_.folder.path(), stored_.clock);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->old_index_note, "");
  EXPECT_EQ(report->holds, 1U);
  EXPECT_EQ(report->motion_events, 1U);
  EXPECT_EQ(hits(), 1U);
}

TEST_F(MigrationTest, RebuildFindsTheInstallationInAnOlderIndex) {
  make_old(path_);
  std::filesystem::remove(stored_.folder.file("node.json"));
  const auto report = rebuild(stored_.folder.path(), stored_.clock);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->installation, stored_.maker.installation);
  EXPECT_FALSE(report->installation_from_media);
}

}  // namespace
}  // namespace vonggac::record
