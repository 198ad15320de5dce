/// What one probe is to look at, as core hands it over.
/// Flow     ProbeStart -> read_task() -> survey_device()
/// Threads  plain values.
/// Errors   read_task(): kInvalidArgument: core and worker do not agree about the settings.
#pragma once

#include <string>

#include "base/secret.h"
#include "ipc/messages.h"
#include "onvif/vendor_table.h"

namespace vonggac::probe {

struct ProbeTask {
  std::string host;             ///< for Host headers and request URLs; IPv6 in brackets
  std::uint16_t http_port = 0;  ///< typed by a person; 0: the usual ones
  std::uint16_t rtsp_port = 0;  ///< likewise
  base::Secret target;          ///< path and query that were typed; empty: none
  std::string username;
  base::Secret password;
  std::string brand;  ///< id of a vendor that a person chose; empty: none
  int channels = 0;   ///< of a recorder, as a person says; 0: find out
  onvif::VendorTable vendors;

  bool has_password() const { return !username.empty() || !password.empty(); }
  /// "rtsp://host:port" + target.
  std::string rtsp_url(std::uint16_t port, const std::string& stream_target) const;
};
base::Result<ProbeTask> read_task(ipc::ProbeStart start);

/// Cameras lock an account after a few wrong passwords, and a person has only this one: at most two tries in all, over
/// every protocol together.
class PasswordBudget {
 public:
  bool may_try() const { return refused_ < kMost; }
  void note_refused() { ++refused_; }
  void note_accepted() { accepted_ = true; }
  int refused() const { return refused_; }
  bool accepted() const { return accepted_; }

 private:
  static constexpr int kMost = 2;
  int refused_ = 0;
  bool accepted_ = false;
};

}  // namespace vonggac::probe
