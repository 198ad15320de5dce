#include "camsim/rtsp_message.h"

#include <gtest/gtest.h>

namespace vonggac::camsim {
namespace {

TEST(RtspRequest, IsReadWithHeadersAndBody) {
  const ParsedRequest parsed =
      parse_request("SET_PARAMETER rtsp://h/cam0/main RTSP/1.0\r\nCSeq: 4\r\nContent-Length: 3\r\n\r\nabcOPTIONS");
  ASSERT_EQ(parsed.outcome, ParseOutcome::kRequest);
  EXPECT_EQ(parsed.request.method, "SET_PARAMETER");
  EXPECT_EQ(parsed.request.uri, "rtsp://h/cam0/main");
  EXPECT_EQ(parsed.request.header("cseq"), "4");
  EXPECT_EQ(parsed.consumed_bytes, 82u - 6u + 3u - 3u + 0u);
}

TEST(RtspRequest, WaitsForTheRest) {
  EXPECT_EQ(parse_request("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n").outcome, ParseOutcome::kNeedMore);
  EXPECT_EQ(parse_request("OPTIONS * RTSP/1.0\r\nContent-Length: 5\r\n\r\nab").outcome, ParseOutcome::kNeedMore);
}

TEST(RtspRequest, IsRefusedWhenItIsNone) {
  EXPECT_EQ(parse_request("GET / HTTP/1.1\r\n\r\n").outcome, ParseOutcome::kBad);
  EXPECT_EQ(parse_request("hello\r\n\r\n").outcome, ParseOutcome::kBad);
  EXPECT_EQ(parse_request(std::string(kMaxRequestBytes + 1, 'a')).outcome, ParseOutcome::kBad);
}

TEST(RtspTarget, NamesCameraStreamAndTrack) {
  const auto target = parse_target("rtsp://127.0.0.1:8554/cam7/sub/trackID=1");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->camera, "cam7");
  EXPECT_EQ(target->role, media::StreamRole::kSub);
  EXPECT_EQ(target->track, 1);
  EXPECT_EQ(parse_target("rtsp://h/cam7/main/")->track, -1);
  EXPECT_FALSE(parse_target("rtsp://h/cam7"));
  EXPECT_FALSE(parse_target("rtsp://h/cam7/third"));
  EXPECT_FALSE(parse_target("*"));
}

TEST(RtspTarget, UnderstandsTheXiongmaiPath) {
  const auto target = parse_target("rtsp://h:554/user=admin&password=p=1&channel=1&stream=1.sdp/trackID=0");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->channel, 1);
  EXPECT_EQ(target->role, media::StreamRole::kSub);
  EXPECT_EQ(target->path_user, "admin");
  EXPECT_EQ(target->path_password, "p=1");
  EXPECT_EQ(target->track, 0);
  EXPECT_FALSE(parse_target("rtsp://h/user=admin&password=p"));
}

TEST(TransportHeader, TakesTheFirstAlternativeThatIsAllowed) {
  const char header[] = "RTP/AVP;unicast;client_port=5000-5001,RTP/AVP/TCP;unicast;interleaved=2-3";
  const auto udp = parse_transport(header, true, true);
  ASSERT_TRUE(udp);
  EXPECT_FALSE(udp->tcp);
  EXPECT_EQ(udp->client_rtp_port, 5000);
  EXPECT_EQ(udp->client_rtcp_port, 5001);
  const auto tcp = parse_transport(header, true, false);
  ASSERT_TRUE(tcp);
  EXPECT_TRUE(tcp->tcp);
  EXPECT_EQ(tcp->interleaved_rtcp, 3);
  EXPECT_FALSE(parse_transport("RTP/AVP;multicast", true, true));
  EXPECT_FALSE(parse_transport("RTP/AVP/TCP;interleaved=0-1", false, true));
}

TEST(RtspReply, IsWrittenWithItsLength) {
  RtspReply reply;
  reply.add("CSeq", "2");
  reply.body = "v=0\r\n";
  EXPECT_EQ(reply.to_text(), "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nv=0\r\n");
}

}  // namespace
}  // namespace vonggac::camsim
