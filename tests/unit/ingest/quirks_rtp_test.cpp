// What real cameras send although no standard allows it, each with packets of its own. Sources: the change log and
// the issues of Retina, gortsplib, MediaMTX, go2rtc (facts only); the models are named where they are known.
#include <gtest/gtest.h>

#include "support/rtp_packets.h"

namespace vonggac::testing {
namespace {
using media::Codec;

TEST(RtpQuirk, ReservedBitsOfFuHeaderAreIgnored) {
  Camera camera(Codec::kH264);
  const Bytes idr = h264::slice(true, true, 60);
  camera.send(h264::stap_a({h264::sps(), h264::pps()}));
  camera.send(h264::fu_a(idr, 1, 20, true, false, 0x20));
  camera.send(h264::fu_a(idr, 20, 40, false, false, 0x20));
  camera.send(h264::fu_a(idr, 40, idr.size(), false, true, 0x20), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).back(), idr);
  EXPECT_FALSE(camera.units()[0].damaged);
}

// V380: SPS, PPS and the picture in one "NAL unit" with start codes between them.
TEST(RtpQuirk, StartCodesInsideSingleNalAreSplit) {
  Camera camera(Codec::kH264);
  const Bytes code = bytes_of({0, 0, 0, 1});
  camera.send(join({h264::sps(), code, h264::pps(), bytes_of({0, 0, 1}), h264::slice(true)}), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), (std::vector<Bytes>{h264::sps(), h264::pps(), h264::slice(true)}));
  EXPECT_TRUE(camera.units()[0].key);
  ASSERT_EQ(camera.parameters().size(), 1U);
  EXPECT_EQ(camera.parameters()[0].sps, std::vector<Bytes>{h264::sps()});
}

// V380 again: the start code is cut by the fragment border.
TEST(RtpQuirk, StartCodeAcrossFragmentsIsSplit) {
  Camera camera(Codec::kH264);
  const Bytes all = join({h264::sps(), bytes_of({0, 0, 0, 1}), h264::pps(), bytes_of({0, 0, 0, 1}), h264::slice(true)});
  const std::size_t cut = h264::sps().size() + 2;
  camera.send(h264::fu_a(all, 1, cut, true, false));
  camera.send(h264::fu_a(all, cut, all.size(), false, true), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), (std::vector<Bytes>{h264::sps(), h264::pps(), h264::slice(true)}));
}

TEST(RtpQuirk, StartCodeBeforeTheNalIsTakenOff) {
  Camera camera(Codec::kH264);
  camera.send(join({bytes_of({0, 0, 0, 1}), h264::sps()}));
  camera.send(join({bytes_of({0, 0, 1}), h264::pps()}));
  camera.send(join({bytes_of({0, 0, 0, 1}), h264::slice(true)}), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), (std::vector<Bytes>{h264::sps(), h264::pps(), h264::slice(true)}));
}

TEST(RtpQuirk, ParameterSetsInStapAWithTheIdrAreFound) {
  Camera camera(Codec::kH264);
  camera.send(h264::stap_a({h264::sps(), h264::pps(), h264::sei(), h264::slice(true)}), true);
  camera.finish();
  ASSERT_EQ(camera.outputs().size(), 2U);
  ASSERT_TRUE(camera.outputs()[0].parameters.has_value());
  ASSERT_TRUE(camera.outputs()[1].unit.has_value());
  EXPECT_EQ(nals_of(*camera.outputs()[1].unit).size(), 4U);
}

// Reolink RLC-822A: the marker on the SPS, PPS of the same time, the picture of another time.
TEST(RtpQuirk, MarkerOnParameterSetsDoesNotEndTheUnit) {
  Camera camera(Codec::kH264);
  camera.send(h264::sps(), true);
  camera.send(h264::pps(), true);
  camera.next_picture(1);
  camera.send(h264::slice(true), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 3U);
}

