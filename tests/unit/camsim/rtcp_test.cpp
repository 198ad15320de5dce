#include "camsim/rtcp.h"

#include <gtest/gtest.h>

namespace vonggac::camsim {
namespace {

TEST(Ntp, CountsFrom1900) {
  EXPECT_EQ(ntp_from_wall({0}) >> 32, 2'208'988'800u);
  EXPECT_EQ(ntp_from_wall({500'000}) & 0xffff'ffffu, 0x8000'0000u);
}

TEST(Ntp, WrapsIn2036) {
  EXPECT_EQ(ntp_from_wall({2'085'978'495'000'000}) >> 32, 0xffff'ffffu);
  EXPECT_EQ(ntp_from_wall({2'085'978'496'000'000}) >> 32, 0u);
}

TEST(Ntp, HoldsMomentsBefore1970) { EXPECT_EQ(ntp_from_wall({-500'000}) >> 32, 2'208'988'799u); }

TEST(SenderReport, IsACompoundOfWholeWords) {
  SenderReport report;
  report.ssrc = 0x11223344;
  report.ntp = 0x0102030405060708;
  report.rtp_timestamp = 99;
  report.packets = 5;
  report.octets = 700;
  const base::Bytes bytes = make_sender_report(report);
  base::ByteReader reader(bytes);
  EXPECT_EQ(reader.u16(), 0x80c8);
  EXPECT_EQ(reader.u16(), 6);
  EXPECT_EQ(reader.u32(), report.ssrc);
  EXPECT_EQ(reader.u64(), report.ntp);
  EXPECT_EQ(reader.u32(), 99u);
  EXPECT_EQ(reader.u32(), 5u);
  EXPECT_EQ(reader.u32(), 700u);
  EXPECT_EQ(reader.u16(), 0x81ca);
  const std::size_t words = reader.u16();
  EXPECT_EQ(words * 4, reader.remaining());
}

}  // namespace
}  // namespace vonggac::camsim
