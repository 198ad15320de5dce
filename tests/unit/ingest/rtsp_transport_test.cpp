#include "ingest/rtsp_transport.h"

#include <gtest/gtest.h>

namespace vonggac::ingest {
namespace {

using Channels = std::pair<std::uint8_t, std::uint8_t>;
using Ports = std::pair<std::uint16_t, std::uint16_t>;

TEST(TransportAnswer, ReadsChannelsInAnyOrderOfParameters) {
  const TransportAnswer answer =
      parse_transport("ssrc=22345684; unicast ;interleaved = 4-5 ;RTP/AVP/TCP;mode=\"PLAY\";");
  EXPECT_TRUE(answer.says_tcp);
  EXPECT_EQ(answer.interleaved, Channels(4, 5));
  EXPECT_FALSE(answer.server_port);
}

TEST(TransportAnswer, CompletesASinglePortOrChannel) {
  EXPECT_EQ(parse_transport("RTP/AVP/TCP;interleaved=0").interleaved, Channels(0, 1));
  EXPECT_EQ(parse_transport("RTP/AVP;server_port=8052").server_port, Ports(8052, 8053));
  EXPECT_EQ(parse_transport("RTP/AVP;server_port=65535").server_port, Ports(65535, 65535));
}

TEST(TransportAnswer, IgnoresImpossibleNumbers) {
  EXPECT_FALSE(parse_transport("RTP/AVP/TCP;interleaved=256-257").interleaved);
  EXPECT_FALSE(parse_transport("RTP/AVP/TCP;interleaved=x").interleaved);
  EXPECT_FALSE(parse_transport("RTP/AVP;server_port=0-1").server_port);
  EXPECT_FALSE(parse_transport("RTP/AVP;server_port=70000").server_port);
}

TEST(SessionHeader, SeparatesIdAndTimeout) {
  EXPECT_EQ(parse_session(" 708345999 ; timeout = 15 ").id, "708345999");
  EXPECT_EQ(parse_session("708345999; Timeout=15;x").timeout_s, 15);
  EXPECT_EQ(parse_session("1;timeout=0").timeout_s, 0);
  EXPECT_EQ(parse_session("1;timeout=abc").timeout_s, 0);
  EXPECT_EQ(parse_session("").id, "");
}

TEST(SessionHeader, DropsAnIdThatCouldBreakARequest) {
  EXPECT_EQ(parse_session("a b").id, "");
  EXPECT_EQ(parse_session(std::string(300, 'x')).id, "");
}

}  // namespace
}  // namespace vonggac::ingest
