/// Secrets at rest: sealed with this node's key, bound to the camera and field they belong to.
/// Flow     CameraStore -> seal() -> cameras.json ; cameras.json -> unseal() -> ipc::StartStream.
/// Threads  thread-safe after load_or_create() (the key does not change).
/// Owns     the key, in memory that libsodium guards, locks and wipes.
/// Errors   kPermissionDenied: key readable by others. kDataLoss: sealed text damaged, or sealed by another key.
/// Units    sealed form: base64(version 1 | 24-byte nonce | ciphertext | 16-byte tag), XChaCha20-Poly1305 (IETF).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"

namespace vonggac::core {

class SecretBox {
 public:
  /// Reads <data>/secrets/node.key; makes it (0600, in a 0700 folder) if there is none. Two processes that start at
  /// the same moment agree on one key.
  static base::Result<SecretBox> load_or_create(const std::string& data_dir);

  /// `field` names what it is ("password", "main_url"): a sealed text moved to another camera or field does not open.
  std::string seal(const base::Secret& plain, const base::CameraId& camera, std::string_view field) const;
  base::Result<base::Secret> unseal(std::string_view sealed, const base::CameraId& camera,
                                    std::string_view field) const;

 private:
  struct KeyDeleter {
    void operator()(unsigned char* key) const;
  };
  using Key = std::unique_ptr<unsigned char[], KeyDeleter>;

  explicit SecretBox(Key key) : key_(std::move(key)) {}
  static base::Result<Key> allocate_key();
  static base::Result<Key> read_key(const std::string& path);

  Key key_;
};

}  // namespace vonggac::core