// Reolink: later parameter sets carry the timestamp of the picture before them.
TEST(RtpQuirk, ParameterSetsWithTheTimeOfTheLastPictureBeginTheNextUnit) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false));
  camera.send(h264::sps());
  camera.send(h264::pps());
  camera.next_picture();
  camera.send(h264::slice(true), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 2U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[1]).size(), 3U);
  EXPECT_TRUE(camera.units()[1].key);
  EXPECT_EQ(camera.units()[1].pts.ticks_90k - camera.units()[0].pts.ticks_90k, 3600);
}

// Ivel LV-IP22IR40DVBL: the marker on SEI.
TEST(RtpQuirk, MarkerOnSeiDoesNotEndTheUnit) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::sei(), true);
  camera.send(h264::slice(false), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), (std::vector<Bytes>{h264::sei(), h264::slice(false)}));
}

TEST(RtpQuirk, MarkerOnEverySliceDoesNotCutPictures) {
  Camera camera(Codec::kH264);
  camera.send(h264::stap_a({h264::sps(), h264::pps()}), true);
  for (int picture = 0; picture < 4; ++picture) {
    camera.send(h264::slice(picture == 0, true), true);
    camera.send(h264::slice(picture == 0, false), true);
    camera.send(h264::slice(picture == 0, false), true);
    camera.next_picture();
  }
  camera.finish();
  ASSERT_EQ(camera.units().size(), 4U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 5U);
  for (int i = 1; i < 4; ++i) EXPECT_EQ(nals_of(camera.units()[static_cast<std::size_t>(i)]).size(), 3U);
  EXPECT_EQ(camera.stats().damaged_units, 0U);
}

// GStreamer's rtph264pay with config-interval=-1, pictures of several slices.
TEST(RtpQuirk, ParameterSetsBeforeEverySliceOfAKeyPictureDoNotCutIt) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  for (int i = 0; i < 4; ++i) {
    camera.send(h264::sps());
    camera.send(h264::pps());
    camera.send(h264::slice(true, i == 0), i == 3);
  }
  camera.next_picture();
  camera.send(h264::slice(false), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 2U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 12U);
  EXPECT_TRUE(camera.units()[0].key);
  EXPECT_EQ(camera.stats().damaged_units, 0U);
}

TEST(RtpQuirk, H265ParameterSetsBeforeEverySliceDoNotCutIt) {
  Camera camera(Codec::kH265);
  for (int picture = 0; picture < 3; ++picture) {
    for (int i = 0; i < 2; ++i) {
      camera.send(h265::aggregate({h265::vps(), h265::sps(), h265::pps()}));
      camera.send(h265::slice(19, i == 0), i == 1);
    }
    camera.next_picture();
  }
  camera.finish();
  ASSERT_EQ(camera.units().size(), 3U);
  for (const auto& unit : camera.units()) EXPECT_EQ(nals_of(unit).size(), 8U);
  EXPECT_EQ(camera.stats().damaged_units, 0U);
}

TEST(RtpQuirk, ParameterSetsOfThePicturesTimeBelongToTheNextPictureWhereItBegins) {
  Camera camera(Codec::kH264);
  for (int picture = 0; picture < 3; ++picture) {
    camera.send(h264::sps(0, 0x1F + picture));
    camera.send(h264::pps());
    camera.send(h264::slice(true));
  }
  camera.finish();
  ASSERT_EQ(camera.units().size(), 3U);
  for (const auto& unit : camera.units()) EXPECT_EQ(nals_of(unit).size(), 3U);
  ASSERT_EQ(camera.parameters().size(), 3U);
  EXPECT_EQ(camera.parameters()[1].sps.at(0), h264::sps(0, 0x20));
  EXPECT_TRUE(camera.outputs()[2].parameters) << "new parameters come just before the picture they are for";
}

