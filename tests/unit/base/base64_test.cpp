#include "base/base64.h"

#include <gtest/gtest.h>

namespace vonggac::base {
namespace {

constexpr struct {
  const char *text, *encoded;
} kVectors[] = {{"", ""},
                {"f", "Zg=="},
                {"fo", "Zm8="},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="},
                {"fooba", "Zm9vYmE="},
                {"foobar", "Zm9vYmFy"},
                {"\xFF\xEF", "/+8="}};

TEST(Base64, WritesAndReadsTheTestVectorsOfRfc4648) {
  for (const auto& one : kVectors) {
    EXPECT_EQ(to_base64(as_bytes(one.text)), one.encoded);
    EXPECT_EQ(as_text(*from_base64(one.encoded)), one.text);
  }
}

TEST(Base64, RefusesEverythingElse) {
  for (const char* text : {"Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9 ", "Zm-_", "=Zm9"}) {
    EXPECT_FALSE(from_base64(text).ok()) << text;
  }
}

}  // namespace
}  // namespace vonggac::base
