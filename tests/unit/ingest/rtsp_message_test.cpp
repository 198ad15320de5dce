#include "ingest/rtsp_message.h"

#include <gtest/gtest.h>

namespace vonggac::ingest {
namespace {

TEST(RtspMessage, ReadsStatusLineAndHeaders) {
  const auto message = parse_head("RTSP/1.0 454 Session Not Found\r\nCSeq: 7\r\nServer: x\r\n\r\n");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->status, 454);
  EXPECT_EQ(message->reason, "Session Not Found");
  ASSERT_NE(message->find("cseq"), nullptr);
  EXPECT_EQ(*message->find("cseq"), "7");
  EXPECT_EQ(message->find("Session"), nullptr);
}

TEST(RtspMessage, ReadsRequestOfTheCamera) {
  const auto message = parse_head("SET_PARAMETER rtsp://x/y RTSP/1.0\r\nCSeq: 3\r\n\r\n");
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->is_response());
  EXPECT_EQ(message->method, "SET_PARAMETER");
}

TEST(RtspMessage, RefusesWhatIsNeither) {
  EXPECT_FALSE(parse_head("\r\n\r\n"));
  EXPECT_FALSE(parse_head("RTSP/1.0\r\n\r\n"));
  EXPECT_FALSE(parse_head("RTSP/1.0 abc OK\r\n\r\n"));
  EXPECT_FALSE(parse_head("!!! x RTSP/1.0\r\n\r\n"));
}

TEST(RtspMessage, JoinsFoldedLinesAndSkipsSenselessOnes) {
  const auto message = parse_head("RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n PLAY\r\nnonsense\r\n: empty\r\nCSeq: 2\r\n");
  ASSERT_TRUE(message);
  EXPECT_EQ(*message->find("Public"), "OPTIONS, PLAY");
  EXPECT_EQ(message->headers.size(), 2U);
}

TEST(RtspMessage, KeepsAtMost256HeaderFields) {
  std::string head = "RTSP/1.0 200 OK\r\n";
  for (int i = 0; i < 400; ++i) head += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(parse_head(head)->headers.size(), kMaxHeaderFields);
}

TEST(RtspMessage, TakesTheFirstContentLengthThatIsANumber) {
  EXPECT_EQ(content_length(*parse_head("RTSP/1.0 200 OK\r\nContent-Length: -4\r\nContent-length:  12 \r\n")), 12);
  EXPECT_EQ(content_length(*parse_head("RTSP/1.0 200 OK\r\nContent-Length: 99999999999999999999\r\n")), -1);
  EXPECT_EQ(content_length(*parse_head("RTSP/1.0 200 OK\r\nCSeq: 1\r\n")), -1);
}

TEST(RtspRequest, PutsCSeqRightBehindTheRequestLine) {
  RtspRequest request{"DESCRIBE", "rtsp://h/p", 4, "Digest x", "S1", {{"Accept", "application/sdp"}}};
  base::Bytes out;
  write_request(request, out);
  EXPECT_EQ(base::as_text(out),
            "DESCRIBE rtsp://h/p RTSP/1.0\r\nCSeq: 4\r\nAuthorization: Digest x\r\nUser-Agent: VongGac\r\n"
            "Accept: application/sdp\r\nSession: S1\r\n\r\n");
}

TEST(RtspRequest, AnswerEchoesOnlyANumericCSeq) {
  base::Bytes out;
  write_answer(200, " 12 ", "", out);
  EXPECT_EQ(base::as_text(out), "RTSP/1.0 200 OK\r\nCSeq: 12\r\n\r\n");
  out.clear();
  write_answer(551, "1\r\nEvil: yes", "", out);
  EXPECT_EQ(base::as_text(out), "RTSP/1.0 551 Option Not Supported\r\n\r\n");
}

TEST(RtspText, MakesCameraTextPrintable) {
  EXPECT_EQ(printable("a\x1b[31m\xff", 80), "a?[31m?");
  EXPECT_EQ(printable("abcdef", 3), "abc");
}

TEST(RtspText, ParsesDecimalsWithinBounds) {
  EXPECT_EQ(parse_decimal(" 4294967295 "), 4294967295LL);
  EXPECT_EQ(parse_decimal("4294967296"), -1);
  EXPECT_EQ(parse_decimal(""), -1);
  EXPECT_EQ(parse_decimal("1x"), -1);
}

}  // namespace
}  // namespace vonggac::ingest
