#include "record/archive.h"

#include <gtest/gtest.h>

#include "support/stored_footage.h"

namespace vonggac::record {
namespace {

FootageFilter between(std::int64_t from_us, std::int64_t to_us) {
  FootageFilter filter;
  filter.from = base::WallTime{from_us};
  filter.to = base::WallTime{to_us};
  return filter;
}

TEST(Archive, WithoutAnIndexNothingIsThere) {
  test::TempFolder empty;
  EXPECT_EQ(Archive::open(empty.path()).error().kind(), base::ErrorKind::kNotFound);
}

TEST(Archive, DamagedIndexIsDataLoss) {
  test::TempFolder folder;
  std::filesystem::create_directories(folder.file("media"));
  std::ofstream(folder.file("index.db")) << std::string(5000, 'x');
  EXPECT_EQ(Archive::open(folder.path()).error().kind(), base::ErrorKind::kDataLoss);
}

TEST(Archive, SegmentsThatFollowEachOtherAreOneClip) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(3);
  stored.segment(2);
  stored.maker.skip(10 * test::kSecondUs);
  stored.segment(4);
  const auto clips = stored.archive()->clips({});
  ASSERT_TRUE(clips) << clips.error().to_string();
  ASSERT_EQ(clips->size(), 2U);
  const ClipSpan& first = clips->at(0);
  EXPECT_EQ(first.start.us, start);
  EXPECT_EQ(first.end.us, start + 5 * test::kSecondUs);
  EXPECT_EQ(first.segments, 2U);
  EXPECT_EQ(first.video_codec, media::Codec::kH264);
  EXPECT_FALSE(first.has_motion);
  EXPECT_FALSE(first.still_recording);
  EXPECT_GT(first.size_bytes, 2U * stored.maker.start_bytes());
  EXPECT_EQ(clips->at(1).start.us, start + 15 * test::kSecondUs);
  EXPECT_EQ(clips->at(1).end.us, start + 19 * test::kSecondUs);
}

TEST(Archive, ClipsInARangeAreWholeEvenWhenTheyBeginBefore) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  for (int i = 0; i < 5; ++i) stored.segment(2);
  stored.maker.skip(10 * test::kSecondUs);
  stored.segment(2);
  const auto archive = stored.archive();
  const auto inside = archive->clips(between(start + 7 * test::kSecondUs, start + 8 * test::kSecondUs));
  ASSERT_TRUE(inside);
  ASSERT_EQ(inside->size(), 1U);
  EXPECT_EQ(inside->at(0).start.us, start);
  EXPECT_EQ(inside->at(0).end.us, start + 10 * test::kSecondUs);
  EXPECT_TRUE(archive->clips(between(start + 12 * test::kSecondUs, start + 13 * test::kSecondUs))->empty());
  EXPECT_EQ(archive->clips(between(start + 20 * test::kSecondUs, start + 99 * test::kSecondUs))->size(), 1U);
  EXPECT_EQ(archive->clips(between(start + 10 * test::kSecondUs, start + 20 * test::kSecondUs))->size(), 0U);
  EXPECT_EQ(archive->clips(between(start + 9 * test::kSecondUs, start + 21 * test::kSecondUs))->size(), 2U);
}

TEST(Archive, OpenSegmentEndsWithItsLastAcknowledgedFragment) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(2);
  stored.maker.begin_segment();
  stored.maker.add_gop(15);
  stored.maker.add_gop(15);
  stored.leave_open();
  const auto clips = stored.archive()->clips({});
  ASSERT_TRUE(clips);
  ASSERT_EQ(clips->size(), 1U);
  EXPECT_TRUE(clips->at(0).still_recording);
  EXPECT_EQ(clips->at(0).end.us, start + 4 * test::kSecondUs);
}

