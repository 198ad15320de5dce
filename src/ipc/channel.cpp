#include "ipc/channel.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace vonggac::ipc {
namespace {

constexpr std::size_t kMessageLengthBytes = 4;
constexpr std::size_t kReadChunkBytes = 64U << 10;
constexpr std::size_t kMaxFdsPerMessage = 2;
constexpr std::size_t kMaxWaitingFds = 64;
/// Largest message: a live access unit with its header.
constexpr std::size_t kMaxMessageBytes = kMaxAccessUnitBytes + (1U << 10);

std::size_t fds_of(const Message& message) {
  if (std::holds_alternative<StartStream>(message)) return 1;
  if (std::holds_alternative<UdpSockets>(message)) return 2;
  if (std::holds_alternative<DiscoveryListen>(message)) return 1;
  if (const auto* opened = std::get_if<ProbeSocket>(&message)) return opened->reason == StreamReason::kNone ? 1 : 0;
  return 0;
}

void take_fds(msghdr& header, std::deque<base::UniqueFd>& out) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
      out.emplace_back(fd);
    }
  }
}

ssize_t send_with_fds(int socket, base::ByteSpan bytes, const std::vector<base::UniqueFd>& fds) {
  iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxFdsPerMessage)] = {};
  if (!fds.empty()) {
    const std::size_t payload_bytes = sizeof(int) * fds.size();
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(payload_bytes);
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(payload_bytes);
    for (std::size_t i = 0; i < fds.size(); ++i) {
      const int fd = fds[i].get();
      std::memcpy(CMSG_DATA(rights) + i * sizeof(int), &fd, sizeof fd);
    }
  }
  return sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

Channel::Channel(base::UniqueFd socket) : socket_(std::move(socket)) {
  const int flags = fcntl(socket_.get(), F_GETFL);
  if (flags >= 0) fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
}

base::Status Channel::send(const Message& message, std::vector<base::UniqueFd> fds) {
  if (fds.size() > kMaxFdsPerMessage) return base::invalid_argument("too many descriptors with one message");
  Outgoing item;
  item.bytes.resize(kMessageLengthBytes);
  encode(message, item.bytes);
  const std::size_t body_bytes = item.bytes.size() - kMessageLengthBytes;
  if (body_bytes > kMaxMessageBytes) return base::out_of_range("message too large for the control socket");
  if (queued_bytes_ + item.bytes.size() > kMaxQueuedBytes) return base::no_space("control socket queue is full");
  base::ByteWriter(item.bytes).patch_u32(0, static_cast<std::uint32_t>(body_bytes));
  item.fds = std::move(fds);
  queued_bytes_ += item.bytes.size();
  out_.push_back(std::move(item));
  return flush();
}

base::Status Channel::flush() {
  while (!out_.empty()) {
    Outgoing& item = out_.front();
    const ssize_t n = send_with_fds(socket_.get(), base::ByteSpan(item.bytes).subspan(item.sent), item.fds);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
      return base::unavailable(std::string("peer of the control socket is gone: ") + std::strerror(errno));
    }
    item.fds.clear();  // they travelled with the first byte
    item.sent += static_cast<std::size_t>(n);
    queued_bytes_ -= static_cast<std::size_t>(n);
    if (item.sent == item.bytes.size()) out_.pop_front();
  }
  return {};
}

base::Result<std::vector<Received>> Channel::receive() {
  std::vector<Received> messages;
  while (true) {
    const std::size_t have = in_.size();
    in_.resize(have + kReadChunkBytes);
    iovec part{in_.data() + have, kReadChunkBytes};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 8)] = {};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t n = recvmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const int error_number = errno;
    in_.resize(have + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n < 0) {
      if (error_number == EINTR) continue;
      if (error_number == EAGAIN || error_number == EWOULDBLOCK) return messages;
      return base::from_errno(error_number, "control socket");
    }
    take_fds(header, in_fds_);
    if (in_fds_.size() > kMaxWaitingFds || (header.msg_flags & MSG_CTRUNC) != 0) {
      return base::data_loss("peer sent descriptors that belong to no message");
    }
    VG_TRY(take_complete(messages));
    if (n == 0) {
      // What arrived before the close still counts; the caller sees the close with the next call.
      if (!messages.empty()) return messages;
      return base::unavailable("peer closed the control socket");
    }
    if (static_cast<std::size_t>(n) < kReadChunkBytes) return messages;
  }
}

base::Status Channel::take_complete(std::vector<Received>& out) {
  while (in_.size() - in_read_ >= kMessageLengthBytes) {
    base::ByteReader reader(base::ByteSpan(in_).subspan(in_read_));
    const std::size_t body_bytes = reader.u32();
    if (body_bytes > kMaxMessageBytes) return base::data_loss("control message with an impossible length");
    if (reader.remaining() < body_bytes) break;
    auto message = decode(reader.take(body_bytes));
    if (!message) return base::data_loss(message.error().message());
    Received received{std::move(*message), {}};
    for (std::size_t i = fds_of(received.message); i > 0; --i) {
      if (in_fds_.empty()) return base::data_loss("message without the descriptors it needs");
      received.fds.push_back(std::move(in_fds_.front()));
      in_fds_.pop_front();
    }
    out.push_back(std::move(received));
    in_read_ += kMessageLengthBytes + body_bytes;
  }
  if (in_read_ == in_.size()) {
    in_.clear();
    in_read_ = 0;
  } else if (in_read_ > kReadChunkBytes) {
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(in_read_));
    in_read_ = 0;
  }
  return {};
}

}  // namespace vonggac::ipc
