#include "camsim/packetiser.h"

#include <array>

#include <gtest/gtest.h>

namespace vonggac::camsim {
namespace {

using media::Codec;

base::Bytes counting_nal(std::size_t size, std::initializer_list<std::uint8_t> header) {
  base::Bytes nal(size);
  for (std::size_t i = 0; i < size; ++i) nal[i] = static_cast<std::uint8_t>(i);
  std::copy(header.begin(), header.end(), nal.begin());
  return nal;
}

base::ByteSpan payload(const WireUnit& unit, std::size_t index) {
  return unit.rtp(unit.packets()[index]).subspan(kRtpHeaderBytes);
}
bool marker(const WireUnit& unit, std::size_t index) { return (unit.rtp(unit.packets()[index])[1] & 0x80) != 0; }

TEST(Packetiser, SendsASmallNalAsItIs) {
  const base::Bytes nal = counting_nal(100, {0x41});
  WireUnit unit;
  packetise_video(Codec::kH264, std::array{base::ByteSpan(nal)}, {}, unit);
  ASSERT_EQ(unit.packets().size(), 1u);
  EXPECT_EQ(base::Bytes(payload(unit, 0).begin(), payload(unit, 0).end()), nal);
  EXPECT_TRUE(marker(unit, 0));
}

TEST(Packetiser, WritesTheInterleavedLengthOfEachPacket) {
  const base::Bytes nal = counting_nal(5000, {0x65});
  WireUnit unit;
  packetise_video(Codec::kH264, std::array{base::ByteSpan(nal)}, {}, unit);
  std::size_t at = 0;
  for (const WireUnit::Packet& packet : unit.packets()) {
    EXPECT_EQ(packet.offset, at);
    EXPECT_EQ(unit.bytes()[at], '$');
    const std::size_t length = static_cast<std::size_t>(unit.bytes()[at + 2]) << 8 | unit.bytes()[at + 3];
    EXPECT_EQ(length, packet.size_bytes - kInterleavedHeaderBytes);
    at += packet.size_bytes;
  }
  EXPECT_EQ(at, unit.bytes().size());
}

TEST(Packetiser, CutsALargeH264NalIntoFuAThatJoinsAgain) {
  const base::Bytes nal = counting_nal(3000, {0x65});
  WireUnit unit;
  packetise_video(Codec::kH264, std::array{base::ByteSpan(nal)}, {}, unit);
  ASSERT_EQ(unit.packets().size(), 3u);
  base::Bytes joined = {static_cast<std::uint8_t>((payload(unit, 0)[0] & 0xe0) | (payload(unit, 0)[1] & 0x1f))};
  for (std::size_t i = 0; i < 3; ++i) {
    const base::ByteSpan part = payload(unit, i);
    EXPECT_LE(part.size(), 1400u);
    EXPECT_EQ(part[0] & 0x1f, 28);
    EXPECT_EQ((part[1] & 0x80) != 0, i == 0);
    EXPECT_EQ((part[1] & 0x40) != 0, i == 2);
    EXPECT_EQ(marker(unit, i), i == 2);
    joined.insert(joined.end(), part.begin() + 2, part.end());
  }
  EXPECT_EQ(joined, nal);
}

TEST(Packetiser, CutsALargeH265NalIntoFuThatJoinsAgain) {
  const base::Bytes nal = counting_nal(3000, {20 << 1, 1});
  WireUnit unit;
  packetise_video(Codec::kH265, std::array{base::ByteSpan(nal)}, {}, unit);
  base::Bytes joined = {static_cast<std::uint8_t>((payload(unit, 0)[2] & 0x3f) << 1), payload(unit, 0)[1]};
  for (std::size_t i = 0; i < unit.packets().size(); ++i) {
    const base::ByteSpan part = payload(unit, i);
    EXPECT_EQ((part[0] >> 1) & 0x3f, 49);
    joined.insert(joined.end(), part.begin() + 3, part.end());
  }
  EXPECT_EQ(joined, nal);
}

TEST(Packetiser, MarksOnlyTheLastPacketOfTheUnit) {
  const base::Bytes small = counting_nal(10, {0x67});
  const base::Bytes large = counting_nal(2000, {0x65});
  WireUnit unit;
  packetise_video(Codec::kH264, std::array{base::ByteSpan(small), base::ByteSpan(large)}, {}, unit);
  ASSERT_EQ(unit.packets().size(), 3u);
  EXPECT_FALSE(marker(unit, 0));
  EXPECT_FALSE(marker(unit, 1));
  EXPECT_TRUE(marker(unit, 2));
}

TEST(Packetiser, AggregatesLeadingSmallNals) {
  const base::Bytes sps = counting_nal(10, {0x67});
  const base::Bytes pps = counting_nal(4, {0x68});
  const base::Bytes slice = counting_nal(2000, {0x65});
  PacketFormat format;
  format.aggregate = true;
  WireUnit unit;
  packetise_video(Codec::kH264, std::array{base::ByteSpan(sps), base::ByteSpan(pps), base::ByteSpan(slice)}, format,
                  unit);
  base::ByteReader reader(payload(unit, 0));
  EXPECT_EQ(reader.u8(), 0x60 | 24);
  for (const base::Bytes& nal : {sps, pps}) {
    const base::ByteSpan part = reader.take(reader.u16());
    EXPECT_EQ(base::Bytes(part.begin(), part.end()), nal);
  }
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(payload(unit, 1)[0] & 0x1f, 28);
}

TEST(Packetiser, AggregatesH265WithItsTwoByteHeader) {
  const base::Bytes vps = counting_nal(10, {32 << 1, 1});
  const base::Bytes sps = counting_nal(12, {33 << 1, 1});
  PacketFormat format;
  format.aggregate = true;
  WireUnit unit;
  packetise_video(Codec::kH265, std::array{base::ByteSpan(vps), base::ByteSpan(sps)}, format, unit);
  ASSERT_EQ(unit.packets().size(), 1u);
  EXPECT_EQ((payload(unit, 0)[0] >> 1) & 0x3f, 48);
  EXPECT_EQ(payload(unit, 0).size(), 2u + 2 + 10 + 2 + 12);
  EXPECT_TRUE(marker(unit, 0));
}

TEST(Packetiser, PatchesEachReceiversNumbersIntoTheSameBytes) {
  const base::Bytes nal = counting_nal(3000, {0x65});
  WireUnit unit;
  packetise_video(Codec::kH264, std::array{base::ByteSpan(nal)}, {}, unit);
  for (const std::uint16_t first : {std::uint16_t{10}, std::uint16_t{65534}}) {
    unit.patch({.channel = 4, .sequence = first, .timestamp = 0x01020304, .ssrc = 0xa0b0c0d0});
    for (std::size_t i = 0; i < unit.packets().size(); ++i) {
      const base::ByteSpan packet = unit.interleaved(unit.packets()[i]);
      EXPECT_EQ(packet[1], 4);
      base::ByteReader reader(packet.subspan(6));
      EXPECT_EQ(reader.u16(), static_cast<std::uint16_t>(first + i));
      EXPECT_EQ(reader.u32(), 0x01020304u);
      EXPECT_EQ(reader.u32(), 0xa0b0c0d0u);
    }
  }
}

TEST(Packetiser, WritesAacAsOneAuWithItsHeader) {
  const base::Bytes frame(371, 0x21);
  PacketFormat format;
  format.payload_type = 97;
  WireUnit unit;
  packetise_audio(Codec::kAac, frame, format, unit);
  base::ByteReader reader(payload(unit, 0));
  EXPECT_EQ(reader.u16(), 16);
  EXPECT_EQ(reader.u16(), 371 << 3);
  EXPECT_EQ(reader.remaining(), frame.size());
  EXPECT_TRUE(marker(unit, 0));
}

TEST(Packetiser, WritesG711Bare) {
  const base::Bytes frame(160, 0x55);
  WireUnit unit;
  packetise_audio(Codec::kG711Mu, frame, {}, unit);
  EXPECT_EQ(payload(unit, 0).size(), 160u);
  EXPECT_FALSE(marker(unit, 0));
}

TEST(Packetiser, WritesExtensionAndPaddingAsRtpSays) {
  const base::Bytes nal = counting_nal(50, {0x41});
  PacketFormat format;
  format.extension = true;
  format.padding = true;
  WireUnit unit;
  packetise_video(Codec::kH264, std::array{base::ByteSpan(nal)}, format, unit);
  const base::ByteSpan rtp = unit.rtp(unit.packets()[0]);
  EXPECT_EQ(rtp[0], 0x80 | 0x20 | 0x10);
  EXPECT_EQ(rtp.back(), 4);
  EXPECT_EQ(rtp.size(), kRtpHeaderBytes + 8 + nal.size() + 4);
}

}  // namespace
}  // namespace vonggac::camsim
