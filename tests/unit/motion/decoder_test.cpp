#include "media/av/decoder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "media/av/file_demuxer.h"
#include "media/av/jpeg_encoder.h"
#include "support/temp_folder.h"
#include "unit/motion/encoded_clip.h"

namespace vonggac::media::av {
namespace {

test::EncodedClip street_clip(test::ClipShape shape, int pictures) {
  const test::PaintedScene scene(shape.width, shape.height);
  return test::encode_clip(shape, pictures, [scene](int) { return scene.street(); });
}

double mean_difference(const LumaView& luma, const test::Painting& painting) {
  double sum = 0;
  for (int y = 0; y < luma.height; ++y) {
    for (int x = 0; x < luma.width; ++x) {
      sum += std::abs(luma.data[y * luma.stride + x] - painting.pixels[static_cast<std::size_t>(y * luma.width + x)]);
    }
  }
  return sum / (luma.width * luma.height);
}

class DecoderOfEachCodec : public testing::TestWithParam<Codec> {};

TEST_P(DecoderOfEachCodec, GivesEachPictureAtOnceWithItsTime) {
  test::ClipShape shape;
  shape.codec = GetParam();
  const test::EncodedClip clip = street_clip(shape, 30);
  if (clip.units.empty()) GTEST_SKIP() << "no encoder";
  const auto decoder = Decoder::create(clip.parameters);
  ASSERT_TRUE(decoder.ok()) << decoder.error().message();
  for (const AccessUnit& unit : clip.units) {
    std::vector<Picture> pictures;
    ASSERT_TRUE((*decoder)->decode(*unit.payload, unit.capture.us, pictures).ok());
    ASSERT_EQ(pictures.size(), 1U);
    EXPECT_EQ(pictures[0].time_us(), unit.capture.us);
    EXPECT_EQ(pictures[0].key(), unit.key);
    EXPECT_LT(mean_difference(pictures[0].luma(), test::PaintedScene(shape.width, shape.height).street()), 6.0);
  }
}

TEST_P(DecoderOfEachCodec, DecodesKeyPicturesAloneInTheMiddleOfARun) {
  test::ClipShape shape;
  shape.codec = GetParam();
  const test::EncodedClip clip = street_clip(shape, 45);
  if (clip.units.empty()) GTEST_SKIP() << "no encoder";
  const auto decoder = Decoder::create(clip.parameters);
  ASSERT_TRUE(decoder.ok());
  int keys = 0;
  for (const AccessUnit& unit : clip.units) {
    if (!unit.key) continue;
    std::vector<Picture> pictures;
    ASSERT_TRUE((*decoder)->decode_alone(*unit.payload, unit.capture.us, pictures).ok());
    ASSERT_EQ(pictures.size(), 1U);
    EXPECT_EQ(pictures[0].time_us(), unit.capture.us);
    ++keys;
  }
  EXPECT_EQ(keys, 3);
}

INSTANTIATE_TEST_SUITE_P(Codecs, DecoderOfEachCodec, testing::Values(Codec::kH264, Codec::kH265),
                         [](const auto& codec) { return codec_name(codec.param); });

TEST(Decoder, RefusesLengthsThatPointOutside) {
  const test::EncodedClip clip = street_clip({}, 2);
  const auto decoder = Decoder::create(clip.parameters);
  ASSERT_TRUE(decoder.ok());
  std::vector<Picture> pictures;
  base::Bytes cut(clip.units[0].payload->begin(), clip.units[0].payload->end() - 5);
  EXPECT_EQ((*decoder)->decode(cut, 0, pictures).kind(), base::ErrorKind::kDataLoss);
  EXPECT_EQ((*decoder)->decode(base::Bytes{0, 0}, 0, pictures).kind(), base::ErrorKind::kDataLoss);
  EXPECT_EQ((*decoder)->decode({}, 0, pictures).kind(), base::ErrorKind::kDataLoss);
  EXPECT_TRUE(pictures.empty());
}

TEST(Decoder, GivesUpAfterTooManyBrokenUnitsInARow) {
  const test::EncodedClip clip = street_clip({}, 2);
  const auto decoder = Decoder::create(clip.parameters, {.max_errors_in_a_row = 5});
  ASSERT_TRUE(decoder.ok());
  std::vector<Picture> pictures;
  const base::Bytes broken{0, 0, 0, 9, 1};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ((*decoder)->decode(broken, i, pictures).kind(), base::ErrorKind::kDataLoss);
  }
  EXPECT_EQ((*decoder)->decode(broken, 4, pictures).kind(), base::ErrorKind::kUnavailable);
  EXPECT_EQ((*decoder)->decode(*clip.units[0].payload, 5, pictures).kind(), base::ErrorKind::kUnavailable);
}

TEST(Decoder, ForgetsEarlierErrorsWhenAUnitDecodes) {
  const test::EncodedClip clip = street_clip({}, 2);
  const auto decoder = Decoder::create(clip.parameters, {.max_errors_in_a_row = 3});
  ASSERT_TRUE(decoder.ok());
  std::vector<Picture> pictures;
  const base::Bytes broken{0, 0, 0, 9, 1};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ((*decoder)->decode(broken, i, pictures).kind(), base::ErrorKind::kDataLoss);
    EXPECT_TRUE((*decoder)->decode_alone(*clip.units[0].payload, i, pictures).ok());
  }
}

