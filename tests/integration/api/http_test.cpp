#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "worker_fixture.h"

namespace vonggac::test {
namespace {

using WebWorker = WorkerFixture;

TEST_F(WebWorker, ServesThePageInItsSandbox) {
  const auto page = get("/");
  EXPECT_EQ(page.status(), 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.header("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.body.find("<!doctype html>"), std::string::npos);
  EXPECT_NE(core.sandbox().find("seccomp"), std::string::npos) << core.sandbox();
}

TEST_F(WebWorker, AnswersHealthAndStatusFromCore) {
  EXPECT_EQ(get("/healthz").body, R"({"status":"ok"})");
  const auto status = get("/api/v1/status");
  EXPECT_EQ(status.status(), 200);
  EXPECT_EQ(status.body.find("rtsp"), std::string::npos);
  EXPECT_NE(status.body.find("\"web\""), std::string::npos);
}

TEST_F(WebWorker, SendsOnlyTheHeadToHead) {
  RawClient client(core.port());
  client.send(request("/", "Connection: close\r\n", "HEAD"));
  const std::string all = client.read_to_end();
  EXPECT_EQ(all.find("200 OK"), 9U);
  EXPECT_EQ(all.find("<!doctype"), std::string::npos);
  EXPECT_EQ(all.find("Content-Length: 0\r\n"), std::string::npos);
}

TEST_F(WebWorker, KeepsAConnectionForSeveralRequestsAlsoPipelined) {
  RawClient client(core.port());
  client.send(request("/healthz") + request("/nothing") + request("/api/v1/status"));
  EXPECT_EQ(client.read_answer().status(), 200);
  EXPECT_EQ(client.read_answer().status(), 404);
  EXPECT_EQ(client.read_answer().status(), 200);
}

TEST_F(WebWorker, GivesNoFileAwayByTraversal) {
  for (const char* target : {"/../../../etc/passwd", "/assets/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd",
                             "/assets/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/assets//etc/passwd",
                             "/assets/....//etc/passwd", "/assets/..\\..\\etc\\passwd", "/%00/etc/passwd"}) {
    const auto answer = get(target);
    EXPECT_TRUE(answer.status() == 404 || answer.status() == 400) << target << " " << answer.head;
    EXPECT_EQ(answer.body.find("root:"), std::string::npos);
  }
}

TEST_F(WebWorker, RefusesForeignHostsMethodsAndSites) {
  RawClient rebound(core.port());
  rebound.send("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(rebound.read_answer().status(), 421);
  RawClient twice(core.port());
  twice.send(request("/api/v1/status", "Host: evil.example\r\n"));
  EXPECT_EQ(twice.read_answer().status(), 400);
  EXPECT_EQ(get("/api/v1/status", "", "DELETE").status(), 405);
  EXPECT_EQ(get("/api/v1/status", "Origin: http://evil.example\r\nContent-Length: 0\r\n", "POST").status(), 403);
  EXPECT_EQ(get("/api/v1/status", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n").status(), 403);
}

TEST_F(WebWorker, RefusesOversizedHeadersAndBodies) {
  RawClient header(core.port());
  header.send(request("/", "X-Long: " + std::string(20'000, 'a') + "\r\n"));
  EXPECT_EQ(header.read_answer().status(), 431);

  RawClient target(core.port());
  target.send(request("/" + std::string(20'000, 'a')));
  EXPECT_EQ(target.read_answer().status(), 431);

  RawClient body(core.port());
  body.send(request("/", "Content-Length: 100000\r\n", "POST") + std::string(1000, 'x'));
  EXPECT_EQ(body.read_answer().status(), 413);

  RawClient chunked(core.port());
  std::string chunks;
  for (int i = 0; i < 80; ++i) chunks += "400\r\n" + std::string(1024, 'x') + "\r\n";
  chunked.send(request("/", "Transfer-Encoding: chunked\r\n", "POST") + chunks);
  EXPECT_EQ(chunked.read_answer().status(), 413);
}

TEST_F(WebWorker, AnswersWhatIsNotHttpWith400AndCloses) {
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET / HTTP/1.1\r\nbad header\r\n\r\n"),
        std::string("\r\r\n\n\r\n"), std::string(3000, '\0') + "\r\n\r\n",
        std::string("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")}) {
    RawClient client(core.port());
    client.send(bytes);
    shutdown(client.fd(), SHUT_WR);
    const std::string answer = client.read_to_end();
    EXPECT_TRUE(answer.empty() || answer.rfind("HTTP/1.1 4", 0) == 0) << answer.substr(0, 60);
    EXPECT_TRUE(client.closed());
  }
  EXPECT_EQ(get("/healthz").status(), 200);
}

TEST_F(WebWorker, StaysUsableUnderARandomFlood) {
  std::uint32_t state = 1;
  for (int round = 0; round < 60; ++round) {
    RawClient client(core.port());
    std::string noise = round % 2 == 0 ? "GET /api/v1/live HTTP/1.1\r\n" : "";
    for (int i = 0; i < 400; ++i) {
      state = state * 1664525U + 1013904223U;
      noise.push_back(static_cast<char>(state >> 24));
    }
    client.send(noise);
  }
  EXPECT_EQ(get("/healthz").status(), 200);
}

TEST_F(WebWorker, SaysSoWhenCoreDoesNotAnswer) {
  silent = true;
  EXPECT_EQ(get("/api/v1/cameras").status(), 504);
}

TEST_F(WebWorker, ShowsNoFootageBeforeThereIsAnIndex) {
  const auto clips = get("/api/v1/clips");
  EXPECT_EQ(clips.status(), 200);
  EXPECT_EQ(clips.body, R"({"clips":[],"more":false})");
}

TEST_F(WebWorker, EndsWhenCoreAsksOrIsGone) {
  RawClient idle(core.port());
  EXPECT_EQ(get("/healthz").status(), 200);
  core.send(ipc::Shutdown{});
  EXPECT_EQ(core.wait(), 0);

  FakeCore another;
  ASSERT_TRUE(another.start(VONGGAC_WEB_WORKER, world.folder()));
  EXPECT_EQ(another.stop(), 0);
}

struct FewDescriptors : WorkerFixture {
  void begin(unsigned) override { WorkerFixture::begin(48); }
};

TEST_F(FewDescriptors, MakesRoomForWhoAsksByClosingWhoIsIdle) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<RawClient>(core.port()));
    clients.back()->send(i % 2 == 0 ? request("/healthz") : std::string("GET / HT"));
    if (i % 2 == 0) {
      EXPECT_EQ(clients.back()->read_answer().status(), 200) << i;
    }
  }
  clients.front()->read_to_end(2000);
  EXPECT_TRUE(clients.front()->closed()) << "who waited longest";
  EXPECT_NE(get("/api/v1/status").body.find("\"connections_made_room\""), std::string::npos);
}

TEST_F(FewDescriptors, RefusesWith503WhereEveryConnectionIsAtWorkAndRecovers) {
  silent = true;  // health waits for it
  RawClient at_work(core.port());
  at_work.send(request("/") + request("/healthz"));
  EXPECT_EQ(at_work.read_answer().status(), 200);
  // Until the second request is taken up as well the connection counts as idle.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  for (int i = 0; i < 20; ++i) {
    RawClient more(core.port());
    const auto answer = more.read_answer();
    EXPECT_EQ(answer.status(), 503);
    EXPECT_FALSE(answer.header("Retry-After").empty());
  }
  EXPECT_EQ(at_work.read_answer().status(), 503) << "the recorder did not answer";
  EXPECT_EQ(get("/").status(), 200);
}

}  // namespace
}  // namespace vonggac::test
