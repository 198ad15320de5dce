#include "motion/plain_letters.h"

#include <gtest/gtest.h>

namespace vonggac::motion {
namespace {

TEST(PlainLetters, TakeTheMarksOffEveryVietnameseLetter) {
  EXPECT_EQ(plain_letters("Có vật di chuyển một quãng, như người hoặc xe."),
            "Co vat di chuyen mot quang, nhu nguoi hoac xe.");
  EXPECT_EQ(plain_letters("ĐẶNG THỊ Ỷ ỲỴỸ ƠỚỢ ƯỨỰ ĂẮẶ ÂẤẬ ÊẾỆ ÔỐỘ đ ỹ ự ợ ặ ậ ệ ộ ĩ ũ"),
            "DANG THI Y YYY OOO UUU AAA AAA EEE OOO d y u o a a e o i u");
}

TEST(PlainLetters, LeaveAsciiAloneAndMarkWhatTheyDoNotKnow) {
  EXPECT_EQ(plain_letters("score 0.42 #7"), "score 0.42 #7");
  EXPECT_EQ(plain_letters("1 € 文"), "1 ? ?");
  EXPECT_EQ(plain_letters("\xC3"), "?") << "cut in the middle of a letter";
}

}  // namespace
}  // namespace vonggac::motion
