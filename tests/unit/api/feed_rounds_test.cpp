/// The feed of events without its sockets: order, resuming, gaps, what is left out, and who still hears it.
#include "api/feed_rounds.h"

#include <set>

#include <fmt/format.h>

#include "api/event_feed.h"
#include "api/feed_topics.h"
#include "catalogue/agreements.h"
#include "register_fixture.h"
#include "store/outbox.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

class FeedRoundsTest : public RegisterFixture {
 protected:
  void SetUp() override {
    RegisterFixture::SetUp();
    rounds = std::make_unique<FeedRounds>(*world->office);
    shelf.begin(clock.wall_now());
    camera = base::CameraId{*base::Uuid::parse(make_camera(make_site()))};
    at = take().at;
  }

  FeedAsk asking() const {
    FeedAsk ask;
    ask.credentials.session = session;
    ask.wanted = wanted;
    ask.at = at;
    ask.room = FeedRounds::kPage;
    ask.check_standing = true;
    ask.missed_while_locked = missed;
    return ask;
  }
  FeedAnswer take(std::size_t room = FeedRounds::kPage) {
    FeedAsk ask = asking();
    ask.room = room;
    const auto answers = rounds->take({ask}, shelf);
    EXPECT_TRUE(answers.ok()) << answers.error().to_string();
    return answers && answers->size() == 1 ? answers->front() : FeedAnswer{};
  }
  /// Reads on from where it is.
  std::vector<json::object> read(std::size_t room = FeedRounds::kPage) {
    FeedAnswer answer = take(room);
    at = answer.at;
    missed = answer.missed_while_locked;
    std::vector<json::object> messages;
    for (const FeedMessage& one : answer.messages) messages.push_back(json::parse(one.text).as_object());
    return messages;
  }
  static std::vector<std::string> topics_of(const std::vector<json::object>& messages) {
    std::vector<std::string> topics;
    for (const json::object& one : messages) topics.emplace_back(one.at("topic").as_string());
    return topics;
  }
  void tell(std::string_view topic, const base::Uuid& subject, std::string_view body = "{}") {
    world->quietly([&](store::WriteSession& s) { return s.tell(topic, subject, body); });
  }
  void news(const std::string& topic, const base::Uuid& subject, json::object body = {}) {
    shelf.put({{0, {}, topic, subject, std::move(body)}}, clock.wall_now());
  }
  void agree(const std::string& hours) {
    world->agree(camera, [&](catalogue::AgreementForm& form) { form.hours = *catalogue::parse_hours(hours); });
  }

  std::unique_ptr<FeedRounds> rounds;
  NewsShelf shelf;
  FeedCommand wanted;
  std::optional<FeedPosition> at;
  bool missed = false;
  base::CameraId camera;
};

using Names = std::vector<std::string>;

TEST_P(FeedRoundsTest, TellsWhatChangesInOrderAndEachOnce) {
  tell("camera.life", camera, R"({"code":"C1","from":"LAP_DAT","to":"HOAT_DONG"})");
  tell("camera.moved", camera, R"({"code":"C1"})");
  news("recording.state", camera, {{"state", "recording"}, {"recording", true}});
  const auto messages = read();
  EXPECT_EQ(topics_of(messages), (Names{"camera.life", "camera.moved", "recording.state"}));
  EXPECT_EQ(messages.at(0).at("subject").as_string(), camera.to_string());
  EXPECT_EQ(messages.at(0).at("area").as_string(), ward.to_string());
  EXPECT_EQ(messages.at(0).at("data"), json::value({{"code", "C1"}, {"from", "LAP_DAT"}, {"to", "HOAT_DONG"}}));
  EXPECT_TRUE(read().empty());
}

TEST_P(FeedRoundsTest, GoesOnFromTheIdOfAMessageWithoutHoleOrRepeat) {
  for (int i = 0; i < 300; ++i) tell("camera.life", camera, fmt::format(R"({{"code":"{}"}})", i));
  for (int i = 0; i < 50; ++i) news("recording.gap", camera, {{"cause", fmt::format("{}", i)}});
  std::vector<std::string> seen;
  std::set<std::string> ids;
  for (int i = 0; i < 100 && seen.size() < 350; ++i) {
    for (const json::object& one : read(7)) {
      const json::object& data = one.at("data").as_object();
      seen.emplace_back((data.contains("code") ? data.at("code") : data.at("cause")).as_string());
      ids.insert(std::string(one.at("id").as_string()));
      // The reader is cut off after any message and comes back with its id.
      at = FeedPosition::parse(std::string(one.at("id").as_string()));
    }
  }
  ASSERT_EQ(seen.size(), 350U);
  EXPECT_EQ(ids.size(), 350U);
  for (int i = 0; i < 300; ++i) EXPECT_EQ(seen.at(static_cast<std::size_t>(i)), std::to_string(i));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(seen.at(static_cast<std::size_t>(300 + i)), std::to_string(i));
}

