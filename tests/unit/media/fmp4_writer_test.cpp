#include "media/fmp4_writer.h"

#include <gtest/gtest.h>

#include "media/fmp4_init_parser.h"
#include "media/fmp4_reader.h"
#include "media/mp4_boxes.h"
#include "support/sample_parameters.h"

namespace vonggac::media {
namespace {

/// The boxes of an init segment, parsed back.
base::Result<InitDescription> reparse(const base::Bytes& init) {
  BoxReader boxes(init);
  const auto ftyp = boxes.next();
  const auto moov = boxes.next();
  if (!ftyp || !moov || moov->type != fourcc("moov") || boxes.next()) return base::data_loss("not ftyp + moov");
  return parse_movie(moov->body);
}

class InitSegment : public testing::TestWithParam<std::pair<TrackParameters, std::optional<TrackParameters>>> {};

TEST_P(InitSegment, ParsesBackToItsDescriptionAndThenToTheSameBytes) {
  InitDescription description;
  description.video = GetParam().first;
  description.audio = GetParam().second;
  description.creation = {1'790'000'000'000'000};
  const auto bytes = make_init_segment(description);
  ASSERT_TRUE(bytes) << bytes.error().to_string();
  const auto back = reparse(*bytes);
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(back->video, description.video);
  EXPECT_EQ(back->audio, description.audio);
  EXPECT_EQ(back->creation, description.creation);
  const auto again = make_init_segment(*back);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *bytes);
}

INSTANTIATE_TEST_SUITE_P(Tracks, InitSegment,
                         testing::Values(std::pair(test::h264_1080p(), std::nullopt),
                                         std::pair(test::h264_320(), std::optional(test::aac_16k())),
                                         std::pair(test::h265_640(), std::optional(test::g711_mu())),
                                         std::pair(test::h265_640(), std::nullopt)));

TEST(InitSegmentErrors, UnreadableParametersAreRefused) {
  InitDescription no_sps;
  no_sps.video = test::h264_320();
  no_sps.video.sps.clear();
  EXPECT_FALSE(make_init_segment(no_sps));
  InitDescription video_as_audio;
  video_as_audio.video = test::h264_320();
  video_as_audio.audio = test::h264_320();
  EXPECT_FALSE(make_init_segment(video_as_audio));
  InitDescription bare_aac;
  bare_aac.video = test::h264_320();
  bare_aac.audio = test::aac_16k();
  bare_aac.audio->audio_config.clear();
  EXPECT_FALSE(make_init_segment(bare_aac));
  InitDescription audio_only;
  audio_only.video = test::aac_16k();
  EXPECT_FALSE(make_init_segment(audio_only));
}

TEST(InitSegmentErrors, SampleAspectWidensTheShownSize) {
  const auto size = shown_size(test::h264_track("674d401eeca05809360420000003002000000641e2c5b2c0", "68ef8fc8"));
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 768U);  // 704 * 12 / 11
  EXPECT_EQ(size->height, 576U);
}

TrackFragment video_fragment(std::size_t frames) {
  TrackFragment track;
  track.base_decode_time_90k = 0x1'2345'6789;
  for (std::size_t i = 0; i < frames; ++i) {
    track.samples.push_back({static_cast<std::uint32_t>(1000 + i), 6000, 0, i == 0});
  }
  return track;
}

TEST(Moof, ParsesBackToTheSameSamples) {
  TrackFragment video = video_fragment(30);
  video.samples[3].duration_90k = 6001;
  video.samples[4].composition_offset_90k = -12000;
  TrackFragment audio;
  audio.track_id = kAudioTrackId;
  audio.base_decode_time_90k = 77;
  audio.samples.assign(50, {160, 1800, 0, true});
  const std::array tracks{video, audio};
  const base::Bytes bytes = make_moof(9, tracks);
  const auto moof = parse_moof(bytes);
  ASSERT_TRUE(moof) << moof.error().to_string();
  EXPECT_EQ(moof->sequence, 9U);
  ASSERT_EQ(moof->tracks.size(), 2U);
  EXPECT_EQ(moof->tracks[0].fragment, video);
  EXPECT_EQ(moof->tracks[1].fragment, audio);
  std::uint64_t video_bytes = 0;
  for (const FragmentSample& s : video.samples) video_bytes += s.size_bytes;
  EXPECT_EQ(moof->tracks[0].data_offset, bytes.size() + 8);
  EXPECT_EQ(moof->tracks[1].data_offset, bytes.size() + 8 + video_bytes);
}

TEST(Moof, ThirtyFramesStaySmall) {
  const std::array even{video_fragment(30)};
  EXPECT_LE(make_moof(1, even).size(), 240U);
  std::array uneven{video_fragment(30)};
  for (std::size_t i = 0; i < 30; ++i) uneven[0].samples[i].duration_90k += static_cast<std::uint32_t>(i % 3);
  EXPECT_LE(make_moof(1, uneven).size(), 480U);
}

TEST(Moof, OneSampleAndOddKeysKeepTheirFlags) {
  const std::array one{video_fragment(1)};
  EXPECT_TRUE(parse_moof(make_moof(1, one))->tracks[0].fragment.samples[0].key);
  std::array odd{video_fragment(5)};
  odd[0].samples[0].key = false;
  odd[0].samples[3].key = true;
  EXPECT_EQ(parse_moof(make_moof(1, odd))->tracks[0].fragment, odd[0]);
}

TEST(Moof, TrackWithoutSamplesIsLeftOut) {
  TrackFragment empty_audio;
  empty_audio.track_id = kAudioTrackId;
  const std::array tracks{video_fragment(2), empty_audio};
  EXPECT_EQ(parse_moof(make_moof(1, tracks))->tracks.size(), 1U);
}

TEST(Moof, EveryTruncationIsRefused) {
  const std::array tracks{video_fragment(3)};
  const base::Bytes bytes = make_moof(1, tracks);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_moof(base::ByteSpan(bytes).first(size))) << size;
  }
}

