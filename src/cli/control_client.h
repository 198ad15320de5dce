/// One question to the running service over <data>/run/control.sock (docs/reference/control.md).
/// Flow     a command -> request() -> reply, or the service's error as a Status.
/// Threads  one thread. Blocks, at most for the time given.
/// Owns     the connection.
/// Errors   kUnavailable: no service runs on this data directory. kTimedOut: it does not answer. kDataLoss: it answers
///          nonsense. Else what the service said.
#pragma once

#include <memory>
#include <string>

#include <boost/json.hpp>

#include "base/result.h"
#include "ipc/channel.h"

namespace vonggac::cli {

class ControlClient {
 public:
  static base::Result<std::unique_ptr<ControlClient>> connect(const std::string& data_dir);
  /// The reply without "ok".
  base::Result<boost::json::object> request(const boost::json::object& question, int timeout_ms);

 private:
  explicit ControlClient(base::UniqueFd socket) : channel_(std::move(socket)) {}
  base::Status wait(short events, std::int64_t until_us);
  base::Result<std::string> reply_text(std::uint32_t id, std::int64_t until_us);

  ipc::Channel channel_;
  std::uint32_t next_id_ = 1;
};

/// The reverse of base::error_kind_name(); unknown names are kInternal.
base::ErrorKind error_kind_from_name(std::string_view name);

}  // namespace vonggac::cli
