#include "record/export.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "support/stored_footage.h"

namespace vonggac::record {
namespace {

ClipRequest request(const test::StoredFootage& stored, std::int64_t from_us, std::int64_t to_us) {
  ClipRequest r;
  r.stream = stored.stream();
  r.from = {from_us};
  r.to = {to_us};
  return r;
}

base::Bytes read_all(OpenClip& clip) {
  base::Bytes bytes(clip.size_bytes());
  EXPECT_TRUE(clip.read(0, bytes).ok());
  return bytes;
}

TEST(OpenClip, HoldsTheRecordedBytesOfTwoSegments) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  const SegmentFile first = stored.segment(2);
  stored.segment(2);
  const auto archive = stored.archive();
  const auto clip = OpenClip::open(*archive, request(stored, start + test::kSecondUs, start + 3 * test::kSecondUs));
  ASSERT_TRUE(clip) << clip.error().to_string();
  const ClipPlan& plan = (*clip)->plan();
  EXPECT_EQ(plan.frames, 30U);
  EXPECT_EQ(plan.fragments.size(), 2U);
  EXPECT_EQ(plan.sources.size(), 2U);
  EXPECT_TRUE(plan.holes.empty());
  EXPECT_EQ(plan.first_frame.us, start + test::kSecondUs);
  const base::Bytes whole = read_all(**clip);
  // The body begins with the samples of the first segment's second fragment, as they lie in the file.
  const base::Bytes file = stored.bytes_of(first);
  const auto fragment = media::scan_segment(media::MemorySource(file))->fragments.at(1);
  const base::ByteSpan samples =
      base::ByteSpan(file).subspan(fragment.mdat_offset + 8, fragment.end_offset - fragment.mdat_offset - 8);
  const base::ByteSpan body = base::ByteSpan(whole).subspan(plan.file.head.size(), samples.size());
  EXPECT_TRUE(std::equal(samples.begin(), samples.end(), body.begin()));
}

TEST(OpenClip, RangesReadTheSameBytesAsTheWhole) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  for (int i = 0; i < 3; ++i) stored.segment(2);
  const auto archive = stored.archive();
  const auto clip = OpenClip::open(*archive, request(stored, start + 500'000, start + 5 * test::kSecondUs));
  ASSERT_TRUE(clip);
  const base::Bytes whole = read_all(**clip);
  for (std::size_t at = 0; at < whole.size(); at += 613) {
    base::Bytes part(std::min<std::size_t>(1000, whole.size() - at));
    ASSERT_TRUE((*clip)->read(at, part).ok());
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(at))) << at;
  }
  base::Bytes beyond(2);
  EXPECT_FALSE((*clip)->read(whole.size() - 1, beyond).ok());
}

TEST(OpenClip, LeadsInFromTheKeyFrameAlsoAcrossASegmentCut) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(1);
  // The camera sends no key frame for a while: fragments, and even a segment, begin without one.
  for (int i = 0; i < 2; ++i) {
    stored.maker.begin_segment();
    for (int k = 0; k < 2; ++k) {
      std::vector<test::FootageSample> samples(15, {base::Bytes(100, 9), 6000, 0, false});
      stored.maker.add_fragment(samples);
    }
    stored.seal();
  }
  const auto archive = stored.archive();
  const auto clip = OpenClip::open(*archive, request(stored, start + 4 * test::kSecondUs, start + 5 * test::kSecondUs));
  ASSERT_TRUE(clip) << clip.error().to_string();
  EXPECT_TRUE((*clip)->plan().starts_with_key);
  EXPECT_EQ((*clip)->plan().fragments.size(), 5U);
  EXPECT_EQ((*clip)->plan().frames, 15U);
  EXPECT_EQ((*clip)->plan().first_frame.us, start + 4 * test::kSecondUs);
}

