#include "ingest/track_receiver.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "ingest/rtcp.h"
#include "support/rtp_packets.h"

namespace vonggac::testing {
namespace {
using media::Codec;

constexpr base::WallTime kNow{1'790'000'000'000'000};

TEST(TrackReceiver, RefusesWhatItCannotDepacketise) {
  ingest::TrackDescription track;
  EXPECT_FALSE(ingest::TrackReceiver::create(track, {}).has_value());
  track.codec = Codec::kH264;
  EXPECT_TRUE(ingest::TrackReceiver::create(track, {}).has_value());
  track.clock_rate_hz = 0;
  EXPECT_FALSE(ingest::TrackReceiver::create(track, {}).has_value());
}

TEST(TrackReceiver, MakesUnitsOfSingleNalsAggregatesAndFragments) {
  Camera camera(Codec::kH264);
  const Bytes idr = h264::slice(true, true, 3000);
  camera.send(h264::stap_a({h264::sps(), h264::pps()}));
  camera.send(h264::fu_a(idr, 1, 1000, true, false));
  camera.send(h264::fu_a(idr, 1000, 2000, false, false));
  camera.send(h264::fu_a(idr, 2000, idr.size(), false, true), true);
  camera.next_picture();
  camera.send(h264::slice(false), true);
  camera.finish();
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 2U);
  EXPECT_EQ(nals_of(units[0]), (std::vector<Bytes>{h264::sps(), h264::pps(), idr}));
  EXPECT_TRUE(units[0].key);
  EXPECT_FALSE(units[1].key);
  EXPECT_EQ(units[1].pts.ticks_90k - units[0].pts.ticks_90k, 3600);
  EXPECT_EQ(camera.stats().units, 2U);
  EXPECT_EQ(camera.stats().packets, 5U);
  EXPECT_EQ(camera.stats().damaged_units, 0U);
}

TEST(TrackReceiver, TrustedMarkerHandsTheUnitOverAtOnce) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false), true);
  EXPECT_EQ(camera.units().size(), 1U);
}

TEST(TrackReceiver, MarkerThatBeginsToLieCostsOnePicture) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  for (int picture = 0; picture < 4; ++picture) {
    camera.send(h264::slice(false, true), true);
    camera.send(h264::slice(false, false), true);
    camera.next_picture();
  }
  camera.finish();
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 5U);
  EXPECT_TRUE(units[1].damaged);  // the second half of the first
  for (std::size_t i = 2; i < units.size(); ++i) {
    EXPECT_EQ(nals_of(units[i]).size(), 2U) << i;
    EXPECT_FALSE(units[i].damaged) << i;
  }
}

TEST(TrackReceiver, UnitsBeforeParametersAreDroppedAndCounted) {
  Camera camera(Codec::kH264);
  for (int i = 0; i < 3; ++i) {
    camera.send(h264::slice(false), true);
    camera.next_picture();
  }
  camera.send(h264::sps());
  camera.send(h264::pps());
  camera.send(h264::slice(true), true);
  camera.finish();
  EXPECT_EQ(camera.stats().units_before_parameters, 3U);
  ASSERT_EQ(camera.outputs().size(), 2U);
  EXPECT_TRUE(camera.outputs()[0].parameters.has_value());
}

// CAM-05
TEST(TrackReceiver, ParametersOfTheSdpServeUntilTheStreamHasItsOwn) {
  // SPS of level 3.1 in the SDP, 4.0 in band.
  Camera camera(Codec::kH264, {{"sprop-parameter-sets", "Z0IAH5Wo,aM48gA=="}});
  camera.send(h264::slice(true), true);
  camera.next_picture();
  camera.send(h264::sps(0, 0x28));
  camera.send(h264::pps());
  camera.send(h264::slice(true), true);
  camera.next_picture();
  camera.send(h264::sps(0, 0x28));
  camera.send(h264::pps());
  camera.send(h264::slice(true), true);
  camera.finish();
  ASSERT_EQ(camera.outputs().size(), 5U);
  EXPECT_EQ(camera.outputs()[0].parameters->sps, std::vector<Bytes>{h264::sps(0, 0x1F)});
  EXPECT_TRUE(camera.outputs()[1].unit.has_value());
  EXPECT_EQ(camera.outputs()[2].parameters->sps, std::vector<Bytes>{h264::sps(0, 0x28)});
  EXPECT_TRUE(camera.outputs()[3].unit.has_value());
  EXPECT_TRUE(camera.outputs()[4].unit.has_value());  // the same again is no change
}

