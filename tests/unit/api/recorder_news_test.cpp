/// What the recorder did between two looks.
#include "api/recorder_news.h"

#include <gtest/gtest.h>

#include "api/feed_command.h"
#include "api/feed_topics.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr const char* kCamera = "01932b6e-7a10-7c3e-9f00-0123456789ab";

std::string status_with(const std::string& camera, const std::string& disk = "ok") {
  return R"({"ok":true,"status":{"disk":{"state":")" + disk + R"("},"cameras":[)" + camera + "]}}";
}
std::string camera_with(const std::string& state, const std::string& more = "") {
  return R"({"id":")" + std::string(kCamera) + R"(","state":")" + state + R"(","reason":"","recording":true)" + more +
         "}";
}
std::vector<std::string> told_topics(const std::vector<RecorderNews>& news) {
  std::vector<std::string> topics;
  for (const RecorderNews& one : news) topics.push_back(one.topic);
  return topics;
}
using Topics = std::vector<std::string>;

TEST(RecorderDesk, TheFirstLookIsNewsOfNothing) {
  RecorderDesk desk;
  EXPECT_TRUE(desk.compare_status(status_with(camera_with("recording"))).empty());
  EXPECT_TRUE(desk.compare_status(status_with(camera_with("recording"))).empty());
  desk.forget();
  EXPECT_TRUE(desk.compare_status(status_with(camera_with("unreachable"))).empty());
}

TEST(RecorderDesk, TellsStatesMotionAlarmsTamperAndTheDisk) {
  RecorderDesk desk;
  (void)desk.compare_status(status_with(camera_with("recording")));
  auto news = desk.compare_status(status_with(camera_with("unreachable")));
  ASSERT_EQ(told_topics(news), (Topics{"recording.state"}));
  EXPECT_EQ(news[0].body.at("state").as_string(), "unreachable");
  EXPECT_EQ(news[0].subject.to_string(), kCamera);
  news = desk.compare_status(status_with(
      camera_with("unreachable", R"(,"motion_active":true,"alarm":{"zone":"cổng","at":"2026-03-20T02:00:00Z"},)"
                                 R"("tamper":[{"kind":"covered","since":"2026-03-20T02:00:00Z"}])")));
  EXPECT_EQ(told_topics(news), (Topics{"recording.motion", "recording.alarm", "recording.tamper"}));
  news = desk.compare_status(status_with(camera_with("unreachable"), "full"));
  EXPECT_EQ(told_topics(news), (Topics{"recording.motion", "recording.tamper", "recording.disk"}));
  EXPECT_FALSE(news[1].body.at("active").as_bool());
  news = desk.compare_status(status_with("", "full"));
  ASSERT_EQ(told_topics(news), (Topics{"recording.state"}));
  EXPECT_EQ(news[0].body.at("state").as_string(), "removed");
}

TEST(RecorderDesk, WhatCannotBeReadIsNoNews) {
  RecorderDesk desk;
  for (const char* text : {"", "[]", "{}", R"({"status":{"cameras":[1,{"id":7},{"id":"x"}]}})", R"({"status":3})"}) {
    EXPECT_TRUE(desk.compare_status(text).empty()) << text;
  }
}

TEST(RecorderDesk, TellsWhenAnEventAndAGapBeginAndEnd) {
  RecorderDesk desk;
  EventRow event;
  event.id = 7;
  event.ended = false;
  GapRow gap;
  gap.cause = "link_lost";
  ArchiveLook look;
  (void)desk.compare_archive(look);
  look.events = {event};
  look.gaps = {gap};
  EXPECT_EQ(told_topics(desk.compare_archive(look)), (Topics{"recording.event", "recording.gap"}));
  look.events[0].score = 0.5;
  EXPECT_TRUE(desk.compare_archive(look).empty()) << "it goes on";
  look.events[0].alarm = "cổng";
  EXPECT_EQ(told_topics(desk.compare_archive(look)), (Topics{"recording.event"}));
  look.events[0].ended = true;
  look.gaps[0].end = base::WallTime{5};
  const auto news = desk.compare_archive(look);
  EXPECT_EQ(told_topics(news), (Topics{"recording.event", "recording.gap"}));
  EXPECT_TRUE(news[0].body.at("ended").as_bool());
  EXPECT_TRUE(news[1].body.at("end").is_string());
  EXPECT_TRUE(desk.compare_archive(look).empty());
}

