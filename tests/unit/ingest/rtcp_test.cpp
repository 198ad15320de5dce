#include "ingest/rtcp.h"

#include <gtest/gtest.h>

#include "ingest/reception.h"
#include "support/rtp_packets.h"

namespace vonggac::testing {
namespace {
using ingest::parse_rtcp;
using ingest::Reception;

Bytes report_packet(std::uint32_t ssrc, std::uint64_t ntp, std::uint32_t timestamp) {
  Bytes out;
  base::ByteWriter writer(out);
  writer.u32(0x80C8'0006);
  writer.u32(ssrc);
  writer.u64(ntp);
  writer.u32(timestamp);
  writer.u32(11);
  writer.u32(2222);
  return out;
}
Bytes description(const std::string& cname) {
  Bytes out;
  base::ByteWriter writer(out);
  const std::size_t words = (4 + 2 + cname.size()) / 4 + 1;
  writer.u16(0x81CA);
  writer.u16(static_cast<std::uint16_t>(words));
  writer.u32(9);
  writer.u8(1);
  writer.u8(static_cast<std::uint8_t>(cname.size()));
  writer.text(cname);
  out.resize(4 + words * 4);
  return out;
}

TEST(Rtcp, CompoundOfReportDescriptionAndByeIsRead) {
  const Bytes compound = join(
      {report_packet(5, 0x1122'3344'5566'7788, 99), description("cam@10"), bytes_of({0x81, 203, 0, 1, 0, 0, 0, 5})});
  const auto summary = parse_rtcp(compound, 5U);
  ASSERT_TRUE(summary.sender_report.has_value());
  EXPECT_EQ(summary.sender_report->ntp, 0x1122'3344'5566'7788U);
  EXPECT_EQ(summary.sender_report->rtp_timestamp, 99U);
  EXPECT_EQ(summary.sender_report->octet_count, 2222U);
  EXPECT_EQ(summary.cname, "cam@10");
  EXPECT_TRUE(summary.goodbye);
  EXPECT_EQ(summary.packets, 3U);
  EXPECT_FALSE(summary.malformed);
}

TEST(Rtcp, TheReportOfTheWantedSourceIsPreferred) {
  const Bytes compound = join({report_packet(5, 1, 10), report_packet(6, 2, 20), report_packet(7, 3, 30)});
  EXPECT_EQ(parse_rtcp(compound, 6U).sender_report->rtp_timestamp, 20U);
  EXPECT_EQ(parse_rtcp(compound, 8U).sender_report->rtp_timestamp, 10U);
  EXPECT_EQ(parse_rtcp(compound, std::nullopt).sender_report->rtp_timestamp, 10U);
}

TEST(Rtcp, CutPacketsKeepWhatCameBefore) {
  const Bytes compound = join({report_packet(5, 1, 10), description("camera")});
  for (std::size_t size = 0; size < compound.size(); ++size) {
    const auto summary = parse_rtcp(base::ByteSpan(compound).first(size), 5U);
    EXPECT_EQ(summary.sender_report.has_value(), size >= 28) << size;
    EXPECT_TRUE(summary.cname.empty()) << size;
  }
}

TEST(Rtcp, ReceiverReportIsLaidOutAsInRfc3550) {
  Bytes out;
  ingest::ReportBlock block;
  block.ssrc = 0x0A0B'0C0D;
  block.fraction_lost = 64;
  block.cumulative_lost = -2;
  block.highest_sequence = 0x0001'0005;
  block.jitter = 7;
  block.last_sr = 8;
  block.delay_since_sr = 9;
  ingest::write_receiver_report(0x1111'2222, block, "vonggac", out);
  ASSERT_EQ(out.size(), 32U + 20U);
  EXPECT_EQ(Bytes(out.begin(), out.begin() + 32),
            bytes_of({0x81, 201, 0, 7, 0x11, 0x11, 0x22, 0x22, 0x0A, 0x0B, 0x0C, 0x0D, 64, 0xFF, 0xFF, 0xFE,
                      0,    1,   0, 5, 0,    0,    0,    7,    0,    0,    0,    8,    0,  0,    0,    9}));
  const auto summary = parse_rtcp(out, std::nullopt);
  EXPECT_EQ(summary.cname, "vonggac");
  EXPECT_EQ(summary.report_blocks, 1U);
  EXPECT_FALSE(summary.malformed);
}

TEST(Rtcp, DescriptionOfEveryNameLengthEndsOnAWord) {
  for (std::size_t length = 0; length < 9; ++length) {
    Bytes out;
    ingest::write_receiver_report(1, {}, std::string(length, 'x'), out);
    EXPECT_EQ(out.size() % 4, 0U);
    EXPECT_EQ(out.back(), 0) << length;
    const auto summary = parse_rtcp(out, std::nullopt);
    EXPECT_EQ(summary.cname.size(), length);
    EXPECT_FALSE(summary.malformed) << length;
  }
}

base::MonoTime at_ms(std::int64_t ms) { return {ms * 1000}; }

TEST(Reception, CountsLossesAcrossTheSequenceWrap) {
  Reception reception(90'000);
  reception.restart(77, 0xFFFE);
  for (const int sequence : {0xFFFE, 0xFFFF, 0, 2, 3}) {
    reception.on_packet(static_cast<std::uint16_t>(sequence), 0, at_ms(0));
  }
  const auto block = reception.report(at_ms(100));
  EXPECT_EQ(block.ssrc, 77U);
  EXPECT_EQ(block.highest_sequence, 0x1'0003U);
  EXPECT_EQ(block.cumulative_lost, 1);
  EXPECT_EQ(block.fraction_lost, 256 / 6);
}

TEST(Reception, FractionLostIsOfTheLastIntervalOnly) {
  Reception reception(90'000);
  reception.restart(1, 1);
  reception.on_packet(1, 0, at_ms(0));
  reception.on_packet(5, 0, at_ms(0));
  EXPECT_GT(reception.report(at_ms(1)).fraction_lost, 0);
  reception.on_packet(6, 0, at_ms(2));
  const auto block = reception.report(at_ms(3));
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.cumulative_lost, 3);
}

TEST(Reception, DuplicatesDoNotMakeTheFractionNegative) {
  Reception reception(90'000);
  reception.restart(1, 1);
  for (int i = 0; i < 4; ++i) reception.on_packet(1, 0, at_ms(0));
  const auto block = reception.report(at_ms(1));
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.cumulative_lost, -3);
}

TEST(Reception, JitterConvergesToTheMeanDeviation) {
  Reception reception(90'000);
  reception.restart(1, 0);
  for (std::uint16_t i = 0; i < 1000; ++i) {
    reception.on_packet(i, i * 3600U, at_ms(i * 40 + (i % 2) * 10));  // 10 ms off every other time
  }
  EXPECT_NEAR(reception.report(at_ms(0)).jitter, 900, 20);
}

TEST(Reception, TellsWhenTheLastSenderReportCame) {
  Reception reception(90'000);
  reception.restart(1, 0);
  reception.on_packet(0, 0, at_ms(0));
  EXPECT_EQ(reception.report(at_ms(0)).last_sr, 0U);
  reception.on_sender_report(0x1111'2222'3333'4444, at_ms(1000));
  const auto block = reception.report(at_ms(2500));
  EXPECT_EQ(block.last_sr, 0x2222'3333U);
  EXPECT_EQ(block.delay_since_sr, 65'536U * 3 / 2);
}

}  // namespace
}  // namespace vonggac::testing
