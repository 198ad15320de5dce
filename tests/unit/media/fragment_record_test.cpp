#include "media/fragment_record.h"

#include <gtest/gtest.h>

namespace vonggac::media {
namespace {

FragmentRecord full_record() {
  FragmentRecord r;
  r.installation.bytes.fill(1);
  r.camera.bytes.fill(2);
  r.role = StreamRole::kSub;
  r.flags = {true, false, true, true};
  r.sequence = 0x0102030405060708;
  r.wall_start.us = 1'790'000'000'123'456;
  r.media_start.ticks_90k = -5;
  r.duration_90k = 180'000;
  r.clock_epoch = 3;
  r.camera_offset_us = -25'200'000'000;
  r.camera_offset_valid = true;
  r.init_generation = 7;
  r.media_bytes = 123'456;
  r.previous_record_sha256.fill(3);
  r.init_sha256.fill(4);
  r.media_sha256.fill(5);
  return r;
}

base::ByteSpan payload_of(const base::Bytes& box) { return base::ByteSpan(box).subspan(kUuidBoxHeaderBytes); }

TEST(FragmentRecord, ComesBackAsItWasWritten) {
  FragmentRecord record = full_record();
  const base::Bytes box = encode_fragment_record(record);
  ASSERT_EQ(box.size(), kFragmentRecordBoxBytes);
  const auto back = decode_fragment_record(payload_of(box));
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(*back, record);
}

TEST(FragmentRecord, LayoutIsTheDocumentedOne) {
  FragmentRecord record = full_record();
  const base::Bytes box = encode_fragment_record(record);
  base::ByteReader reader(box);
  EXPECT_EQ(reader.u32(), 240U);
  EXPECT_EQ(base::as_text(reader.take(4)), "uuid");
  EXPECT_EQ(base::to_hex(reader.take(16)), "52e746b9469941cf8bbecf332c7fb9bd");
  EXPECT_EQ(reader.u16(), 1);        // version
  EXPECT_EQ(reader.u16(), 0b11101);  // flags
  EXPECT_EQ(reader.u32(), 0x01000000U);
  reader.skip(32);
  EXPECT_EQ(reader.u64(), 0x0102030405060708U);
  EXPECT_EQ(reader.i64(), 1'790'000'000'123'456);
  EXPECT_EQ(reader.i64(), -5);
  EXPECT_EQ(reader.u32(), 180'000U);
  EXPECT_EQ(reader.u32(), 3U);
  EXPECT_EQ(reader.i64(), -25'200'000'000);
  EXPECT_EQ(reader.u32(), 7U);
  EXPECT_EQ(reader.u32(), 123'456U);
  EXPECT_EQ(reader.take(32)[0], 3);
  EXPECT_EQ(reader.take(32)[0], 4);
  EXPECT_EQ(reader.take(32)[0], 5);
  EXPECT_EQ(base::to_hex(reader.take(32)), base::to_hex(base::sha256(payload_of(box).first(184))));
  EXPECT_TRUE(reader.at_end());
}

TEST(FragmentRecord, AnyFlippedBitIsFound) {
  FragmentRecord record = full_record();
  const base::Bytes box = encode_fragment_record(record);
  for (std::size_t bit = kUuidBoxHeaderBytes * 8; bit < box.size() * 8; bit += 5) {
    base::Bytes damaged = box;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(decode_fragment_record(payload_of(damaged))) << bit;
  }
}

TEST(FragmentRecord, OtherSizesAreRefused) {
  FragmentRecord record = full_record();
  base::Bytes box = encode_fragment_record(record);
  EXPECT_FALSE(decode_fragment_record(payload_of(box).first(kFragmentRecordPayloadBytes - 1)));
  box.push_back(0);
  EXPECT_FALSE(decode_fragment_record(payload_of(box)));
}

TEST(SegmentHeader, ComesBackAsItWasWritten) {
  SegmentHeader header;
  header.installation.bytes.fill(9);
  header.camera.bytes.fill(8);
  header.role = StreamRole::kSub;
  header.init_generation = 4;
  header.first_sequence = 77;
  header.start.us = 1'790'000'000'000'001;
  header.software = "vonggac 0.1.0";
  const auto back = decode_segment_header(payload_of(encode_segment_header(header)));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, header);
}

TEST(SegmentHeader, LongSoftwareTextIsCutAndLongerOnDiskRefused) {
  SegmentHeader header;
  header.software = std::string(100, 'x');
  base::Bytes box = encode_segment_header(header);
  const auto back = decode_segment_header(payload_of(box));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->software.size(), 64U);
  box.push_back('x');
  EXPECT_FALSE(decode_segment_header(payload_of(box)));
}

}  // namespace
}  // namespace vonggac::media