TEST(RtpQuirk, MissingMarkersAreMadeUpByTimestamps) {
  Camera camera(Codec::kH264);
  camera.send(h264::stap_a({h264::sps(), h264::pps()}));
  for (int picture = 0; picture < 5; ++picture) {
    camera.send(h264::slice(picture == 0, true));
    camera.send(h264::slice(picture == 0, false));
    camera.next_picture();
  }
  camera.finish();
  ASSERT_EQ(camera.units().size(), 5U);
  for (const auto& unit : camera.units()) EXPECT_FALSE(unit.damaged);
  EXPECT_EQ(nals_of(camera.units()[3]).size(), 2U);
}

TEST(RtpQuirk, EqualTimestampsWithoutMarkersAreToldApartByTheFirstSlice) {
  Camera camera(Codec::kH264);
  camera.send(h264::stap_a({h264::sps(), h264::pps()}));
  camera.send(h264::slice(true));
  camera.send(h264::slice(false));
  camera.send(h264::slice(false));
  camera.finish();
  ASSERT_EQ(camera.units().size(), 3U);
  EXPECT_LT(camera.units()[0].pts, camera.units()[1].pts);
  EXPECT_LT(camera.units()[1].pts, camera.units()[2].pts);
}

TEST(RtpQuirk, TimestampChangingWithinAFragmentedNalIsIgnored) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const Bytes slice = h264::slice(false, true, 60);
  camera.send(h264::fu_a(slice, 1, 30, true, false));
  camera.fields().timestamp += 90;
  camera.send(h264::fu_a(slice, 30, slice.size(), false, true), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{slice});
}

TEST(RtpQuirk, SlicesOfOnePictureMayDifferByATick) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false, true));
  camera.fields().timestamp += 1;
  camera.send(h264::slice(false, false), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 2U);
}

TEST(RtpQuirk, ZeroLengthPayloadsAreIgnored) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const base::MonoTime media = camera.stats().last_media;
  camera.pass(1'000);
  camera.send({});
  camera.send({}, true);
  EXPECT_EQ(camera.stats().last_media, media);  // must not feed a "no media" watchdog
  camera.send(h264::slice(false), true);
  EXPECT_GT(camera.stats().last_media, media);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_FALSE(camera.units()[0].damaged);
}

TEST(RtpQuirk, PaddingOnlyPacketsAreIgnored) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  Bytes padded = rtp(camera.fields(), bytes_of({0, 0, 0, 4}));
  padded[0] |= 0x20;
  camera.send_raw(padded);
  ++camera.fields().sequence;
  camera.send(h264::slice(false), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_FALSE(camera.units()[0].damaged);
  EXPECT_EQ(camera.stats().packets_lost, 0U);
}

TEST(RtpQuirk, PaddingBitWithoutPaddingKeepsThePayload) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  Bytes slice = h264::slice(false);
  slice.push_back(0);  // a count of zero is not allowed
  camera.fields().marker = true;
  Bytes packet = rtp(camera.fields(), slice);
  packet[0] |= 0x20;
  camera.send_raw(packet);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{slice});
}

