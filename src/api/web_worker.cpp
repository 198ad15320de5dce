#include "api/web_worker.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include "api/archive_clip_source.h"
#include "api/http_server.h"
#include "api/loop_file_pool.h"
#include "base/log.h"
#include "ipc/worker.h"

namespace vonggac::api {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr base::Micros kConfigurationWithin = base::Seconds(15);
constexpr auto kWorkerTick = std::chrono::milliseconds(100);
constexpr base::Micros kGoodbye = base::Seconds(1);
constexpr auto kGoodbyeTick = std::chrono::milliseconds(10);
constexpr int kListenBacklog = 256;
constexpr std::size_t kMaxConnections = 512;
constexpr std::size_t kReservedDescriptors = 32;  ///< channel, index, loop, and files beside those of connections

struct Listening {
  bool is_ipv6 = false;
  std::uint16_t port = 0;
};

/// kInvalidArgument unless it is a bound TCP socket on a loopback address: there are no accounts yet.
base::Result<Listening> check_listening(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return base::invalid_argument("this command is started by the service itself: descriptor 5 is not its socket");
  }
  Listening found;
  bool is_loopback = false;
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    is_loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    found.port = ntohs(v4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    found.is_ipv6 = true;
    is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
    found.port = ntohs(v6.sin6_port);
  }
  if (!is_loopback || found.port == 0) {
    return base::invalid_argument("without accounts the page is served on loopback addresses only");
  }
  return found;
}

base::Result<std::string> data_dir_from(const std::string& text) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(text, error);
  const boost::json::value* config = value.is_object() ? value.get_object().if_contains("web_config") : nullptr;
  if (error || config == nullptr || !config->is_object()) {
    return base::internal_error("core's first message is not the configuration");
  }
  const boost::json::value* data_dir = config->get_object().if_contains("data_dir");
  if (data_dir == nullptr || !data_dir->is_string()) return base::internal_error("data_dir is missing");
  return std::string(data_dir->get_string());
}

/// Waits for core's configuration; nothing else is running yet.
base::Result<std::string> receive_data_dir(ipc::Channel& channel, const base::Clock& clock) {
  const base::MonoTime deadline = clock.mono_now() + kConfigurationWithin;
  while (clock.mono_now() < deadline) {
    pollfd wait{channel.fd(), POLLIN, 0};
    if (poll(&wait, 1, 200) < 0 && errno != EINTR) return base::from_errno(errno, "wait for core");
    VG_ASSIGN(const std::vector<ipc::Received> messages, channel.receive());
    for (const ipc::Received& received : messages) {
      if (const auto* reply = std::get_if<ipc::ControlReply>(&received.message)) return data_dir_from(reply->json);
      if (std::holds_alternative<ipc::Shutdown>(received.message)) return base::Status(base::ErrorKind::kCancelled, "");
    }
  }
  return base::timed_out("core did not send the configuration");
}

/// So many connections that each may have a socket and an open segment file.
std::size_t connection_cap() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kMaxConnections;
  const std::size_t descriptors = std::min<std::size_t>(limit.rlim_cur, 1U << 20);
  const std::size_t left = descriptors > kReservedDescriptors ? descriptors - kReservedDescriptors : 2;
  return std::clamp<std::size_t>(left / 2, 1, kMaxConnections);
}

class WebWorker {
 public:
  WebWorker(ipc::WorkerContext& worker, ClipSource& clips, const Listening& listening)
      : worker_(worker),
        core_(clock_, worker.control()),
        hub_(core_),
        files_(loop_, 2 * kMaxConnections),
        routes_({clock_, core_, clips, files_, stats_, listening.port}),
        context_{clock_, routes_, hub_, files_, stats_, connection_cap(), {}},
        server_(loop_, base::UniqueFd(ipc::kListenFd), listening.is_ipv6, context_),
        core_socket_(loop_, worker.control().fd()),
        timer_(loop_) {}
  ~WebWorker() { core_socket_.release(); }  // the channel owns it

