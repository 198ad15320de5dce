#include "ingest/rtsp_demuxer.h"

#include <gtest/gtest.h>

#include "support/rtsp_script.h"

namespace vonggac::ingest {
namespace {

using test::rtp_frame;

struct Collector final : RtspDemuxer::Handler {
  void on_frame(std::uint8_t channel, base::ByteSpan packet) override {
    channels.push_back(channel);
    packets.emplace_back(packet.begin(), packet.end());
  }
  void on_message(RtspMessage message) override { messages.push_back(std::move(message)); }
  std::uint16_t sequence(std::size_t i) const { return static_cast<std::uint16_t>(packets[i][2] << 8 | packets[i][3]); }
  std::vector<std::uint8_t> channels;
  std::vector<base::Bytes> packets;
  std::vector<RtspMessage> messages;
};

struct RtspDemuxerTest : ::testing::Test {
  Collector seen;
  RtspDemuxer demuxer{seen};
  void announce() {
    demuxer.announce_channel(0, 96);
    demuxer.announce_channel(1, 96);
  }
  void feed(const std::string& text) { demuxer.feed(base::as_bytes(text)); }
  void feed(const base::Bytes& bytes) { demuxer.feed(bytes); }
};

base::Bytes operator+(base::Bytes a, const base::Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
base::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }
base::Bytes first(const base::Bytes& bytes, std::size_t n) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n)};
}

TEST_F(RtspDemuxerTest, SplitsFramesAndMessagesInAnyMixture) {
  announce();
  feed(rtp_frame(0, 96, 1) + bytes_of("RTSP/1.0 200 OK\r\nCSeq: 5\r\n\r\n") + rtp_frame(0, 96, 2) +
       bytes_of("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n") + rtp_frame(1, 72, 3));
  EXPECT_EQ(seen.channels, (std::vector<std::uint8_t>{0, 0, 1}));
  ASSERT_EQ(seen.messages.size(), 2U);
  EXPECT_EQ(seen.messages[0].status, 200);
  EXPECT_EQ(seen.messages[1].method, "OPTIONS");
}

TEST_F(RtspDemuxerTest, GivesTheSameForEveryWayTheBytesAreCut) {
  const base::Bytes all = rtp_frame(0, 96, 1) + bytes_of("RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc\r\n") +
                          rtp_frame(1, 72, 2, 0) + rtp_frame(0, 96, 3, 700);
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    Collector collected;
    RtspDemuxer split(collected);
    split.announce_channel(0, 96);
    split.announce_channel(1, 96);
    split.feed(base::ByteSpan(all).first(cut));
    split.feed(base::ByteSpan(all).subspan(cut));
    ASSERT_EQ(collected.packets.size(), 3U) << cut;
    ASSERT_EQ(collected.messages.size(), 1U) << cut;
    EXPECT_EQ(collected.messages[0].body, "abc") << cut;
    EXPECT_EQ(collected.packets[2].size(), 712U) << cut;
    EXPECT_EQ(split.resync_count(), 0U) << cut;
  }
}

TEST_F(RtspDemuxerTest, TakesSingleBytes) {
  announce();
  const base::Bytes all = rtp_frame(0, 96, 1) + bytes_of("RTSP/1.0 200 OK\nCSeq: 5\n\n") + rtp_frame(0, 96, 2);
  for (const std::uint8_t byte : all) demuxer.feed(base::ByteSpan(&byte, 1));
  EXPECT_EQ(seen.packets.size(), 2U);
  EXPECT_EQ(seen.messages.size(), 1U);
}

TEST_F(RtspDemuxerTest, HandsOutViewsIntoTheCallersBuffer) {
  announce();
  const base::Bytes all = rtp_frame(0, 96, 1) + rtp_frame(0, 96, 2);
  struct PointerCheck final : RtspDemuxer::Handler {
    void on_frame(std::uint8_t, base::ByteSpan packet) override { starts.push_back(packet.data()); }
    void on_message(RtspMessage) override {}
    std::vector<const std::uint8_t*> starts;
  } check;
  RtspDemuxer direct(check);
  direct.announce_channel(0, 96);
  direct.feed(all);
  EXPECT_EQ(check.starts, (std::vector<const std::uint8_t*>{all.data() + 4, all.data() + 36 + 4}));
}

TEST_F(RtspDemuxerTest, SkipsEmptyFramesAndLineBreaksBetweenFrames) {
  announce();
  feed(bytes_of(std::string("$\0\0\0", 4)) + rtp_frame(0, 96, 1) + bytes_of("\r\n") + rtp_frame(0, 96, 2));
  EXPECT_EQ(seen.packets.size(), 2U);
  EXPECT_EQ(demuxer.resync_count(), 0U);
}

TEST_F(RtspDemuxerTest, PassesOnFramesOfUnannouncedChannelsWithoutLosingStep) {
  announce();
  feed(rtp_frame(0, 96, 1) + rtp_frame(7, 107, 9) + rtp_frame(0, 96, 2));
  EXPECT_EQ(seen.channels, (std::vector<std::uint8_t>{0, 7, 0}));
  EXPECT_EQ(demuxer.resync_count(), 0U);
}

TEST_F(RtspDemuxerTest, DropsTheTornFrameAndFindsTheOneInsideIt) {
  announce();
  const base::Bytes torn = first(rtp_frame(0, 96, 1, 500), 200);
  feed(torn + rtp_frame(0, 96, 2, 310) + rtp_frame(0, 96, 3, 300) + rtp_frame(0, 96, 4, 300));
  ASSERT_EQ(seen.packets.size(), 3U);
  EXPECT_EQ(seen.sequence(0), 2);
  EXPECT_EQ(seen.sequence(2), 4);
  EXPECT_EQ(demuxer.resync_count(), 1U);
  EXPECT_FALSE(demuxer.lost_sync());
}

