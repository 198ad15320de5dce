#include "core/vendor_file.h"

#include <set>

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

base::Result<VendorFile> shipped() { return load_vendors(std::string(VONGGAC_SOURCE_DIR) + "/config/vendors.toml"); }

TEST(VendorFile, EveryRowOfTheDomainsTableIsThere) {
  const auto file = shipped();
  ASSERT_TRUE(file.has_value()) << file.error().message();
  const auto main_of = [&](const char* id, int channel) {
    const onvif::Vendor* vendor = file->table.find(id);
    return vendor != nullptr && !vendor->streams.empty()
               ? onvif::expand(vendor->streams[0].main, channel, "U", "P").value_or("")
               : std::string();
  };
  const auto sub_of = [&](const char* id, int channel) {
    return onvif::expand(file->table.find(id)->streams.at(0).sub, channel, "U", "P").value_or("");
  };
  EXPECT_EQ(main_of("hikvision", 17), "/Streaming/Channels/1701");
  EXPECT_EQ(sub_of("hikvision", 1), "/Streaming/Channels/102");
  EXPECT_EQ(file->table.find("hikvision")->streams.at(1).main, "/h264/ch{channel}/main/av_stream");
  EXPECT_EQ(main_of("dahua", 3), "/cam/realmonitor?channel=3&subtype=0");
  EXPECT_EQ(sub_of("dahua", 3), "/cam/realmonitor?channel=3&subtype=1");
  EXPECT_EQ(main_of("ezviz", 1), "/h264/ch1/main/av_stream");
  EXPECT_EQ(main_of("tapo", 1), "/stream1");
  EXPECT_EQ(sub_of("tapo", 1), "/stream2");
  EXPECT_EQ(file->table.find("tapo")->onvif_ports, std::vector<std::uint16_t>{2020});
  EXPECT_EQ(main_of("uniview", 1), "/media/video1");
  EXPECT_EQ(file->table.find("uniview")->streams.at(1).main, "/unicast/c{channel}/s0/live");
  EXPECT_EQ(main_of("tiandy", 2), "/2/1");
  EXPECT_EQ(main_of("yoosee", 1), "/onvif1");
  EXPECT_TRUE(file->table.find("yoosee")->udp_only);
  EXPECT_EQ(main_of("v380", 1), "/live/ch00_0");
  EXPECT_FALSE(file->table.find("xiaomi")->rtsp);
  EXPECT_EQ(main_of("vivotek", 1), "/live.sdp");
  EXPECT_EQ(main_of("xmeye", 4), "/user=U&password=P&channel=4&stream=0.sdp?");
  EXPECT_NE(file->table.find("vietnam-cloud"), nullptr);
}

TEST(VendorFile, EveryBrandSaysInBothLanguagesWhatToDo) {
  const auto file = shipped();
  ASSERT_TRUE(file.has_value());
  for (const onvif::Vendor& vendor : file->table.all()) {
    EXPECT_FALSE(vendor.hint_vi.empty()) << vendor.id;
    EXPECT_FALSE(vendor.hint_en.empty()) << vendor.id;
    EXPECT_EQ(vendor.onvif_hint_vi.empty(), vendor.onvif_hint_en.empty()) << vendor.id;
    EXPECT_EQ(vendor.smart_vi.empty(), vendor.smart_en.empty()) << vendor.id;
    for (const std::string& word : vendor.match) EXPECT_EQ(file->table.match(word), &vendor) << word;
  }
}

TEST(VendorFile, BrandsAreKnownByWhatTheyCallThemselves) {
  const auto file = shipped();
  ASSERT_TRUE(file.has_value());
  const auto brand = [&](const char* text) {
    const onvif::Vendor* vendor = file->table.match(text);
    return vendor == nullptr ? std::string("none") : vendor->id;
  };
  EXPECT_EQ(brand("Hikvision"), "hikvision");
  EXPECT_EQ(brand("KBVISION GROUP"), "dahua");
  EXPECT_EQ(brand("TP-Link"), "tapo");
  EXPECT_EQ(brand("H264DVR 1.0"), "xmeye");
  EXPECT_EQ(brand("Sony"), "none");
}

TEST(VendorFile, PortsThatAreNoCamerasAreNotAllowed) {
  const auto file = shipped();
  ASSERT_TRUE(file.has_value());
  for (const std::uint16_t port :
       std::vector<std::uint16_t>{22, 23, 25, 53, 139, 443, 445, 3306, 3389, 5432, 6379, 11211, 27017}) {
    EXPECT_FALSE(file->table.allows_port(port)) << port;
  }
}

TEST(VendorFile, WhatIsWrongIsSaidWithItsPlace) {
  const auto error = [](const std::string& toml) {
    const auto file = parse_vendors(toml, "v.toml");
    return file ? std::string("accepted") : file.error().message();
  };
  EXPECT_EQ(error("[[vendor]\nid = 1").rfind("v.toml:1:", 0), 0U);
  EXPECT_NE(error("[[vendor]]\nid = \"a\"\nắ = 1\n").find("v.toml:3:1"), std::string::npos);
  EXPECT_NE(error("[[vendor]]\nid = \"a\"\nname = '\"' ế\n").find("accented"), std::string::npos);
  EXPECT_NE(error("x = 1").find("[[vendor]]"), std::string::npos);
  EXPECT_EQ(error("# chú thích\n[[vendor]]\nid = \"a\"\nhint_vi = \"Bật \\\"RTSP\\\" lên\"\n"), "accepted");
}

}  // namespace
}  // namespace vonggac::core