TEST(Decoder, RefusesAPictureAboveTheCap) {
  test::ClipShape shape;
  shape.width = 640;
  shape.height = 64;
  const test::EncodedClip clip = street_clip(shape, 1);
  const auto decoder = Decoder::create(clip.parameters, {.max_side_px = 512});
  ASSERT_FALSE(decoder.ok());
  EXPECT_EQ(decoder.error().kind(), base::ErrorKind::kOutOfRange);
}

/// Writes bits most significant first, and Exp-Golomb codes (H.264 section 9.1).
class BitWriter {
 public:
  void bits(std::uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i) {
      if (filled_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | ((value >> i & 1U) << (7 - filled_ % 8)));
      ++filled_;
    }
  }
  void ue(std::uint32_t value) {
    int length = 0;
    while ((value + 1) >> (length + 1) != 0) ++length;
    bits(0, length);
    bits(value + 1, length + 1);
  }
  base::Bytes take() {
    bits(1, 1);
    return bytes_;
  }

 private:
  base::Bytes bytes_;
  std::size_t filled_ = 0;
};

TrackParameters parameters_of_size(std::uint32_t width_macroblocks, std::uint32_t height_macroblocks) {
  BitWriter sps;
  sps.bits(0x67, 8);
  sps.bits(66, 8);  // baseline
  sps.bits(0, 8);
  sps.bits(62, 8);
  sps.ue(0);   // sps id
  sps.ue(0);   // log2_max_frame_num - 4
  sps.ue(2);   // poc type
  sps.ue(16);  // reference pictures
  sps.bits(0, 1);
  sps.ue(width_macroblocks - 1);
  sps.ue(height_macroblocks - 1);
  sps.bits(0b1100, 4);  // frames only, direct 8x8, no cropping, no VUI
  BitWriter pps;
  pps.bits(0x68, 8);
  pps.ue(0);
  pps.ue(0);
  pps.bits(0, 2);
  pps.ue(0);
  pps.ue(0);
  pps.ue(0);
  pps.bits(0, 3);
  pps.bits(0b111, 3);  // qp, qs, chroma offset: 0
  pps.bits(0, 3);
  TrackParameters parameters;
  parameters.codec = Codec::kH264;
  parameters.sps.push_back(sps.take());
  parameters.pps.push_back(pps.take());
  return parameters;
}