TEST_F(RtspDemuxerTest, FindsTheFrameInsideATornOneAcrossReads) {
  announce();
  feed(first(rtp_frame(0, 96, 1, 500), 200));
  feed(rtp_frame(0, 96, 2, 200));
  feed(rtp_frame(0, 96, 3, 300) + rtp_frame(0, 96, 4, 300));
  ASSERT_EQ(seen.packets.size(), 3U);
  EXPECT_EQ(seen.sequence(0), 2);
  EXPECT_EQ(seen.sequence(1), 3);
}

TEST_F(RtspDemuxerTest, ResyncsAfterJunkAtAFrame) {
  announce();
  feed(rtp_frame(0, 96, 1) + bytes_of("$junk$\xffjunk") + rtp_frame(0, 96, 2));
  EXPECT_EQ(seen.packets.size(), 2U);
  EXPECT_EQ(demuxer.resync_count(), 1U);
  EXPECT_GT(demuxer.dropped_bytes(), 5U);
}

TEST_F(RtspDemuxerTest, ResyncsAtAnRtspAnswer) {
  announce();
  feed("\x01\x02garbage RTSP/1.0 200 OK\r\nCSeq: 8\r\n\r\n");
  ASSERT_EQ(seen.messages.size(), 1U);
  EXPECT_EQ(*seen.messages[0].find("CSeq"), "8");
}

TEST_F(RtspDemuxerTest, StaysLostWhileNothingLooksLikeAStart) {
  announce();
  feed("\x01\x02");
  feed(std::string(5000, 'x'));
  EXPECT_TRUE(demuxer.lost_sync());
  feed(rtp_frame(0, 96, 1) + rtp_frame(0, 96, 2));
  EXPECT_FALSE(demuxer.lost_sync());
  EXPECT_EQ(seen.packets.size(), 2U);
}

TEST_F(RtspDemuxerTest, DeliversAFrameFollowedByPaddingThatHidesNoOther) {
  announce();
  feed(rtp_frame(0, 96, 1) + bytes_of("zzzz") + rtp_frame(0, 96, 2));
  EXPECT_EQ(seen.packets.size(), 2U);
}

TEST_F(RtspDemuxerTest, EndsADescriptionOfUnknownLengthAtTheNextMessage) {
  demuxer.expect_description(true);
  feed("RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\nv=0\r\nm=video 0 RTP/AVP 96\r\n");
  EXPECT_TRUE(demuxer.description_waits());
  EXPECT_TRUE(seen.messages.empty());
  feed("RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n");
  ASSERT_GE(seen.messages.size(), 1U);
  EXPECT_EQ(seen.messages[0].body, "v=0\r\nm=video 0 RTP/AVP 96\r\n");
}

TEST_F(RtspDemuxerTest, FinishesADescriptionWithoutLineEndOnRequest) {
  demuxer.expect_description(true);
  feed("RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\nv=0\r\nm=video 0 RTP/AVP 96");
  demuxer.finish_description();
  ASSERT_EQ(seen.messages.size(), 1U);
  EXPECT_EQ(seen.messages[0].body, "v=0\r\nm=video 0 RTP/AVP 96");
}

TEST_F(RtspDemuxerTest, FinishesADescriptionShorterThanAnnounced) {
  demuxer.expect_description(true);
  feed("RTSP/1.0 200 OK\r\nContent-Length: 500\r\n\r\nv=0\r\n");
  EXPECT_FALSE(demuxer.description_open_ended());
  demuxer.finish_description();
  ASSERT_EQ(seen.messages.size(), 1U);
  EXPECT_EQ(seen.messages[0].body, "v=0\r\n");
}

TEST_F(RtspDemuxerTest, RefusesAnEndlessHead) {
  feed("RTSP/1.0 200 OK\r\n");
  RtspDemuxer::Fault fault = RtspDemuxer::Fault::kNone;
  for (int i = 0; i < 80 && fault == RtspDemuxer::Fault::kNone; ++i) {
    fault = demuxer.feed(base::as_bytes("X: " + std::string(1000, 'a') + "\r\n"));
  }
  EXPECT_EQ(fault, RtspDemuxer::Fault::kHeadTooLong);
}

TEST_F(RtspDemuxerTest, RefusesAHugeBody) {
  EXPECT_EQ(demuxer.feed(base::as_bytes("RTSP/1.0 200 OK\r\nContent-Length: 262145\r\n\r\n")),
            RtspDemuxer::Fault::kBodyTooLong);
}

TEST_F(RtspDemuxerTest, RefusesAnEndlessDescription) {
  demuxer.expect_description(true);
  feed("RTSP/1.0 200 OK\r\n\r\n");
  RtspDemuxer::Fault fault = RtspDemuxer::Fault::kNone;
  for (int i = 0; i < 300 && fault == RtspDemuxer::Fault::kNone; ++i) {
    fault = demuxer.feed(base::as_bytes("a=x:" + std::string(1000, 'a') + "\r\n"));
  }
  EXPECT_EQ(fault, RtspDemuxer::Fault::kBodyTooLong);
}

TEST_F(RtspDemuxerTest, NamesAPeerThatSpeaksHttp) {
  EXPECT_EQ(demuxer.feed(base::as_bytes("HTTP/1.1 400 Bad Request\r\n\r\n")), RtspDemuxer::Fault::kNotRtsp);
}

}  // namespace
}  // namespace vonggac::ingest
