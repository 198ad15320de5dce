/// The sending half of one RTSP connection: media and replies in one byte stream, with a bounded backlog.
/// Flow     TrackSender / Connection -> TcpPipe -> socket; what the kernel does not take waits for EPOLLOUT
/// Threads  bound to the reactor's thread. Borrows the descriptor.
/// Errors   broken() after the peer is gone; further bytes are swallowed.
/// Units    bytes. The backlog holds kMaxBacklogBytes of media, then whole units are dropped (a camera's encoder
///          buffer is about that large); replies always fit.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/bytes.h"

namespace vonggac::camsim {

class TcpPipe {
 public:
  static constexpr std::size_t kMaxBacklogBytes = 2 * 1024 * 1024;

  /// `on_backlog` is called when bytes begin to wait, so that the owner asks for EPOLLOUT.
  TcpPipe(int fd, std::function<void()> on_backlog) : fd_(fd), on_backlog_(std::move(on_backlog)) {}
  /// False: dropped, because the peer is too slow.
  bool send_media(base::ByteSpan bytes);
  void send_reply(base::ByteSpan bytes);
  /// The socket takes bytes again.
  void flush();
  bool wants_write() const { return pending() > 0 && !broken_; }
  bool broken() const { return broken_; }
  /// While held, everything waits (a reply is being dripped between).
  void hold(bool on) { held_ = on; }
  /// Straight to the socket, past the backlog; only while held.
  void send_past_hold(base::ByteSpan bytes);
  std::uint64_t sent_bytes() const { return sent_bytes_; }

 private:
  std::size_t pending() const { return backlog_.size() - backlog_start_; }
  void send_or_keep(base::ByteSpan bytes);
  std::size_t write_some(base::ByteSpan bytes);

  int fd_;
  std::function<void()> on_backlog_;
  base::Bytes backlog_;
  std::size_t backlog_start_ = 0;
  bool broken_ = false;
  bool held_ = false;
  std::uint64_t sent_bytes_ = 0;
};

}  // namespace vonggac::camsim
