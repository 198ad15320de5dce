#include "camsim/parameter_sets.h"

#include <gtest/gtest.h>

#include "camsim/bit_io.h"
#include "synthetic_clip.h"

namespace vonggac::camsim {
namespace {

TEST(RespelledSps, DiffersFromTheOriginal) {
  EXPECT_NE(respelled_sps(test::h264_sps(), media::Codec::kH264), test::h264_sps());
  EXPECT_NE(respelled_sps(test::h264_high_sps(), media::Codec::kH264), test::h264_high_sps());
  EXPECT_NE(respelled_sps(test::h265_sps(), media::Codec::kH265), test::h265_sps());
}

TEST(RespelledSps, KeepsEverythingBeforeTheVui) {
  const base::Bytes before = unescaped(base::ByteSpan(test::h264_sps()).subspan(1));
  const base::Bytes after = unescaped(base::ByteSpan(respelled_sps(test::h264_sps(), media::Codec::kH264)).subspan(1));
  ASSERT_GE(after.size(), before.size());
  // Profile, constraint flags, level, id, order count, size 640x360 with cropping: the first ten bytes.
  EXPECT_TRUE(std::equal(before.begin(), before.begin() + 8, after.begin()));
}

TEST(RespelledSps, AddsAnEmptyVuiWhereThereIsNone) {
  // Baseline, level 3, 320x240, no VUI: written bit by bit as H.264 7.3.2.1.1 says.
  BitWriter bits;
  bits.bits(66, 8);
  bits.bits(0, 8);
  bits.bits(30, 8);
  bits.bit(1);             // id 0
  bits.bit(1);             // frame number length 0
  bits.bits(0b011, 3);     // order count type 2
  bits.bits(0b010, 3);     // one reference frame
  bits.bit(0);             // no gaps
  bits.bits(20, 9);        // ue(19): 20 macroblocks wide
  bits.bits(15, 7);        // ue(14): 15 high
  bits.bits(0b11'0'0, 4);  // frames only, direct 8x8, no cropping, no VUI
  base::Bytes sps = {0x67};
  append_escaped(bits.finish_with_trailing_bits(), sps);
  const base::Bytes respelled = respelled_sps(sps, media::Codec::kH264);
  const base::Bytes payload = unescaped(base::ByteSpan(respelled).subspan(1));
  BitReader reader(payload);
  reader.bits(24);
  EXPECT_EQ(reader.ue(), 0u);
  EXPECT_EQ(reader.ue(), 0u);
  EXPECT_EQ(reader.ue(), 2u);
  EXPECT_EQ(reader.ue(), 1u);
  EXPECT_EQ(reader.bit(), 0u);
  EXPECT_EQ(reader.ue(), 19u);
  EXPECT_EQ(reader.ue(), 14u);
  EXPECT_EQ(reader.bits(3), 0b110u);
  EXPECT_EQ(reader.bit(), 1u);    // a VUI
  EXPECT_EQ(reader.bits(9), 0u);  // that says nothing
  EXPECT_EQ(reader.bit(), 1u);    // stop bit
}

TEST(RespelledSps, LeavesDamagedOnesAlone) {
  const base::Bytes cut = {0x67, 0x4d, 0x40, 0x16, 0xda, 0x02};
  EXPECT_EQ(respelled_sps(cut, media::Codec::kH264), cut);
  const base::Bytes tiny = {0x42, 0x01};
  EXPECT_EQ(respelled_sps(tiny, media::Codec::kH265), tiny);
}

TEST(BitIo, ReadsAndWritesExpGolomb) {
  BitWriter writer;
  writer.bits(0b00101, 5);  // ue 4
  writer.bits(0b00110, 5);  // se: code 5 = +3
  writer.bits(0b010, 3);    // se: code 1 = +1
  writer.bits(0b011, 3);    // se: code 2 = -1
  const base::Bytes bytes = writer.finish_with_trailing_bits();
  BitReader reader(bytes);
  EXPECT_EQ(reader.ue(), 4u);
  EXPECT_EQ(reader.se(), 3);
  EXPECT_EQ(reader.se(), 1);
  EXPECT_EQ(reader.se(), -1);
}

TEST(BitIo, EscapesAndUnescapes) {
  const base::Bytes plain = {0, 0, 0, 1, 0, 0, 3, 0, 0, 4};
  base::Bytes escaped;
  append_escaped(plain, escaped);
  EXPECT_EQ(escaped, (base::Bytes{0, 0, 3, 0, 1, 0, 0, 3, 3, 0, 0, 4}));
  EXPECT_EQ(unescaped(escaped), plain);
}

}  // namespace
}  // namespace vonggac::camsim
