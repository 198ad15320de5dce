#include "media/nal_units.h"

#include <gtest/gtest.h>

#include "media/bit_reader.h"

namespace vonggac::media {
namespace {

TEST(BitReader, ReadsFixedBitsAcrossBytes) {
  const base::Bytes data{0b1010'1100, 0b0101'0011, 0xFF};
  BitReader reader(data);
  EXPECT_EQ(reader.u(3), 0b101U);
  EXPECT_EQ(reader.u(10), 0b0'1100'01010U);
  EXPECT_EQ(reader.u(11), 0b011'1111'1111U);
  EXPECT_EQ(reader.remaining_bits(), 0U);
  EXPECT_FALSE(reader.failed());
}

TEST(BitReader, ReadsThirtyTwoBitsAtAnyOffset) {
  const base::Bytes data{0x01, 0xDE, 0xAD, 0xBE, 0xEF};
  BitReader reader(data);
  reader.skip(8);
  EXPECT_EQ(reader.u(32), 0xDEADBEEFU);
}

TEST(BitReader, DecodesExpGolombByTheTableOfTheStandard) {
  // Table 9-2: 1, 010, 011, 00100, 00101, 00110, 00111 -> 0..6; as se(v): 0 1 -1 2 -2 3 -3
  const base::Bytes data{0b1010'0110, 0b0100'0010, 0b1001'1000, 0b1110'0000};
  BitReader unsigned_reader(data);
  for (std::uint32_t expected = 0; expected < 7; ++expected) EXPECT_EQ(unsigned_reader.ue(), expected);
  BitReader signed_reader(data);
  for (const std::int32_t expected : {0, 1, -1, 2, -2, 3, -3}) EXPECT_EQ(signed_reader.se(), expected);
}

TEST(BitReader, LongestExpGolombCodeIsReadAndALongerOneFails) {
  const base::Bytes longest{0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFE};  // 31 zeros, 1, 31 ones
  BitReader reader(longest);
  EXPECT_EQ(reader.ue(), 0xFFFFFFFEU);
  EXPECT_FALSE(reader.failed());
  const base::Bytes too_long{0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  BitReader failing(too_long);
  EXPECT_EQ(failing.ue(), 0U);
  EXPECT_TRUE(failing.failed());
}

TEST(BitReader, ReadPastTheEndFailsForGood) {
  const base::Bytes data{0xFF};
  BitReader reader(data);
  EXPECT_EQ(reader.u(9), 0U);
  EXPECT_TRUE(reader.failed());
  EXPECT_FALSE(reader.flag());
}

TEST(LengthPrefixedNals, WalksUnitsAndSkipsEmptyOnes) {
  const base::Bytes payload{0, 0, 0, 2, 0x65, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x41};
  LengthPrefixedNals nals(payload);
  base::ByteSpan nal;
  ASSERT_TRUE(nals.next(nal));
  EXPECT_EQ(h264::nal_type(nal), h264::kIdrSlice);
  EXPECT_EQ(nal.size(), 2U);
  ASSERT_TRUE(nals.next(nal));
  EXPECT_EQ(h264::nal_type(nal), h264::kNonIdrSlice);
  EXPECT_FALSE(nals.next(nal));
  EXPECT_FALSE(nals.damaged());
}

TEST(LengthPrefixedNals, LengthBeyondThePayloadEndsAsDamaged) {
  const base::Bytes payload{0, 0, 0, 1, 0x65, 0, 0, 0, 9, 0x41};
  LengthPrefixedNals nals(payload);
  base::ByteSpan nal;
  EXPECT_TRUE(nals.next(nal));
  EXPECT_FALSE(nals.next(nal));
  EXPECT_TRUE(nals.damaged());
}

TEST(LengthPrefixedNals, HalfALengthIsDamaged) {
  const base::Bytes payload{0, 0, 0};
  LengthPrefixedNals nals(payload);
  base::ByteSpan nal;
  EXPECT_FALSE(nals.next(nal));
  EXPECT_TRUE(nals.damaged());
}

TEST(LengthPrefixedNals, MoreUnitsThanAnyPictureHasIsDamaged) {
  base::Bytes payload;
  base::ByteWriter writer(payload);
  for (std::size_t i = 0; i <= LengthPrefixedNals::kMaxNals; ++i) {
    writer.u32(1);
    writer.u8(0x41);
  }
  LengthPrefixedNals nals(payload);
  base::ByteSpan nal;
  std::size_t count = 0;
  while (nals.next(nal)) ++count;
  EXPECT_EQ(count, LengthPrefixedNals::kMaxNals);
  EXPECT_TRUE(nals.damaged());
}

TEST(EmulationPrevention, RemovesOnlyTheThreeAfterTwoZeros) {
  const base::Bytes nal{0x67, 0, 0, 3, 1, 0, 3, 0, 0, 3, 0, 0, 3};
  EXPECT_EQ(remove_emulation_prevention(nal, 100), (base::Bytes{0x67, 0, 0, 1, 0, 3, 0, 0, 0, 0}));
}

TEST(EmulationPrevention, StopsAtTheCap) {
  const base::Bytes nal(1000, 0x55);
  EXPECT_EQ(remove_emulation_prevention(nal, 10).size(), 10U);
}

TEST(NalTypes, KnowsRandomAccessOfBothCodecs) {
  const base::Bytes idr264{0x65}, slice264{0x41}, cra265{21 << 1, 1}, bla265{16 << 1, 1}, trail265{1 << 1, 1},
      reserved265{22 << 1, 1}, idr265{20 << 1, 1};
  EXPECT_TRUE(is_random_access(Codec::kH264, idr264));
  EXPECT_FALSE(is_random_access(Codec::kH264, slice264));
  EXPECT_TRUE(is_random_access(Codec::kH265, cra265));
  EXPECT_TRUE(is_random_access(Codec::kH265, bla265));
  EXPECT_TRUE(is_random_access(Codec::kH265, idr265));
  EXPECT_FALSE(is_random_access(Codec::kH265, trail265));
  EXPECT_FALSE(is_random_access(Codec::kH265, reserved265));
  EXPECT_FALSE(is_random_access(Codec::kH264, {}));
}

TEST(Sei, ListsMessagesWithLongSizes) {
  base::Bytes rbsp{0x06, 5, 0xFF, 1};  // user data of 256 bytes
  rbsp.insert(rbsp.end(), 256, 0xAB);
  rbsp.insert(rbsp.end(), {1, 1, 0x77, 0x80});  // picture timing of 1 byte, stop bit
  const auto messages = sei_messages(Codec::kH264, rbsp);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].type, kSeiUserDataUnregistered);
  EXPECT_EQ(messages[0].payload.size(), 256U);
  EXPECT_EQ(messages[1].type, 1U);
  EXPECT_EQ(messages[1].payload[0], 0x77);
}

TEST(Sei, SizeBeyondTheUnitEndsTheList) {
  const base::Bytes rbsp{39 << 1, 1, 5, 200, 1, 2, 3, 0x80};
  EXPECT_TRUE(sei_messages(Codec::kH265, rbsp).empty());
}

}  // namespace
}  // namespace vonggac::media
