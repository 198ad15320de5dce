#include "access/passwords.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <semaphore>

#include <fmt/format.h>
#include <sodium.h>

namespace vonggac::access {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 64U << 20;
constexpr int kAtOnce = 2;

std::counting_semaphore<kAtOnce>& turns() {
  static std::counting_semaphore<kAtOnce> semaphore(kAtOnce);
  return semaphore;
}

class Turn {
 public:
  Turn() { turns().acquire(); }
  ~Turn() { turns().release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
};

std::string unpadded(const unsigned char* bytes, std::size_t size) {
  constexpr int kForm = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string text(sodium_base64_encoded_len(size, kForm), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, size, kForm);
  text.pop_back();  // the zero at its end
  return text;
}

/// A hash that no password is known for. Comparing with it costs the same as with a real one, the first time too.
const std::string& hash_of_nobody() {
  static const std::string kHash = [] {
    std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
    std::array<unsigned char, 32> hash{};
    randombytes_buf(salt.data(), salt.size());
    randombytes_buf(hash.data(), hash.size());
    return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", kMemoryBytes >> 10, kPasses,
                       unpadded(salt.data(), salt.size()), unpadded(hash.data(), hash.size()));
  }();
  return kHash;
}

/// Tried first by everybody who guesses, at Vietnamese cameras too.
constexpr std::array<std::string_view, 28> kTriedFirst{
    "12345678",      "123456789", "1234567890", "password", "password1",   "admin123",   "admin1234",
    "administrator", "qwertyui",  "11111111",   "88888888", "00000000",    "66668888",   "abcd1234",
    "1q2w3e4r",      "123123123", "87654321",   "iloveyou", "anhyeuem",    "vietnam123", "congan123",
    "camera123",     "abc12345",  "hikvision",  "dahua123", "password123", "matkhau123", "12341234",
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::string make_one_time_password() {
  constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";  // without what looks alike
  constexpr std::size_t kLength = 16;
  std::string password;
  for (std::size_t i = 0; i < kLength; ++i) {
    if (i > 0 && i % 4 == 0) password += '-';
    password += kAlphabet[randombytes_uniform(static_cast<std::uint32_t>(kAlphabet.size()))];
  }
  return password;
}

base::Result<std::string> hash_password(const base::Secret& password) {
  if (sodium_init() < 0) return base::internal_error("libsodium cannot start");
  const Turn turn;
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const std::string& plain = password.reveal();
  if (crypto_pwhash_str(text.data(), plain.data(), plain.size(), kPasses, kMemoryBytes) != 0) {
    return base::unavailable("there is no memory to protect the password now: try again");
  }
  return std::string(text.data());
}

bool password_fits(const base::Secret& password, const std::string& hash) {
  if (sodium_init() < 0) return false;
  const Turn turn;
  const std::string& plain = password.reveal();
  const std::string& compared = hash.empty() ? hash_of_nobody() : hash;
  const bool fits = crypto_pwhash_str_verify(compared.c_str(), plain.data(), plain.size()) == 0;
  return fits && !hash.empty();
}

const PasswordFault* fault_of_password(const base::Secret& password, std::string_view login) {
  static const PasswordFault kShort{"Mật khẩu cần ít nhất 8 ký tự; nên dùng một câu dễ nhớ.",
                                    "A password needs at least 8 characters; a sentence is easy to remember."};
  static const PasswordFault kLong{"Mật khẩu dài quá 128 ký tự.", "The password is longer than 128 characters."};
  static const PasswordFault kKnown{"Mật khẩu này ai cũng đoán được: chọn mật khẩu khác.",
                                    "This password is one that everybody tries: choose another one."};
  static const PasswordFault kSame{"Mật khẩu không được trùng tên đăng nhập.",
                                   "The password must not be the login name."};
  const std::string& plain = password.reveal();
  if (plain.size() < kLeastPasswordLength) return &kShort;
  if (plain.size() > kLongestPasswordLength) return &kLong;
  const std::string folded = lower(plain);
  if (!login.empty() && folded.find(lower(login)) != std::string::npos && plain.size() < login.size() + 4)
    return &kSame;
  const bool one_character = folded.find_first_not_of(folded.front()) == std::string::npos;
  if (one_character || std::find(kTriedFirst.begin(), kTriedFirst.end(), folded) != kTriedFirst.end()) return &kKnown;
  return nullptr;
}

}  // namespace vonggac::access
