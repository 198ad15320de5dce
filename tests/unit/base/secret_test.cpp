#include "base/secret.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace vonggac::base {
namespace {

/// The bytes a secret's text lies in, the unused ones included.
std::string memory_of(const Secret& secret) { return {secret.reveal().data(), secret.reveal().capacity()}; }

bool is_blank(const std::string& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

TEST(Secret, MovingLeavesNothingBehind) {
  Secret first(std::string("short"));
  const Secret second(std::move(first));
  EXPECT_EQ(second.reveal(), "short");
  EXPECT_TRUE(is_blank(memory_of(first)));  // NOLINT(bugprone-use-after-move): that is the point
}

TEST(Secret, MoveAssignmentLeavesNothingBehind) {
  Secret first(std::string("short"));
  Secret second(std::string("another secret that is too long for the small buffer"));
  second = std::move(first);
  EXPECT_EQ(second.reveal(), "short");
  EXPECT_TRUE(is_blank(memory_of(first)));  // NOLINT(bugprone-use-after-move)
}

TEST(Secret, AShorterTextLeavesNoTailOfTheLongerOne) {
  Secret secret(std::string("a long secret, longer than the small buffer of a string"));
  const Secret shorter(std::string("x"));
  secret = shorter;
  EXPECT_EQ(secret.reveal(), "x");
  EXPECT_TRUE(is_blank(memory_of(secret).substr(1)));
}

TEST(Secret, WipeEmptiesIt) {
  Secret secret(std::string("hush"));
  secret.wipe();
  EXPECT_TRUE(secret.empty());
  EXPECT_TRUE(is_blank(memory_of(secret)));
}

TEST(Secret, SurvivesAssignmentToItself) {
  Secret secret(std::string("hush"));
  Secret& same = secret;
  secret = same;
  EXPECT_EQ(secret.reveal(), "hush");
}

}  // namespace
}  // namespace vonggac::base
