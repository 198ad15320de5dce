/// One end of the control socket between core and a worker (or the web process, or the command line).
/// Flow     send(): encode -> bounded out queue -> socket. receive(): socket -> decode -> messages, with fds.
/// Threads  one thread at a time. Non-blocking: flush() and receive() are called when epoll says so.
/// Owns     the socket, queued fds until sent, received fds until taken.
/// Errors   kDataLoss: malformed message (end the peer). kUnavailable: peer closed. kNoSpace: out queue full.
#pragma once

#include <deque>
#include <vector>

#include "base/unique_fd.h"
#include "ipc/messages.h"

namespace vonggac::ipc {

struct Received {
  Message message;
  std::vector<base::UniqueFd> fds;  ///< those that travelled with it: 0..2
};

class Channel {
 public:
  static constexpr std::size_t kMaxQueuedBytes = 32U << 20;

  explicit Channel(base::UniqueFd socket);  ///< made non-blocking
  int fd() const { return socket_.get(); }
  /// Queues and tries to send at once. fds are duplicated by the kernel; ours close after sending.
  base::Status send(const Message& message, std::vector<base::UniqueFd> fds = {});
  base::Status flush();
  bool wants_write() const { return !out_.empty(); }
  std::size_t queued_bytes() const { return queued_bytes_; }
  /// All complete messages that can be had now.
  base::Result<std::vector<Received>> receive();

 private:
  struct Outgoing {
    base::Bytes bytes;
    std::size_t sent = 0;
    std::vector<base::UniqueFd> fds;
  };
  base::Status take_complete(std::vector<Received>& out);

  base::UniqueFd socket_;
  std::deque<Outgoing> out_;
  std::size_t queued_bytes_ = 0;
  base::Bytes in_;
  std::size_t in_read_ = 0;
  std::deque<base::UniqueFd> in_fds_;
};

}  // namespace vonggac::ipc
