#include "core/network_allow_list.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace vonggac::core {
namespace {

TEST(NetworkAllowList, AllowsPrivateAddressesByDefault) {
  const NetworkAllowList list;
  for (const char* address : {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.10", "127.0.0.1", "::1",
                              "fd12:3456::1", "::ffff:192.168.1.10"}) {
    EXPECT_TRUE(list.allows(address)) << address;
  }
}

TEST(NetworkAllowList, RefusesPublicAndLinkLocalAddressesByDefault) {
  const NetworkAllowList list;
  for (const char* address : {"8.8.8.8", "172.32.0.1", "192.169.0.1", "169.254.169.254", "0.0.0.0", "2001:db8::1",
                              "fe80::1", "::ffff:8.8.8.8", "::", "cam.lan", "", "224.0.0.1", "255.255.255.255"}) {
    EXPECT_FALSE(list.allows(address)) << address;
  }
}

TEST(NetworkAllowList, JudgesSocketAddresses) {
  const NetworkAllowList list;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  inet_pton(AF_INET, "192.168.7.7", &v4.sin_addr);
  EXPECT_TRUE(list.allows(reinterpret_cast<const sockaddr&>(v4)));
  inet_pton(AF_INET, "1.1.1.1", &v4.sin_addr);
  EXPECT_FALSE(list.allows(reinterpret_cast<const sockaddr&>(v4)));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "::ffff:1.1.1.1", &v6.sin6_addr);
  EXPECT_FALSE(list.allows(reinterpret_cast<const sockaddr&>(v6)));
  sockaddr local{};
  local.sa_family = AF_UNIX;
  EXPECT_FALSE(list.allows(local));
}

TEST(NetworkAllowList, ComparesPrefixesBitByBit) {
  const auto list = NetworkAllowList::parse({"192.168.4.0/22", "203.0.113.7", "2001:db8:8000::/33"});
  ASSERT_TRUE(list.has_value()) << list.error().message();
  EXPECT_TRUE(list->allows("192.168.7.255"));
  EXPECT_FALSE(list->allows("192.168.8.0"));
  EXPECT_TRUE(list->allows("203.0.113.7"));
  EXPECT_FALSE(list->allows("203.0.113.8"));
  EXPECT_TRUE(list->allows("2001:db8:ffff::1"));
  EXPECT_FALSE(list->allows("2001:db8:7fff::1"));
  EXPECT_FALSE(list->allows("10.0.0.1"));
}

TEST(NetworkAllowList, AllOfIpv6DoesNotLetIpv4In) {
  const auto list = NetworkAllowList::parse({"::/0"});
  ASSERT_TRUE(list.has_value());
  EXPECT_TRUE(list->allows("2001:db8::1"));
  EXPECT_FALSE(list->allows("8.8.8.8"));
  EXPECT_FALSE(list->allows("::ffff:8.8.8.8"));
}

TEST(NetworkAllowList, AllOfIpv4DoesNotLetIpv6In) {
  const auto list = NetworkAllowList::parse({"0.0.0.0/0"});
  ASSERT_TRUE(list.has_value());
  EXPECT_TRUE(list->allows("8.8.8.8"));
  EXPECT_FALSE(list->allows("2001:db8::1"));
}

TEST(NetworkAllowList, AnEmptyListAllowsNothing) { EXPECT_FALSE(NetworkAllowList::parse({})->allows("127.0.0.1")); }

TEST(NetworkAllowList, RefusesWhatIsNotANetwork) {
  for (const char* text : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.1/8", "fd00::/129",
                           "localhost", "10.0.0", "010.0.0.0/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(NetworkAllowList::parse({text}).has_value()) << text;
  }
  EXPECT_FALSE(NetworkAllowList::parse(std::vector<std::string>(65, "10.0.0.0/8")).has_value());
}

}  // namespace
}  // namespace vonggac::core
