#include "core/name_resolver.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace vonggac::core {
namespace {

using namespace std::chrono_literals;

/// Name servers as the tests want them: names that begin with "dead" answer only when the gate opens.
struct FakeServers {
  NameResolver::Answer lookup(const std::string& host) {
    std::unique_lock lock(mutex);
    ++asked[host];
    if (host.rfind("dead", 0) == 0) gate.wait(lock, [this] { return open; });
    ResolvedAddress found;
    found.address.ss_family = AF_INET;
    found.length = sizeof(sockaddr_in);
    return found;
  }
  void open_gate() {
    {
      const std::lock_guard lock(mutex);
      open = true;
    }
    gate.notify_all();
  }
  int times(const std::string& host) {
    const std::lock_guard lock(mutex);
    return asked[host];
  }
  std::mutex mutex;
  std::condition_variable gate;
  bool open = false;
  std::map<std::string, int> asked;
};

struct NameResolverTest : ::testing::Test {
  NameResolverTest() : loop(std::move(EventLoop::create()).value()) {
    // The servers outlive the test: a thread may be left behind in a lookup.
    resolver = std::make_unique<NameResolver>(
        *loop, clock, [servers = servers](const std::string& host, std::uint16_t) { return servers->lookup(host); });
  }
  ~NameResolverTest() override { servers->open_gate(); }

  void ask(const std::string& host, base::Seconds patience = base::Seconds(60)) {
    resolver->resolve(host, 554, clock.mono_now() + patience, [this, host](const NameResolver::Answer& answer) {
      answered[host] += answer.has_value() ? 1 : 0;
    });
  }
  bool answers_soon(const std::string& host) {
    for (int i = 0; i < 500 && answered[host] == 0; ++i) {
      loop->drain();
      std::this_thread::sleep_for(10ms);
    }
    return answered[host] > 0;
  }

  base::SystemClock clock;
  std::unique_ptr<EventLoop> loop;
  std::shared_ptr<FakeServers> servers = std::make_shared<FakeServers>();
  std::unique_ptr<NameResolver> resolver;
  std::map<std::string, int> answered;
};

TEST_F(NameResolverTest, AnswersOnTheLoopsThread) {
  ask("cam.example");
  EXPECT_TRUE(answers_soon("cam.example"));
}

TEST_F(NameResolverTest, OneDeadNameAskedAgainAndAgainDoesNotHoldUpTheOthers) {
  for (int i = 0; i < 20; ++i) ask("dead.example");
  ask("cam.example");
  EXPECT_TRUE(answers_soon("cam.example"));
  EXPECT_EQ(servers->times("dead.example"), 1);
}

TEST_F(NameResolverTest, NamesKnownToBeSlowLeaveThreadsForTheOthers) {
  for (std::size_t i = 0; i < NameResolver::kThreads; ++i) ask("dead" + std::to_string(i));
  std::this_thread::sleep_for(1100ms);
  servers->open_gate();
  ASSERT_TRUE(answers_soon("dead0") && answers_soon("dead1") && answers_soon("dead2") && answers_soon("dead3"));
  {
    const std::lock_guard lock(servers->mutex);
    servers->open = false;
  }
  for (std::size_t i = 0; i < NameResolver::kThreads; ++i) ask("dead" + std::to_string(i));
  ask("cam.example");
  EXPECT_TRUE(answers_soon("cam.example"));
}

TEST_F(NameResolverTest, WhatNobodyWaitsForIsNotAsked) {
  for (std::size_t i = 0; i < NameResolver::kThreads; ++i) ask("dead" + std::to_string(i));
  ask("late.example", base::Seconds(1));
  std::this_thread::sleep_for(1200ms);
  servers->open_gate();
  ask("cam.example");
  ASSERT_TRUE(answers_soon("cam.example"));
  EXPECT_EQ(servers->times("late.example"), 0);
}

TEST_F(NameResolverTest, EndsWithoutWaitingForALookup) {
  ask("dead.example");
  for (int i = 0; i < 200 && servers->times("dead.example") == 0; ++i) std::this_thread::sleep_for(5ms);
  const auto began = std::chrono::steady_clock::now();
  resolver.reset();
  loop.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  servers->open_gate();
}

}  // namespace
}  // namespace vonggac::core
