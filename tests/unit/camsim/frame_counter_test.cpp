#include "camsim/frame_counter.h"

#include <gtest/gtest.h>

namespace vonggac::camsim {
namespace {

using media::Codec;

bool holds_start_code_pattern(base::ByteSpan nal) {
  for (std::size_t i = 0; i + 2 < nal.size(); ++i) {
    if (nal[i] == 0 && nal[i + 1] == 0 && nal[i + 2] < 3) return true;
  }
  return false;
}

TEST(FrameCounter, ComesBackAsItWasWritten) {
  for (const Codec codec : {Codec::kH264, Codec::kH265}) {
    for (const std::uint64_t counter : {0ull, 1ull, 255ull, 0x0000'0300'0001'0000ull, ~0ull}) {
      const FrameCounter written{counter, 1'774'000'000'123'456};
      const auto read = read_frame_counter(make_frame_counter_nal(written, codec), codec);
      ASSERT_TRUE(read.has_value()) << counter;
      EXPECT_EQ(*read, written);
    }
  }
}

TEST(FrameCounter, CarriesTheNalTypeOfItsCodec) {
  EXPECT_EQ(make_frame_counter_nal({7, 8}, Codec::kH264)[0] & 0x1f, 6);
  EXPECT_EQ((make_frame_counter_nal({7, 8}, Codec::kH265)[0] >> 1) & 0x3f, 39);
}

TEST(FrameCounter, HidesZeroRunsByEmulationPrevention) {
  const base::Bytes nal = make_frame_counter_nal({0, 0}, Codec::kH264);
  EXPECT_FALSE(holds_start_code_pattern(nal));
  // 16 zero bytes: a 3 after each pair that another byte below 4 follows.
  EXPECT_EQ(nal.size(), 1u + 2u + 32u + 1u + 7u);
}

TEST(FrameCounter, IsNotReadFromForeignNals) {
  base::Bytes foreign = make_frame_counter_nal({7, 8}, Codec::kH264);
  foreign[5] ^= 1;  // another UUID
  EXPECT_FALSE(read_frame_counter(foreign, Codec::kH264));
  base::Bytes slice = make_frame_counter_nal({7, 8}, Codec::kH264);
  slice[0] = 0x65;
  EXPECT_FALSE(read_frame_counter(slice, Codec::kH264));
  EXPECT_FALSE(read_frame_counter({}, Codec::kH265));
}

TEST(FrameCounter, IsFoundBehindOtherMessagesOfTheSameNal) {
  const base::Bytes own = make_frame_counter_nal({7, 8}, Codec::kH264);
  base::Bytes nal = {6, 1, 3, 0xaa, 0xbb, 0xcc};  // picture timing, three bytes
  nal.insert(nal.end(), own.begin() + 1, own.end());
  const auto read = read_frame_counter(nal, Codec::kH264);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->counter, 7u);
}

TEST(FrameCounter, IsRefusedWhenCutShort) {
  const base::Bytes whole = make_frame_counter_nal({7, 8}, Codec::kH265);
  for (std::size_t size = 0; size < whole.size() - 1; ++size) {
    EXPECT_FALSE(read_frame_counter(base::ByteSpan(whole).first(size), Codec::kH265)) << size;
  }
}

}  // namespace
}  // namespace vonggac::camsim
