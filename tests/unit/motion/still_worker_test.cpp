#include "motion/still_worker.h"

#include <gtest/gtest.h>

#include "unit/motion/encoded_clip.h"

namespace vonggac::motion {
namespace {

test::EncodedClip large_clip(media::Codec codec) {
  test::ClipShape shape;
  shape.width = 1280;
  shape.height = 720;
  shape.codec = codec;
  const test::PaintedScene scene(shape.width, shape.height);
  return test::encode_clip(shape, 2, [scene](int) { return scene.street(); });
}

TEST(StillWorker, AKeyPictureBecomesASmallJpeg) {
  for (const media::Codec codec : {media::Codec::kH264, media::Codec::kH265}) {
    const test::EncodedClip clip = large_clip(codec);
    if (clip.units.empty()) continue;  // this libav has no encoder for it
    const auto jpeg = still_of(clip.parameters, clip.units[0]);
    ASSERT_TRUE(jpeg.has_value()) << jpeg.error().message();
    EXPECT_LE(jpeg->size(), 40'000U);
    EXPECT_GT(jpeg->size(), 1'000U);
    EXPECT_EQ((*jpeg)[0], 0xff);
    EXPECT_EQ((*jpeg)[1], 0xd8);
  }
}

TEST(StillWorker, WhatIsNoPictureIsAnErrorAndNoCrash) {
  const test::EncodedClip clip = large_clip(media::Codec::kH264);
  media::AccessUnit unit;
  EXPECT_FALSE(still_of(clip.parameters, unit).has_value());
  unit.key = true;
  unit.payload = std::make_shared<const base::Bytes>(base::Bytes(4'000, 0x5a));
  EXPECT_FALSE(still_of(clip.parameters, unit).has_value());
  EXPECT_FALSE(still_of({}, unit).has_value());
}

}  // namespace
}  // namespace vonggac::motion
