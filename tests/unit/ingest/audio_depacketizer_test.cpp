#include <gtest/gtest.h>

#include "ingest/aac_config.h"
#include "support/rtp_packets.h"

namespace vonggac::testing {
namespace {
using media::Codec;

const std::map<std::string, std::string> kHbr = {{"mode", "AAC-hbr"},
                                                 {"sizelength", "13"},
                                                 {"indexlength", "3"},
                                                 {"indexdeltalength", "3"},
                                                 {"config", "1408"}};  // LC, 16 kHz, mono

/// An RFC 3640 packet with AU headers of 13 + 3 bits.
Bytes hbr(std::initializer_list<Bytes> frames, std::size_t announced_size = 0) {
  Bytes out;
  base::ByteWriter writer(out);
  writer.u16(static_cast<std::uint16_t>(frames.size() * 16));
  for (const Bytes& frame : frames) {
    writer.u16(static_cast<std::uint16_t>((announced_size != 0 ? announced_size : frame.size()) << 3));
  }
  for (const Bytes& frame : frames) writer.raw(frame);
  return out;
}

TEST(AacConfig, ReadsRateAndChannels) {
  const auto lc = ingest::parse_aac_config(bytes_of({0x12, 0x10}));  // LC, 44.1 kHz, stereo
  ASSERT_TRUE(lc.has_value());
  EXPECT_EQ(lc->object_type, 2);
  EXPECT_EQ(lc->sample_rate_hz, 44'100U);
  EXPECT_EQ(lc->channels, 2);
  EXPECT_FALSE(ingest::parse_aac_config(bytes_of({0x12})).has_value());
  EXPECT_FALSE(ingest::parse_aac_config(bytes_of({0x16, 0x90})).has_value());  // rate index 13 is reserved
}

TEST(AacDepacketizer, ParametersComeBeforeTheFirstFrame) {
  Camera camera(Codec::kAac, kHbr);
  camera.send(hbr({filling(30)}), true);
  ASSERT_EQ(camera.outputs().size(), 2U);
  ASSERT_TRUE(camera.outputs()[0].parameters.has_value());
  EXPECT_EQ(camera.outputs()[0].parameters->audio_config, bytes_of({0x14, 0x08}));
  EXPECT_EQ(camera.outputs()[0].parameters->channels, 1);
  EXPECT_EQ(*camera.outputs()[1].unit->payload, filling(30));
  EXPECT_EQ(camera.outputs()[1].unit->track, media::TrackKind::kAudio);
}

TEST(AacDepacketizer, FramesOfOnePacketAreSpacedByTheirLength) {
  Camera camera(Codec::kAac, kHbr);
  camera.send(hbr({filling(30), filling(31), filling(32)}), true);
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 3U);
  EXPECT_EQ(units[1].pts.ticks_90k - units[0].pts.ticks_90k, 1024 * 90'000 / 16'000);
  EXPECT_EQ(units[2].pts.ticks_90k - units[0].pts.ticks_90k, 2 * 1024 * 90'000 / 16'000);
  EXPECT_EQ(*units[2].payload, filling(32));
  // The packet left when its last sample was there: the first frame began three frames earlier.
  EXPECT_EQ(units[0].capture.us, camera.now().us - 3 * 64'000);
}

TEST(AacDepacketizer, FragmentsAreJoined) {
  Camera camera(Codec::kAac, kHbr);
  const Bytes frame = filling(100);
  const Bytes first(frame.begin(), frame.begin() + 60);
  const Bytes second(frame.begin() + 60, frame.end());
  camera.send(hbr({first}, 100));
  EXPECT_TRUE(camera.units().empty());
  camera.send(hbr({second}, 100), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(*camera.units()[0].payload, frame);
}

TEST(AacDepacketizer, FragmentWithALostPartIsDropped) {
  Camera camera(Codec::kAac, kHbr);
  camera.send(hbr({filling(60)}, 100));
  camera.lose();
  camera.fields().timestamp += 1024;
  camera.send(hbr({filling(40)}), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(*camera.units()[0].payload, filling(40));
}

TEST(AacDepacketizer, LowBitRateModeUsesItsFieldLengths) {
  Camera camera(Codec::kAac, {{"mode", "AAC-lbr"}, {"config", "1408"}});
  camera.send(join({bytes_of({0, 16, 20 << 2, 21 << 2}), filling(20), filling(21)}), true);
  ASSERT_EQ(camera.units().size(), 2U);
  EXPECT_EQ(*camera.units()[1].payload, filling(21));
}

TEST(AacDepacketizer, WrongSizesDropThePacketOnly) {
  Camera camera(Codec::kAac, kHbr);
  camera.send(bytes_of({0xFF, 0xFF, 1, 2}), true);
  camera.send(bytes_of({0}), true);
  camera.send(bytes_of({0, 0}), true);
  camera.send(hbr({filling(10), filling(10)}, 40), true);
  camera.fields().timestamp += 1024;
  camera.send(hbr({filling(25)}), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(camera.stats().ignored_packets, 4U);
}

TEST(AacDepacketizer, MissingOrBadConfigIsRefused) {
  ingest::TrackDescription track;
  track.kind = media::TrackKind::kAudio;
  track.codec = Codec::kAac;
  track.clock_rate_hz = 16'000;
  for (const char* config : {"", "1", "zz", "FF"}) {
    track.fmtp = kHbr;
    track.fmtp["config"] = config;
    EXPECT_EQ(ingest::TrackReceiver::create(track, {}).error().kind(), base::ErrorKind::kInvalidArgument) << config;
  }
  track.fmtp = kHbr;
  track.fmtp["sizelength"] = "99";
  EXPECT_FALSE(ingest::TrackReceiver::create(track, {}).has_value());
}

TEST(LatmDepacketizer, FramesAreUnwrappedAndJoined) {
  // StreamMuxConfig 40 00 26 20 3F C0: LC, 24 kHz, stereo.
  Camera camera(Codec::kAac, {{"cpresent", "0"}, {"object", "2"}, {"config", "400026203FC0"}});
  const Bytes frame = filling(300);
  const Bytes element = join({bytes_of({255, 45}), frame});
  camera.send(Bytes(element.begin(), element.begin() + 200));
  camera.send(Bytes(element.begin() + 200, element.end()), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(*camera.units()[0].payload, frame);
  ASSERT_EQ(camera.parameters().size(), 1U);
  const auto config = ingest::parse_aac_config(camera.parameters()[0].audio_config);
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->object_type, 2);
  EXPECT_EQ(config->sample_rate_hz, 24'000U);
  EXPECT_EQ(config->channels, 2);
}

TEST(G711Depacketizer, PacketsAreFramesWithTheirParameters) {
  Camera camera(Codec::kG711A);
  camera.send(filling(160));
  camera.next_picture(160, 20'000);
  camera.send({});
  camera.send(filling(160, 2));
  ASSERT_EQ(camera.parameters().size(), 1U);
  EXPECT_EQ(camera.parameters()[0].codec, Codec::kG711A);
  EXPECT_EQ(camera.parameters()[0].channels, 1);
  EXPECT_EQ(camera.parameters()[0].clock_rate_hz, 8'000U);
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 2U);
  EXPECT_EQ(*units[1].payload, filling(160, 2));
  EXPECT_EQ(units[1].pts.ticks_90k - units[0].pts.ticks_90k, 1800);
  EXPECT_EQ(units[1].capture.us, camera.now().us - 20'000);
}

}  // namespace
}  // namespace vonggac::testing
