#include "api/byte_range.h"

#include <string>

#include <gtest/gtest.h>

namespace vonggac::api {
namespace {

void expect_part(std::string_view header, std::uint64_t size, std::uint64_t first, std::uint64_t length) {
  const RangeAnswer answer = parse_range(header, size);
  EXPECT_EQ(answer.kind, RangeKind::kPart) << header;
  EXPECT_EQ(answer.first, first) << header;
  EXPECT_EQ(answer.length, length) << header;
}

TEST(ByteRange, TakesTheThreeForms) {
  expect_part("bytes=0-0", 100, 0, 1);
  expect_part("bytes=10-19", 100, 10, 10);
  expect_part("bytes=90-", 100, 90, 10);
  expect_part("bytes=-7", 100, 93, 7);
  expect_part("Bytes= 1-2 ", 100, 1, 2);
}

TEST(ByteRange, CutsAtTheEnd) {
  expect_part("bytes=10-1000", 100, 10, 90);
  expect_part("bytes=-1000", 100, 0, 100);
  expect_part("bytes=0-18446744073709551615", 100, 0, 100);
  expect_part("bytes=0-99999999999999999999999999", 100, 0, 100);
  expect_part("bytes=-99999999999999999999999999", 100, 0, 100);
}

TEST(ByteRange, SaysWhatCannotBeSatisfied) {
  for (const char* header : {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"}) {
    EXPECT_EQ(parse_range(header, 100).kind, RangeKind::kUnsatisfiable) << header;
  }
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, RangeKind::kUnsatisfiable);
  EXPECT_EQ(parse_range("bytes=-5", 0).kind, RangeKind::kUnsatisfiable);
}

TEST(ByteRange, IgnoresWhatItDoesNotUnderstand) {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=1-2,4-5", "bytes=--5", "bytes=+1-2",
        "bytes=0x1-2", "items=0-5", "bytes=1-2-3", "bytes=1 -2", "=0-1", "bytes 0-1"}) {
    const RangeAnswer answer = parse_range(header, 100);
    EXPECT_EQ(answer.kind, RangeKind::kWhole) << header;
    EXPECT_EQ(answer.length, 100U) << header;
  }
}

TEST(ByteRange, NeverLeavesTheBody) {
  for (std::uint64_t size : {0ULL, 1ULL, 2ULL, 100ULL, ~0ULL}) {
    for (const char* header : {"bytes=0-0", "bytes=1-", "bytes=-1", "bytes=0-18446744073709551615", "bytes=99-100"}) {
      const RangeAnswer answer = parse_range(header, size);
      if (answer.kind == RangeKind::kUnsatisfiable) continue;
      EXPECT_LE(answer.length, size) << header;
      EXPECT_LE(answer.first, size - answer.length) << header;
    }
  }
}

}  // namespace
}  // namespace vonggac::api