TEST(TrackReceiver, LossInsideAUnitMarksItAndNoOther) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const Bytes slice = h264::slice(false, true, 300);
  camera.send(h264::fu_a(slice, 1, 100, true, false));
  camera.lose();
  camera.send(h264::fu_a(slice, 200, slice.size(), false, true), true);
  camera.next_picture();
  camera.send(h264::slice(false), true);
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 2U);
  EXPECT_TRUE(units[0].damaged);
  EXPECT_EQ(nals_of(units[0]), std::vector<Bytes>{Bytes(slice.begin(), slice.begin() + 100)});  // up to the loss
  EXPECT_FALSE(units[1].damaged);
  EXPECT_EQ(camera.stats().packets_lost, 1U);
  EXPECT_EQ(camera.stats().damaged_units, 1U);
}

TEST(TrackReceiver, LossOfWholeUnitsMarksTheNextOne) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false), true);
  camera.next_picture(7200, 80'000);
  camera.lose();
  camera.send(h264::slice(false), true);
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 2U);
  EXPECT_FALSE(units[0].damaged);
  EXPECT_TRUE(units[1].damaged);
}

TEST(TrackReceiver, LossBeforeAWholeKeyPictureDoesNotMarkIt) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.lose(3);
  camera.send(h264::slice(true), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_FALSE(camera.units()[0].damaged);
}

TEST(TrackReceiver, LossOfTheFirstSliceMarksAKeyPicture) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.lose();
  camera.send(h264::slice(true, false), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_TRUE(camera.units()[0].damaged);
}

TEST(TrackReceiver, LossOfTheEndMarksTheUnitAndNotTheNext) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false, true));
  camera.lose();
  camera.next_picture();
  camera.send(h264::slice(false, true), true);
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 2U);
  EXPECT_TRUE(units[0].damaged);
  EXPECT_FALSE(units[1].damaged);
}

TEST(TrackReceiver, TruncatedParameterSetIsNotTaken) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const Bytes sps = join({h264::sps(0, 0x29), filling(50)});
  camera.send(h264::fu_a(sps, 1, 20, true, false));
  camera.lose();
  camera.send(h264::slice(true), true);
  EXPECT_TRUE(camera.parameters().empty());
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 1U);
}

TEST(TrackReceiver, OversizedUnitsAreCutAndMarked) {
  Camera camera(Codec::kH264, {}, true, 4096);
  camera.warm_up();
  const Bytes slice = h264::slice(false, true, 9000);
  camera.send(h264::fu_a(slice, 1, 3000, true, false));
  camera.send(h264::fu_a(slice, 3000, 6000, false, false));
  camera.send(h264::fu_a(slice, 6000, slice.size(), false, true), true);
  camera.next_picture();
  camera.send(h264::slice(false), true);
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 2U);
  EXPECT_LE(units[0].payload->size(), 4096U);
  EXPECT_TRUE(units[0].damaged);
  EXPECT_EQ(nals_of(units[0]).size(), 1U);
  EXPECT_FALSE(units[1].damaged);
  EXPECT_EQ(camera.stats().oversized_units, 1U);
}

TEST(TrackReceiver, AFloodOfMessagesWithoutAPictureDoesNotEndTheStream) {
  Camera camera(media::Codec::kH264, {}, true, 2000);
  camera.warm_up();
  const Bytes message = join({bytes_of({0x06}), filling(900)});
  for (int i = 0; i < 10; ++i) camera.send(message);
  camera.next_picture();
  for (int i = 0; i < 4; ++i) {
    camera.send(h264::slice(i == 0), true);
    camera.next_picture();
  }
  camera.finish();
  EXPECT_GE(camera.units().size(), 3U);
  EXPECT_FALSE(camera.units().back().damaged);
}

