#include "cli/output.h"

#include <sstream>

#include <gtest/gtest.h>

#include "cli/phrase.h"
#include "cli/secret_input.h"

namespace vonggac::cli {
namespace {

TEST(PrintTable, AlignsVietnameseByCharacters) {
  std::ostringstream out;
  print_table(out, {{"A", "B"}, {"Cổng", "x"}, {"ab", "y"}});
  EXPECT_EQ(out.str(), "A     B\nCổng  x\nab    y\n");
}

TEST(Printable, TakesAwayWhatDrivesTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31m\r\n\x7f"
                      "b"),
            "a?[31m???b");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "31mb"),
            "a?31mb");
  EXPECT_EQ(printable("Cổng chùa"), "Cổng chùa");
}

TEST(Texts, ShowSizesTimesAndDurations) {
  choose_language(Language::kEnglish);
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1'500'000'000), "1.5 GB");
  EXPECT_EQ(local_time(base::WallTime{1'774'000'000'000'000}), "2026-03-20 16:46:40");
  EXPECT_EQ(duration_text(59), "59 s");
  EXPECT_EQ(duration_text(605), "10 min 05 s");
  EXPECT_EQ(duration_text(90'000), "1 d 01 h");
}

TEST(LanguageFrom, FollowsOptionThenEnvironment) {
  EXPECT_EQ(language_from("vi", nullptr, nullptr, "en_US.UTF-8"), Language::kVietnamese);
  EXPECT_EQ(language_from("en", "vi_VN", nullptr, nullptr), Language::kEnglish);
  EXPECT_EQ(language_from("", nullptr, "vi_VN.UTF-8", "en_US"), Language::kVietnamese);
  EXPECT_EQ(language_from("", "C", nullptr, "vi_VN.UTF-8"), Language::kEnglish);
  EXPECT_EQ(language_from("", "", "", "vi_VN.UTF-8"), Language::kVietnamese);
  EXPECT_EQ(language_from("", nullptr, nullptr, nullptr), Language::kEnglish);
}

TEST(ExitCodeOf, FollowsTheKind) {
  EXPECT_EQ(exit_code_of(base::invalid_argument("x")), ExitCode::kUsage);
  EXPECT_EQ(exit_code_of(base::unavailable("x")), ExitCode::kUnreachable);
  EXPECT_EQ(exit_code_of(base::timed_out("x")), ExitCode::kUnreachable);
  EXPECT_EQ(exit_code_of(base::not_found("x")), ExitCode::kFailure);
  EXPECT_EQ(exit_code_of(base::Status()), ExitCode::kOk);
}

TEST(TakeArguments, OverwritesAddressesInPlace) {
  std::vector<std::string> memory{"vonggac",
                                  "camera",
                                  "add",
                                  "--url",
                                  "rtsp://admin:hush@10.0.0.1/",
                                  "--sub-url=rtsp://admin:hush@10.0.0.1/",
                                  "--name",
                                  "Cổng",
                                  "--sub-url",
                                  "admin:hush@x"};
  std::vector<char*> argv;
  for (std::string& text : memory) argv.push_back(text.data());
  const std::vector<std::string> taken = take_arguments(static_cast<int>(argv.size()), argv.data());
  ASSERT_EQ(taken.size(), 9U);
  EXPECT_EQ(taken[3], "rtsp://admin:hush@10.0.0.1/");
  EXPECT_EQ(taken[8], "admin:hush@x");
  EXPECT_EQ(memory[7], "Cổng");
  for (const std::string& text : memory) EXPECT_EQ(text.find("hush"), std::string::npos) << text;
}

}  // namespace
}  // namespace vonggac::cli
