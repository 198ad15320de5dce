#include "core/network_allow_list.h"

#include <charconv>
#include <cstring>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace vonggac::core {
namespace {

using AddressBytes = std::array<std::uint8_t, 16>;

constexpr std::size_t kMaxNetworks = 64;
constexpr int kMappedBits = 96;  ///< ::ffff:0:0/96, RFC 4291 section 2.5.5.2

AddressBytes mapped(const in_addr& v4) {
  AddressBytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes.data() + 12, &v4, 4);
  return bytes;
}

struct Literal {
  AddressBytes bytes{};
  bool is_v4 = false;
};

std::optional<Literal> parse_literal(const std::string& text) {
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return Literal{mapped(v4), true};
  Literal v6;
  if (inet_pton(AF_INET6, text.c_str(), v6.bytes.data()) == 1) return v6;
  return std::nullopt;
}

bool bit_at(const AddressBytes& bytes, std::size_t bit) { return ((bytes[bit / 8] >> (7 - bit % 8)) & 1) != 0; }

}  // namespace

NetworkAllowList::NetworkAllowList() {
  for (const std::string& text : default_networks()) {
    texts_.push_back(text);
    networks_.push_back(parse_one(text).value());
  }
}

std::vector<std::string> NetworkAllowList::default_networks() {
  return {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128"};
}

base::Result<NetworkAllowList::Network> NetworkAllowList::parse_one(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::optional<Literal> address = parse_literal(text.substr(0, slash));
  if (!address)
    return base::invalid_argument("'" + text + "' is not a network; write it as 192.168.1.0/24 or fd00::/8");
  const int most = address->is_v4 ? 32 : 128;
  int bits = most;
  if (slash != std::string::npos) {
    const char* first = text.data() + slash + 1;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(first, last, bits);
    if (error != std::errc() || end != last || bits < 0 || bits > most) {
      return base::invalid_argument("the prefix of '" + text + "' must be 0 .. " + std::to_string(most));
    }
  }
  Network network;
  network.prefix = address->bytes;
  network.bits = static_cast<std::uint8_t>(bits + (address->is_v4 ? kMappedBits : 0));
  for (std::size_t bit = network.bits; bit < 128; ++bit) {
    if (bit_at(network.prefix, bit)) {
      return base::invalid_argument("'" + text + "' has bits set after its prefix; give the network's own address");
    }
  }
  return network;
}

base::Result<NetworkAllowList> NetworkAllowList::parse(const std::vector<std::string>& networks) {
  if (networks.size() > kMaxNetworks) return base::invalid_argument("at most 64 networks can be given");
  NetworkAllowList list;
  list.texts_ = networks;
  list.networks_.clear();
  for (const std::string& text : networks) {
    VG_ASSIGN(Network network, parse_one(text));
    list.networks_.push_back(network);
  }
  return list;
}

bool NetworkAllowList::allows_bytes(const AddressBytes& address) const {
  const bool is_v4 = std::memcmp(address.data(), mapped(in_addr{}).data(), kMappedBits / 8) == 0;
  for (const Network& network : networks_) {
    // "::/0" means every IPv6 address; it must not let IPv4 in by the back door of the mapped form.
    if (is_v4 && network.bits < kMappedBits) continue;
    std::size_t bit = 0;
    while (bit < network.bits && bit_at(address, bit) == bit_at(network.prefix, bit)) ++bit;
    if (bit == network.bits) return true;
  }
  return false;
}

bool NetworkAllowList::allows(const sockaddr& address) const {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return allows_bytes(mapped(v4.sin_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    AddressBytes bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return allows_bytes(bytes);
  }
  return false;
}

bool NetworkAllowList::allows(std::string_view literal) const {
  const std::optional<Literal> address = parse_literal(std::string(literal));
  return address && allows_bytes(address->bytes);
}

}  // namespace vonggac::core
