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
#include "api/register_watch.h"
#include "api/tls_identity.h"
#include "base/log.h"
#include "gate/login.h"
#include "gate/office.h"
#include "gate/permits.h"
#include "gate/upkeep.h"
#include "ipc/worker.h"

namespace vonggac::api {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr base::Micros kConfigurationWithin = base::Seconds(15);
constexpr auto kWorkerTick = std::chrono::milliseconds(100);
constexpr base::Micros kGoodbye = base::Seconds(1);
constexpr auto kGoodbyeTick = std::chrono::milliseconds(10);
constexpr int kListenBacklog = 4096;  // a crowd that knocks must not make others wait for their SYN to be sent again
constexpr std::size_t kMaxConnections = 512;
constexpr std::size_t kFileThreads = 3, kLoginThreads = 2;
constexpr std::size_t kLongThreads = 1, kMaxWaitingLong = 16;
constexpr std::size_t kMaxWaitingLogins = 96;  ///< about 4 s of computing: better than being turned away
constexpr auto kRecheckEvery = std::chrono::milliseconds(500);
constexpr auto kCertificateEvery = std::chrono::seconds(10);
constexpr auto kSettleEvery = std::chrono::seconds(20);
constexpr std::size_t kReservedDescriptors = 48;  ///< channel, index, loop, and files beside those of connections

struct Listening {
  bool is_ipv6 = false;
  bool is_loopback = false;
  std::uint16_t port = 0;
};

/// kInvalidArgument unless it is a bound TCP socket.
base::Result<Listening> check_listening(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return base::invalid_argument("this command is started by the service itself: descriptor 5 is not its socket");
  }
  Listening found;
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    found.is_loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    found.port = ntohs(v4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    found.is_ipv6 = true;
    found.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
    found.port = ntohs(v6.sin6_port);
  }
  if (found.port == 0) return base::invalid_argument("descriptor 5 is no bound TCP socket");
  return found;
}

struct WebConfig {
  std::string data_dir;
  std::string database;
  bool tls = false;
  TlsFiles tls_files;
};

base::Result<WebConfig> config_from(const std::string& text) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(text, error);
  const boost::json::value* found = value.is_object() ? value.get_object().if_contains("web_config") : nullptr;
  if (error || found == nullptr || !found->is_object()) {
    return base::internal_error("core's first message is not the configuration");
  }
  const auto text_of = [&](const char* name) {
    const boost::json::value* field = found->get_object().if_contains(name);
    return field != nullptr && field->is_string() ? std::string(field->get_string()) : std::string();
  };
  const boost::json::value* tls = found->get_object().if_contains("tls");
  WebConfig config{text_of("data_dir"),
                   text_of("database"),
                   tls != nullptr && tls->is_bool() && tls->get_bool(),
                   {text_of("tls_certificate"), text_of("tls_key")}};
  if (config.data_dir.empty()) return base::internal_error("data_dir is missing");
  return config;
}

