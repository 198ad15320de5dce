#include <gtest/gtest.h>

#include "record/fragment_table.h"
#include "record/media_paths.h"
#include "record/motion_table.h"
#include "record/varint.h"

namespace vonggac::record {
namespace {

FragmentEntry entry(std::uint64_t seq, std::uint64_t offset, std::uint32_t size) {
  FragmentEntry e;
  e.seq = seq;
  e.offset_bytes = offset;
  e.size_bytes = size;
  e.start_us = 1'795'440'000'000'000 + static_cast<std::int64_t>(seq) * 2'000'033;
  e.media_start_90k = static_cast<std::int64_t>(seq) * 180'000;
  e.duration_90k = 180'000;
  e.flags = kFragmentKeyStart;
  return e;
}

TEST(Varint, RoundTripsTheExtremes) {
  base::Bytes out;
  for (const std::uint64_t v : {0ULL, 127ULL, 128ULL, ~0ULL}) put_varint(out, v);
  for (const std::int64_t v : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) put_signed(out, v);
  base::ByteReader in(out);
  EXPECT_EQ(get_varint(in), 0U);
  EXPECT_EQ(get_varint(in), 127U);
  EXPECT_EQ(get_varint(in), 128U);
  EXPECT_EQ(get_varint(in), ~0ULL);
  EXPECT_EQ(get_signed(in), 0);
  EXPECT_EQ(get_signed(in), -1);
  EXPECT_EQ(get_signed(in), INT64_MAX);
  EXPECT_EQ(get_signed(in), INT64_MIN);
  EXPECT_TRUE(in.at_end());
  EXPECT_FALSE(in.failed());
}

TEST(Varint, RefusesMoreThan64Bits) {
  const base::Bytes eleven(11, 0xff);
  base::ByteReader in(eleven);
  (void)get_varint(in);
  EXPECT_TRUE(in.failed());
}

TEST(FragmentTable, RoundTripsRegularAndIrregularEntries) {
  std::vector<FragmentEntry> entries;
  for (std::uint64_t i = 0; i < 150; ++i) entries.push_back(entry(1000 + i, 900 + i * 500'000, 500'000));
  entries[70].flags = kFragmentDamaged | kFragmentDiscontinuity;
  for (std::size_t i = 80; i < entries.size(); ++i) {  // a damaged stretch was left out of the file
    entries[i].seq += 3;
    entries[i].offset_bytes += 1'500'000;
    entries[i].media_start_90k -= 77;
  }
  const base::Bytes blob = encode_fragment_table(entries);
  EXPECT_LT(blob.size(), entries.size() * 13 + 40);
  const auto back = decode_fragment_table(blob);
  ASSERT_TRUE(back.ok()) << back.error().to_string();
  EXPECT_EQ(*back, entries);
}

TEST(FragmentTable, RoundTripsNothing) {
  const auto back = decode_fragment_table(encode_fragment_table({}));
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->empty());
}

TEST(FragmentTable, RefusesEveryTruncationAndTrailingBytes) {
  const base::Bytes blob = encode_fragment_table({entry(1, 900, 4000), entry(2, 4900, 5000)});
  for (std::size_t n = 0; n < blob.size(); ++n) {
    EXPECT_FALSE(decode_fragment_table(base::ByteSpan(blob).first(n)).ok()) << n;
  }
  base::Bytes longer = blob;
  longer.push_back(0);
  EXPECT_FALSE(decode_fragment_table(longer).ok());
}

TEST(FragmentTable, RefusesACountThatTheBytesCannotHold) {
  base::Bytes blob{1};
  put_varint(blob, 99'999);
  EXPECT_EQ(decode_fragment_table(blob).error().kind(), base::ErrorKind::kDataLoss);
}

TEST(MotionTable, RoundTripsCornersFullAndEmptyGrids) {
  MotionSeconds seconds;
  seconds[1'795'440'000] = {};
  seconds[1'795'440'001].fill(0xff);
  seconds[1'795'440'007][0] = 0x80;
  seconds[1'795'440'008][71] = 0x01;
  const base::Bytes blob = encode_motion_table(seconds);
  EXPECT_LT(blob.size(), 40U);
  const auto back = decode_motion_table(blob);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, seconds);
  for (std::size_t n = 0; n < blob.size(); ++n) EXPECT_FALSE(decode_motion_table(base::ByteSpan(blob).first(n)).ok());
}

TEST(MotionTable, RefusesRunsBeyondTheGrid) {
  base::Bytes blob;
  put_varint(blob, 500);
  put_varint(blob, 77);
  EXPECT_FALSE(decode_motion_cells(blob).ok());
}

TEST(MediaPaths, FormsAndParsesSegmentNames) {
  const auto camera = base::Uuid::parse("01932b6e-0000-7000-8000-0123456789ab");
  const SegmentFile file{{*camera}, 1'795'440'000'000'000};
  const std::string path = segment_path(file);
  EXPECT_EQ(path, "media/01932b6e-0000-7000-8000-0123456789ab/2026-11-23/1795440000000000.mp4");
  EXPECT_EQ(parse_segment_path(path), file);
}

TEST(MediaPaths, RefusesForeignNames) {
  const std::string camera = "media/01932b6e-0000-7000-8000-0123456789ab/";
  for (const char* tail :
       {"2026-11-23/1795440000000000.mp4.part", "2026-11-22/1795440000000000.mp4", "2026-11-23/01795440000000000.mp4",
        "2026-11-23/../2026-11-23/1795440000000000.mp4", "1795440000000000.mp4", "2026-11-23/", ""}) {
    EXPECT_FALSE(parse_segment_path(camera + tail).has_value()) << tail;
  }
  EXPECT_FALSE(parse_segment_path("media/cam-1/2026-11-23/1795440000000000.mp4").has_value());
}

}  // namespace
}  // namespace vonggac::record
