#include "media/fmp4_reader.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "support/footage.h"
#include "support/sample_parameters.h"

namespace vonggac::media {
namespace {

test::FootageMaker four_fragments() {
  test::FootageMaker maker;
  maker.begin_segment();
  for (int i = 0; i < 4; ++i) maker.add_gop(15);
  return maker;
}

SegmentScan scan(const base::Bytes& bytes, ScanOptions options = {}) {
  const MemorySource source(bytes);
  auto result = scan_segment(source, options);
  EXPECT_TRUE(result) << result.error().to_string();
  return result ? std::move(*result) : SegmentScan{};
}

TEST(ScanSegment, FindsEveryFragmentWithItsSamples) {
  const auto maker = four_fragments();
  const SegmentScan found = scan(maker.bytes(), {true, false});
  EXPECT_EQ(found.start.header.camera, maker.camera);
  EXPECT_EQ(found.start.init.video, maker.init.video);
  EXPECT_EQ(found.start.size_bytes, maker.start_bytes());
  ASSERT_EQ(found.fragments.size(), 4U);
  EXPECT_EQ(found.whole_end, maker.bytes().size());
  EXPECT_TRUE(found.tail.empty());
  EXPECT_TRUE(found.damaged.empty());
  EXPECT_TRUE(found.chain_breaks.empty());
  std::uint64_t decode_time = 0;
  std::uint64_t offset = maker.start_bytes();
  for (const Fragment& fragment : found.fragments) {
    EXPECT_EQ(fragment.offset, offset);
    offset = fragment.end_offset;
    ASSERT_EQ(fragment.moof.tracks.size(), 1U);
    EXPECT_EQ(fragment.moof.tracks[0].fragment.samples.size(), 15U);
    EXPECT_EQ(fragment.moof.tracks[0].fragment.base_decode_time_90k, decode_time);
    EXPECT_EQ(fragment.moof_offset + fragment.moof.tracks[0].data_offset, fragment.mdat_offset + 8);
    decode_time += fragment.record.duration_90k;
  }
}

TEST(ScanSegment, TornTailEndsAfterTheLastWholeFragmentWhereverTheCutIs) {
  const auto maker = four_fragments();
  const SegmentScan whole = scan(maker.bytes());
  const std::uint64_t last = whole.fragments[3].offset;
  for (std::uint64_t size = last + 1; size < maker.bytes().size(); size += 13) {
    base::Bytes cut = maker.bytes();
    cut.resize(size);
    const SegmentScan found = scan(cut);
    EXPECT_EQ(found.fragments.size(), 3U) << size;
    EXPECT_EQ(found.whole_end, last);
    EXPECT_FALSE(found.tail.empty());
  }
}

TEST(ScanSegment, TailOfZerosIsTorn) {
  const auto maker = four_fragments();
  base::Bytes bytes = maker.bytes();
  bytes.resize(bytes.size() + 4096);
  const SegmentScan found = scan(bytes, {true, true});
  EXPECT_EQ(found.fragments.size(), 4U);
  EXPECT_EQ(found.whole_end, maker.bytes().size());
  EXPECT_FALSE(found.tail.empty());
}

TEST(ScanSegment, EveryCutInsideTheBeginningIsDataLossNotForeign) {
  const auto maker = four_fragments();
  for (std::size_t size = 0; size < maker.start_bytes(); size += 7) {
    const MemorySource source(base::ByteSpan(maker.bytes()).first(size));
    const auto result = scan_segment(source);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), base::ErrorKind::kDataLoss) << size;
  }
}

TEST(ScanSegment, OtherMp4IsForeign) {
  InitDescription description;
  description.video = test::h264_320();
  base::Bytes bytes = make_init_segment(description).value();
  bytes.resize(bytes.size() + 1000, 7);
  const MemorySource source(bytes);
  EXPECT_EQ(scan_segment(source).error().kind(), base::ErrorKind::kInvalidArgument);
  const base::Bytes text(3000, 'x');
  EXPECT_EQ(scan_segment(MemorySource(text)).error().kind(), base::ErrorKind::kInvalidArgument);
}

TEST(ScanSegment, FlippedMediaBitIsFoundOnlyWithHashesAndCostsOneFragment) {
  const auto maker = four_fragments();
  const SegmentScan whole = scan(maker.bytes());
  base::Bytes bytes = maker.bytes();
  bytes[whole.fragments[1].mdat_offset + 100] ^= 1;
  EXPECT_EQ(scan(bytes).fragments.size(), 4U);
  const SegmentScan found = scan(bytes, {true, false});
  EXPECT_EQ(found.fragments.size(), 3U);
  ASSERT_EQ(found.damaged.size(), 1U);
  EXPECT_EQ(found.damaged[0].offset, whole.fragments[1].offset);
  EXPECT_EQ(found.damaged[0].end_offset, whole.fragments[1].end_offset);
  EXPECT_EQ(found.chain_breaks, std::vector<std::size_t>{1});
}

TEST(ScanSegment, AlteredSampleTimingIsFound) {
  const auto maker = four_fragments();
  const SegmentScan whole = scan(maker.bytes());
  base::Bytes bytes = maker.bytes();
  // tfhd's default duration lies 8 (moof) + 16 (mfhd) + 8 (traf) + 16 bytes into the moof.
  bytes[whole.fragments[2].moof_offset + 8 + 16 + 8 + 16 + 3] ^= 1;
  const SegmentScan unverified = scan(bytes);
  ASSERT_EQ(unverified.fragments.size(), 4U);
  ASSERT_NE(unverified.fragments[2].moof.tracks[0].fragment, whole.fragments[2].moof.tracks[0].fragment);
  EXPECT_EQ(scan(bytes, {true, false}).damaged.size(), 1U);
}

