#include "camsim/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "camsim/world.h"

namespace vonggac::camsim {
namespace {

constexpr std::size_t kMaxInputBytes = 256 * 1024;
/// RFC 2326 12.37: the server may end a session that was silent for the timeout; cameras grant a little more.
constexpr std::int64_t kTimeoutGrace_us = 1'000'000;

}  // namespace

Connection::Connection(World& world, std::uint64_t id, base::UniqueFd fd, sockaddr_in peer)
    : world_(world),
      id_(id),
      fd_(std::move(fd)),
      pipe_(fd_.get(), [this] { update_interest(); }),
      session_(world, pipe_, fd_.get(), peer),
      last_activity_us_(world.reactor().now_us()) {}

Connection::~Connection() { die(false); }

base::Status Connection::watch() {
  interest_ = EPOLLIN;
  return world_.reactor().watch(fd_.get(), interest_, this);
}

bool Connection::blackholed() const { return camera() != nullptr && camera()->faults().blackhole; }

void Connection::update_interest() {
  if (dead_) return;
  std::uint32_t wanted = 0;
  if (!blackholed()) wanted = pipe_.wants_write() ? EPOLLIN | EPOLLOUT : EPOLLIN;
  if (wanted == interest_) return;
  interest_ = wanted;
  world_.reactor().change(fd_.get(), wanted, this);
}

void Connection::on_events(std::uint32_t events) {
  if (dead_) return;
  if ((events & EPOLLOUT) != 0) pipe_.flush();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    if (!read_available() && !dead_) return die(false);
    process_input();
  }
  if (!dead_ && pipe_.broken()) return die(false);
  update_interest();
}

void Connection::faults_changed() {
  process_input();  // what waited while the camera was a black hole
  update_interest();
}

bool Connection::read_available() {
  std::array<char, 16 * 1024> buffer;
  while (input_.size() < kMaxInputBytes) {
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    input_.append(buffer.data(), static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < buffer.size()) return true;
  }
  return true;
}

void Connection::process_input() {
  while (!dead_ && !replying_ && !blackholed() && !input_.empty() && take_one()) {
  }
}

bool Connection::take_one() {
  if (input_.front() == '$') return take_interleaved();
  if (input_.front() == '\r' || input_.front() == '\n') {
    input_.erase(0, 1);
    return true;
  }
  const ParsedRequest parsed = parse_request(input_);
  if (parsed.outcome == ParseOutcome::kNeedMore) return false;
  if (parsed.outcome == ParseOutcome::kBad) {
    die(false);
    return false;
  }
  const RtspSession::Outcome outcome = session_.handle(parsed.request);
  if (outcome.action == RtspSession::Action::kNothing) return false;  // a black hole: the request stays unread
  input_.erase(0, parsed.consumed_bytes);
  last_activity_us_ = world_.reactor().now_us();
  if (outcome.action == RtspSession::Action::kReply) {
    start_reply(outcome.reply);
  } else {
    die(outcome.action == RtspSession::Action::kReset);
  }
  return true;
}

/// RTCP from the receiver.
bool Connection::take_interleaved() {
  if (input_.size() < kInterleavedHeaderBytes) return false;
  const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(input_[2])) << 8 |
                           static_cast<std::size_t>(static_cast<unsigned char>(input_[3]));
  if (input_.size() < kInterleavedHeaderBytes + size) return false;
  input_.erase(0, kInterleavedHeaderBytes + size);
  if (camera() == nullptr || !camera()->faults().only_rtsp_keeps_alive) {
    last_activity_us_ = world_.reactor().now_us();
  }
  return true;
}

void Connection::start_reply(std::string text) {
  replying_ = true;
  const Faults* faults = camera() == nullptr ? nullptr : &camera()->faults();
  if (faults == nullptr || (faults->reply_delay_us <= 0 && faults->drip_byte_us <= 0)) {
    pipe_.send_reply(base::as_bytes(text));
    return reply_done();
  }
  slow_reply_ = std::move(text);
  pipe_.hold(true);
  reply_timer_ = world_.reactor().at(world_.reactor().now_us() + faults->reply_delay_us, [this] { drip_next(); });
}

void Connection::drip_next() {
  reply_timer_.reset();
  const std::int64_t byte_us = camera() == nullptr ? 0 : camera()->faults().drip_byte_us;
  const std::size_t part = byte_us > 0 ? std::min<std::size_t>(1, slow_reply_.size()) : slow_reply_.size();
  pipe_.send_past_hold(base::as_bytes(slow_reply_).first(part));
  slow_reply_.erase(0, part);
  if (pipe_.broken()) return die(false);
  if (!slow_reply_.empty()) {
    reply_timer_ = world_.reactor().at(world_.reactor().now_us() + byte_us, [this] { drip_next(); });
    return;
  }
  pipe_.hold(false);
  pipe_.flush();
  reply_done();
  process_input();
  update_interest();
}

void Connection::reply_done() {
  replying_ = false;
  session_.reply_sent();
}

void Connection::check_timeout() {
  if (dead_ || blackholed() || !session_.open()) return;
  const std::int64_t limit_us = camera()->faults().session_timeout_s * std::int64_t{1'000'000} + kTimeoutGrace_us;
  if (world_.reactor().now_us() - last_activity_us_ > limit_us) die(false);
}

void Connection::on_udp_rtcp(const sockaddr_in& peer) {
  if (dead_ || !session_.receives_at(peer) || camera()->faults().only_rtsp_keeps_alive) return;
  last_activity_us_ = world_.reactor().now_us();
}

void Connection::die(bool with_rst) {
  if (dead_) return;
  dead_ = true;
  if (reply_timer_) world_.reactor().cancel(*reply_timer_);
  session_.end();
  world_.reactor().unwatch(fd_.get());
  if (with_rst) {
    const linger abort_on_close{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &abort_on_close, sizeof abort_on_close);
  }
  fd_.reset();
  world_.bury(id_);
}

}  // namespace vonggac::camsim
