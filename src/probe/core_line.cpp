#include "probe/core_line.h"

#include <algorithm>

#include <poll.h>

namespace vonggac::probe {
namespace {

base::Status cancelled() { return {base::ErrorKind::kCancelled, "the probe was stopped"}; }

}  // namespace

bool wait_for(int fd, short events, const base::Clock& clock, base::MonoTime deadline) {
  while (true) {
    const std::int64_t left_us = (deadline - clock.mono_now()).count();
    if (left_us <= 0) return false;
    pollfd one{fd, events, 0};
    const int ready = poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left_us / 1000 + 1, 500)));
    if (ready > 0) return true;
  }
}

base::Status CoreLine::send(const ipc::Message& message) {
  VG_TRY(links_.send(message));
  return links_.flush();
}

base::Status CoreLine::ask_connection(std::uint32_t connection, std::uint16_t port) {
  return send(ipc::ProbeConnect{connection, port});
}

base::Result<std::vector<ipc::Received>> CoreLine::receive() {
  base::Result<std::vector<ipc::Received>> received = links_.receive();
  if (!received) return received.error().kind() == base::ErrorKind::kUnavailable ? cancelled() : received.error();
  VG_TRY(links_.flush());
  for (const ipc::Received& one : *received) {
    if (std::holds_alternative<ipc::Shutdown>(one.message)) return cancelled();
    const auto* opened = std::get_if<ipc::ProbeSocket>(&one.message);
    public_address_ = public_address_ || (opened != nullptr && opened->public_address);
  }
  return received;
}

base::Result<std::vector<ipc::Received>> CoreLine::pump() {
  VG_ASSIGN(std::vector<ipc::Received> received, receive());
  kept_.insert(kept_.end(), std::make_move_iterator(received.begin()), std::make_move_iterator(received.end()));
  return std::exchange(kept_, {});
}

base::Result<base::UniqueFd> CoreLine::connect(std::uint16_t port, base::MonoTime deadline) {
  const std::uint32_t connection = new_connection();
  VG_TRY(ask_connection(connection, port));
  while (wait_for(fd(), POLLIN, clock_, deadline)) {
    beat();
    VG_ASSIGN(std::vector<ipc::Received> received, receive());
    base::Result<base::UniqueFd> outcome = base::timed_out("");
    bool answered = false;
    for (ipc::Received& one : received) {
      const auto* opened = std::get_if<ipc::ProbeSocket>(&one.message);
      if (opened == nullptr || opened->connection != connection) {
        kept_.push_back(std::move(one));
        continue;
      }
      answered = true;
      if (opened->reason == ipc::StreamReason::kForbiddenAddress) {
        outcome = base::out_of_range(opened->detail);
      } else if (opened->reason != ipc::StreamReason::kNone || one.fds.empty()) {
        outcome = base::unavailable(opened->detail);
      } else {
        outcome = std::move(one.fds.front());
      }
    }
    if (answered) return outcome;
  }
  return base::timed_out("no connection in time");
}

base::Result<std::vector<std::uint16_t>> CoreLine::open_ports(const std::vector<std::uint16_t>& ports,
                                                              base::MonoTime deadline) {
  const std::uint32_t first = next_connection_;
  for (const std::uint16_t port : ports) VG_TRY(ask_connection(new_connection(), port));
  std::vector<bool> open(ports.size(), false);
  std::size_t waiting = ports.size(), forbidden = 0;
  while (waiting > 0 && wait_for(fd(), POLLIN, clock_, deadline)) {
    beat();
    VG_ASSIGN(std::vector<ipc::Received> received, receive());
    for (ipc::Received& one : received) {
      const auto* answer = std::get_if<ipc::ProbeSocket>(&one.message);
      if (answer == nullptr || answer->connection < first || answer->connection - first >= ports.size()) continue;
      --waiting;
      open[answer->connection - first] = answer->reason == ipc::StreamReason::kNone;
      if (answer->reason == ipc::StreamReason::kForbiddenAddress) ++forbidden;
    }
  }
  if (forbidden == ports.size() && forbidden > 0) return base::out_of_range("the address is not allowed");
  std::vector<std::uint16_t> found;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (open[i]) found.push_back(ports[i]);
  }
  return found;
}

}  // namespace vonggac::probe
