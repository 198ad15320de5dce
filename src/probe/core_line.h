/// The probe's line to core: it asks for connections to ports of the one device, tells how far it is, and hands over
/// key pictures. It never names a host: which address that is, and whether it may be contacted, core alone decides.
/// Flow     ask_connection() -> ProbeConnect -> core -> ProbeSocket -> take(); connect() waits for it.
/// Threads  one thread.
/// Owns     sockets that came and were not taken yet. Borrows links and clock.
/// Errors   kCancelled: core asked to stop, or is gone. kOutOfRange: the address is not allowed. kUnavailable,
/// kTimedOut:
///          no connection, with the reason.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "ipc/channel.h"

namespace vonggac::probe {

/// A fake in tests.
class ProbeLinks {
 public:
  virtual ~ProbeLinks() = default;
  virtual int control_fd() const = 0;
  virtual base::Result<std::vector<ipc::Received>> receive() = 0;
  virtual base::Status send(const ipc::Message& message) = 0;
  virtual base::Status flush() = 0;
  virtual void beat(base::MonoTime now) = 0;
};

class CoreLine {
 public:
  CoreLine(ProbeLinks& links, const base::Clock& clock) : links_(links), clock_(clock) {}

  /// Asks and waits, at most until the deadline.
  base::Result<base::UniqueFd> connect(std::uint16_t port, base::MonoTime deadline);
  /// Those of `ports` that something listens on, in their order. All are tried at once, so that a silent one costs no
  /// more than the others.
  base::Result<std::vector<std::uint16_t>> open_ports(const std::vector<std::uint16_t>& ports, base::MonoTime deadline);
  /// Asks; the answer comes through pump() as a ProbeSocket of this connection.
  base::Status ask_connection(std::uint32_t connection, std::uint16_t port);
  /// A number for the next connection that nobody else uses.
  std::uint32_t new_connection() { return next_connection_++; }
  base::Status send(const ipc::Message& message);
  /// Everything core said since; a Shutdown becomes kCancelled.
  base::Result<std::vector<ipc::Received>> pump();
  /// Core connected to an address outside of private networks.
  bool public_address() const { return public_address_; }
  int fd() const { return links_.control_fd(); }
  base::MonoTime now() const { return clock_.mono_now(); }
  const base::Clock& clock() const { return clock_; }
  void beat() { links_.beat(clock_.mono_now()); }

 private:
  base::Result<std::vector<ipc::Received>> receive();

  ProbeLinks& links_;
  const base::Clock& clock_;
  std::uint32_t next_connection_ = 1;
  std::vector<ipc::Received> kept_;
  bool public_address_ = false;
};

/// Waits until `fd` is readable (or writable) or the deadline is there; false: the deadline.
bool wait_for(int fd, short events, const base::Clock& clock, base::MonoTime deadline);

}  // namespace vonggac::probe
