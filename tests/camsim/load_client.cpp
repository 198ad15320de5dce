// camsim_load: opens many RTSP sessions over TCP and counts what arrives: bytes, access units, gaps in RTP sequence
// numbers and in the frame counter. For measuring camsim itself, and as a known-cheap receiver in benchmarks.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "camsim/frame_counter.h"
#include "camsim/packetiser.h"

namespace {

using namespace vonggac;
using namespace vonggac::camsim;

constexpr std::int64_t kKeepAlive_us = 20'000'000;

struct Arguments {
  int sessions = 1;
  double seconds = 10;
  std::vector<std::string> urls;
};

struct Totals {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t units = 0;
  std::uint64_t reports = 0;
  std::uint64_t sequence_gaps = 0;
  std::uint64_t counters = 0;
  std::uint64_t counter_gaps = 0;
  std::int64_t max_latency_us = 0;
  int lost_sessions = 0;
};

/// One playing session: cuts the byte stream into packets and looks at the headers only.
class LoadSession {
 public:
  LoadSession(base::UniqueFd fd, std::string url, media::Codec codec, std::string session)
      : fd_(std::move(fd)), url_(std::move(url)), codec_(codec), session_(std::move(session)) {}
  int fd() const { return fd_.get(); }
  void keep_alive() {
    const std::string text = "OPTIONS " + url_ + " RTSP/1.0\r\nCSeq: 9\r\nSession: " + session_ + "\r\n\r\n";
    (void)::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  void take(base::ByteSpan bytes, std::int64_t wall_us, Totals& totals) {
    if (!rest_.empty()) {
      rest_.insert(rest_.end(), bytes.begin(), bytes.end());
      const base::Bytes whole = std::exchange(rest_, {});
      return cut(whole, wall_us, totals);
    }
    cut(bytes, wall_us, totals);
  }

 private:
  void cut(base::ByteSpan bytes, std::int64_t wall_us, Totals& totals) {
    while (!bytes.empty()) {
      std::size_t size = 0;
      if (bytes[0] == '$') {
        if (bytes.size() < kInterleavedHeaderBytes) break;
        size = kInterleavedHeaderBytes + (static_cast<std::size_t>(bytes[2]) << 8 | bytes[3]);
        if (bytes.size() < size) break;
        on_packet(bytes[1], bytes.subspan(kInterleavedHeaderBytes, size - kInterleavedHeaderBytes), wall_us, totals);
      } else {
        const std::size_t end = base::as_text(bytes).find("\r\n\r\n");  // a reply to a keep-alive
        if (end == std::string_view::npos) break;
        size = end + 4;
      }
      bytes = bytes.subspan(size);
    }
    rest_.assign(bytes.begin(), bytes.end());
  }

  void on_packet(std::uint8_t channel, base::ByteSpan packet, std::int64_t wall_us, Totals& totals) {
    if (channel != 0 || packet.size() <= kRtpHeaderBytes) {
      totals.reports += channel == 1 ? 1 : 0;
      return;
    }
    ++totals.packets;
    if ((packet[1] & 0x80) != 0) ++totals.units;
    const auto sequence = static_cast<std::uint16_t>(packet[2] << 8 | packet[3]);
    if (started_ && sequence != static_cast<std::uint16_t>(sequence_ + 1)) ++totals.sequence_gaps;
    started_ = true;
    sequence_ = sequence;
    const auto stamp = read_frame_counter(packet.subspan(kRtpHeaderBytes), codec_);
    if (!stamp) return;
    if (counted_ && stamp->counter != counter_ + 1) ++totals.counter_gaps;
    counted_ = true;
    counter_ = stamp->counter;
    ++totals.counters;
    totals.max_latency_us = std::max(totals.max_latency_us, wall_us - stamp->sent_wall_us);
  }

  base::UniqueFd fd_;
  std::string url_;
  media::Codec codec_;
  std::string session_;
  base::Bytes rest_;
  bool started_ = false;
  bool counted_ = false;
  std::uint16_t sequence_ = 0;
  std::uint64_t counter_ = 0;
};

/// Blocking request and reply; the socket has a receive time limit.
base::Result<std::string> request_reply(int fd, const std::string& request) {
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return base::from_errno(errno, "send");
  std::string reply;
  char c = 0;
  std::size_t body = 0;
  // Byte by byte, so that no media behind the reply is taken.
  while (!reply.ends_with("\r\n\r\n")) {
    if (::recv(fd, &c, 1, 0) != 1) return base::timed_out("no reply to " + request.substr(0, request.find(' ')));
    reply.push_back(c);
  }
  if (const std::size_t at = reply.find("Content-Length: "); at != std::string::npos) {
    std::from_chars(reply.data() + at + 16, reply.data() + reply.size(), body);
  }
  for (; body > 0; --body) {
    if (::recv(fd, &c, 1, 0) != 1) return base::timed_out("the reply is cut short");
    reply.push_back(c);
  }
  if (!reply.starts_with("RTSP/1.0 200")) return base::unavailable(reply.substr(0, reply.find('\r')));
  return reply;
}

base::Result<base::UniqueFd> connect_to(const std::string& url) {
  if (!url.starts_with("rtsp://")) return base::invalid_argument("not an rtsp URL: " + url);
  const std::string authority = url.substr(7, url.find('/', 7) - 7);
  const std::size_t colon = authority.find(':');
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(
      colon == std::string::npos ? 554 : std::strtoul(authority.c_str() + colon + 1, nullptr, 10)));
  if (inet_pton(AF_INET, authority.substr(0, colon).c_str(), &name.sin_addr) != 1) {
    return base::invalid_argument("the URL must name an IPv4 address: " + url);
  }
  base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{10, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) < 0) {
    return base::from_errno(errno, "connect " + authority);
  }
  return fd;
}

