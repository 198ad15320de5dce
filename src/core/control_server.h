/// The control socket <data>/run/control.sock: the command line asks, core answers.
/// Threads  bound to core's main thread.
/// Owns     the listening socket, its file, the open connections (at most 16).
/// Errors   start(): the socket cannot be made. A peer that is neither root nor our own user, or that breaks the
///          framing, is cut off.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/commands.h"
#include "core/event_loop.h"
#include "ipc/channel.h"

namespace vonggac::core {

class ControlServer {
 public:
  ControlServer(EventLoop& loop, Commands& commands) : loop_(loop), commands_(commands) {}
  ~ControlServer();
  base::Status start(const std::string& data_dir);

 private:
  void on_accept();
  void on_peer(int fd, std::uint32_t events);
  void drop(int fd);

  EventLoop& loop_;
  Commands& commands_;
  std::string path_;
  base::UniqueFd listener_;
  std::map<int, std::unique_ptr<ipc::Channel>> peers_;
};

}  // namespace vonggac::core