TEST(Archive, MotionIsCountedAndFiltered) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(5);
  stored.maker.skip(10 * test::kSecondUs);
  stored.segment(5);
  stored.motion(start + 16 * test::kSecondUs, start + 17 * test::kSecondUs);
  stored.motion(start + 18 * test::kSecondUs, start + 25 * test::kSecondUs);
  const auto archive = stored.archive();
  FootageFilter moving;
  moving.only_motion = true;
  const auto clips = archive->clips(moving);
  ASSERT_TRUE(clips);
  ASSERT_EQ(clips->size(), 1U);
  EXPECT_EQ(clips->at(0).start.us, start + 15 * test::kSecondUs);
  EXPECT_EQ(clips->at(0).motion_events, 2U);
  const auto events = archive->events(between(start + 24 * test::kSecondUs, start + 30 * test::kSecondUs));
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->at(0).zone, "gate");
  EXPECT_DOUBLE_EQ(events->at(0).box_w, 0.3);
  EXPECT_FALSE(events->at(0).has_thumbnail);
}

TEST(Archive, LabelsComeWithTheirEventTheSurestFirst) {
  test::StoredFootage stored;
  const std::int64_t start = stored.segment(4).file_us;
  stored.motion(start, start + test::kSecondUs);
  stored.motion(start + 2 * test::kSecondUs, start + 3 * test::kSecondUs);
  stored.sql("INSERT INTO motion_label VALUES(1, 2, 0.5), (1, 1, 0.75), (1, 99, 1.0)");
  const auto events = stored.archive()->events({});
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 2U);
  ASSERT_EQ(events->at(0).labels.size(), 2U) << "a class this version does not know is left out";
  EXPECT_EQ(events->at(0).labels[0].object_class, media::ObjectClass::kPerson);
  EXPECT_FLOAT_EQ(events->at(0).labels[0].score, 0.75F);
  EXPECT_EQ(events->at(0).labels[1].object_class, media::ObjectClass::kVehicle);
  EXPECT_TRUE(events->at(1).labels.empty());
}

TEST(Archive, AnIndexOfAnEarlierVersionIsRefusedUntilTheNextWriterHasBroughtItUpToDate) {
  test::StoredFootage stored;
  const std::int64_t start = stored.segment(4).file_us;
  stored.motion(start, start + test::kSecondUs);
  for (const char* later :
       {"DROP TABLE tamper", "DROP TABLE camera_view", "DROP INDEX motion_event_alarm",
        "ALTER TABLE motion_event DROP COLUMN alarm", "ALTER TABLE motion_event DROP COLUMN alarm_us",
        "DROP TABLE motion_label", "PRAGMA user_version = 2"}) {
    stored.sql(later);
  }
  EXPECT_FALSE(Archive::open(stored.folder.path()));
  EXPECT_EQ(stored.number("PRAGMA user_version"), 2) << "reading changes nothing";
  ASSERT_TRUE(SqliteDb::open_index(stored.folder.file("index.db"), SqliteDb::Access::kWrite, 100).ok());
  EXPECT_EQ(stored.number("PRAGMA user_version"), kIndexSchemaVersion);
  EXPECT_EQ(stored.number("SELECT count(*) FROM motion_event"), 1);
  EXPECT_EQ(stored.number("SELECT count(*) FROM motion_label"), 0);
  EXPECT_EQ(stored.archive()->events({})->size(), 1U);
}

TEST(Archive, AnIndexOfALaterVersionIsRefused) {
  test::StoredFootage stored;
  stored.sql("PRAGMA user_version = 1000");
  const auto archive = Archive::open(stored.folder.path());
  ASSERT_FALSE(archive);
  EXPECT_NE(archive.error().message().find("1000"), std::string::npos);
}