TEST(Moof, SampleCountBeyondTheBytesIsRefused) {
  const std::array tracks{video_fragment(3)};
  base::Bytes bytes = make_moof(1, tracks);
  // The count stands 20 bytes before the three 4-byte sizes: count, data offset, first flags.
  base::ByteWriter(bytes).patch_u32(bytes.size() - 12 - 12, 0x7FFFFFFF);
  EXPECT_FALSE(parse_moof(bytes));
}

TEST(MdatHeader, UsesSixtyFourBitsOnlyWhenNeeded) {
  EXPECT_EQ(make_mdat_header(100), (base::Bytes{0, 0, 0, 108, 'm', 'd', 'a', 't'}));
  EXPECT_EQ(make_mdat_header(0xFFFFFFF7).size(), 8U);
  EXPECT_EQ(make_mdat_header(0xFFFFFFF8), (base::Bytes{0, 0, 0, 1, 'm', 'd', 'a', 't', 0, 0, 0, 1, 0, 0, 0, 8}));
}

TEST(LiveFragment, HoldsOneSampleAtItsPlace) {
  AccessUnit unit;
  unit.key = true;
  unit.payload = std::make_shared<base::Bytes>(base::Bytes{0, 0, 0, 1, 0x65});
  const base::Bytes bytes = make_live_fragment(5, unit, {1234, 6000, 0});
  BoxReader boxes(bytes);
  const auto moof_box = boxes.next();
  ASSERT_TRUE(moof_box);
  const auto moof = parse_moof(base::ByteSpan(bytes).first(moof_box->body.size() + 8));
  ASSERT_TRUE(moof);
  const MoofTrack& track = moof->tracks.at(0);
  EXPECT_EQ(track.fragment.base_decode_time_90k, 1234U);
  EXPECT_EQ(track.fragment.samples, (std::vector<FragmentSample>{{5, 6000, 0, true}}));
  const base::ByteSpan data = base::ByteSpan(bytes).subspan(track.data_offset);
  EXPECT_TRUE(std::equal(data.begin(), data.end(), unit.payload->begin(), unit.payload->end()));
}

}  // namespace
}  // namespace vonggac::media