TEST(TrackReceiver, LossOfWholeUnitsBeforeAKeyPictureIsToldWithIt) {
  Camera camera(media::Codec::kH264, {}, false);
  camera.warm_up();
  camera.lose(3);
  camera.next_picture();
  camera.send(h264::slice(true), true);
  camera.pass(300'000);
  camera.next_picture();
  camera.send(h264::slice(false), true);
  camera.finish();
  ASSERT_GE(camera.units().size(), 2U);
  EXPECT_TRUE(camera.units()[0].key);
  EXPECT_TRUE(camera.units()[0].loss_before);
  EXPECT_FALSE(camera.units()[0].damaged);
  EXPECT_FALSE(camera.units()[1].loss_before);
}

TEST(TrackReceiver, H265KeyPicturesAreIrapPictures) {
  for (int type = 0; type < 32; ++type) {
    Camera camera(Codec::kH265);
    camera.send(h265::aggregate({h265::vps(), h265::sps(), h265::pps()}));
    camera.send(h265::slice(type), true);
    camera.finish();
    ASSERT_EQ(camera.units().size(), 1U) << type;
    EXPECT_EQ(camera.units()[0].key, type >= 16 && type <= 21) << type;
  }
}

TEST(TrackReceiver, UdpPacketsOutOfOrderMakeWholeUnits) {
  Camera camera(Codec::kH264, {}, false);
  camera.warm_up();
  const Bytes slice = h264::slice(false, true, 90);
  RtpFields fields = camera.fields();
  std::vector<Bytes> packets;
  for (std::size_t i = 0; i < 3; ++i) {
    fields.marker = i == 2;
    const std::size_t from = i == 0 ? 1 : i * 30;
    packets.push_back(rtp(fields, h264::fu_a(slice, from, i == 2 ? slice.size() : (i + 1) * 30, i == 0, i == 2)));
    ++fields.sequence;
  }
  camera.send_raw(packets[2]);
  camera.send_raw(packets[0]);
  camera.send_raw(packets[0]);
  EXPECT_TRUE(camera.units().empty());
  camera.send_raw(packets[1]);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{slice});
  EXPECT_FALSE(camera.units()[0].damaged);
  EXPECT_EQ(camera.stats().duplicate_packets, 1U);
}

TEST(TrackReceiver, TickGivesUpOnMissingUdpPackets) {
  Camera camera(Codec::kH264, {}, false);
  camera.warm_up();
  camera.lose();
  camera.send(h264::slice(false), true);
  EXPECT_TRUE(camera.units().empty());
  camera.pass(201'000);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_TRUE(camera.units()[0].damaged);
}

TEST(TrackReceiver, BuffersAreUsedAgainOnlyWhenNobodyHoldsThem) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  std::vector<media::AccessUnit> held;
  for (int i = 0; i < 20; ++i) {
    camera.send(h264::slice(false, true, 40, static_cast<std::uint8_t>(i)), true);
    camera.next_picture();
    held.push_back(camera.units()[0]);
    camera.forget();
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    EXPECT_EQ(nals_of(held[i])[0], h264::slice(false, true, 40, static_cast<std::uint8_t>(i)));
  }
  held.clear();
  std::set<const std::uint8_t*> buffers;
  for (int i = 0; i < 20; ++i) {
    camera.send(h264::slice(false), true);
    camera.next_picture();
    buffers.insert(camera.units()[0].payload->data());
    camera.forget();
  }
  EXPECT_LE(buffers.size(), 2U);
}

