#include "record/motion_search.h"

#include <initializer_list>

#include <gtest/gtest.h>

#include "record/motion_scan.h"
#include "support/stored_footage.h"

namespace vonggac::record {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

MotionCells cells_at(std::initializer_list<std::pair<int, int>> columns_and_rows) {
  MotionCells cells{};
  for (const auto& [column, row] : columns_and_rows) {
    const int i = row * 32 + column;
    cells[static_cast<std::size_t>(i / 8)] |= static_cast<std::uint8_t>(0x80 >> (i % 8));
  }
  return cells;
}

MotionRegion region(const std::string& text) {
  const auto parsed = MotionRegion::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().message();
  return parsed ? *parsed : MotionRegion::whole_picture();
}

// ---- regions -----------------------------------------------------------------------------------------------

TEST(MotionRegion, ARectangleTakesTheCellsItTouches) {
  EXPECT_EQ(region("0,0,1,1").size(), 576);
  EXPECT_EQ(region("0,0,0.03125,0.0555555").size(), 1);
  EXPECT_EQ(region("0.5,0.5,0.0625,0.1111111").cells(), cells_at({{16, 9}, {17, 9}, {16, 10}, {17, 10}}));
  EXPECT_EQ(region("0.5,0.5,1e-13,1e-13").cells(), cells_at({{16, 9}})) << "thinner than a rounding error";
  EXPECT_EQ(region("0.99,0.99,0.5,0.5").cells(), cells_at({{31, 17}})) << "cut at the edge of the picture";
}

TEST(MotionRegion, APolygonTakesTheCellsItCovers) {
  const MotionRegion triangle = region("0,0,1,0,0,1");
  EXPECT_GT(triangle.size(), 576 / 2);
  EXPECT_LT(triangle.size(), 576 * 6 / 10);
  EXPECT_TRUE(triangle.meets(cells_at({{0, 0}})));
  EXPECT_FALSE(triangle.meets(cells_at({{31, 17}})));
  EXPECT_GE(region("0.5,0.5,0.501,0.5,0.5,0.501").size(), 1) << "smaller than a cell";
}

TEST(MotionRegion, SeveralShapesAreOneRegion) {
  EXPECT_EQ(region("0,0,0.03,0.05;0.9,0.9,0.03,0.05;0,0,0.03,0.05").size(),
            region("0,0,0.03,0.05").size() + region("0.9,0.9,0.03,0.05").size());
}

TEST(MotionRegion, RefusesNonsenseWithASentence) {
  for (const char* text :
       {"", ";", "0,0,1", "0,0,1,1,1", "a,b,c,d", "0,0,0,1", "0,0,1,0", "1,0,0.1,0.1", "-0.1,0,1,1", "0,0,1,1.01",
        "nan,0,1,1", "inf,0,1,1", "0,0,1,1;", "0,0,1e-400,1,", "0 ,0,1,1", "0,0,1,1 "}) {
    const auto parsed = MotionRegion::parse(text);
    EXPECT_FALSE(parsed) << text;
    if (parsed) continue;
    EXPECT_EQ(parsed.error().kind(), base::ErrorKind::kInvalidArgument) << text;
    EXPECT_GT(parsed.error().message().size(), 20U) << text;
  }
  std::string many = "0,0,1,1";
  for (int i = 0; i < 16; ++i) many += ";0,0,1,1";
  EXPECT_FALSE(MotionRegion::parse(many)) << "17 shapes";
  std::string corners = "0,0";
  for (int i = 0; i < 40; ++i) corners += ",0.5,0.5";
  EXPECT_FALSE(MotionRegion::parse(corners)) << "41 corners";
  EXPECT_FALSE(MotionRegion::parse(std::string(10'000, '1')));
}

// ---- the scanner -------------------------------------------------------------------------------------------

TEST(MotionScan, CountsWhatTheDecoderFinds) {
  MotionSeconds seconds;
  std::uint32_t random = 1;
  for (int i = 0; i < 200; ++i) {
    MotionCells cells{};
    for (std::uint8_t& byte : cells) {
      random = random * 1664525 + 1013904223;
      byte = random % 5 == 0 ? static_cast<std::uint8_t>(random >> 16) : (i % 7 == 0 ? 0xFF : 0);
    }
    seconds[1'795'440'000 + i * (1 + i % 3)] = cells;
  }
  const MotionRegion part = region("0.2,0.2,0.4,0.5;0.9,0,0.1,1");
  std::vector<MovedSecond> found;
  ASSERT_TRUE(scan_motion_table(encode_motion_table(seconds), part, 1, found).ok());
  std::size_t at = 0;
  for (const auto& [second, cells] : seconds) {
    std::int32_t expected = 0;
    for (std::size_t i = 0; i < kMotionCells; ++i) {
      const bool moved = (cells[i / 8] >> (7 - i % 8) & 1) != 0;
      expected += moved ? part.count(i, i + 1) : 0;
    }
    EXPECT_EQ(scan_motion_cells(encode_motion_cells(cells), part).value(), expected);
    if (expected == 0) continue;
    ASSERT_LT(at, found.size());
    EXPECT_EQ(found[at].second, second);
    EXPECT_EQ(found[at].cells, expected);
    ++at;
  }
  EXPECT_EQ(at, found.size());
}

TEST(MotionScan, RefusesWhatIsCutOff) {
  MotionSeconds seconds{{100, cells_at({{3, 3}, {4, 3}})}, {105, cells_at({{30, 17}})}};
  const base::Bytes blob = encode_motion_table(seconds);
  std::vector<MovedSecond> found;
  for (std::size_t n = 0; n < blob.size(); ++n) {
    EXPECT_FALSE(scan_motion_table(base::ByteSpan(blob).first(n), MotionRegion::whole_picture(), 1, found).ok()) << n;
  }
}

// ---- searching ---------------------------------------------------------------------------------------------

class SearchTest : public testing::Test {
 protected:
  static base::CameraId camera(int n) {
    base::CameraId id;
    id.bytes.fill(static_cast<std::uint8_t>(n));
    return id;
  }
  void SetUp() override { db_ = SqliteDb::open_index(folder_.file("index.db"), SqliteDb::Access::kWrite, 0).value(); }
  /// A sealed segment of 100 s with motion in these seconds (relative to its beginning) and cells.
  void segment(int cam, std::int64_t start_s, const std::vector<std::pair<std::int64_t, MotionCells>>& moved) {
    const std::int64_t id = ++segments_;
    auto insert = Statement::prepare(db_,
                                     "INSERT INTO segment(id, camera, role, file_us, start_us, end_us, flags, "
                                     "init_bytes, first_seq, epoch, video_codec, parameters_id) "
                                     "VALUES(?,?,0,?,?,?,1,900,?,1,1,1)");
    insert->bind(id).bind(camera(cam)).bind(start_s * kSecond).bind(start_s * kSecond);
    ASSERT_TRUE(insert->bind((start_s + 100) * kSecond).bind(id).run().ok());
    MotionSeconds seconds;
    for (const auto& [second, cells] : moved) seconds[start_s + second] = cells;
    if (seconds.empty()) return;
    auto put = Statement::prepare(db_, "INSERT INTO motion_table VALUES(?,?)");
    const base::Bytes blob = encode_motion_table(seconds);
    ASSERT_TRUE(put->bind(id).bind(base::ByteSpan(blob)).run().ok());
  }
  void event(int cam, std::int64_t start_s, std::int64_t end_s, double score, bool pictured) {
    auto put = Statement::prepare(db_,
                                  "INSERT INTO motion_event(id, camera, start_us, end_us, ended, score, box_x, box_y, "
                                  "box_w, box_h, zone) VALUES(?,?,?,?,1,?,0,0,1,1,'')");
    put->bind(++events_).bind(camera(cam)).bind(start_s * kSecond).bind(end_s * kSecond);
    ASSERT_TRUE(put->bind(score).run().ok());
    if (pictured) {
      ASSERT_TRUE(
          db_.run(("INSERT INTO motion_thumbnail VALUES(" + std::to_string(events_) + ", x'FFD8')").c_str()).ok());
    }
  }
  MotionSearchResult search(const MotionSearch& wanted) {
    EXPECT_TRUE(fill_motion_summary(db_).ok());
    const auto result = search_motion(db_, wanted);
    EXPECT_TRUE(result) << result.error().message();
    return result ? *result : MotionSearchResult{};
  }
  static std::pair<std::int64_t, std::int64_t> seconds_of(const MotionSpan& span) {
    return {span.first.us / kSecond, span.last.us / kSecond};
  }
  using Pair = std::pair<std::int64_t, std::int64_t>;

  test::TempFolder folder_;
  SqliteDb db_;
  std::int64_t segments_ = 0, events_ = 0;
  MotionCells left_ = cells_at({{1, 9}, {2, 9}}), right_ = cells_at({{30, 9}});
};

TEST_F(SearchTest, FindsOnlyTheRegionAndReadsOnlySegmentsThatMeetIt) {
  segment(1, 1000, {{5, left_}, {6, left_}, {7, left_}});
  segment(1, 1100, {{50, right_}});
  segment(1, 1200, {});
  MotionSearch wanted;
  wanted.region = region("0.9,0.4,0.1,0.2");
  const MotionSearchResult found = search(wanted);
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(seconds_of(found.spans[0]), Pair(1150, 1151));
  EXPECT_EQ(found.spans[0].camera, camera(1));
  EXPECT_TRUE(found.spans[0].has_footage);
  EXPECT_EQ(found.segments, 2U);
  EXPECT_EQ(found.segments_read, 1U) << "the other has no motion there";
}

TEST_F(SearchTest, JoinsSecondsAcrossSegmentsNewestFirst) {
  segment(1, 1000, {{10, left_}, {96, left_}, {99, left_}});
  segment(1, 1100, {{2, left_}, {3, left_}, {40, left_}});
  const MotionSearchResult found = search({});
  ASSERT_EQ(found.spans.size(), 3U);
  EXPECT_EQ(seconds_of(found.spans[0]), Pair(1140, 1141));
  EXPECT_EQ(seconds_of(found.spans[1]), Pair(1096, 1104));
  EXPECT_EQ(found.spans[1].seconds, 4);
  EXPECT_EQ(seconds_of(found.spans[2]), Pair(1010, 1011));
}

TEST_F(SearchTest, ScoreIsTheShareOfTheRegionInItsBestSecond) {
  segment(1, 1000, {{5, cells_at({{1, 9}})}, {6, cells_at({{1, 9}, {2, 9}, {3, 9}, {20, 1}})}});
  MotionSearch wanted;
  wanted.region = region("0,0.5,0.125,0.055");  // cells 0..3 of row 9
  const MotionSearchResult found = search(wanted);
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(found.spans[0].cells, 3);
  EXPECT_DOUBLE_EQ(found.spans[0].score, 0.75);
}

TEST_F(SearchTest, LeavesOutWhatIsTooSmallOrTooShort) {
  segment(1, 1000, {{5, right_}, {30, left_}, {31, left_}, {32, left_}, {60, left_}});
  MotionSearch wanted;
  wanted.min_cells = 2;
  EXPECT_EQ(search(wanted).spans.size(), 2U);
  wanted.min_seconds = 3;
  const MotionSearchResult found = search(wanted);
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(seconds_of(found.spans[0]), Pair(1030, 1033));
}

TEST_F(SearchTest, TakesTheRangeToTheSecond) {
  segment(1, 1000, {{5, left_}, {50, left_}, {95, left_}});
  MotionSearch wanted;
  wanted.from = base::WallTime{1006 * kSecond};
  wanted.to = base::WallTime{1095 * kSecond};
  const MotionSearchResult found = search(wanted);
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(seconds_of(found.spans[0]), Pair(1050, 1051));
}

TEST_F(SearchTest, SeesSecondsThatAreNotPackedYet) {
  segment(1, 1000, {{90, left_}});
  const base::Bytes cells = encode_motion_cells(left_);
  for (const std::int64_t second : {1102, 1103, 1090}) {  // the last one has been packed, its row is dead
    auto put = Statement::prepare(db_, "INSERT INTO motion_tail(camera, second, cells) VALUES(?,?,?)");
    ASSERT_TRUE(put->bind(camera(1)).bind(second).bind(base::ByteSpan(cells)).run().ok());
  }
  const MotionSearchResult found = search({});
  ASSERT_EQ(found.spans.size(), 2U);
  EXPECT_EQ(seconds_of(found.spans[0]), Pair(1102, 1104));
  EXPECT_FALSE(found.spans[0].has_footage);
  EXPECT_EQ(found.spans[1].seconds, 1) << "counted once";
}

TEST_F(SearchTest, LimitsToTheNewestOfAllCameras) {
  for (int cam = 1; cam <= 3; ++cam) {
    segment(cam, 1000 + cam, {{10, left_}, {30, left_}, {50, left_}});
  }
  MotionSearch wanted;
  wanted.limit = 4;
  const MotionSearchResult found = search(wanted);
  ASSERT_EQ(found.spans.size(), 4U);
  EXPECT_TRUE(found.more);
  EXPECT_EQ(seconds_of(found.spans[0]), Pair(1053, 1054));
  EXPECT_EQ(seconds_of(found.spans[3]), Pair(1033, 1034));
  wanted.cameras = {camera(2)};
  wanted.limit = 3;
  const MotionSearchResult one = search(wanted);
  EXPECT_EQ(one.spans.size(), 3U);
  EXPECT_FALSE(one.more);
}

TEST_F(SearchTest, NamesTheBestEventThatHasAPicture) {
  segment(1, 1000, {{10, left_}, {11, left_}, {70, left_}});
  event(1, 1008, 1012, 0.9, false);
  event(1, 1009, 1013, 0.4, true);
  event(1, 1010, 1011, 0.6, true);
  event(2, 1010, 1011, 1.0, true);
  const MotionSearchResult found = search({});
  ASSERT_EQ(found.spans.size(), 2U);
  EXPECT_FALSE(found.spans[0].event.has_value());
  EXPECT_EQ(found.spans[1].event, 3);
  EXPECT_TRUE(found.spans[1].event_has_thumbnail);
}

TEST_F(SearchTest, NamesTheSameEventAndFootageForManySpansAsForEachAlone) {
  // Events dense, missing for a day, and long ones that several spans share; the walk must not lose any of them.
  ASSERT_TRUE(db_.run("BEGIN").ok());
  std::uint32_t random = 7;
  for (int i = 0; i < 400; ++i) {
    random = random * 1664525 + 1013904223;
    const std::int64_t start_s = 1000 + i * 100 + (i > 250 ? 86'400 : 0);
    std::vector<std::pair<std::int64_t, MotionCells>> moved{{static_cast<std::int64_t>(random >> 16) % 40, left_}};
    if (random % 3 == 0) moved.emplace_back(80, left_);
    segment(1 + static_cast<int>(random >> 20) % 2, start_s, moved);
    if (i % 100 < 60) event(1, start_s + 5, start_s + 30, 0.01 * i, i % 5 == 0);
    if (i % 50 == 0) event(1, start_s, start_s + 350, 0.5, true);
  }
  MotionSearch wanted;
  wanted.limit = 10'000;
  const MotionSearchResult all = search(wanted);
  ASSERT_TRUE(db_.run("COMMIT").ok());
  ASSERT_GT(all.spans.size(), 400U);
  for (const MotionSpan& span : all.spans) {
    wanted.cameras = {span.camera};
    wanted.from = span.first;
    wanted.to = span.last;
    const auto alone = search_motion(db_, wanted);
    ASSERT_TRUE(alone);
    ASSERT_EQ(alone->spans.size(), 1U);
    EXPECT_EQ(alone->spans[0].event, span.event) << span.first.us / kSecond;
    EXPECT_EQ(alone->spans[0].event_has_thumbnail, span.event_has_thumbnail);
    EXPECT_EQ(alone->spans[0].has_footage, span.has_footage);
  }
}

TEST_F(SearchTest, PassesOverDamagedTables) {
  segment(1, 1000, {{10, left_}});
  segment(1, 1100, {{10, left_}});
  ASSERT_TRUE(fill_motion_summary(db_).ok());
  ASSERT_TRUE(db_.run("UPDATE motion_table SET seconds = x'01020304' WHERE segment = 2").ok());
  const MotionSearchResult found = search({});
  EXPECT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(found.damaged, 1U);
}

TEST_F(SearchTest, EndsEarlyWhenToldTo) {
  for (int i = 0; i < 300; ++i) segment(1, 1000 + i * 100, {{10, left_}});
  MotionSearch wanted;
  wanted.limit = 1000;
  wanted.give_up = [] { return true; };
  const MotionSearchResult found = search(wanted);
  EXPECT_FALSE(found.complete);
  EXPECT_LT(found.spans.size(), 100U);
  EXPECT_FALSE(found.spans.empty());
}

TEST_F(SearchTest, RefusesSenselessWishes) {
  MotionSearch wanted;
  wanted.min_cells = 0;
  EXPECT_EQ(search_motion(db_, wanted).error().kind(), base::ErrorKind::kInvalidArgument);
  wanted = {};
  wanted.region = MotionRegion::of(MotionCells{});
  EXPECT_EQ(search_motion(db_, wanted).error().kind(), base::ErrorKind::kInvalidArgument);
  wanted = {};
  wanted.from = wanted.to = base::WallTime{5};
  EXPECT_EQ(search_motion(db_, wanted).error().kind(), base::ErrorKind::kInvalidArgument);
}

}  // namespace
}  // namespace vonggac::record
