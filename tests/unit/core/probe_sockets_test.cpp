#include "core/probe_sockets.h"

#include <atomic>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace vonggac::core {
namespace {

namespace json = boost::json;

/// A listener on this address, and the port it got.
struct Listener {
  explicit Listener(const char* address) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    inet_pton(AF_INET, address, &where.sin_addr);
    fd.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
    EXPECT_EQ(listen(fd.get(), 64), 0);
    socklen_t size = sizeof where;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&where), &size);
    port = ntohs(where.sin_port);
  }
  bool was_contacted() const { return base::UniqueFd(accept(fd.get(), nullptr, nullptr)).valid(); }
  base::UniqueFd fd;
  std::uint16_t port = 0;
};

struct ProbeSocketsTest : testing::Test {
  ProbeSocketsTest() : loop(std::move(*EventLoop::create())) {
    vendors = *onvif::VendorTable::from_json(json::parse(R"({"ports":{"onvif":[1]},"vendor":[]})"));
  }
  /// Answers until there are `count`, at most a few seconds.
  void run_until(std::size_t count) {
    loop->set_tick(10, [&, turns = 0]() mutable {
      connector->tick();
      if (answers.size() >= count || ++turns > 500) loop->stop();
    });
    loop->run();
  }
  ProbeSockets& open(const std::string& host, HostKind kind, std::uint16_t port, const NetworkAllowList& networks,
                     NameResolver::Lookup lookup = NameResolver::system_lookup) {
    allowed = networks;
    request.where = {kind, host, port};
    request.rtsp_port = port;
    connector = std::make_unique<Connector>(*loop, clock, allowed, 300, std::move(lookup));
    sockets = std::make_unique<ProbeSockets>(*connector, request, vendors,
                                             [this](const ipc::Message& message, std::vector<base::UniqueFd> fds) {
                                               if (const auto* one = std::get_if<ipc::ProbeSocket>(&message)) {
                                                 answers.push_back(*one);
                                                 given.push_back(fds.size());
                                               }
                                             });
    return *sockets;
  }
  std::unique_ptr<EventLoop> loop;
  base::SystemClock clock;
  NetworkAllowList allowed;
  ProbeRequest request;
  onvif::VendorTable vendors;
  std::unique_ptr<Connector> connector;
  std::vector<ipc::ProbeSocket> answers;
  std::vector<std::size_t> given;
  std::unique_ptr<ProbeSockets> sockets;
};

TEST_F(ProbeSocketsTest, AConnectionToAnAllowedPortIsHandedOver) {
  const Listener device("127.0.61.1");
  open("127.0.61.1", HostKind::kIpv4, device.port, NetworkAllowList()).connect({7, device.port});
  run_until(1);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].reason, ipc::StreamReason::kNone);
  EXPECT_EQ(answers[0].connection, 7U);
  EXPECT_EQ(given[0], 1U);
  EXPECT_TRUE(device.was_contacted());
}

TEST_F(ProbeSocketsTest, OtherPortsOfTheDeviceAreNotContacted) {
  const Listener device("127.0.61.2"), other("127.0.61.2");
  open("127.0.61.2", HostKind::kIpv4, device.port, NetworkAllowList()).connect({7, other.port});
  sockets->connect({8, 0});
  ASSERT_EQ(answers.size(), 2U) << "refused at once";
  EXPECT_EQ(answers[0].reason, ipc::StreamReason::kConnectionRefused);
  EXPECT_FALSE(other.was_contacted());
}

TEST_F(ProbeSocketsTest, AnAddressOutsideTheCameraNetworksIsNotContacted) {
  const Listener device("127.0.61.3");
  open("127.0.61.3", HostKind::kIpv4, device.port, *NetworkAllowList::parse({"10.0.0.0/8"})).connect({7, device.port});
  run_until(1);
  EXPECT_EQ(answers.at(0).reason, ipc::StreamReason::kForbiddenAddress);
  EXPECT_FALSE(device.was_contacted());
}

TEST_F(ProbeSocketsTest, ANameIsLookedUpOnceAndEveryConnectionGoesThere) {
  // NET-10: a name server that answers differently the second time (rebinding) is not asked a second time.
  std::atomic<int> asked{0};
  const auto lookup = [&asked](const std::string&, std::uint16_t port) -> NameResolver::Answer {
    ResolvedAddress found;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&found.address);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    inet_pton(AF_INET, ++asked == 1 ? "10.255.255.254" : "127.0.61.4", &v4->sin_addr);
    found.length = sizeof(sockaddr_in);
    return found;
  };
  const Listener elsewhere("127.0.61.4");
  open("cam.example", HostKind::kName, elsewhere.port, NetworkAllowList(), lookup).connect({1, elsewhere.port});
  sockets->connect({2, elsewhere.port});
  sockets->connect({3, elsewhere.port});
  run_until(3);
  EXPECT_EQ(answers.size(), 3U);
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(elsewhere.was_contacted());
}

TEST_F(ProbeSocketsTest, OneProbeHasOnlySoManyConnections) {
  const Listener device("127.0.61.5");
  open("127.0.61.5", HostKind::kIpv4, device.port, NetworkAllowList());
  for (std::uint32_t i = 0; i <= ProbeSockets::kMaxConnections; ++i) sockets->connect({i + 1, device.port});
  ASSERT_EQ(answers.size(), 1U) << "the one too many is refused at once";
  EXPECT_EQ(answers[0].connection, ProbeSockets::kMaxConnections + 1);
}

TEST_F(ProbeSocketsTest, UdpSocketsAreGivenForOpenConnectionsOnly) {
  open("127.0.61.6", HostKind::kIpv4, 1, NetworkAllowList()).give_udp({0, 99, 0});
  sockets->aim_udp({0, 99, 0, 6970, 6971});
  EXPECT_TRUE(answers.empty());
}

}  // namespace
}  // namespace vonggac::core
