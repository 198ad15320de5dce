#include "core/sensitivity_text.h"

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

TEST(SensitivityText, SaysForEachLevelHowSmallAPersonMayBe) {
  for (int level = 1; level <= 9; ++level) {
    const SensitivityText text = sensitivity_text(level);
    EXPECT_NE(text.vi.find("Độ nhạy " + std::to_string(level)), std::string::npos);
    EXPECT_NE(text.en.find("Sensitivity " + std::to_string(level)), std::string::npos);
    EXPECT_NE(text.en.find("about 1/"), std::string::npos);
    EXPECT_LE(text.smallest_percent, sensitivity_text(level - 1).smallest_percent) << level;
  }
  EXPECT_EQ(sensitivity_text(0).en, sensitivity_text(1).en);
  EXPECT_EQ(sensitivity_text(99).vi, sensitivity_text(9).vi);
}

}  // namespace
}  // namespace vonggac::core