TEST(RecorderDesk, ItsTopicsStandInTheTable) {
  for (const char* topic : {"recording.state", "recording.motion", "recording.alarm", "recording.tamper",
                            "recording.disk", "recording.event", "recording.gap"}) {
    EXPECT_NE(find_feed_topic(topic), nullptr) << topic;
  }
}

TEST(NewsShelf, NumbersGoOnAfterARestartAndTheOldestLeave) {
  NewsShelf shelf;
  shelf.begin(base::WallTime{1000});
  EXPECT_EQ(shelf.floor, 1000);
  shelf.put(std::vector<RecorderNews>(NewsShelf::kMostKept + 5), base::WallTime{2000});
  EXPECT_EQ(shelf.kept.size(), NewsShelf::kMostKept);
  EXPECT_EQ(shelf.floor, 1005);
  EXPECT_EQ(shelf.kept.front()->number, 1006);
  shelf.begin(base::WallTime{500});
  EXPECT_GT(shelf.newest, 1000 + static_cast<std::int64_t>(NewsShelf::kMostKept)) << "a clock that went back";
}

TEST(FeedCommand, TakesWhatIsWrittenInTheReference) {
  const auto command = parse_feed_command(
      R"({"op":"subscribe","topics":["camera","recording.motion"],"areas":["01932b6e-7a10-7c3e-9f00-0123456789ab"],)"
      R"("cameras":[],"after":"12-345"})");
  ASSERT_TRUE(command.ok()) << command.error().to_string();
  EXPECT_EQ(command->topics.size(), 2U);
  EXPECT_EQ(command->areas.size(), 1U);
  EXPECT_EQ(command->after, (FeedPosition{12, 345}));
  EXPECT_EQ(command->after->to_string(), "12-345");
  EXPECT_TRUE(parse_feed_command(R"({"op":"subscribe"})").ok());
  EXPECT_EQ(parse_feed_command(R"({"op":"subscribe","after":"12"})")->after, (FeedPosition{12, std::nullopt}));
}

TEST(FeedCommand, RefusesEverythingElse) {
  std::string many_topics, many_ids;
  for (std::size_t i = 0; i <= FeedCommand::kMostTopics; ++i) many_topics += R"("camera",)";
  for (std::size_t i = 0; i <= FeedCommand::kMostIds; ++i) many_ids += "\"" + std::string(kCamera) + "\",";
  for (const std::string& text : std::vector<std::string>{
           "", "[]", "subscribe", R"({"op":"unsubscribe"})", R"({"op":1})", R"({"op":"subscribe","topics":"camera"})",
           R"({"op":"subscribe","topics":[1]})", R"({"op":"subscribe","topics":[""]})",
           R"({"op":"subscribe","areas":["x"]})", R"({"op":"subscribe","after":12})",
           R"({"op":"subscribe","after":"-1"})", R"({"op":"subscribe","after":"1-"})",
           R"({"op":"subscribe","after":"99999999999999999999"})", R"({"op":"subscribe","role":"admin"})",
           R"({"op":"subscribe","topics":[)" + many_topics + R"("a"]})",
           R"({"op":"subscribe","cameras":[)" + many_ids + R"("x"]})", std::string(2000, '[')}) {
    EXPECT_FALSE(parse_feed_command(text).ok()) << text.substr(0, 80);
  }
}

}  // namespace
}  // namespace vonggac::api
