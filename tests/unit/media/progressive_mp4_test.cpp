#include "media/progressive_mp4.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "media/fmp4_init_parser.h"
#include "media/mp4_boxes.h"
#include "support/sample_parameters.h"

namespace vonggac::media {
namespace {

ProgressiveTrack video_track(std::size_t frames, std::uint64_t first_offset = 1000, std::uint32_t frame_bytes = 100) {
  ProgressiveTrack track;
  track.descriptions = {test::h264_320()};
  for (std::size_t i = 0; i < frames; ++i) {
    track.samples.push_back({0, first_offset + i * frame_bytes, frame_bytes, 6000, 0, 0, i % 10 == 0});
  }
  track.presentation_duration_90k = frames * 6000;
  return track;
}

/// The body of the box at the end of a path of nested boxes.
base::ByteSpan box_at(const base::Bytes& head, std::initializer_list<std::uint32_t> path) {
  base::ByteSpan level = head;
  for (const std::uint32_t type : path) {
    const auto inner = find_box(level, type);
    EXPECT_TRUE(inner) << std::hex << type;
    if (!inner) return {};
    level = *inner;
  }
  return level;
}

const std::initializer_list<std::uint32_t> kElst{fourcc("moov"), fourcc("trak"), fourcc("edts"), fourcc("elst")};
const std::initializer_list<std::uint32_t> kStco{fourcc("moov"), fourcc("trak"), fourcc("mdia"),
                                                 fourcc("minf"), fourcc("stbl"), fourcc("stco")};
const std::initializer_list<std::uint32_t> kCo64{fourcc("moov"), fourcc("trak"), fourcc("mdia"),
                                                 fourcc("minf"), fourcc("stbl"), fourcc("co64")};
const std::initializer_list<std::uint32_t> kStsc{fourcc("moov"), fourcc("trak"), fourcc("mdia"),
                                                 fourcc("minf"), fourcc("stbl"), fourcc("stsc")};
const std::initializer_list<std::uint32_t> kStts{fourcc("moov"), fourcc("trak"), fourcc("mdia"),
                                                 fourcc("minf"), fourcc("stbl"), fourcc("stts")};

TEST(ProgressiveMp4, NeighbouringSamplesBecomeOneSliceAfterTheHead) {
  ProgressiveMovie movie;
  movie.video = video_track(30);
  const auto file = make_progressive_mp4(movie);
  ASSERT_TRUE(file) << file.error().to_string();
  ASSERT_EQ(file->body.size(), 1U);
  EXPECT_EQ(file->body[0].offset, 1000U);
  EXPECT_EQ(file->body[0].size_bytes, 3000U);
  EXPECT_EQ(file->body[0].position, file->head.size());
  EXPECT_EQ(file->total_bytes, file->head.size() + 3000);
  base::ByteReader stco(box_at(file->head, kStco));
  stco.skip(4);
  EXPECT_EQ(stco.u32(), 1U);
  EXPECT_EQ(stco.u32(), file->head.size());
}

TEST(ProgressiveMp4, EditListHidesWhatComesBeforeTheStart) {
  ProgressiveMovie movie;
  movie.video = video_track(30);
  movie.video.presentation_start_90k = 24'000;
  movie.video.presentation_duration_90k = 60'000;
  const auto file = make_progressive_mp4(movie);
  ASSERT_TRUE(file);
  base::ByteReader elst(box_at(file->head, kElst));
  EXPECT_EQ(elst.u32(), 0x01000000U);
  EXPECT_EQ(elst.u32(), 1U);
  EXPECT_EQ(elst.u64(), 60'000U);
  EXPECT_EQ(elst.u64(), 24'000U);
}

TEST(ProgressiveMp4, AudioStartingLaterGetsAnEmptyEdit) {
  ProgressiveMovie movie;
  movie.video = video_track(30);
  ProgressiveTrack audio;
  audio.descriptions = {test::g711_mu()};
  for (std::uint64_t i = 0; i < 100; ++i) audio.samples.push_back({1, i * 160, 160, 1800, 0, 0, true});
  audio.delay_90k = 4500;
  audio.presentation_duration_90k = 100 * 1800;
  movie.audio = audio;
  const auto file = make_progressive_mp4(movie);
  ASSERT_TRUE(file);
  const base::ByteSpan moov = box_at(file->head, {fourcc("moov")});
  BoxReader boxes(moov);
  std::vector<base::ByteSpan> tracks;
  while (const auto box = boxes.next()) {
    if (box->type == fourcc("trak")) tracks.push_back(box->body);
  }
  ASSERT_EQ(tracks.size(), 2U);
  base::ByteReader elst(*find_box(*find_box(tracks[1], fourcc("edts")), fourcc("elst")));
  elst.skip(4);
  EXPECT_EQ(elst.u32(), 2U);
  EXPECT_EQ(elst.u64(), 4500U);
  EXPECT_EQ(elst.i64(), -1);
  EXPECT_EQ(file->body.size(), 2U);
  EXPECT_EQ(file->body[1].source, 1U);
}

TEST(ProgressiveMp4, StretchedSampleStaysInTheTimeTable) {
  ProgressiveMovie movie;
  movie.video = video_track(30);
  movie.video.samples[9].duration_90k = 900'000;
  const auto file = make_progressive_mp4(movie);
  ASSERT_TRUE(file);
  base::ByteReader stts(box_at(file->head, kStts));
  stts.skip(4);
  EXPECT_EQ(stts.u32(), 3U);
  for (const std::uint32_t expected : {9U, 6000U, 1U, 900'000U, 20U, 6000U}) EXPECT_EQ(stts.u32(), expected);
}

TEST(ProgressiveMp4, NewParametersGetTheirOwnChunksAndEntry) {
  ProgressiveMovie movie;
  movie.video = video_track(20);
  movie.video.descriptions.push_back(test::h264_1080p());
  for (std::size_t i = 10; i < 20; ++i) movie.video.samples[i].description = 1;
  const auto file = make_progressive_mp4(movie);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->body.size(), 1U);
  base::ByteReader stsc(box_at(file->head, kStsc));
  stsc.skip(4);
  EXPECT_EQ(stsc.u32(), 2U);
  for (const std::uint32_t expected : {1U, 10U, 1U, 2U, 10U, 2U}) EXPECT_EQ(stsc.u32(), expected);
}

TEST(ProgressiveMp4, BeyondFourGigabytesOffsetsAreWide) {
  ProgressiveMovie movie;
  movie.video = video_track(50, 0, 100'000'000);
  for (std::size_t i = 0; i < 50; ++i) movie.video.samples[i].source = static_cast<std::uint32_t>(i);
  const auto file = make_progressive_mp4(movie);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->total_bytes, file->head.size() + 5'000'000'000U);
  base::ByteReader co64(box_at(file->head, kCo64));
  co64.skip(4);
  EXPECT_EQ(co64.u32(), 50U);
  co64.skip(49 * 8);
  EXPECT_EQ(co64.u64(), file->body[49].position);
  // The 16-byte mdat header ends the head.
  base::ByteReader mdat(base::ByteSpan(file->head).last(16));
  EXPECT_EQ(mdat.u32(), 1U);
  mdat.skip(4);
  EXPECT_EQ(mdat.u64(), 5'000'000'016U);
}

TEST(ProgressiveMp4, PiecesCoverEveryRangeExactly) {
  ProgressiveMovie movie;
  movie.video = video_track(6);
  for (std::size_t i = 0; i < 6; ++i) movie.video.samples[i].source = static_cast<std::uint32_t>(i / 2);
  movie.video.samples[2].offset = 5000;
  movie.video.samples[3].offset = 5100;
  const auto file = make_progressive_mp4(movie);
  ASSERT_TRUE(file);
  ASSERT_EQ(file->body.size(), 3U);
  // Byte i of the virtual file, by its piece.
  const auto identity = [&](std::uint64_t at) {
    const auto pieces = pieces_of(*file, at, 1);
    EXPECT_EQ(pieces.size(), 1U);
    return std::tuple(pieces.at(0).in_head, pieces.at(0).source, pieces.at(0).offset);
  };
  for (std::uint64_t from = 0; from < file->total_bytes; from += 37) {
    for (const std::uint64_t size : {1ULL, 150ULL, 5000ULL}) {
      std::uint64_t at = from;
      for (const FilePiece& piece : pieces_of(*file, from, size)) {
        EXPECT_EQ(identity(at), std::tuple(piece.in_head, piece.source, piece.offset));
        at += piece.size_bytes;
      }
      EXPECT_EQ(at, std::min(file->total_bytes, from + size));
    }
  }
  EXPECT_TRUE(pieces_of(*file, file->total_bytes, 10).empty());
}

TEST(ProgressiveMp4, RefusesWhatCannotBeWritten) {
  ProgressiveMovie empty;
  empty.video.descriptions = {test::h264_320()};
  EXPECT_FALSE(make_progressive_mp4(empty));
  ProgressiveMovie mixed;
  mixed.video = video_track(3);
  mixed.video.descriptions.push_back(test::h265_640());
  EXPECT_FALSE(make_progressive_mp4(mixed));
  ProgressiveMovie unknown;
  unknown.video = video_track(3);
  unknown.video.samples[1].description = 1;
  EXPECT_FALSE(make_progressive_mp4(unknown));
  ProgressiveMovie endless;
  endless.video = video_track(3);
  endless.video.samples[1].duration_90k = 0x80000000;
  EXPECT_FALSE(make_progressive_mp4(endless));
}

}  // namespace
}  // namespace vonggac::media
