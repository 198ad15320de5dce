#include "base/ids.h"

#include <cstdlib>
#include <cstring>

#include <sys/random.h>

namespace vonggac::base {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_dash_position(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::string Uuid::to_string() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (const std::uint8_t byte : bytes) {
    if (is_dash_position(text.size())) text.push_back('-');
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

Result<Uuid> Uuid::parse(std::string_view text) {
  const auto refuse = [&] { return invalid_argument("not an id: '" + std::string(text.substr(0, 64)) + "'"); };
  if (text.size() != 36) return refuse();
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_position(i)) {
      if (text[i] != '-') return refuse();
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return refuse();
    id.bytes[nibble / 2] = static_cast<std::uint8_t>((id.bytes[nibble / 2] << 4) | value);
    ++nibble;
  }
  return id;
}

Uuid Uuid::make_v7(const Clock& clock) {
  Uuid id;
  std::size_t have = 0;
  while (have < id.bytes.size()) {
    const ssize_t n = getrandom(id.bytes.data() + have, id.bytes.size() - have, 0);
    if (n < 0) std::abort();  // the kernel has no randomness: nothing safe can follow
    have += static_cast<std::size_t>(n);
  }
  const std::uint64_t unix_ms = static_cast<std::uint64_t>(clock.wall_now().us / 1000);
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(unix_ms >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace vonggac::base

std::size_t std::hash<vonggac::base::Uuid>::operator()(const vonggac::base::Uuid& id) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, id.bytes.data() + 8, sizeof value);  // the random half
  return value;
}