TEST(ScanSegment, AlteredInitSegmentDisownsEveryFragment) {
  const auto maker = four_fragments();
  base::Bytes bytes = maker.bytes();
  // A byte of the handler's name: parses as before, but is not what was recorded.
  const std::string_view name = "Vong Gac video";
  const auto at = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
  ASSERT_NE(at, bytes.end());
  *at = 'W';
  const SegmentScan found = scan(bytes);
  EXPECT_TRUE(found.fragments.empty());
  EXPECT_FALSE(found.tail.empty());
}

TEST(ScanSegment, DamagedRecordStopsTheScanOrIsSteppedOverWithResync) {
  const auto maker = four_fragments();
  const SegmentScan whole = scan(maker.bytes());
  base::Bytes bytes = maker.bytes();
  bytes[whole.fragments[1].offset + 60] ^= 1;
  EXPECT_EQ(scan(bytes).fragments.size(), 1U);
  EXPECT_EQ(scan(bytes).whole_end, whole.fragments[0].end_offset);
  const SegmentScan found = scan(bytes, {false, true});
  EXPECT_EQ(found.fragments.size(), 3U);
  ASSERT_EQ(found.damaged.size(), 1U);
  EXPECT_EQ(found.damaged[0].end_offset, whole.fragments[2].offset);
  EXPECT_EQ(found.whole_end, bytes.size());
}

TEST(ScanSegment, HoleOfZerosInTheMiddleIsSteppedOverWithResync) {
  const auto maker = four_fragments();
  const SegmentScan whole = scan(maker.bytes());
  base::Bytes bytes = maker.bytes();
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(whole.fragments[0].offset + 100),
            bytes.begin() + static_cast<std::ptrdiff_t>(whole.fragments[2].offset + 100), std::uint8_t{0});
  const SegmentScan found = scan(bytes, {true, true});
  ASSERT_EQ(found.fragments.size(), 1U);
  EXPECT_EQ(found.fragments[0].record.sequence, 4U);
  EXPECT_EQ(found.damaged.size(), 1U);
}

TEST(ScanSegment, FragmentOfAnotherCameraIsNotTaken) {
  auto maker = four_fragments();
  const std::size_t ours = maker.bytes().size();
  maker.camera.bytes.fill(0x77);
  maker.add_gop(3);
  const SegmentScan found = scan(maker.bytes());
  EXPECT_EQ(found.fragments.size(), 4U);
  EXPECT_EQ(found.whole_end, ours);
}

TEST(ScanSegment, MissingFragmentBreaksTheChain) {
  const auto maker = four_fragments();
  const SegmentScan whole = scan(maker.bytes());
  base::Bytes bytes = maker.bytes();
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(whole.fragments[1].offset),
              bytes.begin() + static_cast<std::ptrdiff_t>(whole.fragments[1].end_offset));
  const SegmentScan found = scan(bytes, {true, false});
  EXPECT_EQ(found.fragments.size(), 3U);
  EXPECT_EQ(found.chain_breaks, std::vector<std::size_t>{1});
}

TEST(ScanSegment, FileOfRecordIdsOnlyEndsSoon) {
  const auto maker = four_fragments();
  base::Bytes bytes(maker.bytes().begin(), maker.bytes().begin() + static_cast<std::ptrdiff_t>(maker.start_bytes()));
  while (bytes.size() < 2'000'000) bytes.insert(bytes.end(), kFragmentRecordUuid.begin(), kFragmentRecordUuid.end());
  const SegmentScan found = scan(bytes, {true, true});
  EXPECT_TRUE(found.fragments.empty());
  EXPECT_FALSE(found.tail.empty());
}

TEST(ScanSegment, AudioIsReadToo) {
  test::FootageMaker maker;
  maker.init.audio = test::g711_mu();
  maker.begin_segment();
  const test::FootageSample picture{base::Bytes(500, 1), 90'000, 0, true};
  const test::FootageSample sound{base::Bytes(160, 2), 1800, 0, true};
  maker.add_fragment({picture}, std::vector<test::FootageSample>(50, sound));
  const SegmentScan found = scan(maker.bytes(), {true, false});
  ASSERT_EQ(found.fragments.size(), 1U);
  ASSERT_EQ(found.fragments[0].moof.tracks.size(), 2U);
  const MoofTrack& audio = found.fragments[0].moof.tracks[1];
  EXPECT_EQ(audio.fragment.samples.size(), 50U);
  EXPECT_EQ(maker.bytes()[found.fragments[0].moof_offset + audio.data_offset], 2);
  EXPECT_EQ(maker.bytes()[found.fragments[0].moof_offset + audio.data_offset - 1], 1);
}

TEST(ReadFragment, KnowsTheEndOfTheFileFromDamage) {
  const auto maker = four_fragments();
  const SegmentScan whole = scan(maker.bytes());
  const MemorySource source(maker.bytes());
  EXPECT_EQ(read_fragment(source, whole.fragments[2].offset)->record, whole.fragments[2].record);
  EXPECT_EQ(read_fragment(source, maker.bytes().size()).error().kind(), base::ErrorKind::kOutOfRange);
  EXPECT_EQ(read_fragment(source, whole.fragments[2].offset + 1).error().kind(), base::ErrorKind::kDataLoss);
}

}  // namespace
}  // namespace vonggac::media