// Hikvision DS-2CD2032-I and Tapo C320WS announce seq 0 or 1 in RTP-Info and begin elsewhere.
TEST(RtpQuirk, AnyFirstSequenceNumberIsTaken) {
  for (const int first : {0, 1, 0xFFFF, 31'337}) {
    Camera camera(Codec::kH264);
    camera.fields().sequence = static_cast<std::uint16_t>(first);
    camera.warm_up();
    EXPECT_EQ(camera.stats().packets_lost, 0U) << first;
    EXPECT_EQ(camera.stats().units, 4U) << first;
  }
}

// Geovision GV-EBD4701: packets of type 50 with the sequence number of the last real one.
TEST(RtpQuirk, UnknownPayloadTypesAreIgnored) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  RtpFields strange = camera.fields();
  strange.payload_type = 50;
  --strange.sequence;
  camera.send_raw(rtp(strange, bytes_of({0x65, 1, 2, 3})));
  camera.send(h264::slice(false), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(camera.stats().foreign_packets, 1U);
  EXPECT_EQ(camera.stats().duplicate_packets, 0U);
}

TEST(RtpQuirk, PayloadTypeOtherThanAnnouncedIsTakenIfNothingElseComes) {
  Camera camera(Codec::kH264);
  camera.fields().payload_type = 99;
  for (int i = 0; i < 60; ++i) {
    if (i % 10 == 0) camera.send(h264::stap_a({h264::sps(), h264::pps()}));
    camera.send(h264::slice(i % 10 == 0), true);
    camera.next_picture();
  }
  EXPECT_GE(camera.units().size(), 20U);
  EXPECT_FALSE(camera.units()[0].damaged && camera.units()[0].key);
}

TEST(RtpQuirk, RtcpOnTheRtpChannelIsNotMedia) {
  for (const int type : {200, 201, 202, 203, 204}) {
    Camera camera(Codec::kH264);
    camera.warm_up();
    Bytes report = bytes_of({0x80, type, 0, 6});
    report.resize(28);
    camera.send_raw(report);
    camera.send(h264::slice(false), true);
    EXPECT_EQ(camera.units().size(), 1U) << type;
    EXPECT_EQ(camera.stats().packets_lost, 0U) << type;
    EXPECT_EQ(camera.stats().foreign_packets, 0U) << type;
  }
}

// ONVIF replay and others: an extension of three words, and a CSRC.
TEST(RtpQuirk, HeaderExtensionsAndCsrcsAreSkipped) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.fields().marker = true;
  Bytes packet = rtp(camera.fields(), {});
  packet[0] |= 0x11;
  packet = join({packet, bytes_of({9, 9, 9, 9}), bytes_of({0xAB, 0xAC, 0, 3}), Bytes(12, 0x77), h264::slice(false)});
  camera.send_raw(packet);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{h264::slice(false)});
}

// CostarHD: small pictures as a fragment that is start and end at once.
TEST(RtpQuirk, SingleFragmentWithStartAndEndIsAWholeNal) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const Bytes slice = h264::slice(false);
  camera.send(h264::fu_a(slice, 1, slice.size(), true, true), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{slice});
}

TEST(RtpQuirk, FragmentsWithoutEndBitAreEndedByTheMarker) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const Bytes slice = h264::slice(false, true, 50);
  camera.send(h264::fu_a(slice, 1, 30, true, false));
  camera.send(h264::fu_a(slice, 30, slice.size(), false, false), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{slice});
  EXPECT_FALSE(camera.units()[0].damaged);
}

// Tiandy: later fragments carry another NAL type than the first.
TEST(RtpQuirk, TypeOfLaterFragmentsIsIgnored) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const Bytes idr = h264::slice(true, true, 50);
  camera.send(h264::fu_a(idr, 1, 30, true, false));
  Bytes rest = h264::fu_a(idr, 30, idr.size(), false, true);
  rest[1] = static_cast<std::uint8_t>((rest[1] & 0xE0) | 1);
  camera.send(rest, true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{idr});
}

TEST(RtpQuirk, EmptyFragmentsAreHarmless) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  const Bytes slice = h264::slice(false, true, 50);
  camera.send(h264::fu_a(slice, 1, 1, true, false));
  camera.send(h264::fu_a(slice, 1, slice.size(), false, false));
  camera.send(h264::fu_a(slice, 1, 1, false, true), true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]), std::vector<Bytes>{slice});
  EXPECT_FALSE(camera.units()[0].damaged);
}

// A session that begins in the middle of a fragmented IDR (Nest through go2rtc).
TEST(RtpQuirk, TailOfAFragmentedNalIsNotTakenForANal) {
  Camera camera(Codec::kH264);
  const Bytes idr = h264::slice(true, true, 50);
  camera.send(h264::fu_a(idr, 20, 40, false, false));
  camera.send(h264::fu_a(idr, 40, idr.size(), false, true), true);
  camera.next_picture();
  camera.send(h264::stap_a({h264::sps(), h264::pps()}));
  camera.send(h264::slice(true), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 3U);
  EXPECT_FALSE(camera.units()[0].damaged);
}

