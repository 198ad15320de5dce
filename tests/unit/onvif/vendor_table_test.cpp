#include "onvif/vendor_table.h"

#include <gtest/gtest.h>

namespace vonggac::onvif {
namespace {

namespace json = boost::json;

base::Result<VendorTable> table_of(const std::string& vendors) {
  return VendorTable::from_json(
      json::parse(R"({"ports":{"onvif":[80],"rtsp":[554],"also_allowed":[81]},"vendor":[)" + vendors + "]}"));
}

TEST(VendorTable, TheLongestWordDecidesTheBrand) {
  const auto table = table_of(R"({"id":"a","match":["cam"]},{"id":"b","match":["camera plus"]})");
  ASSERT_TRUE(table.has_value()) << table.error().message();
  EXPECT_EQ(table->match("My CAMERA PLUS v2")->id, "b");
  EXPECT_EQ(table->match("webcam")->id, "a");
  EXPECT_EQ(table->match(""), nullptr);
}

TEST(VendorTable, OnlyPortsOfTheTableAreAllowed) {
  const auto table = table_of(R"({"id":"a","rtsp_ports":[10554],"onvif_ports":[2020]})");
  ASSERT_TRUE(table.has_value());
  for (const std::uint16_t port : std::vector<std::uint16_t>{80, 554, 81, 10554, 2020})
    EXPECT_TRUE(table->allows_port(port)) << port;
  for (const std::uint16_t port : std::vector<std::uint16_t>{0, 22, 443, 5432})
    EXPECT_FALSE(table->allows_port(port)) << port;
}

TEST(VendorTable, AnEntryThatIsWrongIsRefusedByItsName) {
  const auto error = [](const std::string& vendors) {
    const auto table = table_of(vendors);
    return table ? std::string("accepted") : table.error().message();
  };
  for (const char* main : {"x", "//10.0.0.1/x", "/a b", "/a\\r\\nX: y", "rtsp://10.0.0.1/x", "", "/a\\\""}) {
    const std::string text = error(std::string(R"({"id":"odd","streams":[{"main":")") + main + "\"}]}");
    EXPECT_NE(text.find("odd"), std::string::npos) << main << ": " << text;
  }
  EXPECT_NE(error(R"({"name":"x"})").find("id"), std::string::npos);
  EXPECT_NE(error(R"({"id":"a"},{"id":"a"})").find("twice"), std::string::npos);
  EXPECT_NE(error(R"({"id":"a","rtsp_ports":[0]})").find("1 to 65535"), std::string::npos);
  EXPECT_NE(error(R"({"id":"a","match":["x"]})").find("3 letters"), std::string::npos);
}

TEST(VendorTable, TemplatesAreFilledInAndNothingIsGuessed) {
  EXPECT_EQ(expand("/Streaming/Channels/{channel}01", 17, "", ""), "/Streaming/Channels/1701");
  EXPECT_EQ(expand("/user={user}&password={password}&channel={channel}", 2, "an toàn", "a&b=c/d?"),
            "/user=an%20to%C3%A0n&password=a%26b%3Dc%2Fd%3F&channel=2");
  EXPECT_EQ(expand("/user={user}&password={password}", 1, "admin", ""), std::nullopt) << "no password is no password";
}

}  // namespace
}  // namespace vonggac::onvif
