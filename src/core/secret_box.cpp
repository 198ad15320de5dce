#include "core/secret_box.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/unique_fd.h"
#include "core/data_files.h"

namespace vonggac::core {
namespace {

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::uint8_t kSealVersion = 1;
constexpr std::size_t kMaxSealedCharacters = 8192;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;

base::Bytes additional_data(const base::CameraId& camera, std::string_view field) {
  base::Bytes data;
  base::ByteWriter out(data);
  out.text("vonggac sealed 1:");
  out.raw(camera.bytes);
  out.text(field);
  return data;
}

base::Status damaged(std::string_view field) {
  return base::data_loss("the stored " + std::string(field) +
                         " cannot be opened: it is damaged, or was sealed with another secrets/node.key. "
                         "Enter it again with 'vonggac camera set'.");
}

/// The file must be ours alone, or the sealing would be for show.
base::Status check_private(const struct stat& info, const std::string& path, const char* wanted_mode) {
  if (info.st_uid != ::geteuid() && ::geteuid() != 0) {
    return base::permission_denied(path + " belongs to another user; run as the user that owns it");
  }
  if ((info.st_mode & 077) != 0) {
    return base::permission_denied(path + " can be read by other users. Run: chmod " + wanted_mode + " " + path);
  }
  return {};
}

}  // namespace

void SecretBox::KeyDeleter::operator()(unsigned char* key) const { sodium_free(key); }

base::Result<SecretBox::Key> SecretBox::allocate_key() {
  if (sodium_init() < 0) return base::internal_error("libsodium does not start");
  Key key(static_cast<unsigned char*>(sodium_malloc(kKeyBytes)));
  if (!key) return base::no_space("no memory for the node key");
  return key;
}

base::Result<SecretBox::Key> SecretBox::read_key(const std::string& path) {
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid()) return base::from_errno(errno, "open " + path);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return base::from_errno(errno, "look at " + path);
  VG_TRY(check_private(info, path, "600"));
  VG_ASSIGN(Key key, allocate_key());
  const bool right_size = S_ISREG(info.st_mode) && info.st_size == static_cast<off_t>(kKeyBytes);
  if (!right_size || ::read(file.get(), key.get(), kKeyBytes) != static_cast<ssize_t>(kKeyBytes)) {
    return base::data_loss(path +
                           " is not a node key (it must hold 32 bytes). Restore it from the backup; without it "
                           "the stored camera passwords must be entered again.");
  }
  (void)sodium_mprotect_readonly(key.get());
  return key;
}

base::Result<SecretBox> SecretBox::load_or_create(const std::string& data_dir) {
  const std::string folder = data_dir + "/secrets";
  const std::string path = folder + "/node.key";
  VG_TRY(make_folder(folder, 0700));
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0) return base::from_errno(errno, "look at " + folder);
  if (!S_ISDIR(info.st_mode)) return base::permission_denied(folder + " must be a folder, not a link");
  VG_TRY(check_private(info, folder, "700"));
  base::Result<Key> key = read_key(path);
  if (!key && key.error().kind() == base::ErrorKind::kNotFound) {
    VG_ASSIGN(const Key fresh, allocate_key());
    randombytes_buf(fresh.get(), kKeyBytes);
    const base::Status made =
        create_file_atomically(path, std::string_view(reinterpret_cast<const char*>(fresh.get()), kKeyBytes), 0600);
    // Another process may have been first; then its key is the one.
    if (!made.ok() && made.kind() != base::ErrorKind::kOutOfRange) return made;
    key = read_key(path);
  }
  if (!key) return key.error();
  return SecretBox(std::move(key).value());
}

std::string SecretBox::seal(const base::Secret& plain, const base::CameraId& camera, std::string_view field) const {
  const std::string& text = plain.reveal();
  const base::Bytes associated = additional_data(camera, field);
  base::Bytes sealed(1 + kNonceBytes + text.size() + kTagBytes);
  sealed[0] = kSealVersion;
  unsigned char* nonce = sealed.data() + 1;
  randombytes_buf(nonce, kNonceBytes);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + 1 + kNonceBytes, &written,
                                             reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                             associated.data(), associated.size(), nullptr, nonce, key_.get());
  std::string out(sodium_base64_encoded_len(sealed.size(), kBase64), '\0');
  sodium_bin2base64(out.data(), out.size(), sealed.data(), sealed.size(), kBase64);
  out.pop_back();  // libsodium counts the terminator
  return out;
}

base::Result<base::Secret> SecretBox::unseal(std::string_view sealed, const base::CameraId& camera,
                                             std::string_view field) const {
  if (sealed.empty() || sealed.size() > kMaxSealedCharacters) return damaged(field);
  base::Bytes bytes(sealed.size());
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), sealed.data(), sealed.size(), nullptr, &size, nullptr, kBase64) !=
          0 ||
      size < 1 + kNonceBytes + kTagBytes || bytes[0] != kSealVersion) {
    return damaged(field);
  }
  const base::Bytes associated = additional_data(camera, field);
  std::string plain(size - 1 - kNonceBytes - kTagBytes, '\0');
  unsigned long long written = 0;
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(plain.data()), &written, nullptr, bytes.data() + 1 + kNonceBytes,
      size - 1 - kNonceBytes, associated.data(), associated.size(), bytes.data() + 1, key_.get());
  if (opened != 0) return damaged(field);
  return base::Secret(std::move(plain));
}

}  // namespace vonggac::core
