#include "ingest/rtp.h"

#include <gtest/gtest.h>

#include "support/rtp_packets.h"

namespace vonggac::testing {
namespace {
using ingest::looks_like_rtcp;
using ingest::parse_rtp;

TEST(RtpHeader, FieldsAreRead) {
  const Bytes bytes =
      rtp({.sequence = 0xABCD, .timestamp = 0x0102'0304, .marker = true, .payload_type = 98, .ssrc = 0x5566'7788},
          bytes_of({7, 8, 9}));
  const auto packet = parse_rtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->sequence, 0xABCD);
  EXPECT_EQ(packet->timestamp, 0x0102'0304U);
  EXPECT_EQ(packet->ssrc, 0x5566'7788U);
  EXPECT_EQ(packet->payload_type, 98);
  EXPECT_TRUE(packet->marker);
  EXPECT_EQ(Bytes(packet->payload.begin(), packet->payload.end()), bytes_of({7, 8, 9}));
}

TEST(RtpHeader, EveryCutIsRefused) {
  Bytes whole = rtp({}, {});
  whole[0] |= 0x12;  // extension, two CSRCs
  whole = join({whole, Bytes(8, 1), bytes_of({0xBE, 0xDE, 0, 2}), Bytes(8, 2)});
  ASSERT_TRUE(parse_rtp(whole).has_value());
  EXPECT_TRUE(parse_rtp(whole)->payload.empty());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_rtp(base::ByteSpan(whole).first(size)).has_value()) << size;
  }
}

TEST(RtpHeader, OtherVersionsAreRefused) {
  for (const int version : {0, 1, 3}) {
    Bytes packet = rtp({}, bytes_of({1}));
    packet[0] = static_cast<std::uint8_t>((packet[0] & 0x3F) | (version << 6));
    EXPECT_FALSE(parse_rtp(packet).has_value()) << version;
  }
}

TEST(RtpHeader, PaddingIsTakenOff) {
  Bytes packet = rtp({}, bytes_of({1, 2, 3, 0, 0, 3}));
  packet[0] |= 0x20;
  EXPECT_EQ(parse_rtp(packet)->payload.size(), 3U);
}

TEST(RtpHeader, PaddingBeyondThePayloadIsRefused) {
  Bytes packet = rtp({}, bytes_of({1, 2, 4}));
  packet[0] |= 0x20;
  EXPECT_FALSE(parse_rtp(packet).has_value());
}

TEST(RtpHeader, RtcpIsToldFromRtp) {
  Bytes packet = rtp({.marker = true, .payload_type = 72}, bytes_of({1}));
  EXPECT_TRUE(looks_like_rtcp(packet, 96));
  EXPECT_FALSE(looks_like_rtcp(packet, 72));  // the track's own type wins
  packet = rtp({.marker = true, .payload_type = 96}, bytes_of({1}));
  EXPECT_FALSE(looks_like_rtcp(packet, 96));
  packet = rtp({.marker = false, .payload_type = 72}, bytes_of({1}));
  EXPECT_FALSE(looks_like_rtcp(packet, 96));
}

}  // namespace
}  // namespace vonggac::testing
