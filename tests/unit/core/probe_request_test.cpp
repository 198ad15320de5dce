#include "core/probe_request.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "core/discovery_run.h"
#include "core/probe_sockets.h"
#include "core/vendor_file.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

base::Result<ProbeRequest> read(const std::string& text) {
  static const auto vendors = load_vendors(std::string(VONGGAC_SOURCE_DIR) + "/config/vendors.toml");
  return read_probe_request(json::parse(text).as_object(), vendors->table);
}

TEST(ProbeRequest, ABarePortIsOnvifUnlessItIsOneOfStreams) {
  EXPECT_EQ(read(R"({"address":"192.168.1.10"})")->http_port, 0);
  EXPECT_EQ(read(R"({"address":"192.168.1.10:8000"})")->http_port, 8000);
  EXPECT_EQ(read(R"({"address":"192.168.1.10:554"})")->rtsp_port, 554);
  EXPECT_EQ(read(R"({"address":"192.168.1.10:554"})")->http_port, 0);
  EXPECT_EQ(read(R"({"address":"[fd00::7]:80"})")->where.host, "fd00::7");
}

TEST(ProbeRequest, AnAddressWithASchemeIsAUrl) {
  const auto request = read(R"({"address":"rtsp://admin:s3cret@192.168.1.10/live"})");
  ASSERT_TRUE(request.has_value()) << request.error().message();
  EXPECT_EQ(request->rtsp_port, 554);
  EXPECT_EQ(request->password.reveal(), "s3cret");
  EXPECT_EQ(request->shown.find("s3cret"), std::string::npos);
  EXPECT_FALSE(read(R"({"address":"http://10.0.0.1/"})").has_value());
  EXPECT_FALSE(read(R"({"address":"rtsp://10.0.0.1:5432/x"})").has_value()) << "the ports are the same";
}

TEST(ProbeRequest, CredentialsOfAnAddressAreTakenOutOfIt) {
  const auto request = read(R"({"url":"rtsp://admin:s3cret@192.168.1.10/user=a&password=b&channel=1"})");
  ASSERT_TRUE(request.has_value()) << request.error().message();
  EXPECT_EQ(request->username, "admin");
  EXPECT_EQ(request->password.reveal(), "s3cret");
  EXPECT_EQ(request->shown.find("s3cret"), std::string::npos);
  EXPECT_EQ(request->shown.find("password=b"), std::string::npos) << request->shown;
  EXPECT_EQ(read(R"({"url":"rtsp://a:b@10.0.0.1/","user":"other","password":"typed"})")->username, "other");
}

TEST(ProbeRequest, SaysWhichPartIsRefused) {
  static const auto vendors = load_vendors(std::string(VONGGAC_SOURCE_DIR) + "/config/vendors.toml");
  const std::pair<const char*, ProbeField> parts[] = {
      {R"({})", ProbeField::kAddress},
      {R"({"url":"http://10.0.0.1/"})", ProbeField::kAddress},
      {R"({"address":"10.0.0.1:22"})", ProbeField::kPort},
      {R"({"address":"10.0.0.1","password":"x"})", ProbeField::kLogin},
      {R"({"address":"10.0.0.1","brand":"nobody"})", ProbeField::kBrand},
      {R"({"address":"10.0.0.1","channels":65})", ProbeField::kChannels}};
  for (const auto& [text, field] : parts) {
    ProbeField wrong = ProbeField::kNetwork;
    EXPECT_FALSE(read_probe_request(json::parse(text).as_object(), vendors->table, &wrong).has_value()) << text;
    EXPECT_EQ(probe_field_name(wrong), probe_field_name(field)) << text;
  }
}

TEST(ProbeRequest, WhatCannotBeMeantIsRefused) {
  for (const char* text :
       {R"({})", R"({"address":"a","url":"rtsp://b/"})", R"({"address":1})", R"({"address":"10.0.0.1:22"})",
        R"({"url":"rtsp://10.0.0.1:5432/x"})", R"({"url":"http://10.0.0.1/"})",
        R"({"address":"10.0.0.1","password":"x"})", R"({"address":"10.0.0.1","user":"a:b","password":"x"})",
        R"({"address":"10.0.0.1","user":"a","password":"x\n"})", R"({"address":"10.0.0.1","brand":"nobody"})",
        R"({"address":"10.0.0.1","channels":0})", R"({"address":"10.0.0.1","channels":65})",
        R"({"url":"rtsp://10.0.0.1/user=***&password=***"})"}) {
    const auto request = read(text);
    EXPECT_FALSE(request.has_value()) << text;
    EXPECT_EQ(request.error().kind(), base::ErrorKind::kInvalidArgument) << text;
  }
}

sockaddr_storage address(const char* text) {
  sockaddr_storage out{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
  } else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
  }
  return out;
}

TEST(PublicAddress, PrivateLoopbackLinkLocalAndProviderAddressesAreNotPublic) {
  for (const char* text : {"10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.1.1", "100.64.0.1",
                           "100.127.255.255", "::1", "fd00::1", "fe80::1"}) {
    EXPECT_FALSE(is_public_address(address(text))) << text;
  }
  for (const char* text : {"8.8.8.8", "113.160.1.1", "172.32.0.1", "100.128.0.1", "2001:ee0::1"}) {
    EXPECT_TRUE(is_public_address(address(text))) << text;
  }
}

TEST(DiscoveryNetwork, IsSmallAndWhole) {
  EXPECT_EQ(addresses_of_network("192.168.1.0/24")->size(), 254U);
  EXPECT_EQ(addresses_of_network("192.168.1.128/25")->size(), 126U);
  EXPECT_EQ(addresses_of_network("192.168.1.7/32")->size(), 1U);
  for (const char* text : {"", "192.168.1.0", "192.168.0.0/16", "192.168.1.1/24", "192.168.1.0/33", "192.168.1.0/x",
                           "fd00::/120", "/24"}) {
    EXPECT_FALSE(addresses_of_network(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace vonggac::core