TEST(OpenClip, CodecChangeCutsTheClipThere) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(2);
  stored.maker.init.video = test::h265_640();
  ++stored.maker.init_generation;
  stored.segment(2);
  const auto archive = stored.archive();
  const auto clip = OpenClip::open(*archive, request(stored, start, start + 4 * test::kSecondUs));
  ASSERT_TRUE(clip);
  ASSERT_TRUE((*clip)->plan().cut_at);
  EXPECT_EQ((*clip)->plan().cut_at->us, start + 2 * test::kSecondUs);
  EXPECT_EQ((*clip)->plan().frames, 30U);
  EXPECT_TRUE((*clip)->plan().holes.empty());
  const auto rest = OpenClip::open(*archive, request(stored, start + 2 * test::kSecondUs, start + 4 * test::kSecondUs));
  ASSERT_TRUE(rest);
  EXPECT_EQ((*rest)->plan().video_codec, media::Codec::kH265);
}

TEST(OpenClip, NewParametersCutTheClipOnlyWhereAskedFor) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(2);
  stored.segment(2);
  stored.maker.init.video = test::h264_1080p();
  ++stored.maker.init_generation;
  stored.segment(2);
  const auto archive = stored.archive();
  ClipRequest asked = request(stored, start, start + 6 * test::kSecondUs);
  const auto whole = OpenClip::open(*archive, asked);
  ASSERT_TRUE(whole);
  EXPECT_FALSE((*whole)->plan().cut_at);
  EXPECT_EQ((*whole)->plan().frames, 90U);
  asked.cut_at_new_parameters = true;
  const auto cut = OpenClip::open(*archive, asked);
  ASSERT_TRUE(cut);
  ASSERT_TRUE((*cut)->plan().cut_at);
  EXPECT_EQ((*cut)->plan().cut_at->us, start + 4 * test::kSecondUs);
  EXPECT_EQ((*cut)->plan().frames, 60U);
}

TEST(OpenClip, ReadsTheAcknowledgedPartOfAnOpenSegment) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.maker.begin_segment();
  stored.maker.add_gop(15);
  stored.maker.add_gop(15);
  const SegmentFile file = stored.leave_open();
  // More has been written meanwhile, but is not acknowledged.
  stored.maker.add_gop(15);
  stored.overwrite(file, stored.maker.bytes());
  const auto archive = stored.archive();
  const auto clip = OpenClip::open(*archive, request(stored, start, start + 60 * test::kSecondUs));
  ASSERT_TRUE(clip);
  EXPECT_EQ((*clip)->plan().frames, 30U);
  ASSERT_EQ((*clip)->plan().holes.size(), 1U);
  EXPECT_EQ((*clip)->plan().holes[0].start.us, start + 2 * test::kSecondUs);
}

TEST(OpenClip, UnreadableFragmentIsAHoleUnlessStrict) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  const SegmentFile file = stored.segment(4);
  stored.flip_bit(file, stored.row_of(file).fragments[1].offset_bytes + 60);
  const auto archive = stored.archive();
  ClipRequest asked = request(stored, start, start + 4 * test::kSecondUs);
  const auto clip = OpenClip::open(*archive, asked);
  ASSERT_TRUE(clip) << clip.error().to_string();
  EXPECT_EQ((*clip)->plan().frames, 45U);
  EXPECT_EQ((*clip)->plan().holes.size(), 0U);  // one second: within what a reader of times notices
  asked.strict = true;
  EXPECT_EQ(OpenClip::open(*archive, asked).error().kind(), base::ErrorKind::kDataLoss);
}

TEST(OpenClip, FileOfAnotherCameraInItsPlaceIsRefused) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  const SegmentFile file = stored.segment(2);
  test::FootageMaker other;
  other.camera.bytes.fill(0x99);
  other.begin_segment();
  other.add_gop(15);
  other.add_gop(15);
  stored.overwrite(file, other.bytes());
  const auto archive = stored.archive();
  ClipRequest asked = request(stored, start, start + test::kSecondUs);
  asked.strict = true;
  EXPECT_EQ(OpenClip::open(*archive, asked).error().kind(), base::ErrorKind::kDataLoss);
}

TEST(OpenClip, SymbolicLinkInTheMediaTreeIsNotFollowed) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  const SegmentFile file = stored.segment(2);
  const std::string elsewhere = stored.folder.file("elsewhere.mp4");
  std::filesystem::rename(stored.path(file), elsewhere);
  std::filesystem::create_symlink(elsewhere, stored.path(file));
  const auto archive = stored.archive();
  ClipRequest asked = request(stored, start, start + test::kSecondUs);
  asked.strict = true;
  EXPECT_FALSE(OpenClip::open(*archive, asked));
}