TEST(Decoder, RefusesASequenceAboveTheCapWhenItIsOpened) {
  for (const std::uint32_t macroblocks : {257U, 512U}) {
    const auto decoder = Decoder::create(parameters_of_size(macroblocks, 16));
    ASSERT_FALSE(decoder.ok());
    EXPECT_EQ(decoder.error().kind(), base::ErrorKind::kOutOfRange);
  }
  EXPECT_TRUE(Decoder::create(parameters_of_size(256, 256)).ok());
}

base::Bytes unit_with(const base::Bytes& sps, const base::Bytes& pps) {
  BitWriter slice;
  slice.bits(0x65, 8);
  slice.ue(0);       // first macroblock
  slice.ue(7);       // I slice
  slice.ue(0);       // pps id
  slice.bits(0, 4);  // frame_num
  slice.ue(0);       // idr_pic_id
  slice.bits(0, 2);
  slice.bits(1, 1);  // qp delta 0
  slice.bits(0xffff, 16);
  base::Bytes unit;
  base::ByteWriter writer(unit);
  for (const base::Bytes& nal : {sps, pps, slice.take()}) {
    writer.u32(static_cast<std::uint32_t>(nal.size()));
    writer.raw(nal);
  }
  return unit;
}

TEST(Decoder, RefusesASequenceAboveTheCapThatComesInBand) {
  const test::EncodedClip clip = street_clip({}, 1);
  const auto decoder = Decoder::create(clip.parameters);
  ASSERT_TRUE(decoder.ok());
  const TrackParameters bomb = parameters_of_size(512, 512);
  std::vector<Picture> pictures;
  const base::Status status = (*decoder)->decode(unit_with(bomb.sps[0], bomb.pps[0]), 0, pictures);
  EXPECT_EQ(status.kind(), base::ErrorKind::kOutOfRange) << status.message();
  EXPECT_EQ((*decoder)->decode(*clip.units[0].payload, 1, pictures).kind(), base::ErrorKind::kOutOfRange);
}

TEST(Decoder, NeverShowsAPictureOf16384PixelsASide) {
  const TrackParameters bomb = parameters_of_size(1024, 1024);
  const auto decoder = Decoder::create(bomb, {.max_errors_in_a_row = 3});
  std::vector<Picture> pictures;
  for (int i = 0; decoder.ok() && i < 3; ++i) {
    EXPECT_FALSE((*decoder)->decode(unit_with(bomb.sps[0], bomb.pps[0]), i, pictures).ok());
  }
  EXPECT_TRUE(pictures.empty());
}

TEST(Decoder, RefusesTracksThatAreNotVideo) {
  TrackParameters parameters;
  parameters.codec = Codec::kAac;
  EXPECT_EQ(Decoder::create(parameters).error().kind(), base::ErrorKind::kInvalidArgument);
}

Picture noisy_picture(int width, int height) {
  test::PaintedScene scene(width, height);
  scene.noise = 90;
  test::ClipShape shape;
  shape.width = width;
  shape.height = height;
  const test::EncodedClip clip = test::encode_clip(shape, 1, [&](int) { return scene.street(); });
  std::vector<Picture> pictures;
  EXPECT_TRUE((*Decoder::create(clip.parameters))->decode(*clip.units.at(0).payload, 7, pictures).ok());
  return std::move(pictures.at(0));
}

struct JpegSize {
  int width = 0, height = 0;
};

/// From the start-of-frame marker (T.81 section B.2.2).
JpegSize size_of_jpeg(const base::Bytes& jpeg) {
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc0) {
      return {jpeg[i + 7] << 8 | jpeg[i + 8], jpeg[i + 5] << 8 | jpeg[i + 6]};
    }
  }
  return {};
}

