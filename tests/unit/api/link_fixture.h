/// A CoreLink whose core is the test: a socket pair, a clock that it moves, and what was sent to core.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "api/core_link.h"
#include "support/hand_clock.h"

namespace vonggac::api {

struct LinkFixture : testing::Test {
  LinkFixture() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    web = std::make_unique<ipc::Channel>(base::UniqueFd(ends[0]));
    core = std::make_unique<ipc::Channel>(base::UniqueFd(ends[1]));
    link = std::make_unique<CoreLink>(clock, *web);
  }

  /// What reached core since the last call.
  template <typename Kind>
  std::vector<Kind> sent() {
    std::vector<Kind> out;
    auto received = core->receive();
    EXPECT_TRUE(received.ok());
    for (const ipc::Received& message : *received) {
      if (const auto* one = std::get_if<Kind>(&message.message)) out.push_back(*one);
    }
    return out;
  }

  void reply(const ipc::Message& message) {
    ASSERT_TRUE(core->send(message).ok());
    ASSERT_TRUE(link->on_readable().ok());
  }

  test::HandClock clock;
  std::unique_ptr<ipc::Channel> web, core;
  std::unique_ptr<CoreLink> link;
};

}  // namespace vonggac::api
