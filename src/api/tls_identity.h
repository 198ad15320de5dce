/// Who the server is under TLS: its own certificate, or one that it makes for itself at the first start, with all
/// names and addresses of the machine in it.
/// Flow     configuration -> load_tls() -> context for ClientStream. Before the sandbox: files are read and made.
/// Threads  one thread.
/// Errors   kNotFound, kInvalidArgument: no such file, no certificate, a key that does not belong to it; the message
///          says which file.
/// Source   TLS 1.2 and 1.3 only (RFC 9325 section 3.1.1).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ssl/context.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace vonggac::api {

struct TlsFiles {
  std::string certificate, key;  ///< PEM; empty: DATA/tls/server.crt and .key, made if they are missing or run out
};

struct TlsIdentity {
  std::shared_ptr<boost::asio::ssl::context> context;
  std::vector<std::string> names;  ///< of this machine, lower case
  std::string fingerprint;         ///< SHA-256 of the certificate: a person can compare it with what the browser shows
  bool self_signed = false;
};

/// Notices that the ward's own certificate was exchanged, so that new connections get the new one without a restart.
/// The one that the service made for itself is renewed at a start.
class TlsWatch {
 public:
  TlsWatch(TlsFiles files, std::string data_dir, const base::Clock& clock);
  /// The new identity, once after a change. Files that cannot be used (a key that does not belong to the certificate,
  /// half of a file) are an error, once; what is served stays what it was.
  base::Result<std::optional<TlsIdentity>> look();

 private:
  std::string stamp() const;

  TlsFiles files_;
  std::string data_dir_;
  const base::Clock& clock_;
  std::string seen_;
};

base::Result<TlsIdentity> load_tls(const TlsFiles& files, const std::string& data_dir, const base::Clock& clock);

}  // namespace vonggac::api
