#include "media/av/picture_mask.h"

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "media/av/decoder.h"
#include "unit/motion/encoded_clip.h"

namespace vonggac::media::av {
namespace {

constexpr int kPaintedWide = 320, kPaintedHigh = 180, kPaintedBlack = 16;

test::EncodedClip moving_street(media::Codec codec) {
  test::ClipShape shape;
  shape.codec = codec;
  const test::PaintedScene scene(kPaintedWide, kPaintedHigh);
  return test::encode_clip(shape, 30, [&](int i) {
    test::Painting painting = scene.street();
    scene.put(painting, i * 8, 60, 40, 60);
    return painting;
  });
}

std::vector<Picture> decoded(const test::EncodedClip& clip, PictureMask* mask) {
  std::vector<Picture> pictures;
  const auto decoder = Decoder::create(clip.parameters);
  EXPECT_TRUE(decoder.ok());
  for (const media::AccessUnit& unit : clip.units) {
    std::vector<Picture> now;
    EXPECT_TRUE((*decoder)->decode(*unit.payload, unit.capture.us, now).ok());
    for (Picture& picture : now) {
      // As the analyser does: painted before the next unit is decoded.
      if (mask != nullptr) {
        EXPECT_TRUE(mask->paint(picture).ok());
      }
      pictures.push_back(std::move(picture));
    }
  }
  return pictures;
}

std::uint8_t at(const Picture& picture, int x, int y) {
  const LumaView luma = picture.luma();
  return luma.data[y * luma.stride + x];
}

class PictureMaskOfEachCodec : public testing::TestWithParam<media::Codec> {};

TEST_P(PictureMaskOfEachCodec, HidesThePlaceAndLeavesTheRestOfEveryPictureAsItWas) {
  const test::EncodedClip clip = moving_street(GetParam());
  if (clip.units.empty()) GTEST_SKIP() << "no encoder";
  PictureMask mask({{{0.25F, 0.25F}, {0.5F, 0.25F}, {0.5F, 0.75F}, {0.25F, 0.75F}}});
  const std::vector<Picture> plain = decoded(clip, nullptr), masked = decoded(clip, &mask);
  ASSERT_EQ(plain.size(), 30U);
  ASSERT_EQ(masked.size(), 30U);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    for (int y = 0; y < kPaintedHigh; ++y) {
      for (int x = 0; x < kPaintedWide; ++x) {
        const bool inside = x >= 80 && x < 160 && y >= 45 && y < 135;
        const bool outside = x < 79 || x > 161 || y < 44 || y > 136;
        if (inside) {
          ASSERT_EQ(at(masked[i], x, y), kPaintedBlack) << i << ": " << x << "," << y;
        }
        // The decoder predicts from its own pictures: paint in them would show here from the second picture on.
        if (outside) {
          ASSERT_EQ(at(masked[i], x, y), at(plain[i], x, y)) << i << ": " << x << "," << y;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, PictureMaskOfEachCodec, testing::Values(media::Codec::kH264, media::Codec::kH265),
                         [](const auto& codec) { return media::codec_name(codec.param); });

TEST(PictureMask, PaintsEveryPixelThatASlantedOutlineTouches) {
  const test::EncodedClip clip = moving_street(media::Codec::kH264);
  PictureMask mask({{{0.1F, 0.2F}, {0.9F, 0.3F}, {0.5F, 0.9F}}});
  const std::vector<Picture> pictures = decoded(clip, &mask);
  const auto inside = [](double x, double y) {
    const double px[] = {0.1 * kPaintedWide, 0.9 * kPaintedWide, 0.5 * kPaintedWide},
                 py[] = {0.2 * kPaintedHigh, 0.3 * kPaintedHigh, 0.9 * kPaintedHigh};
    for (int i = 0; i < 3; ++i) {
      const int next = (i + 1) % 3;
      if ((px[next] - px[i]) * (y - py[i]) - (py[next] - py[i]) * (x - px[i]) < 0) return false;
    }
    return true;
  };
  int covered = 0;
  for (int y = 0; y < kPaintedHigh; ++y) {
    for (int x = 0; x < kPaintedWide; ++x) {
      // A little inside the pixel's corners: a mere point of contact may go either way with rounding.
      const double left = x + 0.01, right = x + 0.99, top = y + 0.01, bottom = y + 0.99;
      const bool touched = inside(left, top) || inside(right, top) || inside(left, bottom) || inside(right, bottom);
      if (!touched) continue;
      ++covered;
      ASSERT_EQ(at(pictures[5], x, y), kPaintedBlack) << x << "," << y;
    }
  }
  EXPECT_GT(covered, kPaintedWide * kPaintedHigh / 5);
}

TEST(PictureMask, FillsAnOutlineThatCrossesItself) {
  const test::EncodedClip clip = moving_street(media::Codec::kH264);
  // A star in one line: its middle is enclosed twice.
  PictureMask::Outline star;
  for (int i = 0; i < 5; ++i) {
    const double turn = 4 * M_PI * i / 5;
    star.emplace_back(static_cast<float>(0.5 + 0.3 * std::sin(turn)), static_cast<float>(0.5 - 0.4 * std::cos(turn)));
  }
  PictureMask mask({star});
  EXPECT_EQ(at(decoded(clip, &mask)[0], kPaintedWide / 2, kPaintedHigh / 2), kPaintedBlack);
}

TEST(PictureMask, LeavesOutWhatIsNoOutline) {
  EXPECT_TRUE(PictureMask({}).empty());
  EXPECT_TRUE(PictureMask({{{0, 0}, {1, 1}}, {{0, 0}, {1, 0}, {std::nanf(""), 1}}}).empty());
  const test::EncodedClip clip = moving_street(media::Codec::kH264);
  // Beyond the picture: cut, not refused.
  PictureMask outside({{{-3, -3}, {9, -3}, {9, 9}, {-3, 9}}});
  EXPECT_EQ(at(decoded(clip, &outside)[3], 0, 0), kPaintedBlack);
}

}  // namespace
}  // namespace vonggac::media::av
