#include "api/tls_identity.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <set>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/unique_fd.h"

namespace vonggac::api {
namespace {

constexpr long kValidDays = 820;  // browsers take no more than 825 days
constexpr std::int64_t kRenewBeforeS = 30LL * 24 * 3600;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? std::string(name) : std::string();
}

/// Literal addresses of all interfaces.
std::set<std::string> own_addresses() {
  std::set<std::string> found{"127.0.0.1", "::1"};
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    char text[INET6_ADDRSTRLEN] = {};
    if (one->ifa_addr->sa_family == AF_INET) {
      inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, text, sizeof text);
    } else if (one->ifa_addr->sa_family == AF_INET6) {
      inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr, text, sizeof text);
    }
    if (text[0] != '\0') found.insert(text);
  }
  freeifaddrs(list);
  return found;
}

bool is_dns_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), fits);
}

std::string alternative_names() {
  std::string names = "DNS:localhost";
  const std::string host = host_name();
  if (is_dns_name(host) && host != "localhost") names += ",DNS:" + host + ",DNS:" + host + ".local";
  for (const std::string& address : own_addresses()) names += ",IP:" + address;
  return names;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

base::Result<Certificate> self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), 2) != 1)
    return base::internal_error("no certificate can be made");
  std::uint8_t serial[16];
  if (getentropy(serial, sizeof serial) != 0) return base::from_errno(errno, "random bytes");
  serial[0] &= 0x7F;
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  // An hour back: clocks of old office machines lag.
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidDays * 24 * 3600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const std::string common = "Vong Gac " + host_name();
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common.substr(0, 60).c_str()), -1, -1, 0);
  const bool made = X509_set_issuer_name(certificate.get(), name) == 1 &&
                    X509_set_pubkey(certificate.get(), key) == 1 &&
                    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") &&
                    add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
                    add_extension(certificate.get(), NID_subject_alt_name, alternative_names()) &&
                    X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  if (!made) return base::internal_error("no certificate can be made");
  return certificate;
}

std::string pem_of(BIO* memory) {
  const char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// Under another name first, then renamed over: after a power cut the old or the new one is there.
base::Status write_pem(const std::string& path, const std::string& text, mode_t mode) {
  const std::string draft = path + ".new";
  (void)::unlink(draft.c_str());
  const base::UniqueFd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd.valid()) return base::from_errno(errno, "make " + draft);
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || fsync(fd.get()) != 0 ||
      ::rename(draft.c_str(), path.c_str()) != 0) {
    return base::from_errno(errno, "write " + path);
  }
  return {};
}

base::Status make_own_files(const TlsFiles& files, const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return base::from_errno(errno, "make " + folder);
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return base::internal_error("no key can be made");
  VG_ASSIGN(const Certificate certificate, self_signed(key.get()));
  const Memory key_text(BIO_new(BIO_s_mem())), certificate_text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return base::internal_error("no certificate can be written");
  }
  VG_TRY(write_pem(files.key, pem_of(key_text.get()), 0600));
  return write_pem(files.certificate, pem_of(certificate_text.get()), 0644);
}

base::Result<Certificate> read_certificate(const std::string& path) {
  const Memory file(BIO_new_file(path.c_str(), "r"));
  if (!file) return base::not_found("the certificate " + path + " cannot be opened");
  Certificate certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  if (!certificate) return base::invalid_argument(path + " is no certificate in PEM");
  return certificate;
}

bool runs_out(const X509& certificate, base::WallTime now) {
  time_t then = static_cast<time_t>(now.us / 1'000'000 + kRenewBeforeS);
  return X509_cmp_time(X509_get0_notAfter(&certificate), &then) <= 0;
}

base::Result<std::shared_ptr<boost::asio::ssl::context>> conpem_of(const TlsFiles& files) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                           ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::single_dh_use,
                       error);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  context->use_certificate_chain_file(files.certificate, error);
  if (error) return base::invalid_argument("the certificate " + files.certificate + " cannot be used");
  context->use_private_key_file(files.key, ssl::context::pem, error);
  if (error)
    return base::invalid_argument("the key " + files.key + " cannot be used, or does not belong to " +
                                  files.certificate);
  return context;
}

}  // namespace

base::Result<TlsIdentity> load_tls(const TlsFiles& configured, const std::string& data_dir, const base::Clock& clock) {
  TlsFiles files = configured;
  TlsIdentity identity;
  identity.self_signed = files.certificate.empty();
  if (identity.self_signed) {
    const std::string folder = data_dir + "/tls";
    files = {folder + "/server.crt", folder + "/server.key"};
    const base::Result<Certificate> there = read_certificate(files.certificate);
    if (!there || runs_out(**there, clock.wall_now())) VG_TRY(make_own_files(files, folder));
  }
  VG_ASSIGN(const Certificate certificate, read_certificate(files.certificate));
  VG_ASSIGN(identity.context, conpem_of(files));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(certificate.get(), EVP_sha256(), digest, &size) == 1) {
    identity.fingerprint = base::to_hex(base::ByteSpan(digest, size));
  }
  const std::string host = host_name();
  if (is_dns_name(host)) identity.names = {host, host + ".local"};
  for (std::string& name : identity.names) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  return identity;
}

TlsWatch::TlsWatch(TlsFiles files, std::string data_dir, const base::Clock& clock)
    : files_(std::move(files)), data_dir_(std::move(data_dir)), clock_(clock), seen_(stamp()) {}

/// What tells one file from another: links of those who renew certificates point elsewhere then.
std::string TlsWatch::stamp() const {
  std::string text;
  for (const std::string& path : {files_.certificate, files_.key}) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return "";
    text += fmt::format("{}.{} {} {};", info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino);
  }
  return text;
}

base::Result<std::optional<TlsIdentity>> TlsWatch::look() {
  if (files_.certificate.empty()) return std::optional<TlsIdentity>();
  const std::string now = stamp();
  // Between taking away the old file and putting the new one there is none.
  if (now.empty() || now == seen_) return std::optional<TlsIdentity>();
  seen_ = now;
  VG_ASSIGN(TlsIdentity identity, load_tls(files_, data_dir_, clock_));
  return std::optional(std::move(identity));
}

}  // namespace vonggac::api