TEST(RtpQuirk, InterleavedKindsAreLeftOutAndCounted) {
  for (const int type : {25, 26, 27, 29, 30, 0}) {
    Camera camera(Codec::kH264);
    camera.warm_up();
    camera.send(bytes_of({0x60 | type, 0x81, 1, 2, 3, 4}));
    camera.send(h264::slice(false), true);
    camera.finish();
    ASSERT_EQ(camera.units().size(), 1U) << type;
    EXPECT_TRUE(camera.units()[0].damaged) << type;
    EXPECT_EQ(camera.stats().ignored_packets, 1U) << type;
  }
}

TEST(RtpQuirk, FragmentsAreTakenWhateverThePacketizationModeSays) {
  Camera camera(Codec::kH264, {{"packetization-mode", "0"}});
  const Bytes idr = h264::slice(true, true, 40);
  camera.send(h264::stap_a({h264::sps(), h264::pps()}));
  camera.send(h264::fu_a(idr, 1, 20, true, false));
  camera.send(h264::fu_a(idr, 20, idr.size(), false, true), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).back(), idr);
}

TEST(RtpQuirk, H265ParameterSetsOnlyInAggregationPacket) {
  Camera camera(Codec::kH265);
  camera.send(h265::aggregate({h265::vps(), h265::sps(), h265::pps()}), true);
  camera.send(h265::slice(19), true);
  camera.finish();
  ASSERT_EQ(camera.parameters().size(), 1U);
  EXPECT_EQ(camera.parameters()[0].vps, std::vector<Bytes>{h265::vps()});
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 4U);
  EXPECT_TRUE(camera.units()[0].key);
}

TEST(RtpQuirk, H265OrderNumbersAreTakenOffWhereTheSdpAnnouncesThem) {
  Camera camera(Codec::kH265, {{"sprop-max-don-diff", "2"}});
  const Bytes idr = h265::slice(19, true, 40);
  const Bytes slice = h265::slice(1);
  camera.send(h265::aggregate({h265::vps(), h265::sps(), h265::pps()}, true));
  camera.send(h265::fu(idr, 2, 20, true, false, true));
  camera.send(h265::fu(idr, 20, idr.size(), false, true, true), true);
  camera.next_picture();
  camera.send(join({h265::header(1), bytes_of({0, 9}), Bytes(slice.begin() + 2, slice.end())}), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 2U);
  EXPECT_EQ(nals_of(camera.units()[0]).back(), idr);
  EXPECT_EQ(nals_of(camera.units()[1]), std::vector<Bytes>{slice});
}

// Intel N100 encoder: TRAIL_N (type 0) as a single NAL unit.
TEST(RtpQuirk, H265TypeZeroIsASlice) {
  Camera camera(Codec::kH265);
  camera.send(h265::aggregate({h265::vps(), h265::sps(), h265::pps()}));
  camera.send(h265::slice(19), true);
  camera.next_picture();
  camera.send(h265::slice(0), true);
  camera.finish();
  ASSERT_EQ(camera.units().size(), 2U);
  EXPECT_EQ(nals_of(camera.units()[1]), std::vector<Bytes>{h265::slice(0)});
}

// Intelbras DVR: every couple of seconds one picture is stamped hours away.
TEST(RtpQuirk, SingleStrangeTimestampLeavesTheTimelineAlone) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  for (int i = 0; i < 10; ++i) {
    const std::uint32_t right = camera.fields().timestamp;
    if (i == 5) camera.fields().timestamp -= 9'800U * 90'000U;
    camera.send(h264::slice(false), true);
    camera.fields().timestamp = right;
    camera.next_picture();
  }
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 10U);
  for (std::size_t i = 1; i < units.size(); ++i) {
    EXPECT_EQ(units[i].pts.ticks_90k - units[i - 1].pts.ticks_90k, 3600) << i;
    EXPECT_FALSE(units[i].discontinuity);
  }
  EXPECT_EQ(camera.stats().timestamp_outliers, 1U);
  EXPECT_EQ(camera.stats().timeline_jumps, 0U);
}