TEST(JpegEncoder, KeepsAThumbnailOfPureNoiseBelow20Kilobytes) {
  const Picture picture = noisy_picture(1280, 720);
  JpegEncoder encoder;
  const auto jpeg = encoder.encode(picture, kThumbnail);
  ASSERT_TRUE(jpeg.ok()) << jpeg.error().message();
  EXPECT_LE(jpeg->size(), 20'000U);
  EXPECT_EQ((*jpeg)[0], 0xff);
  EXPECT_EQ((*jpeg)[1], 0xd8);
  EXPECT_LE(size_of_jpeg(*jpeg).width, 320);
  EXPECT_GT(size_of_jpeg(*jpeg).width, 0);
}

TEST(JpegEncoder, KeepsAnyThumbnailBelow20Kilobytes) {
  JpegEncoder encoder;
  for (const auto& [width, height] : {std::pair{3840, 2160}, {2160, 3840}, {640, 4096}, {4096, 64}, {320, 320}}) {
    const auto jpeg = encoder.encode(noisy_picture(width, height), kThumbnail);
    ASSERT_TRUE(jpeg.ok()) << width << "x" << height << ": " << jpeg.error().message();
    EXPECT_LE(jpeg->size(), 20'000U) << width << "x" << height;
  }
}

TEST(JpegEncoder, KeepsTheShapeAndNeverEnlarges) {
  const Picture wide = noisy_picture(640, 360), small = noisy_picture(160, 120);
  JpegEncoder encoder;
  const auto snapshot = encoder.encode(wide, kSnapshot);
  ASSERT_TRUE(snapshot.ok());
  EXPECT_EQ(size_of_jpeg(*snapshot).width, 640);
  EXPECT_EQ(size_of_jpeg(*snapshot).height, 360);
  const auto thumbnail = encoder.encode(small, kThumbnail);
  ASSERT_TRUE(thumbnail.ok());
  EXPECT_EQ(size_of_jpeg(*thumbnail).width, 160);
  EXPECT_EQ(size_of_jpeg(*thumbnail).height, 120);
}

TEST(JpegEncoder, SaysSoWhenNothingFits) {
  const Picture picture = noisy_picture(320, 180);
  JpegEncoder encoder;
  EXPECT_EQ(encoder.encode(picture, {.max_width_px = 320, .max_bytes = 100}).error().kind(), base::ErrorKind::kNoSpace);
}

TEST(FileDemuxer, ReadsEveryPictureInOrder) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/clip.h264";
  const test::EncodedClip clip = street_clip({}, 25);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(clip.annex_b.data()), static_cast<std::streamsize>(clip.annex_b.size()));
  auto file = FileDemuxer::open(path);
  ASSERT_TRUE(file.ok()) << file.error().message();
  int pictures = 0;
  std::int64_t last_us = -1;
  for (;;) {
    auto picture = (*file)->next();
    ASSERT_TRUE(picture.ok());
    if (!*picture) break;
    EXPECT_GT((*picture)->time_us(), last_us);
    EXPECT_EQ((*picture)->width(), 320);
    last_us = (*picture)->time_us();
    ++pictures;
  }
  EXPECT_EQ(pictures, 25);
}

TEST(FileDemuxer, OpensNothingButVideoFiles) {
  const test::TempFolder folder;
  const std::string playlist = folder.path() + "/list.m3u8", text = folder.path() + "/text.mp4";
  std::ofstream(playlist) << "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/etc/passwd\n#EXT-X-ENDLIST\n";
  std::ofstream(text) << "ffconcat version 1.0\nfile /etc/passwd\n";
  EXPECT_FALSE(FileDemuxer::open(playlist).ok());
  EXPECT_FALSE(FileDemuxer::open(text).ok());
  EXPECT_FALSE(FileDemuxer::open("http://127.0.0.1:9/clip.mp4").ok());
  EXPECT_EQ(FileDemuxer::open(folder.path() + "/absent.mp4").error().kind(), base::ErrorKind::kNotFound);
}

TEST(WarmUp, FindsWhatThisLibavMustHave) { EXPECT_TRUE(warm_up().ok()); }

}  // namespace
}  // namespace vonggac::media::av
