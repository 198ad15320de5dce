#include "api/footage_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace vonggac::api {
namespace {

namespace json = boost::json;

const CameraChoice everything = [](const json::value&) { return true; };

TEST(FootageJson, WritesAnOpenGapWithoutEnd) {
  GapRow gap;
  gap.start = *base::parse_iso8601("2026-11-21T07:00:00Z");
  gap.cause = "link_lost";
  const json::value value = json::parse(gaps_json({gap}, false));
  const json::object& row = value.at("gaps").at(0).as_object();
  EXPECT_TRUE(row.at("end").is_null());
  EXPECT_EQ(row.at("cause").as_string(), "link_lost");
  EXPECT_FALSE(value.at("more").as_bool());
}

TEST(FootageJson, WritesSpansWithTheirLength) {
  ClipRow clip;
  clip.start = *base::parse_iso8601("2026-11-21T07:00:00Z");
  clip.end = *base::parse_iso8601("2026-11-21T07:05:00.5Z");
  clip.has_motion = true;
  const json::value value = json::parse(clips_json({clip}, true));
  EXPECT_EQ(value.at("clips").at(0).at("duration_ms").as_int64(), 300'500);
  EXPECT_TRUE(value.at("clips").at(0).at("motion").as_bool());
  EXPECT_TRUE(value.at("more").as_bool());
}

TEST(FootageJson, TakesAddressesAndUsersOutOfTheStatus) {
  WebStats stats;
  stats.viewers = 3;
  const auto text = status_json(
      R"({"ok":true,"status":{"version":"1","cameras":[{"id":"a","name":"Cổng","url":"rtsp://10.0.0.1/secret","sub_url":"x","user":"admin"}]}})",
      stats, everything);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->find("secret"), std::string::npos);
  EXPECT_EQ(text->find("admin"), std::string::npos);
  const json::value value = json::parse(*text);
  EXPECT_EQ(value.at("cameras").at(0).at("name").as_string(), "Cổng");
  EXPECT_EQ(value.at("web").at("viewers").to_number<int>(), 3);
}

TEST(FootageJson, SaysWhyACameraRestsForWantOfAnAgreement) {
  const std::string id = "01932b6e-7a10-7c3e-9f00-0123456789ab";
  const auto resting =
      status_json(R"({"status":{"cameras":[{"id":")" + id + R"(","state":"paused","message":{"vi":"a","en":"b"}}]}})",
                  {}, everything, {{base::CameraId{*base::Uuid::parse(id)}, {"Chưa có đồng thuận.", "Not agreed."}}});
  ASSERT_TRUE(resting.ok());
  EXPECT_NE(resting->find("Chưa có đồng thuận."), std::string::npos) << "why it is paused";
  EXPECT_NE(resting->find("not_agreed"), std::string::npos);
}

TEST(FootageJson, RefusesRepliesOfAnotherShape) {
  EXPECT_FALSE(status_json("[]", {}, everything).ok());
  EXPECT_FALSE(status_json(R"({"status":7})", {}, everything).ok());
  EXPECT_FALSE(cameras_json(R"({"cameras":{}})", everything).ok());
  EXPECT_FALSE(snapshot_from(R"({"jpeg_base64":"AAAA"})").ok());
  EXPECT_FALSE(snapshot_from(R"({"jpeg_base64":"A","taken_at":"2026-11-21T07:00:00Z"})").ok());
}

TEST(HttpTypes, AnswersCarryTheSecurityHeaders) {
  const std::string head = render_head(problem_reply(404, {"không", "no"}), false);
  for (const char* header :
       {"HTTP/1.1 404 Not Found\r\n", "Content-Security-Policy: default-src 'none'", "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n", "Cache-Control: no-store\r\n",
        "Cross-Origin-Resource-Policy: same-origin\r\n", "Connection: close\r\n",
        "Content-Type: application/problem+json\r\n"}) {
    EXPECT_NE(head.find(header), std::string::npos) << header;
  }
  EXPECT_EQ(head.find("unsafe"), std::string::npos);
  EXPECT_EQ(head.substr(head.size() - 4), "\r\n\r\n");
}

TEST(HttpTypes, ProblemsHideTheMessageOfTheError) {
  const HttpReply reply = problem_reply(base::internal_error("open /srv/secret: failed"));
  EXPECT_EQ(reply.status, 500U);
  EXPECT_EQ(reply.body->find("secret"), std::string::npos);
  const json::value value = json::parse(*reply.body);
  EXPECT_EQ(value.at("status").to_number<int>(), 500);
  EXPECT_EQ(value.at("title").as_string(), "Internal Server Error");
}

}  // namespace
}  // namespace vonggac::api