TEST(RtpQuirk, TwoPicturesWithOneTimestampStayInOrder) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false), true);
  camera.next_picture(0, 20'000);
  camera.send(h264::slice(false), true);
  camera.next_picture(3600, 20'000);
  camera.send(h264::slice(false), true);
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 3U);
  EXPECT_EQ(units[1].pts.ticks_90k - units[0].pts.ticks_90k, 1);
  EXPECT_EQ(units[2].pts.ticks_90k - units[0].pts.ticks_90k, 3600);
}

TEST(RtpQuirk, NewSsrcAfterEncoderRestartIsAccepted) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.fields().ssrc = 0xCAFE;
  camera.fields().sequence = 7;
  camera.fields().timestamp = 12;
  camera.send(h264::stap_a({h264::sps(0, 0x28), h264::pps()}));
  camera.send(h264::slice(true), true);
  camera.finish();
  const auto units = camera.units();
  ASSERT_EQ(units.size(), 1U);
  EXPECT_EQ(nals_of(units[0]).size(), 3U);  // also the packet that came before the change was believed
  EXPECT_TRUE(units[0].discontinuity);
  EXPECT_EQ(camera.parameters().size(), 1U);
  EXPECT_EQ(camera.stats().source_changes, 1U);
}

TEST(RtpQuirk, SingleStrayPacketOfAnotherSsrcIsIgnored) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  RtpFields stray = camera.fields();
  stray.ssrc = 0xDEAD;
  camera.send_raw(rtp(stray, h264::slice(true)));
  camera.send(h264::slice(false), true);
  stray.sequence += 9;
  camera.send_raw(rtp(stray, h264::slice(true)));
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_FALSE(camera.units()[0].key);
  EXPECT_EQ(camera.stats().source_changes, 0U);
}

TEST(RtpQuirk, SequenceNumbersThatNeverChangeStillPlayOnTcp) {
  Camera camera(Codec::kH264);
  camera.send(h264::stap_a({h264::sps(), h264::pps()}));
  for (int i = 0; i < 60; ++i) {
    camera.send(h264::slice(true), true);
    camera.lose(-1);
    camera.next_picture();
  }
  EXPECT_GE(camera.units().size(), 25U);
}

TEST(RtpQuirk, PictureSplitOverFieldsOfOneTimestampStaysOneUnit) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::slice(false, true));
  camera.send(h264::slice(false, true), true);  // the second field begins at macroblock 0, too
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(nals_of(camera.units()[0]).size(), 2U);
}

TEST(RtpQuirk, AccessUnitDelimitersAreKeptAndBeginUnits) {
  Camera camera(Codec::kH264);
  camera.warm_up();
  camera.send(h264::aud());
  camera.send(h264::slice(false));
  camera.send(h264::aud());
  camera.send(h264::slice(false));
  camera.finish();
  ASSERT_EQ(camera.units().size(), 2U);
  EXPECT_EQ(nals_of(camera.units()[0]), (std::vector<Bytes>{h264::aud(), h264::slice(false)}));
}

// FLIR: whole ADTS frames inside mpeg4-generic.
TEST(RtpQuirk, AdtsHeadersInsideAacAreTakenOff) {
  Camera camera(
      Codec::kAac,
      {{"mode", "AAC-hbr"}, {"sizelength", "13"}, {"indexlength", "3"}, {"indexdeltalength", "3"}, {"config", "1408"}});
  const Bytes raw = filling(20);
  const std::size_t length = raw.size() + 7;
  const Bytes adts = join({bytes_of({0xFF, 0xF1, 0x60, 0x40, static_cast<int>(length >> 3),
                                     static_cast<int>((length & 7) << 5) | 0x1F, 0xFC}),
                           raw});
  camera.send(join({bytes_of({0, 16, static_cast<int>(length >> 5), static_cast<int>((length << 3) & 0xFF)}), adts}),
              true);
  ASSERT_EQ(camera.units().size(), 1U);
  EXPECT_EQ(*camera.units()[0].payload, raw);
}

}  // namespace
}  // namespace vonggac::testing
