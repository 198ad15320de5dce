#include "camsim/options.h"

#include <gtest/gtest.h>

namespace vonggac::camsim {
namespace {

TEST(CamsimOptions, AreReadFromTheCommandLine) {
  const auto options =
      parse_options({"--listen", "127.0.0.2:0", "--camera", "gate=m.mp4,s.mp4", "--camera", "yard=y.mp4", "--user",
                     "admin", "--password", "x=y", "--transport", "udp", "--quirk", "no_marker", "--seed", "9"});
  ASSERT_TRUE(options.ok()) << options.error().message();
  EXPECT_EQ(options->listen_port, 0);
  ASSERT_EQ(options->cameras.size(), 2u);
  EXPECT_EQ(options->cameras[0].sub, "s.mp4");
  EXPECT_EQ(options->cameras[1].sub, "");
  EXPECT_EQ(options->auth, AuthScheme::kDigest);
  EXPECT_EQ(options->credentials.password, "x=y");
  EXPECT_FALSE(options->allow_tcp);
  EXPECT_TRUE(has(options->initial.quirks, Quirk::kNoMarker));
}

TEST(CamsimOptions, AreRefusedWithAReason) {
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"--camera", "a"},
                                                       {"--camera", "a=m.mp4", "--camera", "a=n.mp4"},
                                                       {"--camera", "a/b=m.mp4"},
                                                       {"--camera", "a=m.mp4", "--listen", "localhost:1"},
                                                       {"--camera", "a=m.mp4", "--repeat", "0"},
                                                       {"--camera", "a=m.mp4", "--auth", "digest"},
                                                       {"--camera", "a=m.mp4", "--frobnicate", "1"},
                                                       {"--camera", "a=m.mp4", "--seed"}};
  for (const auto& arguments : wrong) {
    const auto options = parse_options(arguments);
    ASSERT_FALSE(options.ok());
    EXPECT_EQ(options.error().kind(), base::ErrorKind::kInvalidArgument);
  }
}

}  // namespace
}  // namespace vonggac::camsim
