#include "record/rebuild.h"

#include <ctime>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "record/check.h"
#include "record/data_dir.h"
#include "support/stored_footage.h"

namespace vonggac::record {
namespace {

class RebuildTest : public testing::Test {
 protected:
  RebuildReport run() {
    const auto report = rebuild(stored_.folder.path(), stored_.clock);
    EXPECT_TRUE(report) << report.error().to_string();
    return report ? *report : RebuildReport{};
  }
  void lose_index() {
    for (const char* name : {"index.db", "index.db-wal", "index.db-shm"}) {
      std::filesystem::remove(stored_.folder.file(name));
    }
  }
  std::vector<StoredSegment> all_segments() {
    std::vector<StoredSegment> all;
    const auto archive = stored_.archive();
    const std::vector<base::CameraId> cameras = archive->cameras().value();
    for (const base::CameraId& camera : cameras) {
      const auto found = archive->segments({camera, media::StreamRole::kMain}, {0}, {INT64_MAX});
      EXPECT_TRUE(found);
      all.insert(all.end(), found->begin(), found->end());
    }
    return all;
  }
  static void expect_same(const std::vector<StoredSegment>& a, const std::vector<StoredSegment>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].file, b[i].file);
      EXPECT_EQ(a[i].fragments, b[i].fragments);
      EXPECT_EQ(a[i].start_us, b[i].start_us);
      EXPECT_EQ(a[i].end_us, b[i].end_us);
      EXPECT_EQ(a[i].size_bytes, b[i].size_bytes);
      EXPECT_EQ(a[i].parameters_id, b[i].parameters_id);
      EXPECT_EQ(a[i].last_record_sha256, b[i].last_record_sha256);
      EXPECT_EQ(a[i].flags, b[i].flags);
    }
  }
  bool clean() {
    const auto report = check(stored_.folder.path(), {true, false}, stored_.clock);
    EXPECT_TRUE(report);
    if (report && !report->findings.empty()) ADD_FAILURE() << check_report_text(*report);
    return report && report->findings.empty();
  }

  test::StoredFootage stored_;
};

TEST_F(RebuildTest, EverySegmentComesBackAsItWas) {
  const std::int64_t start = stored_.maker.wall.us;
  for (std::uint8_t camera = 1; camera <= 3; ++camera) {
    stored_.maker.camera.bytes.fill(camera);
    stored_.maker.next_sequence = 1;
    stored_.maker.previous = {};
    stored_.maker.wall = {start};
    for (int i = 0; i < 3; ++i) stored_.segment(3);
    stored_.maker.skip(3600 * test::kSecondUs);
    stored_.segment(2);
  }
  const auto before = all_segments();
  ASSERT_EQ(before.size(), 12U);
  lose_index();
  const RebuildReport report = run();
  EXPECT_EQ(report.segments, 12U);
  EXPECT_EQ(report.fragments, 33U);
  EXPECT_TRUE(report.left.empty());
  EXPECT_TRUE(report.old_index.empty());
  expect_same(all_segments(), before);
  EXPECT_TRUE(clean());
}

TEST_F(RebuildTest, TornTailAndDamageInTheMiddleCostOnlyThemselves) {
  const SegmentFile file = stored_.segment(4);
  const auto fragments = stored_.row_of(file).fragments;
  stored_.flip_bit(file, fragments[1].offset_bytes + 50);
  std::filesystem::resize_file(stored_.path(file), fragments[3].offset_bytes + 400);
  lose_index();
  EXPECT_EQ(run().fragments, 2U);
  const auto rebuilt = all_segments();
  ASSERT_EQ(rebuilt.size(), 1U);
  EXPECT_EQ(rebuilt[0].fragments, (std::vector<FragmentEntry>{fragments[0], fragments[2]}));
  EXPECT_TRUE(clean());
}

TEST_F(RebuildTest, ForeignFilesAreLeftAndNamed) {
  stored_.segment(2);
  test::FootageMaker other;
  other.installation.bytes.fill(0xEE);
  other.wall = stored_.maker.wall;
  other.begin_segment();
  other.add_gop(15);
  const SegmentFile foreign{stored_.maker.camera, other.segment_start().us};
  stored_.overwrite(foreign, other.bytes());
  test::FootageMaker neighbour = stored_.maker;
  neighbour.camera.bytes.fill(0x77);
  neighbour.skip(10 * test::kSecondUs);
  neighbour.begin_segment();
  neighbour.add_gop(15);
  const SegmentFile misplaced{stored_.maker.camera, neighbour.segment_start().us};
  stored_.overwrite(misplaced, neighbour.bytes());
  lose_index();
  const RebuildReport report = run();
  EXPECT_EQ(report.segments, 1U);
  ASSERT_EQ(report.left.size(), 2U);
  EXPECT_EQ(report.left[0].path, segment_path(foreign));
  EXPECT_NE(report.left[0].reason.find(other.installation.to_string()), std::string::npos);
  EXPECT_EQ(report.left[1].path, segment_path(misplaced));
  EXPECT_TRUE(std::filesystem::exists(stored_.path(foreign)));
  const auto json = boost::json::parse(rebuild_report_json(report)).as_object();
  EXPECT_EQ(json.at("left").as_array().size(), 2U);
}

