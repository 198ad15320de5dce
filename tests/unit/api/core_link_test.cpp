#include "api/core_link.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "link_fixture.h"

namespace vonggac::api {
namespace {

struct CoreLinkTest : LinkFixture {
  CoreLink::Answer keep() {
    return [this](const base::Result<std::string>& result) { answers.push_back(result); };
  }
  std::vector<base::Result<std::string>> answers;
};

TEST_F(CoreLinkTest, MatchesAnswersToQuestionsWhateverTheirOrder) {
  link->ask(R"({"op":"a"})", {}, keep());
  link->ask(R"({"op":"b"})", {}, keep());
  const auto questions = sent<ipc::ControlRequest>();
  ASSERT_EQ(questions.size(), 2U);
  reply(ipc::ControlReply{questions[1].id, R"({"ok":true,"of":"b"})"});
  reply(ipc::ControlReply{questions[0].id, R"({"ok":true,"of":"a"})"});
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_NE(answers[0]->find("\"b\""), std::string::npos);
  EXPECT_NE(answers[1]->find("\"a\""), std::string::npos);
}

TEST_F(CoreLinkTest, AsksOnceForEqualQuestions) {
  for (int i = 0; i < 5; ++i) link->ask(R"({"op":"status"})", base::Millis(400), keep());
  auto questions = sent<ipc::ControlRequest>();
  ASSERT_EQ(questions.size(), 1U);
  reply(ipc::ControlReply{questions[0].id, R"({"ok":true})"});
  EXPECT_EQ(answers.size(), 5U);

  link->ask(R"({"op":"status"})", base::Millis(400), keep());
  EXPECT_EQ(answers.size(), 6U);
  EXPECT_TRUE(sent<ipc::ControlRequest>().empty());
  clock.mono = clock.mono + base::Millis(401);
  link->ask(R"({"op":"status"})", base::Millis(400), keep());
  EXPECT_EQ(sent<ipc::ControlRequest>().size(), 1U);
}

TEST_F(CoreLinkTest, TurnsARefusalIntoAnError) {
  link->ask("{}", {}, keep());
  reply(ipc::ControlReply{sent<ipc::ControlRequest>().at(0).id,
                          R"({"ok":false,"error":{"kind":"not_found","message":"no such camera"}})"});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].error().kind(), base::ErrorKind::kNotFound);
}

TEST_F(CoreLinkTest, TellsWhichPartOfAQuestionCoreRefusedWhileItIsAnswered) {
  std::vector<std::string> fields;
  const auto note = [&](const base::Result<std::string>&) { fields.push_back(link->refused_field()); };
  for (const char* json :
       {R"({"ok":false,"error":{"kind":"invalid_argument","message":"m","field":"port"}})",
        R"({"ok":false,"error":{"kind":"invalid_argument","message":"m","field":7}})", R"({"ok":true})"}) {
    link->command("{}", note);
    reply(ipc::ControlReply{sent<ipc::ControlRequest>().at(0).id, json});
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"port", "", ""}));
}

TEST_F(CoreLinkTest, SurvivesRepliesThatAreNotAsAgreed) {
  for (const char* text :
       {"", "x", "[]", "{}", R"({"ok":1})", R"({"ok":false})", R"({"ok":false,"error":{"kind":"ok"}})"}) {
    answers.clear();
    link->ask("{}", {}, keep());
    reply(ipc::ControlReply{sent<ipc::ControlRequest>().at(0).id, text});
    ASSERT_EQ(answers.size(), 1U) << text;
    EXPECT_EQ(answers[0].error().kind(), base::ErrorKind::kInternal) << text;
  }
}

TEST_F(CoreLinkTest, GivesUpAfterFiveSecondsAndIgnoresTheLateAnswer) {
  link->ask("{}", {}, keep());
  const auto question = sent<ipc::ControlRequest>().at(0);
  clock.mono = clock.mono + base::Millis(5001);
  link->tick();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].error().kind(), base::ErrorKind::kTimedOut);
  reply(ipc::ControlReply{question.id, R"({"ok":true})"});
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(CoreLinkTest, BoundsOpenQuestions) {
  for (std::size_t i = 0; i < CoreLink::kMaxOpenQuestions; ++i)
    link->ask("{\"n\":" + std::to_string(i) + "}", {}, keep());
  EXPECT_TRUE(answers.empty());
  link->ask(R"({"one":"more"})", {}, keep());
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].error().kind(), base::ErrorKind::kUnavailable);
}

TEST_F(CoreLinkTest, NoticesThatCoreIsGone) {
  core.reset();
  EXPECT_EQ(link->on_readable().kind(), base::ErrorKind::kUnavailable);
}

TEST_F(CoreLinkTest, NoticesShutdown) {
  reply(ipc::Shutdown{});
  EXPECT_TRUE(link->shutdown_asked());
}

}  // namespace
}  // namespace vonggac::api