TEST_P(FeedRoundsTest, WhatWasPrunedIsToldAsAGap) {
  const FeedPosition before = *at;
  for (int i = 0; i < 5; ++i) tell("camera.moved", camera);
  constexpr base::WallTime kFarAway{INT64_MAX / 2};
  ASSERT_TRUE(store::prune_outbox(world->office->store(), kFarAway, before.change + 3).ok());
  const auto messages = read();
  EXPECT_EQ(topics_of(messages), (Names{"feed.gap", "camera.moved", "camera.moved"}));
  EXPECT_EQ(messages.at(0).at("data"), json::value({{"of", "register"}, {"reason", "pruned"}}));
  EXPECT_TRUE(read().empty());
}

TEST_P(FeedRoundsTest, WhoIsTooFarBehindOrNowhereIsToldSo) {
  const FeedPosition here = *at;
  at = FeedPosition{here.change + 1000, here.news};
  EXPECT_EQ(read().at(0).at("data").at("reason").as_string(), "unknown_position");
  world->quietly(
      [&](store::WriteSession& s) { return s.run("update node set outbox_seq = outbox_seq + 20000").error(); });
  at = here;
  EXPECT_EQ(read().at(0).at("data").at("reason").as_string(), "too_old");
  EXPECT_TRUE(read().empty());
}

TEST_P(FeedRoundsTest, NewsThatIsNotKeptIsToldAsAGap) {
  for (std::size_t i = 0; i < NewsShelf::kMostKept + 10; ++i) news("recording.gap", camera);
  const auto messages = read();
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(messages.at(0).at("data"), json::value({{"of", "recorder"}, {"reason", "not_kept"}}));
  // Of a process before this one.
  at->news = 17;
  EXPECT_EQ(read(1).at(0).at("topic").as_string(), "feed.gap");
}

TEST_P(FeedRoundsTest, OfStatesThatWaitOnlyTheNewestIsSent) {
  for (int i = 0; i < 4; ++i) {
    tell("camera.changed", camera, fmt::format(R"({{"code":"{}"}})", i));
    tell("camera.life", camera, fmt::format(R"({{"code":"{}"}})", i));
    news("recording.state", camera, {{"state", std::to_string(i)}});
  }
  const auto messages = read();
  EXPECT_EQ(topics_of(messages),
            (Names{"camera.life", "camera.life", "camera.life", "camera.changed", "camera.life", "recording.state"}));
  EXPECT_EQ(messages.at(3).at("data").at("code").as_string(), "3");
  EXPECT_EQ(messages.at(5).at("data").at("state").as_string(), "3");
}

TEST_P(FeedRoundsTest, TellsOnlyWhatTheTopicsRowNames) {
  const std::string body =
      R"({"code":"C1","password":"bi-mat","url":"rtsp://a:bi-mat@10.0.0.5/","kind":{"deep":"bi-mat"}})";
  for (const FeedTopic& topic : feed_topics()) tell(topic.topic, camera, body);
  tell("camera.invented", camera, body);
  news("recording.state", camera, {{"state", "recording"}, {"url", "bi-mat"}});
  tell("camera.registered", camera, "no JSON: bi-mat");
  tell("camera.registered", camera, R"({"code":")" + std::string(5000, 'x') + R"("})");
  for (const json::object& one : read()) {
    const std::string text = json::serialize(one);
    EXPECT_EQ(text.find("bi-mat"), std::string::npos) << text;
    EXPECT_EQ(text.find("invented"), std::string::npos) << text;
    EXPECT_LT(text.size(), 2000U);
  }
}

TEST_P(FeedRoundsTest, TopicsAndPlacesNarrowWhatIsSent) {
  const base::CameraId second{*base::Uuid::parse(make_camera(make_site("Chợ"), R"(,"mac":"00:11:22:33:44:55")"))};
  at = take().at;
  const auto heard = [&](FeedCommand command) {
    wanted = std::move(command);
    const auto before = at;
    const auto messages = read();
    at = before;
    return topics_of(messages).size();
  };
  tell("camera.moved", camera);
  tell("camera.moved", second);
  tell("site.changed", *base::Uuid::parse(make_site("Bến xe")));
  tell("model.types", base::Uuid{});
  FeedCommand all;
  const std::size_t everything = heard(all);
  EXPECT_EQ(heard({{"camera"}, {}, {}, {}}), 2U);
  EXPECT_EQ(heard({{"camera.moved", "model."}, {}, {}, {}}), 3U);
  EXPECT_EQ(heard({{"cam"}, {}, {}, {}}), 0U) << "a topic's part is whole";
  EXPECT_EQ(heard({{"camera"}, {}, {second}, {}}), 1U);
  EXPECT_EQ(heard({{"camera"}, {ward}, {}, {}}), 2U);
  EXPECT_EQ(heard({{}, {foreign}, {}, {}}), 0U);
  EXPECT_EQ(heard({{}, {ward}, {}, {}}), everything - 1) << "the types of models lie nowhere";
}

