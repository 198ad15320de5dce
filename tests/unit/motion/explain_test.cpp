// `vonggac motion --explain`: pictures and video that tell a person why.
#include "motion/explain.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "media/av/decoder.h"
#include "media/av/file_demuxer.h"
#include "media/av/picture_file.h"
#include "support/temp_folder.h"
#include "unit/motion/encoded_clip.h"

namespace vonggac::motion {
namespace {

/// Runs the engine over a walker's clip, everything shown to the explainer; how many pictures were.
int explain_walk(const std::string& path) {
  test::PaintedScene scene(320, 180);
  test::ClipShape shape;
  const test::EncodedClip clip = test::encode_clip(shape, 120, [&](int i) {
    test::Painting painting = scene.street(static_cast<std::uint32_t>(i));
    if (i >= 40 && i < 100) scene.put(painting, (i - 40) * 5 - 20, 80, 20, 50);
    return painting;
  });
  auto explainer = Explainer::create(path);
  EXPECT_TRUE(explainer);
  auto decoder = media::av::Decoder::create(clip.parameters);
  EngineSettings settings;
  settings.explain = true;
  const auto engine = Engine::create(settings);
  int shown = 0;
  for (const media::AccessUnit& unit : clip.units) {
    std::vector<media::av::Picture> pictures;
    EXPECT_TRUE((*decoder)->decode(*unit.payload, unit.capture.us, pictures).ok());
    for (const media::av::Picture& picture : pictures) {
      const media::av::LumaView luma = picture.luma();
      const EngineOutput output = engine->look({luma.data, luma.width, luma.height, luma.stride}, picture.time_us());
      EXPECT_TRUE((*explainer)->take(picture, output).ok());
      ++shown;
    }
  }
  EXPECT_TRUE((*explainer)->finish(engine->finish()).ok());
  return shown;
}

TEST(Explain, WritesAContactSheet) {
  test::TempFolder folder;
  const std::string path = folder.file("why.png");
  EXPECT_GT(explain_walk(path), 100);
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  ASSERT_NE(file, nullptr);
  std::uint8_t head[24] = {};
  ASSERT_EQ(std::fread(head, 1, sizeof head, file), sizeof head);
  std::fclose(file);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(head) + 1, 3), "PNG");
  const int width = head[18] << 8 | head[19], height = head[22] << 8 | head[23];
  EXPECT_EQ(width, 4 * 480) << "at least four moments";
  EXPECT_GT(height, 270);
}

TEST(Explain, WritesAVideoThatPlays) {
  test::TempFolder folder;
  const std::string path = folder.file("why.mp4");
  const int shown = explain_walk(path);
  const auto file = media::av::FileDemuxer::open(path);
  ASSERT_TRUE(file) << file.error().message();
  int pictures = 0;
  for (;;) {
    const auto picture = (*file)->next();
    ASSERT_TRUE(picture);
    if (!*picture) break;
    ++pictures;
    EXPECT_EQ((*picture)->width(), 640);
  }
  EXPECT_EQ(pictures, shown);
}

TEST(Explain, RefusesOtherKindsOfFileAndPlacesItCannotWrite) {
  EXPECT_EQ(Explainer::create("why.gif").error().kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_FALSE(media::av::MovieWriter::create("/nonexistent/why.mp4", 320, 180));
}

}  // namespace
}  // namespace vonggac::motion