base::Result<std::unique_ptr<LoadSession>> open_session(const std::string& url) {
  VG_ASSIGN(base::UniqueFd fd, connect_to(url));
  VG_ASSIGN(const std::string sdp, request_reply(fd.get(), "DESCRIBE " + url + " RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
  const media::Codec codec = sdp.find("H265/90000") != std::string::npos ? media::Codec::kH265 : media::Codec::kH264;
  VG_ASSIGN(const std::string setup,
            request_reply(fd.get(), "SETUP " + url +
                                        "/trackID=0 RTSP/1.0\r\nCSeq: 2\r\n"
                                        "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"));
  const std::size_t at = setup.find("Session: ");
  if (at == std::string::npos) return base::unavailable("SETUP without Session");
  const std::string session = setup.substr(at + 9, setup.find_first_of(";\r", at) - at - 9);
  VG_ASSIGN(const std::string play,
            request_reply(fd.get(), "PLAY " + url + " RTSP/1.0\r\nCSeq: 3\r\nSession: " + session + "\r\n\r\n"));
  return std::make_unique<LoadSession>(std::move(fd), url, codec, session);
}

void read_for(const base::Clock& clock, double seconds, std::vector<std::unique_ptr<LoadSession>>& sessions,
              Totals& totals) {
  const base::UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  for (auto& session : sessions) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = session.get();
    epoll_ctl(epoll.get(), EPOLL_CTL_ADD, session->fd(), &event);
  }
  std::vector<std::uint8_t> buffer(256 * 1024);
  std::array<epoll_event, 64> events;
  const std::int64_t end_us = clock.mono_now().us + static_cast<std::int64_t>(seconds * 1e6);
  std::int64_t keep_alive_us = clock.mono_now().us + kKeepAlive_us;
  while (clock.mono_now().us < end_us) {
    const int count = epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i) {
      auto* session = static_cast<LoadSession*>(events[static_cast<std::size_t>(i)].data.ptr);
      const ssize_t got = ::recv(session->fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (got <= 0) {
        ++totals.lost_sessions;
        epoll_ctl(epoll.get(), EPOLL_CTL_DEL, session->fd(), nullptr);
        continue;
      }
      totals.bytes += static_cast<std::uint64_t>(got);
      session->take(base::ByteSpan(buffer).first(static_cast<std::size_t>(got)), clock.wall_now().us, totals);
    }
    if (clock.mono_now().us < keep_alive_us) continue;
    keep_alive_us += kKeepAlive_us;
    for (auto& session : sessions) session->keep_alive();
  }
}

base::Result<Arguments> parse_arguments(int argc, char** argv) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--sessions" && i + 1 < argc) {
      out.sessions = std::atoi(argv[++i]);
    } else if (name == "--seconds" && i + 1 < argc) {
      out.seconds = std::atof(argv[++i]);
    } else if (name.starts_with("rtsp://")) {
      out.urls.push_back(name);
    } else {
      return base::invalid_argument(
          "usage: camsim_load [--sessions N] [--seconds S] rtsp://ADDRESS:PORT/NAME/main ...");
    }
  }
  if (out.urls.empty() || out.sessions < 1 || out.seconds <= 0) return base::invalid_argument("no rtsp URL given");
  return out;
}

void print_totals(const Arguments& arguments, const Totals& totals) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds_of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  const boost::json::value line = {{"sessions", arguments.sessions},
                                   {"lost_sessions", totals.lost_sessions},
                                   {"bytes", totals.bytes},
                                   {"mbit_per_s", static_cast<double>(totals.bytes) * 8 / 1e6 / arguments.seconds},
                                   {"packets", totals.packets},
                                   {"units", totals.units},
                                   {"sender_reports", totals.reports},
                                   {"sequence_gaps", totals.sequence_gaps},
                                   {"counters", totals.counters},
                                   {"counter_gaps", totals.counter_gaps},
                                   {"max_latency_ms", static_cast<double>(totals.max_latency_us) / 1000},
                                   {"own_cpu_s", seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime)}};
  std::puts(boost::json::serialize(line).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse_arguments(argc, argv);
  if (!arguments.ok()) {
    std::fprintf(stderr, "camsim_load: %s\n", arguments.error().message().c_str());
    return 2;
  }
  std::vector<std::unique_ptr<LoadSession>> sessions;
  for (int i = 0; i < arguments->sessions; ++i) {
    auto session = open_session(arguments->urls[static_cast<std::size_t>(i) % arguments->urls.size()]);
    if (!session.ok()) {
      std::fprintf(stderr, "camsim_load: %s\n", session.error().message().c_str());
      return 1;
    }
    sessions.push_back(std::move(session).value());
  }
  const base::SystemClock clock;
  Totals totals;
  read_for(clock, arguments->seconds, sessions, totals);
  print_totals(*arguments, totals);
  return totals.units > 0 ? 0 : 1;
}
