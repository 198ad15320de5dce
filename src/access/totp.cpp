#include "access/totp.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

namespace vonggac::access {
namespace {

std::string base32(base::ByteSpan bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t waiting = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    waiting = waiting << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[waiting >> (bits - 5) & 31U];
  }
  if (bits > 0) text += kAlphabet[waiting << (5 - bits) & 31U];
  return text;
}

std::string percent(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    result += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return result;
}

}  // namespace

base::Bytes make_totp_secret() {
  base::Bytes secret(20);
  randombytes_buf(secret.data(), secret.size());
  return secret;
}

std::string totp_uri(base::ByteSpan secret, std::string_view issuer, std::string_view account) {
  return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}", percent(issuer), percent(account), base32(secret));
}

std::string totp_code(base::ByteSpan secret, std::int64_t step) {
  std::array<std::uint8_t, 8> counter{};
  for (std::size_t i = 0; i < 8; ++i) counter[7 - i] = static_cast<std::uint8_t>(step >> (8 * i));
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size);
  // RFC 4226 section 5.3: the last half byte says where the number begins.
  const std::size_t at = mac[19] & 0xfU;
  const std::uint32_t number = (mac[at] & 0x7fU) << 24 | static_cast<std::uint32_t>(mac[at + 1]) << 16 |
                               static_cast<std::uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
  return fmt::format("{:06}", number % 1'000'000);
}

std::optional<std::int64_t> totp_step_of(base::ByteSpan secret, std::string_view typed, base::WallTime now,
                                         std::int64_t last_used_step) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ') digits += c;
  }
  if (digits.size() != 6) return std::nullopt;
  const std::int64_t present = now.us / 1'000'000 / kTotpStepS;
  for (const std::int64_t step : {present, present - 1, present + 1}) {
    const std::string code = totp_code(secret, step);
    if (step > last_used_step && sodium_memcmp(code.data(), digits.data(), code.size()) == 0) return step;
  }
  return std::nullopt;
}

}  // namespace vonggac::access
