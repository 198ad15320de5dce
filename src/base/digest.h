/// SHA-256 and MD5 by OpenSSL's EVP (1.7 GB/s with SHA extensions, measured). MD5 only for RTSP Digest.
/// Call digest_warm_up() once before a sandbox closes the file system: OpenSSL reads its configuration lazily.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

void digest_warm_up();
Sha256Digest sha256(ByteSpan data);
std::string to_hex(ByteSpan data);
/// kInvalidArgument: an odd number of characters, or one that is no hexadecimal digit.
Result<Bytes> from_hex(std::string_view text);
std::string md5_hex(std::string_view text);
std::string sha256_hex(std::string_view text);

/// Incremental SHA-256. One thread at a time. finish() starts it anew.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(ByteSpan data);
  Sha256Digest finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vonggac::base