TEST(Archive, LimitKeepsTheOldestOfAllCameras) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  for (std::uint8_t camera = 1; camera <= 3; ++camera) {
    stored.maker.camera.bytes.fill(camera);
    stored.maker.wall = {start + camera * test::kSecondUs};
    stored.maker.next_sequence = 1;
    for (int i = 0; i < 3; ++i) {
      stored.segment(1);
      stored.maker.skip(60 * test::kSecondUs);
    }
  }
  const auto archive = stored.archive();
  EXPECT_EQ(archive->cameras()->size(), 3U);
  FootageFilter filter;
  filter.limit = 4;
  const auto clips = archive->clips(filter);
  ASSERT_TRUE(clips);
  ASSERT_EQ(clips->size(), 4U);
  EXPECT_EQ(clips->at(0).stream.camera.bytes[0], 1);
  EXPECT_EQ(clips->at(2).stream.camera.bytes[0], 3);
  EXPECT_EQ(clips->at(3).start.us, start + test::kSecondUs + 61 * test::kSecondUs);
  filter.camera = clips->at(2).stream.camera;
  EXPECT_EQ(archive->clips(filter)->size(), 3U);
}

TEST(Archive, SubStreamFootageIsApart) {
  test::StoredFootage stored;
  stored.segment(1);
  stored.maker.role = media::StreamRole::kSub;
  stored.maker.skip(-1 * test::kSecondUs);
  stored.maker.skip(20 * test::kSecondUs);
  stored.segment(1);
  const auto archive = stored.archive();
  EXPECT_EQ(archive->clips({})->size(), 1U);
  FootageFilter sub;
  sub.role = media::StreamRole::kSub;
  EXPECT_EQ(archive->clips(sub)->size(), 1U);
}

TEST(Archive, GapsOverlappingARangeAreListedWithTheirCause) {
  test::StoredFootage stored;
  stored.gap(1000, 2000, GapCause::kLinkLost);
  stored.gap(5000, 6000, GapCause::kAuthRefused);
  stored.sql("INSERT INTO gap(camera, role, start_us, cause, epoch) SELECT camera, 0, 9000, 10, 0 FROM gap LIMIT 1");
  const auto archive = stored.archive();
  EXPECT_EQ(archive->gaps({})->size(), 3U);
  const auto late = archive->gaps(between(6000, 20'000));
  ASSERT_TRUE(late);
  ASSERT_EQ(late->size(), 1U);
  EXPECT_EQ(late->at(0).cause, GapCause::kServiceStopped);
  EXPECT_FALSE(late->at(0).end);
  EXPECT_EQ(archive->gaps(between(1500, 5500))->size(), 2U);
}

TEST(Archive, ThumbnailComesBackOrIsNotFound) {
  test::StoredFootage stored;
  stored.motion(1, 2);
  stored.sql("INSERT INTO motion_thumbnail VALUES(1, x'FFD8FF')");
  const auto archive = stored.archive();
  EXPECT_EQ(*archive->thumbnail(1), (base::Bytes{0xFF, 0xD8, 0xFF}));
  EXPECT_EQ(archive->thumbnail(2).error().kind(), base::ErrorKind::kNotFound);
}

TEST(Archive, PictureSizeComesFromTheFile) {
  test::StoredFootage stored;
  stored.segment(1);
  const auto archive = stored.archive();
  const auto format = archive->video_format(archive->clips({})->at(0));
  ASSERT_TRUE(format) << format.error().to_string();
  EXPECT_EQ(format->width, 320U);
  EXPECT_EQ(format->height, 240U);
}

TEST(Archive, SegmentsOfARangeComeWithTheirFragments) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(3);
  stored.segment(3);
  const auto archive = stored.archive();
  const auto both = archive->segments(stored.stream(), {start + 2 * test::kSecondUs}, {start + 4 * test::kSecondUs});
  ASSERT_TRUE(both);
  ASSERT_EQ(both->size(), 2U);
  EXPECT_EQ(both->at(0).fragments.size(), 3U);
  EXPECT_EQ(both->at(1).fragments.front().seq, 4U);
  EXPECT_EQ(archive->segments(stored.stream(), {start + 3 * test::kSecondUs}, {start + 4 * test::kSecondUs})->size(),
            1U);
  EXPECT_EQ(archive->segment_ending_with(stored.stream(), 3)->fragments.size(), 3U);
  EXPECT_FALSE(archive->segment_ending_with(stored.stream(), 2));
}

}  // namespace
}  // namespace vonggac::record
