#include "gate/seal.h"

#include <cerrno>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace vonggac::gate {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(Seal::kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

/// kNotFound: there is no such file.
base::Status read_key(const std::string& path, std::array<std::uint8_t, Seal::kKeyBytes>& key) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (fd.get() < 0) return base::from_errno(errno, "open " + path);
  std::array<std::uint8_t, Seal::kKeyBytes + 1> bytes{};
  const ssize_t got = ::read(fd.get(), bytes.data(), bytes.size());
  if (got != static_cast<ssize_t>(Seal::kKeyBytes)) {
    return base::data_loss(path + " is damaged: put it back from a backup; without it second factors must be set anew");
  }
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return {};
}

/// Under another name first: a key that is half written must never be found under this one.
base::Status write_key(const std::string& path, const std::array<std::uint8_t, Seal::kKeyBytes>& key) {
  const std::string draft = path + "." + std::to_string(getpid());
  const base::UniqueFd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) return base::from_errno(errno, "make " + draft);
  const bool written =
      ::write(fd.get(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) && fsync(fd.get()) == 0;
  // link(2) fails where somebody else made the key in between; theirs counts.
  const bool named = written && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int why = errno;
  (void)::unlink(draft.c_str());
  return named ? base::Status() : base::from_errno(why, "write " + path);
}

}  // namespace

Seal::~Seal() { sodium_memzero(key_.data(), key_.size()); }

base::Result<Seal> Seal::load(const std::string& path) {
  if (sodium_init() < 0) return base::internal_error("libsodium cannot be started");
  std::array<std::uint8_t, kKeyBytes> key{};
  base::Status status = read_key(path, key);
  if (status.kind() == base::ErrorKind::kNotFound) {
    randombytes_buf(key.data(), key.size());
    VG_TRY(write_key(path, key));
    status = read_key(path, key);
  }
  VG_TRY(status);
  Seal seal(key);
  sodium_memzero(key.data(), key.size());
  return seal;
}

base::Bytes Seal::close(base::ByteSpan secret, const base::Uuid& row) const {
  base::Bytes sealed(kNonceBytes + secret.size() + kTagBytes);
  randombytes_buf(sealed.data(), kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonceBytes, nullptr, secret.data(), secret.size(),
                                             row.bytes.data(), row.bytes.size(), nullptr, sealed.data(), key_.data());
  return sealed;
}

base::Result<base::Bytes> Seal::open(base::ByteSpan sealed, const base::Uuid& row) const {
  if (sealed.size() < kNonceBytes + kTagBytes) return base::data_loss("a sealed secret is cut short");
  base::Bytes secret(sealed.size() - kNonceBytes - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret.data(), nullptr, nullptr, sealed.data() + kNonceBytes,
                                                 sealed.size() - kNonceBytes, row.bytes.data(), row.bytes.size(),
                                                 sealed.data(), key_.data()) != 0) {
    return base::data_loss("a sealed secret does not open with this node's register.key");
  }
  return secret;
}

}  // namespace vonggac::gate
