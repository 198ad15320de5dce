#include "ingest/sdp.h"

#include <gtest/gtest.h>

namespace vonggac::ingest {
namespace {

TrackChoice choose(const std::string& text) {
  const auto sdp = parse_sdp(base::as_bytes(text));
  EXPECT_TRUE(sdp);
  return sdp ? choose_tracks(*sdp) : TrackChoice{};
}

TEST(Sdp, ReadsTheFirstVideoAndAudioSections) {
  const TrackChoice choice = choose(
      "v=0\r\ns=x\r\na=control:*\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/48000/2\r\n"
      "a=fmtp:97 Config=1190; SizeLength=13\r\na=control:a\r\n"
      "m=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000\r\na=control:v1\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 "
      "H264/90000\r\na=control:v2\r\n");
  ASSERT_TRUE(choice.video && choice.audio);
  EXPECT_EQ(choice.video->description.codec, media::Codec::kH265);
  EXPECT_EQ(choice.video->description.payload_type, 98);
  EXPECT_EQ(choice.video->control, "v1");
  EXPECT_EQ(choice.audio->description.codec, media::Codec::kAac);
  EXPECT_EQ(choice.audio->description.clock_rate_hz, 48'000U);
  EXPECT_EQ(choice.audio->description.channels, 2);
  EXPECT_EQ(choice.audio->description.fmtp.at("config"), "1190");
  EXPECT_EQ(choice.audio->description.fmtp.at("sizelength"), "13");
}

TEST(Sdp, TakesTheFirstPayloadTypeItCanUse) {
  const TrackChoice choice =
      choose("m=video 0 RTP/AVP 26 96 97\r\na=rtpmap:96 MP4V-ES/90000\r\na=rtpmap:97 H264/90000\r\n");
  ASSERT_TRUE(choice.video);
  EXPECT_EQ(choice.video->description.payload_type, 97);
}

TEST(Sdp, NamesTheCodecsItCannotUse) {
  const TrackChoice choice = choose("m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\nm=video 0 RTP/AVP 26\r\n");
  EXPECT_FALSE(choice.video);
  EXPECT_EQ(choice.video_codecs_seen, "mp4v-es, jpeg");
}

TEST(Sdp, LeavesEncryptedSectionsAlone) {
  EXPECT_FALSE(choose("m=video 0 RTP/SAVP 96\r\na=rtpmap:96 H264/90000\r\n").video);
  EXPECT_TRUE(choose("m=video 0 TCP/RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n").video);
}

TEST(Sdp, RefusesTextWithoutMedia) {
  EXPECT_FALSE(parse_sdp(base::as_bytes("")));
  EXPECT_FALSE(parse_sdp(base::as_bytes("<html>404</html>")));
}

TEST(Sdp, BoundsWhatItKeeps) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "m=video 0 RTP/AVP 96\r\n";
  EXPECT_EQ(parse_sdp(base::as_bytes(text))->sections.size(), kMaxSdpSections);
  std::string fmtp = "m=video 0 RTP/AVP 96\r\na=fmtp:96 ";
  for (int i = 0; i < 500; ++i) fmtp += "k" + std::to_string(i) + "=v;";
  EXPECT_EQ(parse_sdp(base::as_bytes(fmtp + "\r\n"))->sections[0].fmtps.at(96).size(), kMaxFmtpParameters);
}

TEST(Sdp, ReplacesAnImpossibleClockRate) {
  EXPECT_EQ(choose("m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/0\r\n").video->description.clock_rate_hz, 90'000U);
  EXPECT_EQ(choose("m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/4000000000\r\n").video->description.clock_rate_hz,
            90'000U);
}

TEST(Sdp, KeepsEqualSignsInsideValues) {
  const TrackChoice choice =
      choose("m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets=Z0I=,aM4=;x=\"q\"\r\n");
  EXPECT_EQ(choice.video->description.fmtp.at("sprop-parameter-sets"), "Z0I=,aM4=");
  EXPECT_EQ(choice.video->description.fmtp.at("x"), "q");
}

TEST(Sdp, IgnoresABackChannel) {
  const TrackChoice choice = choose(
      "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=recvonly\r\n"
      "m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\nm=audio 0 RTP/AVP 8\r\na=control:front\r\n");
  ASSERT_TRUE(choice.audio);
  EXPECT_EQ(choice.audio->control, "front");
}

}  // namespace
}  // namespace vonggac::ingest