/// Waits for core's configuration; nothing else is running yet.
base::Result<WebConfig> receive_config(ipc::Channel& channel, const base::Clock& clock) {
  const base::MonoTime deadline = clock.mono_now() + kConfigurationWithin;
  while (clock.mono_now() < deadline) {
    pollfd wait{channel.fd(), POLLIN, 0};
    if (poll(&wait, 1, 200) < 0 && errno != EINTR) return base::from_errno(errno, "wait for core");
    VG_ASSIGN(const std::vector<ipc::Received> messages, channel.receive());
    for (const ipc::Received& received : messages) {
      if (const auto* reply = std::get_if<ipc::ControlReply>(&received.message)) return config_from(reply->json);
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
  WebWorker(ipc::WorkerContext& worker, ClipSource& clips, gate::Office& office, const OwnAddress& own,
            const Listening& listening, std::shared_ptr<asio::ssl::context> tls, std::shared_ptr<TlsWatch> tls_watch)
      : worker_(worker),
        core_(clock_, worker.control()),
        hub_(core_),
        office_(office),
        desk_(office),
        permits_(office),
        files_(loop_, kFileThreads, 2 * kMaxConnections),
        logins_(loop_, kLoginThreads, kMaxWaitingLogins),
        long_work_(loop_, kLongThreads, kMaxWaitingLong),
        routes_({clock_, core_, clips, files_, logins_, long_work_, office, desk_, permits_, stats_, own}),
        feed_({clock_, core_, files_, clips, office}),
        context_{clock_, routes_, hub_, feed_, files_, stats_, tls.get(), connection_cap(), {}, 0, {}, {}},
        server_(loop_, base::UniqueFd(ipc::kListenFd), listening.is_ipv6, context_),
        core_socket_(loop_, worker.control().fd()),
        timer_(loop_),
        tls_(std::move(tls)),
        tls_watch_(std::move(tls_watch)),
        watch_({clock_, core_, files_, office}) {}
  ~WebWorker() { core_socket_.release(); }  // the channel owns it

  int run() {
    server_.accept();
    wait_for_core();
    tick();
    recheck();
    keep_up();
    settle_denials();
    if (tls_watch_) look_at_certificate();
    loop_.run();
    if (const base::Status kept = office_.denials().settle(office_.store(), clock_.mono_now(), true); !kept.ok()) {
      base::log::warning("api", "denials that were counted: {}", kept.to_string());
    }
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
    watch_.tick();
    routes_.tick();
    feed_.tick();
    flush_to_core();
    timer_.expires_after(kWorkerTick);
    timer_.async_wait([this](const ErrorCode& error) {
      if (!error) tick();
    });
  }

  /// At once, then every hour.
  void keep_up() {
    (void)files_.run(
        [&office = office_] {
          if (const base::Status kept = gate::upkeep(office); !kept.ok()) {
            base::log::warning("api", "upkeep of the register: {}", kept.to_string());
          }
        },
        [] {});
    upkeep_timer_.expires_after(std::chrono::seconds(gate::kUpkeepEvery.count()));
    upkeep_timer_.async_wait([this](const ErrorCode& error) {
      if (!error) keep_up();
    });
  }

  /// What was denied too often to be written each time becomes a row when its minute is over.
  void settle_denials() {
    (void)files_.run(
        [this] {
          const base::Status kept = office_.denials().settle(office_.store(), clock_.mono_now());
          if (!kept.ok()) base::log::warning("api", "denials that were counted: {}", kept.to_string());
        },
        [] {});
    settle_timer_.expires_after(kSettleEvery);
    settle_timer_.async_wait([this](const ErrorCode& error) {
      if (!error) settle_denials();
    });
  }

  /// Connections that are open keep what they have shaken hands with.
  void look_at_certificate() {
    const auto found = std::make_shared<base::Result<std::optional<TlsIdentity>>>(base::internal_error("not read"));
    (void)files_.run([watch = tls_watch_, found] { *found = watch->look(); },
                     [this, found] {
                       if (!*found) {
                         base::log::error("api", "the new certificate is not taken, the old one is served on: {}",
                                          found->error().message());
                       } else if (**found) {
                         tls_ = (**found)->context;
                         context_.tls = tls_.get();
                         base::log::info("api", "TLS with a new certificate, SHA-256 fingerprint {}",
                                         (**found)->fingerprint);
                       }
                     });
    certificate_timer_.expires_after(kCertificateEvery);
    certificate_timer_.async_wait([this](const ErrorCode& error) {
      if (!error) look_at_certificate();
    });
  }

  /// Asks again whether what goes on is still allowed; the next time half a second after the answer.
  void recheck() {
    const auto again = [this] {
      recheck_timer_.expires_after(kRecheckEvery);
      recheck_timer_.async_wait([this](const ErrorCode& error) {
        if (!error) recheck();
      });
    };
    if (permits_.count() == 0 || !files_.run([this] { permits_.recheck(); }, again)) again();
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
  gate::Office& office_;
  gate::LoginDesk desk_;
  gate::Permits permits_;
  LoopFilePool files_;
  LoopFilePool logins_;
  LoopFilePool long_work_;
  Routes routes_;
  EventFeed feed_;
  ServerContext context_;
  HttpServer server_;
  asio::posix::stream_descriptor core_socket_;
  asio::steady_timer timer_;
  asio::steady_timer recheck_timer_{loop_};
  asio::steady_timer upkeep_timer_{loop_};
  asio::steady_timer settle_timer_{loop_};
  asio::steady_timer certificate_timer_{loop_};
  std::shared_ptr<asio::ssl::context> tls_;
  std::shared_ptr<TlsWatch> tls_watch_;
  RegisterWatch watch_;
  bool waits_to_write_ = false;
  int exit_code_ = 0;
};

/// While there is no user, who can read this machine's log may become the first administrator, once.
base::Status tell_setup_code(gate::Office& office) {
  VG_ASSIGN(const std::optional<std::string> code, office.setup_code());
  if (code) {
    base::log::info("api",
                    "no account yet: open the page and use the setup code {} / chưa có tài khoản: mở trang và dùng "
                    "mã thiết lập này",
                    *code);
  }
  return {};
}

base::Result<int> run(const Listening& listening) {
  const base::SystemClock clock;
  VG_ASSIGN(const auto worker, ipc::WorkerContext::take_over(ipc::WorkerKind::kWeb, "web"));
  VG_ASSIGN(const WebConfig config, receive_config(worker->control(), clock));
  if (listen(ipc::kListenFd, kListenBacklog) != 0) return base::from_errno(errno, "listen");
  fcntl(ipc::kListenFd, F_SETFD, FD_CLOEXEC);
  const std::unique_ptr<ClipSource> clips = make_archive_clip_source(config.data_dir);
  // Before the sandbox: steps of the schema, their backup and the key are files that are made.
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, gate::Office::open({config.data_dir, config.database}, clock));
  VG_TRY(tell_setup_code(*office));
  TlsIdentity identity;
  std::shared_ptr<TlsWatch> tls_watch;
  if (config.tls) {
    tls_watch = std::make_shared<TlsWatch>(config.tls_files, config.data_dir, clock);
    VG_ASSIGN(identity, load_tls(config.tls_files, config.data_dir, clock));
    base::log::info("api", "TLS with {} certificate, SHA-256 fingerprint {}",
                    identity.self_signed ? "its own" : "the configured", identity.fingerprint);
  } else if (!listening.is_loopback) {
    return base::invalid_argument("without TLS the page is served on loopback addresses only");
  }
  const bool remote = office->store().engine() == store::Engine::kPostgres;
  VG_TRY(worker->enter_sandbox(remote ? ipc::SandboxProfile::kWebDatabase : ipc::SandboxProfile::kWeb));
  const OwnAddress own{listening.port, config.tls, listening.is_loopback, identity.names};
  base::log::info("api", "serves the page on port {}", listening.port);
  return WebWorker(*worker, *clips, *office, own, listening, identity.context, tls_watch).run();
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
