#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/ids.h"

namespace vonggac::base {
namespace {

TEST(ByteReader, ReadPastTheEndFailsAndYieldsZero) {
  const Bytes data{1, 2, 3};
  ByteReader reader(data);
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteWriter, WritesBigEndianAndPatches) {
  Bytes out;
  ByteWriter writer(out);
  writer.u32(0);
  writer.u24(0x010203);
  writer.i64(-2);
  writer.patch_u32(0, 0xa0b0c0d0);
  ByteReader reader(out);
  EXPECT_EQ(reader.u32(), 0xa0b0c0d0U);
  EXPECT_EQ(reader.u24(), 0x010203U);
  EXPECT_EQ(reader.i64(), -2);
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.failed());
}

TEST(Digest, MatchesPublishedVectors) {
  EXPECT_EQ(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");                                     // RFC 1321 A.5
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
}

TEST(Sha256, IncrementalEqualsWholeAndStartsAnewAfterFinish) {
  Sha256 hasher;
  hasher.update(as_bytes("a"));
  hasher.update(as_bytes("bc"));
  EXPECT_EQ(hasher.finish(), sha256(as_bytes("abc")));
  hasher.update(as_bytes("abc"));
  EXPECT_EQ(hasher.finish(), sha256(as_bytes("abc")));
}

TEST(Uuid, Version7RoundTripsAndSortsByTime) {
  const Uuid a = Uuid::make_v7(SystemClock());
  const auto parsed = Uuid::parse(a.to_string());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, a);
  EXPECT_EQ(a.to_string()[14], '7');
}

TEST(Uuid, RefusesOtherForms) {
  for (const char* text : {"", "0123", "0123456789abcdef0123456789abcdef", "g1932b6e-0000-7000-8000-000000000000",
                           "../../../../../../../../etc/passwd.."}) {
    EXPECT_FALSE(Uuid::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace vonggac::base
