#include "record/check.h"

#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "record/data_dir.h"
#include "support/stored_footage.h"

namespace vonggac::record {
namespace {

class CheckTest : public testing::Test {
 protected:
  CheckReport look(bool full = false, bool repair = false) {
    const auto report = check(stored_.folder.path(), {full, repair}, stored_.clock);
    EXPECT_TRUE(report) << report.error().to_string();
    return report ? *report : CheckReport{};
  }
  /// The kinds found, each once per finding.
  static std::vector<std::string> kinds(const CheckReport& report) {
    std::vector<std::string> names;
    for (const Finding& f : report.findings) names.emplace_back(finding_kind_name(f.kind));
    std::sort(names.begin(), names.end());
    return names;
  }
  using Names = std::vector<std::string>;

  void cut(const SegmentFile& file, std::uint64_t size) { std::filesystem::resize_file(stored_.path(file), size); }
  std::int64_t rows() { return stored_.number("SELECT count(*) FROM segment"); }

  test::StoredFootage stored_;
};

TEST_F(CheckTest, WhatWasRecordedIsClean) {
  for (int i = 0; i < 3; ++i) stored_.segment(4);
  const CheckReport quick = look();
  EXPECT_TRUE(quick.clean()) << check_report_text(quick);
  EXPECT_TRUE(quick.findings.empty());
  EXPECT_EQ(quick.segments, 3U);
  EXPECT_EQ(quick.fragments, 12U);
  EXPECT_EQ(quick.files, 3U);
  EXPECT_EQ(quick.hashed_bytes, 0U);
  const CheckReport full = look(true);
  EXPECT_TRUE(full.clean());
  EXPECT_GT(full.hashed_bytes, 12U * 500);
}

TEST_F(CheckTest, NoDataDirectoryIsNotFound) {
  EXPECT_EQ(check(stored_.folder.file("none"), {}, stored_.clock).error().kind(), base::ErrorKind::kNotFound);
}

TEST_F(CheckTest, MissingFileIsFoundAndRepairedWithAGap) {
  stored_.segment(2);
  const SegmentFile gone = stored_.segment(2);
  stored_.segment(2);
  std::filesystem::remove(stored_.path(gone));
  const CheckReport found = look();
  EXPECT_EQ(kinds(found), Names{"missing_file"});
  EXPECT_FALSE(found.clean());
  const CheckReport repaired = look(false, true);
  EXPECT_TRUE(repaired.clean()) << check_report_text(repaired);
  EXPECT_EQ(rows(), 2);
  EXPECT_EQ(stored_.number("SELECT start_us FROM gap"), gone.file_us);
  EXPECT_EQ(stored_.number("SELECT end_us - start_us FROM gap"), 2'000'000);
  EXPECT_TRUE(look(true).findings.empty());
}

TEST_F(CheckTest, ShortFileIsCutToWhatIsThere) {
  const SegmentFile file = stored_.segment(4);
  const auto fragments = stored_.row_of(file).fragments;
  cut(file, fragments[2].offset_bytes + 300);
  const CheckReport found = look();
  EXPECT_EQ(kinds(found), Names{"short_file"});
  EXPECT_TRUE(look(false, true).clean());
  EXPECT_EQ(stored_.number("SELECT fragment_count FROM segment"), 2);
  EXPECT_EQ(std::filesystem::file_size(stored_.path(file)), fragments[2].offset_bytes);
  EXPECT_EQ(stored_.number("SELECT start_us FROM gap"), fragments[2].start_us);
  EXPECT_TRUE(look(true).findings.empty());
}

TEST_F(CheckTest, FileCutToNothingLosesItsRowButIsLeft) {
  const SegmentFile file = stored_.segment(2);
  cut(file, 100);
  EXPECT_EQ(kinds(look()), Names{"short_file"});
  (void)look(false, true);
  EXPECT_EQ(rows(), 0);
  EXPECT_TRUE(std::filesystem::exists(stored_.path(file)));
  EXPECT_EQ(kinds(look()), Names{"orphan_file"});
}

TEST_F(CheckTest, LongTailOfWholeFragmentsIsTakenInAndTheTornRestCut) {
  const SegmentFile file = stored_.segment(2);
  stored_.maker.add_gop(15);
  base::Bytes more = stored_.maker.bytes();
  const std::size_t whole = more.size();
  more.resize(whole + 77, 0xEE);
  stored_.overwrite(file, more);
  EXPECT_EQ(kinds(look()), Names{"long_file"});
  const CheckReport repaired = look(false, true);
  EXPECT_TRUE(repaired.clean());
  EXPECT_NE(repaired.findings.at(0).repair.find("1 fragments taken in, 77 bytes cut"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(stored_.path(file)), whole);
  EXPECT_EQ(stored_.number("SELECT fragment_count FROM segment"), 3);
  EXPECT_EQ(stored_.number("SELECT last_seq FROM camera"), 3);
  EXPECT_TRUE(look(true).findings.empty());
}

TEST_F(CheckTest, TailWhoseNumbersAreInTheNextFileIsCut) {
  const SegmentFile file = stored_.segment(2);
  const auto chain = stored_.maker.previous;
  test::FootageMaker twice = stored_.maker;
  twice.add_gop(15);
  stored_.overwrite(file, twice.bytes());
  ASSERT_EQ(stored_.maker.previous, chain);
  stored_.segment(2);  // begins with the same sequence number
  EXPECT_EQ(kinds(look()), Names{"long_file"});
  EXPECT_TRUE(look(false, true).clean());
  EXPECT_EQ(stored_.number("SELECT sum(fragment_count) FROM segment"), 4);
  EXPECT_TRUE(look(true).findings.empty());
}

TEST_F(CheckTest, UnacknowledgedTailOfAnOpenSegmentIsNoProblem) {
  stored_.maker.begin_segment();
  stored_.maker.add_gop(15);
  const SegmentFile file = stored_.leave_open();
  stored_.maker.add_gop(15);
  stored_.overwrite(file, stored_.maker.bytes());
  const CheckReport report = look(true);
  EXPECT_EQ(kinds(report), Names{"long_file"});
  EXPECT_TRUE(report.clean());
}

TEST_F(CheckTest, OrphanThatVerifiesIsTakenIn) {
  stored_.segment(2);
  stored_.maker.begin_segment();
  stored_.maker.add_gop(15);
  stored_.maker.add_gop(15);
  const SegmentFile orphan = stored_.write_file();
  const CheckReport found = look();
  EXPECT_EQ(kinds(found), Names{"orphan_file"});
  EXPECT_EQ(found.findings[0].path, segment_path(orphan));
  EXPECT_TRUE(look(false, true).clean());
  EXPECT_EQ(rows(), 2);
  EXPECT_EQ(stored_.number("SELECT last_seq FROM camera"), 4);
  EXPECT_TRUE(look(true).findings.empty());
}

TEST_F(CheckTest, DamagedOrDoubledOrphansAreLeft) {
  const SegmentFile first = stored_.segment(2);
  const base::Bytes bytes = stored_.bytes_of(first);
  const SegmentFile doubled{first.camera, first.file_us + 1};
  stored_.overwrite(doubled, bytes);
  stored_.maker.begin_segment();
  stored_.maker.add_gop(15);
  const SegmentFile damaged = stored_.write_file();
  stored_.flip_bit(damaged, stored_.maker.bytes().size() - 1);
  EXPECT_EQ(kinds(look()), (Names{"orphan_file", "orphan_file"}));
  const CheckReport repaired = look(false, true);
  EXPECT_FALSE(repaired.clean());
  EXPECT_EQ(rows(), 1);
  EXPECT_TRUE(std::filesystem::exists(stored_.path(doubled)));
  EXPECT_TRUE(std::filesystem::exists(stored_.path(damaged)));
}

TEST_F(CheckTest, ForeignFootageIsNamedAndNeverAdopted) {
  stored_.segment(1);
  test::FootageMaker other;
  other.installation.bytes.fill(0xEE);
  other.wall = stored_.maker.wall;
  other.begin_segment();
  other.add_gop(15);
  const SegmentFile foreign{stored_.maker.camera, other.segment_start().us};
  stored_.overwrite(foreign, other.bytes());
  test::FootageMaker neighbour;
  neighbour.camera.bytes.fill(0x77);
  neighbour.wall = {stored_.maker.wall.us + 1};
  neighbour.begin_segment();
  neighbour.add_gop(15);
  stored_.overwrite({stored_.maker.camera, neighbour.segment_start().us}, neighbour.bytes());
  std::ofstream(stored_.folder.file("media/readme.txt")) << "hello";
  EXPECT_EQ(kinds(look()), (Names{"foreign_file", "foreign_file", "foreign_file"}));
  EXPECT_FALSE(look(false, true).clean());
  EXPECT_EQ(rows(), 1);
  EXPECT_TRUE(std::filesystem::exists(stored_.path(foreign)));
}

TEST_F(CheckTest, FootageOfAnotherCameraInTheFileOfARowIsFound) {
  const SegmentFile file = stored_.segment(2);
  test::FootageMaker other = stored_.maker;
  other.camera.bytes.fill(0x77);
  other.begin_segment();
  other.add_gop(15);
  other.add_gop(15);
  stored_.overwrite(file, other.bytes());
  EXPECT_EQ(kinds(look()), Names{"foreign_file"});
}

TEST_F(CheckTest, LinksPipesAndStrangeNamesAreReportedAndNotTouched) {
  const SegmentFile file = stored_.segment(1);
  const std::string folder = std::filesystem::path(stored_.path(file)).parent_path();
  ASSERT_EQ(::mkfifo((folder + "/1790000000000777.mp4").c_str(), 0600), 0);
  std::filesystem::create_symlink("/etc/passwd", folder + "/1790000000000778.mp4");
  std::filesystem::create_directory_symlink("/etc", stored_.folder.file("media/link"));
  EXPECT_EQ(kinds(look(true)), (Names{"special_file", "special_file", "special_file"}));
  (void)look(false, true);
  EXPECT_TRUE(std::filesystem::is_symlink(stored_.folder.file("media/link")));
}

TEST_F(CheckTest, LinkInThePlaceOfAKnownFileIsFoundOnce) {
  const SegmentFile file = stored_.segment(1);
  std::filesystem::rename(stored_.path(file), stored_.folder.file("away.mp4"));
  std::filesystem::create_symlink(stored_.folder.file("away.mp4"), stored_.path(file));
  EXPECT_EQ(kinds(look()), Names{"special_file"});
}

TEST_F(CheckTest, EveryFlippedMediaBitIsFoundByTheFullCheckOnly) {
  const SegmentFile file = stored_.segment(5);
  const auto fragments = stored_.row_of(file).fragments;
  const base::Bytes sound = stored_.bytes_of(file);
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    stored_.overwrite(file, sound);
    stored_.flip_bit(file, fragments[i].offset_bytes + fragments[i].size_bytes - 7 * (i + 1));
    EXPECT_TRUE(look().findings.empty());
    const CheckReport full = look(true);
    EXPECT_EQ(kinds(full), Names{"hash_mismatch"});
    EXPECT_EQ(full.findings.at(0).sequence, i + 1);
    EXPECT_FALSE(look(true, true).clean());  // evidence is not repaired
  }
}

TEST_F(CheckTest, FlippedBitsInRecordsAndBeginningAreFound) {
  const SegmentFile file = stored_.segment(3);
  const base::Bytes sound = stored_.bytes_of(file);
  stored_.flip_bit(file, stored_.row_of(file).fragments[1].offset_bytes + 70);
  EXPECT_EQ(kinds(look(true)), Names{"hash_mismatch"});
  stored_.overwrite(file, sound);
  stored_.flip_bit(file, stored_.maker.start_bytes() - 1);  // in the software text of the segment header
  EXPECT_FALSE(look().clean());
  EXPECT_EQ(kinds(look(true)), (Names{"hash_mismatch", "hash_mismatch", "hash_mismatch"}));
}

TEST_F(CheckTest, ReplacedSegmentBreaksTheChain) {
  stored_.segment(2);
  stored_.maker.previous.fill(0x11);
  stored_.segment(2);
  const CheckReport report = look();
  EXPECT_EQ(kinds(report), Names{"chain_break"});
  EXPECT_EQ(report.findings.at(0).sequence, 3U);
}

TEST_F(CheckTest, ChainWithFootageDeletedByRetentionIsWhole) {
  stored_.segment(2);
  const SegmentFile deleted = stored_.segment(2);
  stored_.segment(2);
  std::filesystem::remove(stored_.path(deleted));
  stored_.sql("DELETE FROM fragment_table WHERE segment = 2");
  stored_.sql("DELETE FROM segment WHERE id = 2");
  EXPECT_TRUE(look(true).findings.empty());
}

TEST_F(CheckTest, OverlappingRowsAreFound) {
  stored_.segment(3);
  stored_.maker.skip(-2'000'000);
  stored_.segment(3);
  EXPECT_EQ(kinds(look()), Names{"row_overlap"});
}

TEST_F(CheckTest, RowThatSaysOtherThanTheFileIsFound) {
  const SegmentFile file = stored_.segment(2);
  auto fragments = stored_.row_of(file).fragments;
  fragments[1].start_us += 1'000'000;
  const base::Bytes table = encode_fragment_table(fragments);
  stored_.sql("UPDATE fragment_table SET entries = x'" + base::to_hex(table) + "'");
  EXPECT_EQ(kinds(look()), Names{"row_mismatch"});
}

TEST_F(CheckTest, DamagedTableIsAFindingAndTheRestIsChecked) {
  stored_.segment(1);
  const SegmentFile gone = stored_.segment(1);
  std::filesystem::remove(stored_.path(gone));
  stored_.sql("UPDATE fragment_table SET entries = x'00' WHERE segment = 1");
  EXPECT_EQ(kinds(look()), (Names{"index_corrupt", "missing_file"}));
}

TEST_F(CheckTest, DamagedIndexIsAFindingNotAnError) {
  stored_.segment(1);
  std::filesystem::remove(stored_.folder.file("index.db-wal"));
  std::ofstream(stored_.folder.file("index.db"), std::ios::trunc) << std::string(8192, 'z');
  EXPECT_EQ(kinds(look()), Names{"index_corrupt"});
  std::filesystem::remove(stored_.folder.file("index.db"));
  EXPECT_EQ(kinds(look()), Names{"index_corrupt"});
}

TEST_F(CheckTest, BesideARunningServiceItReportsAndLeavesFreshFilesAlone) {
  stored_.segment(1);
  stored_.clock.wall = {
      std::chrono::duration_cast<base::Micros>(std::chrono::system_clock::now().time_since_epoch()).count()};
  const auto service = DataDir::open(stored_.folder.path(), stored_.clock);
  ASSERT_TRUE(service) << service.error().to_string();
  stored_.maker.begin_segment();
  stored_.maker.add_gop(15);
  stored_.write_file();  // written just now, its row comes with the next commit
  const CheckReport report = look();
  EXPECT_TRUE(report.service_running);
  EXPECT_TRUE(report.findings.empty()) << check_report_text(report);
  stored_.clock.advance(base::Seconds(600));
  EXPECT_EQ(kinds(look()), Names{"orphan_file"});
  EXPECT_EQ(check(stored_.folder.path(), {false, true}, stored_.clock).error().kind(), base::ErrorKind::kUnavailable);
}

TEST_F(CheckTest, ReportsReadAsJsonAndText) {
  const SegmentFile gone = stored_.segment(1);
  std::filesystem::remove(stored_.path(gone));
  const CheckReport report = look();
  const auto json = boost::json::parse(check_report_json(report)).as_object();
  EXPECT_FALSE(json.at("clean").as_bool());
  EXPECT_EQ(json.at("findings").at(0).at("kind").as_string(), "missing_file");
  EXPECT_EQ(json.at("findings").at(0).at("path").as_string(), segment_path(gone));
  EXPECT_NE(check_report_text(report).find("missing_file   media/"), std::string::npos);
}

}  // namespace
}  // namespace vonggac::record
