#include "api/live_control.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace vonggac::api {
namespace {

constexpr const char* kSubscribe =
    R"({"op":"subscribe","tile":7,"camera":"01932b6e-7a10-7c3e-9f00-0123456789ab","role":"main"})";

TEST(LiveControl, UnderstandsTheFourCommands) {
  const auto subscribe = parse_live_command(kSubscribe);
  ASSERT_TRUE(subscribe.ok());
  EXPECT_EQ(subscribe->op, LiveOp::kSubscribe);
  EXPECT_EQ(subscribe->tile, 7);
  EXPECT_EQ(subscribe->role, media::StreamRole::kMain);
  EXPECT_EQ(subscribe->camera.to_string(), "01932b6e-7a10-7c3e-9f00-0123456789ab");
  EXPECT_EQ(parse_live_command(R"({"op":"unsubscribe","tile":0})")->op, LiveOp::kUnsubscribe);
  EXPECT_EQ(parse_live_command(R"({"op":"pause","tile":255})")->op, LiveOp::kPause);
  EXPECT_EQ(parse_live_command(R"({"op":"resume","tile":255})")->op, LiveOp::kResume);
}

TEST(LiveControl, RefusesEverythingElse) {
  const std::string deep = std::string(2000, '[') + std::string(2000, ']');
  const std::string id = "01932b6e-7a10-7c3e-9f00-0123456789ab";
  const std::vector<std::string> texts{"",
                                       "x",
                                       "[]",
                                       "{}",
                                       R"({"op":"explode","tile":1})",
                                       R"({"op":"pause"})",
                                       R"({"op":"pause","tile":256})",
                                       R"({"op":"pause","tile":-1})",
                                       R"({"op":"pause","tile":"1"})",
                                       R"({"op":"pause","tile":1.5})",
                                       R"({"op":7,"tile":1})",
                                       R"({"op":"subscribe","tile":1})",
                                       R"({"op":"subscribe","tile":1,"camera":"x","role":"sub"})",
                                       R"({"op":"subscribe","tile":1,"role":"big","camera":")" + id + "\"}",
                                       deep,
                                       "{\"op\":" + deep + "}"};
  for (const std::string& text : texts) {
    EXPECT_FALSE(parse_live_command(text).ok()) << text.substr(0, 80);
  }
}

TEST(LiveControl, WritesTheMimeTypeSoThatABrowserCanTestIt) {
  live::LiveInit init;
  init.codecs = "avc1.42c01f";
  init.codec = media::Codec::kH264;
  const auto value = boost::json::parse(live_init_text(3, {}, init));
  EXPECT_EQ(value.at("mime").as_string(), "video/mp4; codecs=\"avc1.42c01f\"");
  EXPECT_EQ(value.at("codec").as_string(), "h264");
  EXPECT_EQ(value.at("tile").to_number<int>(), 3);
}

}  // namespace
}  // namespace vonggac::api