TEST_P(FeedRoundsTest, NothingComesThroughWhileTheScreenIsLockedButWhatTheWallShows) {
  world->quietly([&](store::WriteSession& s) { return s.run("update app_session set locked = 1").error(); });
  tell("camera.moved", camera);
  news("recording.motion", camera, {{"active", true}});
  EXPECT_EQ(topics_of(read()), (Names{"recording.motion"}));
  world->quietly([&](store::WriteSession& s) { return s.run("update app_session set locked = 0").error(); });
  const auto messages = read();
  EXPECT_EQ(topics_of(messages), (Names{"feed.gap"}));
  EXPECT_EQ(messages.at(0).at("data").at("reason").as_string(), "locked");
  EXPECT_TRUE(read().empty());
}

TEST_P(FeedRoundsTest, AWithdrawnAgreementHidesMotionAndEventsAtOnce) {
  agree("");
  (void)read();
  news("recording.motion", camera, {{"active", true}});
  EXPECT_EQ(topics_of(read()), (Names{"recording.motion"}));
  world->write([&](store::WriteSession& s) -> base::Status {
    catalogue::Problems problems;
    VG_ASSIGN(const store::Rows rows, s.query("select id from agreement"));
    return catalogue::withdraw_agreement(s, catalogue::AgreementId{rows[0].id(0)}, user, "gọi điện", problems);
  });
  clock.advance(base::Millis(1));
  news("recording.motion", camera, {{"active", false}});
  news("recording.event", camera, {{"event", 7}});
  news("recording.alarm", camera, {{"zone", "cổng"}});
  EXPECT_EQ(topics_of(read()), (Names{"camera.agreement"}));
}

TEST_P(FeedRoundsTest, WhoseLoginHasEndedHearsNothingMore) {
  tell("camera.moved", camera);
  world->quietly([&](store::WriteSession& s) { return s.run("delete from app_session").error(); });
  const FeedAnswer answer = take();
  ASSERT_TRUE(answer.ended.has_value());
  EXPECT_EQ(answer.ended->code, "login_needed");
  EXPECT_TRUE(answer.messages.empty());
}

TEST_P(FeedRoundsTest, GivesNoMoreThanThereIsRoomFor) {
  for (int i = 0; i < 200; ++i) tell("camera.moved", camera);
  EXPECT_EQ(read(3).size(), 3U);
  EXPECT_EQ(read(0).size(), 0U);
  EXPECT_EQ(read(1000).size(), FeedRounds::kPage);
  EXPECT_EQ(read().size(), 200U - 3 - FeedRounds::kPage);
}

/// A socket of the feed without the socket.
struct HeardReader final : FeedReader {
  FeedAsk ask() override {
    FeedAsk ask;
    ask.credentials = credentials;
    ask.at = at;
    ask.room = FeedRounds::kPage;
    return ask;
  }
  void take(FeedAnswer answer) override {
    ++rounds;
    at = answer.at;
    for (const FeedMessage& one : answer.messages) heard.push_back(one.text);
  }
  gate::Credentials credentials;
  std::optional<FeedPosition> at;
  std::vector<std::string> heard;
  int rounds = 0;
};

TEST_P(FeedRoundsTest, OneFollowerServesAllReadersAndRestsWhenThereIsNone) {
  EventFeed feed({clock, *link, pool, clips, *world->office});
  feed.tick();
  EXPECT_TRUE(sent<ipc::ControlRequest>().empty()) << "nobody reads";
  HeardReader first, second;
  first.credentials.session = second.credentials.session = session;
  const std::uint64_t one = feed.join(first), two = feed.join(second);
  const auto pass = [&](int ticks) {
    std::size_t asked = 0;
    for (int i = 0; i < ticks; ++i) {
      clock.advance(base::Millis(100));
      feed.tick();
      for (const auto& question : sent<ipc::ControlRequest>()) {
        ++asked;
        reply(ipc::ControlReply{question.id, R"({"ok":true,"status":{"cameras":[]}})"});
      }
    }
    return asked;
  };
  EXPECT_LE(pass(20), 5U) << "two looks a second, whoever reads";
  tell("camera.moved", camera);
  (void)pass(5);
  EXPECT_EQ(first.heard.size(), 1U);
  EXPECT_EQ(first.heard, second.heard);
  EXPECT_LE(first.rounds, 10);
  feed.leave(one);
  tell("camera.life", camera);
  (void)pass(5);
  EXPECT_EQ(first.heard.size(), 1U);
  EXPECT_EQ(second.heard.size(), 2U);
  feed.leave(two);
  clock.advance(EventFeed::kRemember);
  (void)pass(2);
  EXPECT_EQ(pass(50), 0U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, FeedRoundsTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, FeedRoundsTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