  int run() {
    server_.accept();
    wait_for_core();
    tick();
    loop_.run();
    // A connection that still waits for a disk refers to this object from a pool thread: nothing may be torn down then.
    if (!context_.connections.empty()) std::_Exit(exit_code_);
    return exit_code_;
  }

 private:
  void wait_for_core() {
    core_socket_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const ErrorCode& error) {
      if (error) return;
      const base::Status status = core_.on_readable();
      if (!status.ok()) {
        stop(status.kind() == base::ErrorKind::kUnavailable ? 0 : 1, status.message());
      } else if (core_.shutdown_asked()) {
        stop(0, "core asked to stop");
      } else {
        wait_for_core();
      }
    });
  }

  void flush_to_core() {
    if (!core_.wants_write() || waits_to_write_) return;
    waits_to_write_ = true;
    core_socket_.async_wait(asio::posix::stream_descriptor::wait_write, [this](const ErrorCode& error) {
      waits_to_write_ = false;
      if (error) return;
      if (const base::Status status = core_.on_writable(); !status.ok()) {
        stop(0, status.message());
        return;
      }
      flush_to_core();
    });
  }

  void tick() {
    worker_.beat(clock_.mono_now());
    core_.tick();
    flush_to_core();
    timer_.expires_after(kWorkerTick);
    timer_.async_wait([this](const ErrorCode& error) {
      if (!error) tick();
    });
  }

  /// Ends every connection, then the loop.
  void stop(int exit_code, const std::string& why) {
    base::log::info("api", "stops: {}", why);
    exit_code_ = exit_code;
    server_.close();
    core_.abandon();
    const std::set<Connection*> open = context_.connections;
    for (Connection* connection : open) {
      if (context_.connections.contains(connection)) connection->close();
    }
    ErrorCode ignored;
    core_socket_.cancel(ignored);
    wait_for_goodbyes(clock_.mono_now() + kGoodbye);
  }

  void wait_for_goodbyes(base::MonoTime deadline) {
    if (context_.connections.empty() || clock_.mono_now() >= deadline) {
      loop_.stop();
      return;
    }
    timer_.expires_after(kGoodbyeTick);
    timer_.async_wait([this, deadline](const ErrorCode&) { wait_for_goodbyes(deadline); });
  }

  base::SystemClock clock_;
  ipc::WorkerContext& worker_;
  asio::io_context loop_{1};
  WebStats stats_;
  CoreLink core_;
  LiveHub hub_;
  LoopFilePool files_;
  Routes routes_;
  ServerContext context_;
  HttpServer server_;
  asio::posix::stream_descriptor core_socket_;
  asio::steady_timer timer_;
  bool waits_to_write_ = false;
  int exit_code_ = 0;
};

base::Result<int> run(const Listening& listening) {
  const base::SystemClock clock;
  VG_ASSIGN(const auto worker, ipc::WorkerContext::take_over(ipc::WorkerKind::kWeb, "web"));
  VG_ASSIGN(const std::string data_dir, receive_data_dir(worker->control(), clock));
  if (listen(ipc::kListenFd, kListenBacklog) != 0) return base::from_errno(errno, "listen");
  fcntl(ipc::kListenFd, F_SETFD, FD_CLOEXEC);
  const std::unique_ptr<ClipSource> clips = make_archive_clip_source(data_dir);
  VG_TRY(worker->enter_sandbox(ipc::SandboxProfile::kWeb));
  base::log::info("api", "serves the page on port {}", listening.port);
  return WebWorker(*worker, *clips, listening).run();
}

}  // namespace

int run_web_worker() {
  try {
    const base::Result<Listening> listening = check_listening(ipc::kListenFd);
    if (!listening) {
      base::log::error("api", "{}", listening.error().message());
      return 2;
    }
    const base::Result<int> done = run(*listening);
    if (done) return *done;
    if (done.error().kind() == base::ErrorKind::kCancelled) return 0;
    base::log::error("api", "{}", done.error().to_string());
    return done.error().kind() == base::ErrorKind::kInvalidArgument ? 2 : 1;
  } catch (const std::exception& error) {
    base::log::error("api", "ended by an exception: {}", error.what());
    return 1;
  }
}

}  // namespace vonggac::api
