/// SOAP requests to one HTTP port of the device, over sockets that core opened.
/// Login: first without; then by what the device asks for: HTTP Digest (RFC 7616), else a WS-Security token by the
/// device's own clock. A refused password is counted in the PasswordBudget and not tried again here.
/// Flow     call() -> envelope, POST -> HttpReply -> SoapReply
/// Threads  one thread. Blocks until the deadline.
/// Owns     the connection, the answer to the challenge. Borrows line, task and budget.
/// Errors   kPermissionDenied: no or wrong password. kOutOfRange: core does not allow the address. kUnavailable,
/// kTimedOut: no
///          answer. kDataLoss: an answer that is no SOAP. Redirects are kUnavailable: nobody follows them.
#pragma once

#include <optional>
#include <string>

#include "ingest/rtsp_auth.h"
#include "onvif/device_requests.h"
#include "onvif/http_reply.h"
#include "onvif/soap.h"
#include "probe/core_line.h"
#include "probe/probe_task.h"

namespace vonggac::probe {

class DeviceHttp {
 public:
  DeviceHttp(CoreLine& line, const ProbeTask& task, PasswordBudget& budget, std::uint16_t port);

  base::Result<onvif::SoapReply> call(const std::string& target, const onvif::Request& request,
                                      base::MonoTime deadline);
  /// Device's clock minus ours, for WS-Security.
  void set_clock_offset(base::Micros offset) { clock_offset_ = offset; }
  bool refused() const { return refused_; }
  std::uint16_t port() const { return port_; }

 private:
  enum class Next { kAgain, kDone, kGiveUp };
  base::Result<onvif::HttpReply> exchange(const std::string& text, base::MonoTime deadline);
  base::Result<onvif::HttpReply> exchange_once(const std::string& text, base::MonoTime deadline);
  std::string question(const std::string& target, const onvif::Request& request, bool& authorised);
  Next after_challenge(const onvif::HttpReply& reply, bool authorised);
  Next after_refusal(bool authorised);

  CoreLine& line_;
  const ProbeTask& task_;
  PasswordBudget& budget_;
  std::uint16_t port_;
  base::UniqueFd socket_;
  ingest::Authenticator authenticator_;
  bool use_token_ = false;
  bool refused_ = false;
  base::Micros clock_offset_{0};
};

}  // namespace vonggac::probe
