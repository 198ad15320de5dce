/// One round of WS-Discovery: core asks on the networks of cameras, a sandboxed worker reads what comes back.
/// Flow     {"network"?} -> begin(): multicast on each interface inside the camera networks, and to each address of
///          `network` -> worker -> devices whose address is allowed
/// Threads  bound to core's main thread.
/// Owns     the worker.
/// Errors   begin(): kInvalidArgument (network), kUnavailable (no interface). Later ones show in view().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <netinet/in.h>

#include "base/ids.h"
#include "core/one_shot_worker.h"
#include "core/probe_run.h"

namespace vonggac::core {

class DiscoveryRun {
 public:
  DiscoveryRun(const ProbeParts& parts, base::Uuid id, std::string owner, std::uint32_t index);
  /// `network`: "" for all, else one of at most 256 addresses, inside the camera networks.
  base::Status begin(const std::string& network);
  void cancel();
  void tick();
  bool over() const { return over_; }
  base::MonoTime ended() const { return ended_; }
  base::MonoTime asked() const { return asked_; }
  const std::string& owner() const { return owner_; }
  boost::json::object view() const;

 private:
  void on_message(const ipc::Received& received);
  void end(bool failed);

  ProbeParts parts_;
  base::Uuid id_;
  std::string owner_;
  std::uint32_t index_;
  bool over_ = false, failed_ = false;
  base::MonoTime asked_, deadline_, ended_;
  std::unique_ptr<OneShotWorker> worker_;
  boost::json::array devices_;
};

/// Addresses of an IPv4 network "192.168.1.0/24" without its first and last; kInvalidArgument: not one, or of more than
/// 256 addresses.
base::Result<std::vector<in_addr>> addresses_of_network(const std::string& network);

}  // namespace vonggac::core
