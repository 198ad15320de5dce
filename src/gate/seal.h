/// Seals what the register must keep but nobody may read from a copy of it: the secrets of second factors.
/// XChaCha20-Poly1305 (libsodium) with a random nonce; the row's id is bound in, so that a sealed secret cannot be
/// moved to another row.
/// Flow     DATA/register.key (32 bytes, 0600) -> Seal -> sealed bytes in the database.
/// Threads  const calls from any thread.
/// Errors   open: kDataLoss: not sealed by this key, damaged, or moved.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace vonggac::gate {

class Seal {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  /// Reads the key, or makes it if there is none.
  static base::Result<Seal> load(const std::string& path);
  explicit Seal(const std::array<std::uint8_t, kKeyBytes>& key) : key_(key) {}
  Seal(const Seal&) = default;
  Seal& operator=(const Seal&) = default;
  ~Seal();

  base::Bytes close(base::ByteSpan secret, const base::Uuid& row) const;
  base::Result<base::Bytes> open(base::ByteSpan sealed, const base::Uuid& row) const;

 private:
  std::array<std::uint8_t, kKeyBytes> key_;
};

}  // namespace vonggac::gate
