/// What is chosen of the profiles a device names; the asking itself is seen in tests/integration/probe_test.py.
#include "probe/onvif_survey.h"

#include <gtest/gtest.h>

namespace vonggac::probe {
namespace {

onvif::Profile profile(const std::string& token, const std::string& source, const std::string& encoding, int width,
                       int height) {
  onvif::Profile out;
  out.token = token;
  out.source = source;
  out.encoding = encoding;
  out.width = width;
  out.height = height;
  return out;
}
std::string tokens(const std::vector<ChosenProfile>& chosen) {
  std::string out;
  for (const ChosenProfile& one : chosen) {
    out += std::to_string(one.channel) + (one.role == media::StreamRole::kMain ? "m" : "s") + one.profile.token + " ";
  }
  return out;
}

TEST(ChooseProfiles, TheLargestPictureIsMainAndTheSmallestOtherIsSub) {
  EXPECT_EQ(tokens(choose_profiles({profile("third", "v", "H264", 1280, 720), profile("sub", "v", "H264", 640, 360),
                                    profile("main", "v", "H265", 2560, 1440)})),
            "1mmain 1ssub ");
}

TEST(ChooseProfiles, AnH264SubStreamIsPreferredToASmallerH265One) {
  EXPECT_EQ(tokens(choose_profiles({profile("main", "v", "H265", 2560, 1440), profile("tiny", "v", "H265", 352, 288),
                                    profile("sub", "v", "H264", 640, 360)})),
            "1mmain 1ssub ");
}

TEST(ChooseProfiles, EachVideoSourceIsAChannel) {
  EXPECT_EQ(tokens(choose_profiles({profile("a", "v1", "H264", 1920, 1080), profile("b", "v2", "H264", 1920, 1080),
                                    profile("c", "v1", "H264", 640, 360), profile("d", "v3", "JPEG", 640, 360)})),
            "1ma 1sc 2mb ");
}

TEST(ChooseProfiles, PicturesOfTheSameSizeAreNoSubStream) {
  EXPECT_EQ(tokens(choose_profiles({profile("a", "v", "H264", 1920, 1080), profile("b", "v", "H264", 1920, 1080)})),
            "1ma ");
  EXPECT_TRUE(choose_profiles({}).empty());
}

TEST(OnvifPorts, ATypedPortIsTheOnlyOneAndABrandsComeFirst) {
  ProbeTask task;
  task.vendors = *onvif::VendorTable::from_json(
      boost::json::parse(R"({"ports":{"onvif":[80,8000,2020]},"vendor":[{"id":"tapo","onvif_ports":[2020]}]})"));
  EXPECT_EQ(onvif_ports_of(task), (std::vector<std::uint16_t>{80, 8000, 2020}));
  task.brand = "tapo";
  EXPECT_EQ(onvif_ports_of(task), (std::vector<std::uint16_t>{2020, 80, 8000}));
  task.http_port = 8080;
  EXPECT_EQ(onvif_ports_of(task), std::vector<std::uint16_t>{8080});
}

}  // namespace
}  // namespace vonggac::probe
