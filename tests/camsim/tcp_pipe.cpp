#include "camsim/tcp_pipe.h"

#include <cerrno>

#include <sys/socket.h>

namespace vonggac::camsim {

std::size_t TcpPipe::write_some(base::ByteSpan bytes) {
  if (broken_) return bytes.size();
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) {
    sent_bytes_ += static_cast<std::uint64_t>(sent);
    return static_cast<std::size_t>(sent);
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
  broken_ = true;
  return bytes.size();
}

void TcpPipe::send_or_keep(base::ByteSpan bytes) {
  const bool was_empty = pending() == 0;
  const base::ByteSpan rest = bytes.subspan(was_empty && !held_ ? write_some(bytes) : 0);
  if (rest.empty()) return;
  backlog_.insert(backlog_.end(), rest.begin(), rest.end());
  if (was_empty) on_backlog_();
}

bool TcpPipe::send_media(base::ByteSpan bytes) {
  if (broken_ || pending() + bytes.size() > kMaxBacklogBytes) return false;
  send_or_keep(bytes);
  return true;
}

void TcpPipe::send_reply(base::ByteSpan bytes) {
  if (!broken_) send_or_keep(bytes);
}

void TcpPipe::send_past_hold(base::ByteSpan bytes) { (void)write_some(bytes); }

void TcpPipe::flush() {
  if (held_ || pending() == 0) return;
  backlog_start_ += write_some(base::ByteSpan(backlog_).subspan(backlog_start_));
  if (pending() == 0) {
    backlog_.clear();
    backlog_start_ = 0;
  } else if (backlog_start_ > kMaxBacklogBytes / 2) {
    backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(backlog_start_));
    backlog_start_ = 0;
  }
}

}  // namespace vonggac::camsim
