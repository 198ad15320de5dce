// Hardware decoding without the hardware: what is probed, what is said, and that pictures come all the same. A machine
// with a graphics processor is needed to see the accelerated path itself.
#include "media/av/hardware_decode.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/av/decoder.h"
#include "media/av/libav_types.h"
#include "media/av/picture_crop.h"
#include "support/temp_folder.h"
#include "unit/motion/encoded_clip.h"

namespace vonggac::media::av {
namespace {

test::EncodedClip short_street(int pictures) {
  const test::PaintedScene scene(320, 180);
  return test::encode_clip({}, pictures, [scene](int) { return scene.street(); });
}

TEST(HardwareDecode, SaysThatThereIsNoRenderNode) {
  const test::TempFolder folder;
  for (const std::string& place : {folder.path(), folder.path() + "/gone"}) {
    const auto probed = HardwareDecode::open(place);
    EXPECT_EQ(probed.device, nullptr);
    EXPECT_NE(probed.detail.find("no render node in " + place), std::string::npos) << probed.detail;
  }
}

TEST(HardwareDecode, ANodeThatIsNoGraphicsDeviceIsTriedAndNamed) {
  const test::TempFolder folder;
  std::ofstream(folder.file("renderD128")) << "no device";
  ASSERT_EQ(symlink("/dev/null", folder.file("renderD129").c_str()), 0);
  const auto probed = HardwareDecode::open(folder.path());
  EXPECT_EQ(probed.device, nullptr);
  EXPECT_NE(probed.detail.find("renderD128: VA-API"), std::string::npos) << probed.detail;
  EXPECT_NE(probed.detail.find("renderD129"), std::string::npos) << probed.detail;
}

/// A device whose driver cannot decode: libav is told to decode into VA-API memory that is not there.
class BrokenDevice final : public HardwareDecode {
 public:
  BrokenDevice() {
    in_hand = [this](bool begins) { calls += begins ? 1 : 0; };
  }
  void attach(AVCodecContext& context) override {
    ++attached;
    context.get_format = [](AVCodecContext*, const AVPixelFormat*) { return AV_PIX_FMT_VAAPI; };
  }
  int attached = 0, calls = 0;
};

TEST(HardwareDecode, AfterTroubleWithTheDeviceSoftwareDecodesTheRest) {
  const test::EncodedClip clip = short_street(60);
  ASSERT_FALSE(clip.units.empty());
  BrokenDevice device;
  const auto decoder = Decoder::create(clip.parameters, {.hardware = &device});
  ASSERT_TRUE(decoder.ok()) << decoder.error().message();
  std::size_t shown = 0;
  for (const AccessUnit& unit : clip.units) {
    std::vector<Picture> pictures;
    (void)(*decoder)->decode(*unit.payload, unit.capture.us, pictures);
    shown += pictures.size();
  }
  EXPECT_EQ(device.attached, 1);
  EXPECT_LE(device.calls, 6) << "the device is left alone after five failures";
  EXPECT_FALSE((*decoder)->in_hardware());
  EXPECT_GE(shown, 40U) << "from the next key picture on all is there";
}

TEST(HardwareDecode, ADeviceThatDoesNotOfferTheStreamCostsNothing) {
  class Aloof final : public HardwareDecode {
   public:
    void attach(AVCodecContext&) override {}
  } device;
  const test::EncodedClip clip = short_street(30);
  const auto decoder = Decoder::create(clip.parameters, {.hardware = &device});
  ASSERT_TRUE(decoder.ok());
  std::vector<Picture> pictures;
  for (const AccessUnit& unit : clip.units) {
    ASSERT_TRUE((*decoder)->decode(*unit.payload, unit.capture.us, pictures).ok());
  }
  EXPECT_EQ(pictures.size(), 30U);
  EXPECT_FALSE((*decoder)->in_hardware());
}

/// A picture whose left half is red and right half is blue, in 4:2:0.
Picture two_colours(int width, int height, AVPixelFormat format) {
  FramePtr frame(av_frame_alloc());
  frame->format = format;
  frame->width = width;
  frame->height = height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) std::abort();
  const auto half = [&](int x) { return x < width / 2; };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      frame->data[0][y * frame->linesize[0] + x] = half(x) ? 81 : 41;
    }
  }
  for (int y = 0; y < height / 2; ++y) {
    for (int x = 0; x < width / 2; ++x) {
      const std::uint8_t u = half(2 * x) ? 90 : 240, v = half(2 * x) ? 240 : 110;
      if (format == AV_PIX_FMT_NV12) {
        frame->data[1][y * frame->linesize[1] + 2 * x] = u;
        frame->data[1][y * frame->linesize[1] + 2 * x + 1] = v;
      } else {
        frame->data[1][y * frame->linesize[1] + x] = u;
        frame->data[2][y * frame->linesize[2] + x] = v;
      }
    }
  }
  return std::move(*make_picture(std::move(frame), 0));
}

class Crop : public testing::TestWithParam<AVPixelFormat> {};

TEST_P(Crop, ShowsThePartInItsColours) {
  const Picture picture = two_colours(320, 180, GetParam());
  const auto left = crop_rgb(picture, {0.05F, 0.1F, 0.3F, 0.5F}, 320),
             right = crop_rgb(picture, {0.6F, 0.3F, 0.9F, 0.9F}, 40);
  ASSERT_TRUE(left.ok()) << left.error().message();
  ASSERT_TRUE(right.ok());
  EXPECT_EQ(left->rgb.size(), static_cast<std::size_t>(left->width_px * left->height_px * 3));
  EXPECT_NEAR(left->width_px, 96, 4);
  EXPECT_LE(std::max(right->width_px, right->height_px), 40);
  const std::size_t middle = static_cast<std::size_t>((left->height_px / 2) * left->width_px + left->width_px / 2) * 3;
  EXPECT_GT(left->rgb[middle], 220);
  EXPECT_LT(left->rgb[middle + 2], 30);
  const std::size_t last = right->rgb.size() - 3;
  EXPECT_LT(right->rgb[last], 30);
  EXPECT_GT(right->rgb[last + 2], 220);
}

INSTANTIATE_TEST_SUITE_P(Formats, Crop, testing::Values(AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12));

TEST(CropRgb, RefusesPartsThatAreNone) {
  const Picture picture = two_colours(320, 180, AV_PIX_FMT_YUV420P);
  EXPECT_FALSE(crop_rgb(picture, {0.5F, 0.5F, 0, 0}, 320).ok());
  EXPECT_FALSE(crop_rgb(picture, {2, 2, 1, 1}, 320).ok());
  EXPECT_FALSE(crop_rgb(picture, {std::nanf(""), 0, 1, 1}, 320).ok());
}

}  // namespace
}  // namespace vonggac::media::av
