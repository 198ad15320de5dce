#include "motion/scene_view.h"

#include <gtest/gtest.h>

#include "unit/motion/painted_scene.h"

namespace vonggac::motion {
namespace {

ScenePrint print_of(const test::PaintedScene& scene, std::uint32_t seed = 0) {
  SceneScanner scanner;
  ScenePrint print;
  scanner.scan(scene.street(seed).luma(), print);
  return print;
}

TEST(SceneView, StaysTheSameOverPackingAndUnpacking) {
  SceneView view;
  view.learn(print_of({640, 360}), 1);
  view.usual = 0.87F;
  const base::Bytes packed = view.packed();
  EXPECT_LT(packed.size(), 25'000U);
  const std::optional<SceneView> back = SceneView::unpack(packed);
  ASSERT_TRUE(back);
  EXPECT_NEAR(back->usual, 0.87F, 0.001F);
  EXPECT_GT(edge_likeness(view.edges, back->edges), 0.999F);
  for (std::size_t tile = 0; tile < ScenePrint::kTiles; ++tile) EXPECT_NEAR(back->fine[tile], view.fine[tile], 0.02F);
}

TEST(SceneView, RefusesBytesThatAreNoView) {
  SceneView view;
  view.learn(print_of({320, 180}), 1);
  base::Bytes packed = view.packed();
  EXPECT_FALSE(SceneView::unpack({}));
  EXPECT_FALSE(SceneView::unpack(base::ByteSpan(packed).first(packed.size() - 1)));
  packed.push_back(0);
  EXPECT_FALSE(SceneView::unpack(packed));
  packed.pop_back();
  packed[0] = 9;
  EXPECT_FALSE(SceneView::unpack(packed));
  packed[0] = 1;
  packed[1] = 0xFF;
  EXPECT_FALSE(SceneView::unpack(packed)) << "wider than anything we write";
}

TEST(ScenePrint, IsTheSameForTheSamePixelsAndAnotherForOneThatDiffers) {
  SceneScanner scanner;
  ScenePrint one, same, other;
  test::Painting picture = test::PaintedScene(640, 360).street();
  scanner.scan(picture.luma(), one);
  scanner.scan(picture.luma(), same);
  EXPECT_EQ(one.print, same.print);
  picture.pixels[0] ^= 1;
  scanner.scan(picture.luma(), other);
  EXPECT_NE(one.print[0], other.print[0]);
  EXPECT_EQ(one.print[1], other.print[1]);
}

TEST(ScenePrint, FindsAShiftedViewAtItsNewPlace) {
  test::PaintedScene scene(640, 360);
  const ScenePrint before = print_of(scene);
  scene.shift_x = 40;
  scene.shift_y = 24;
  const ScenePrint after = print_of(scene);
  EXPECT_LT(edge_likeness(before.edges, after.edges), 0.4F);
  EXPECT_GT(shifted_share(before.edges, after.edges), 0.8F);
  EXPECT_EQ(shifted_share(before.edges, before.edges), 0.0F);
}

}  // namespace
}  // namespace vonggac::motion