TEST_F(RebuildTest, OldIndexIsKeptAndWhatOnlyItKnowsIsSaved) {
  const std::int64_t start = stored_.maker.wall.us;
  stored_.segment(3);
  stored_.gap(start + 3 * test::kSecondUs, start + 9 * test::kSecondUs, GapCause::kLinkLost);
  stored_.motion(start + test::kSecondUs, start + 2 * test::kSecondUs);
  stored_.sql(
      "INSERT INTO hold(camera, from_us, to_us, reason, created_us) SELECT camera, 1, 2, 'case 7', 3 FROM segment");
  stored_.sql("INSERT INTO motion_label SELECT id, 1, 0.8 FROM motion_event");
  stored_.sql("UPDATE camera SET retention_days = 12, last_seq = 99");
  stored_.sql("INSERT INTO clock_epoch(id, start_us, cause) VALUES(5, 1, 'step')");
  const RebuildReport report = run();
  EXPECT_EQ(report.holds, 1U);
  EXPECT_EQ(report.motion_events, 1U);
  EXPECT_EQ(report.gaps, 1U);
  EXPECT_EQ(report.old_index_note, "");
  EXPECT_TRUE(std::filesystem::exists(report.old_index));
  const auto db = SqliteDb::open_index(stored_.folder.file("index.db"), SqliteDb::Access::kReadOnly, 0);
  ASSERT_TRUE(db);
  auto row = Statement::prepare(*db,
                                "SELECT retention_days, last_seq, (SELECT max(id) FROM clock_epoch), "
                                "(SELECT flags & 2 FROM segment), (SELECT reason FROM hold), "
                                "(SELECT class FROM motion_label JOIN motion_event ON id = event) FROM camera");
  ASSERT_TRUE(row && *row->step());
  EXPECT_EQ(row->integer(0), 12);
  EXPECT_EQ(row->integer(1), 99);  // numbers that were given are not given again
  EXPECT_EQ(row->integer(2), 5);
  EXPECT_EQ(row->integer(3), 2);
  EXPECT_EQ(row->text(4), "case 7");
  EXPECT_EQ(row->integer(5), 1);
  EXPECT_TRUE(clean());
}

TEST_F(RebuildTest, WhatAnIndexOfTheFirstVersionKnowsIsSavedToo) {
  const std::int64_t start = stored_.maker.wall.us;
  stored_.segment(3);
  stored_.motion(start + test::kSecondUs, start + 2 * test::kSecondUs);
  stored_.sql("DROP TABLE motion_label");
  stored_.sql("PRAGMA user_version = 1");
  const RebuildReport report = run();
  EXPECT_EQ(report.motion_events, 1U);
  EXPECT_EQ(report.old_index_note, "");
  EXPECT_TRUE(clean());
}

TEST_F(RebuildTest, DamagedOldIndexIsPutAside) {
  stored_.segment(2);
  lose_index();
  std::ofstream(stored_.folder.file("index.db")) << std::string(9000, 'q');
  const RebuildReport report = run();
  EXPECT_EQ(report.segments, 1U);
  EXPECT_NE(report.old_index_note, "");
  EXPECT_EQ(std::filesystem::file_size(report.old_index), 9000U);
  EXPECT_TRUE(clean());
}

TEST_F(RebuildTest, LostNodeIdIsFoundInTheFootage) {
  stored_.segment(1);
  stored_.segment(1);
  lose_index();
  std::filesystem::remove(stored_.folder.file("node.json"));
  const RebuildReport report = run();
  EXPECT_TRUE(report.installation_from_media);
  EXPECT_EQ(report.installation, stored_.maker.installation);
  EXPECT_EQ(report.segments, 2U);
  const auto node = DataDir::open(stored_.folder.path(), stored_.clock);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->installation(), stored_.maker.installation);
}

TEST_F(RebuildTest, FootageWrittenTwiceIsIndexedOnce) {
  stored_.maker.begin_segment();
  stored_.maker.add_gop(15);
  test::FootageMaker again = stored_.maker;  // the second fragment did not reach the disk for sure
  stored_.maker.add_gop(15);
  const SegmentFile first = stored_.write_file();
  again.begin_segment();
  again.add_gop(15);
  again.add_gop(15);
  const SegmentFile second{again.camera, again.segment_start().us};
  stored_.overwrite(second, again.bytes());
  lose_index();
  const RebuildReport report = run();
  EXPECT_EQ(report.segments, 2U);
  EXPECT_EQ(report.fragments, 3U);
  const auto rebuilt = all_segments();
  ASSERT_EQ(rebuilt.size(), 2U);
  EXPECT_EQ(rebuilt[0].file, first);
  EXPECT_EQ(rebuilt[0].fragments.size(), 1U);
  EXPECT_EQ(rebuilt[1].fragments.front().seq, 2U);
  EXPECT_TRUE(clean());
}

TEST_F(RebuildTest, RefusesWhileAServiceRuns) {
  stored_.segment(1);
  const auto service = DataDir::open(stored_.folder.path(), stored_.clock);
  ASSERT_TRUE(service);
  EXPECT_EQ(rebuild(stored_.folder.path(), stored_.clock).error().kind(), base::ErrorKind::kUnavailable);
}

TEST_F(RebuildTest, EmptyArchiveMakesAnEmptyIndex) {
  lose_index();
  EXPECT_EQ(run().segments, 0U);
  EXPECT_TRUE(clean());
}

TEST_F(RebuildTest, ReadsAThousandFilesASecond) {
  constexpr int kFiles = 300;
  for (int i = 0; i < kFiles; ++i) {
    stored_.maker.begin_segment();
    for (int k = 0; k < 5; ++k) stored_.maker.add_gop(3);
    stored_.write_file();
  }
  lose_index();
  const std::clock_t start = std::clock();  // processor time: other tests run beside this one
  EXPECT_EQ(run().segments, static_cast<std::uint64_t>(kFiles));
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  RecordProperty("files_per_second", static_cast<int>(kFiles / seconds));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_GT(kFiles / seconds, 1000);
#endif
}

}  // namespace
}  // namespace vonggac::record
