#include "base/digest.h"

#include <cstdlib>

#include <openssl/evp.h>

namespace vonggac::base {
namespace {

/// Fetched once: an implicit fetch for each digest costs more than hashing a small message.
const EVP_MD* sha256_method() {
  static const EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method != nullptr ? method : EVP_sha256();
}

const EVP_MD* md5_method() {
  static const EVP_MD* method = EVP_MD_fetch(nullptr, "MD5", nullptr);
  return method != nullptr ? method : EVP_md5();
}

void check(int openssl_result) {
  if (openssl_result != 1) std::abort();  // out of memory or a broken library: no safe way on
}

}  // namespace

struct Sha256::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Impl() { check(EVP_DigestInit_ex(context, sha256_method(), nullptr)); }
  ~Impl() { EVP_MD_CTX_free(context); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteSpan data) { check(EVP_DigestUpdate(impl_->context, data.data(), data.size())); }

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(impl_->context, digest.data(), &size));
  check(EVP_DigestInit_ex(impl_->context, sha256_method(), nullptr));
  return digest;
}

void digest_warm_up() {
  (void)md5_hex("");
  (void)sha256({});
}

Sha256Digest sha256(ByteSpan data) {
  Sha256 hasher;
  hasher.update(data);
  return hasher.finish();
}

std::string to_hex(ByteSpan data) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(data.size() * 2);
  for (const std::uint8_t byte : data) {
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

std::string md5_hex(std::string_view text) {
  std::array<std::uint8_t, 16> digest{};
  unsigned int size = 0;
  check(EVP_Digest(text.data(), text.size(), digest.data(), &size, md5_method(), nullptr));
  return to_hex(digest);
}

std::string sha256_hex(std::string_view text) { return to_hex(sha256(as_bytes(text))); }

Result<Bytes> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  if (text.size() % 2 != 0) return invalid_argument("not hexadecimal");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return invalid_argument("not hexadecimal");
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

}  // namespace vonggac::base