Bytes sender_report(std::uint32_t ssrc, base::WallTime wall, std::uint32_t timestamp) {
  Bytes out;
  base::ByteWriter writer(out);
  writer.u32(0x80C8'0006);
  writer.u32(ssrc);
  writer.u32(static_cast<std::uint32_t>(wall.us / 1'000'000 + 2'208'988'800));
  writer.u32(static_cast<std::uint32_t>((static_cast<std::uint64_t>(wall.us % 1'000'000) << 32) / 1'000'000));
  writer.u32(timestamp);
  writer.u64(0);
  return out;
}

TEST(TrackReceiver, SenderReportGivesTheCamerasOffset) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false), true);
  EXPECT_FALSE(camera.stats().offset_valid);
  // The report names a moment 100 ms after the last picture; our clock is 300 ms after it.
  const base::WallTime last_picture = kNow - base::Millis(300);
  const Bytes report = sender_report(camera.fields().ssrc, last_picture + base::Millis(100) + base::Seconds(5),
                                     camera.fields().timestamp + 9'000);
  camera.receiver().on_rtcp(report, camera.now() + base::Millis(300), kNow);
  EXPECT_TRUE(camera.stats().offset_valid);
  EXPECT_NEAR(static_cast<double>(camera.stats().camera_offset_us), 5e6, 1000);
}

TEST(TrackReceiver, ReportWithForeignRtpTimeIsUsedByArrival) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.receiver().on_rtcp(sender_report(1, kNow + base::Seconds(2), 0x7777'7777), camera.now(), kNow);
  EXPECT_TRUE(camera.stats().offset_valid);
  EXPECT_NEAR(static_cast<double>(camera.stats().camera_offset_us), 2e6, 1000);
}

TEST(TrackReceiver, ReceiverReportTellsLossesAndTheLastSenderReport) {
  Camera camera(Codec::kH264);
  Bytes out;
  camera.receiver().receiver_report(camera.now(), out);
  EXPECT_TRUE(out.empty());
  camera.warm_up();
  camera.lose(3);
  camera.send(h264::slice(true), true);
  camera.receiver().on_rtcp(sender_report(camera.fields().ssrc, kNow, 0), camera.now(), kNow);
  camera.receiver().receiver_report(camera.now() + base::Seconds(1), out);
  ASSERT_EQ(out.size(), 52U);
  base::ByteReader reader(base::ByteSpan(out).subspan(8));
  EXPECT_EQ(reader.u32(), camera.fields().ssrc);
  EXPECT_EQ(reader.u8(), 3 * 256 / 10);
  EXPECT_EQ(reader.u24(), 3U);
  EXPECT_EQ(reader.u32(), 1009U);
  reader.skip(4);
  EXPECT_NE(reader.u32(), 0U);
  EXPECT_EQ(reader.u32(), 65'536U);
}

TEST(TrackReceiver, GoodbyeIsNoted) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.receiver().on_rtcp(bytes_of({0x81, 203, 0, 1, 0, 0, 0, 1}), camera.now(), kNow);
  EXPECT_TRUE(camera.stats().goodbye);
}

// NET-03: 5 % loss on UDP: no crash, every picture that lost something is marked or gone and its successor marked.
TEST(TrackReceiver, RandomLossMarksWhatItHurts) {
  Camera camera(Codec::kH264, {}, false);
  camera.warm_up();
  std::mt19937 random(11);
  std::size_t unmarked_wrong = 0;
  for (int picture = 0; picture < 2000; ++picture) {
    const Bytes slice = h264::slice(false, true, 400, static_cast<std::uint8_t>(picture));
    for (std::size_t part = 0; part < 4; ++part) {
      const bool last = part == 3;
      const std::size_t from = part == 0 ? 1 : part * 100;
      if (random() % 20 == 0) {
        camera.lose();
      } else {
        camera.send(h264::fu_a(slice, from, last ? slice.size() : (part + 1) * 100, part == 0, last), last);
      }
    }
    camera.next_picture();
    camera.pass(0);
  }
  camera.finish();
  for (const auto& unit : camera.units()) {
    const auto nals = nals_of(unit);
    ASSERT_EQ(nals.size(), 1U);
    if (nals[0].size() != 402 && !unit.damaged) ++unmarked_wrong;
  }
  EXPECT_EQ(unmarked_wrong, 0U);
  EXPECT_GT(camera.stats().damaged_units, 200U);
  EXPECT_GT(camera.units().size(), 1800U);
}

}  // namespace
}  // namespace vonggac::testing