TEST(OpenClip, RefusesEmptyBackwardAndEndlessRanges) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(1);
  const auto archive = stored.archive();
  for (const auto& [from, to] :
       {std::pair(start, start), std::pair(start + test::kSecondUs, start), std::pair(start, start + kMaxClipUs + 1),
        std::pair(start + 50 * test::kSecondUs, start + 60 * test::kSecondUs)}) {
    EXPECT_EQ(OpenClip::open(*archive, request(stored, from, to)).error().kind(), base::ErrorKind::kOutOfRange);
  }
}

TEST(ExportClip, WritesTheClipAndSaysWhatIsInIt) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(2);
  stored.maker.skip(30 * test::kSecondUs);
  stored.segment(2);
  stored.gap(start + 2 * test::kSecondUs, start + 32 * test::kSecondUs, GapCause::kCameraUnreachable);
  const auto archive = stored.archive();
  const std::string out = stored.folder.file("out.mp4");
  const auto report =
      export_clip(*archive, request(stored, start + 500'000, start + 34 * test::kSecondUs), {out, false});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->frames, 52U);  // 22 from 0.533 s on, 30 after the gap
  EXPECT_EQ(report->fragments, 4U);
  EXPECT_EQ(report->first_sequence, 1U);
  EXPECT_EQ(report->last_sequence, 4U);
  EXPECT_EQ(report->chain_head, stored.maker.previous);
  ASSERT_EQ(report->holes.size(), 1U);
  EXPECT_EQ(report->holes[0].cause, GapCause::kCameraUnreachable);
  std::ifstream in(out, std::ios::binary);
  const base::Bytes written{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(written.size(), report->size_bytes);
  EXPECT_EQ(base::sha256(written), report->sha256);
  const auto json = boost::json::parse(export_report_json(*report)).as_object();
  EXPECT_EQ(json.at("frames").to_number<int>(), 52);
  EXPECT_EQ(json.at("gaps").at(0).at("cause").as_string(), "camera_unreachable");
}

TEST(ExportClip, DoesNotReplaceAFileUnlessAsked) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(2);
  const auto archive = stored.archive();
  const std::string out = stored.folder.file("out.mp4");
  std::ofstream(out) << "precious";
  const auto asked = request(stored, start, start + test::kSecondUs);
  EXPECT_EQ(export_clip(*archive, asked, {out, false}).error().kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_EQ(std::filesystem::file_size(out), 8U);
  EXPECT_TRUE(export_clip(*archive, asked, {out, true}));
  EXPECT_GT(std::filesystem::file_size(out), 100U);
}

TEST(ExportClip, FlippedMediaBitIsRefusedByNameAndLeavesNothing) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  const SegmentFile file = stored.segment(3);
  const FragmentEntry fragment = stored.row_of(file).fragments[1];
  stored.flip_bit(file, fragment.offset_bytes + fragment.size_bytes - 1);
  const auto archive = stored.archive();
  const std::string out = stored.folder.file("out.mp4");
  const auto report = export_clip(*archive, request(stored, start, start + 3 * test::kSecondUs), {out, false});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind(), base::ErrorKind::kDataLoss);
  EXPECT_NE(report.error().message().find("fragment 2"), std::string::npos) << report.error().message();
  for (const auto& entry : std::filesystem::directory_iterator(stored.folder.path())) {
    EXPECT_EQ(entry.path().string().find("out.mp4"), std::string::npos) << entry.path();
  }
}

TEST(ExportClip, ReplacedFragmentBreaksTheChain) {
  test::StoredFootage stored;
  const std::int64_t start = stored.maker.wall.us;
  stored.segment(1);
  stored.maker.previous.fill(0x5A);  // as if another fragment 1 had been there
  stored.segment(1);
  const auto archive = stored.archive();
  const auto report = export_clip(*archive, request(stored, start, start + 2 * test::kSecondUs),
                                  {stored.folder.file("out.mp4"), false});
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message().find("does not follow"), std::string::npos);
}

}  // namespace
}  // namespace vonggac::record
