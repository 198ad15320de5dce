#include <cstdio>
#include <string>
#include <vector>

#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/clock.h"
#include "base/digest.h"
#include "base/unique_fd.h"
#include "camsim/control.h"
#include "camsim/control_client.h"
#include "camsim/options.h"
#include "camsim/reactor.h"
#include "camsim/world.h"

extern "C" {
#include <libavutil/log.h>
}

namespace {

using namespace vonggac;
using namespace vonggac::camsim;

constexpr int kExitUsage = 2;

/// SIGTERM and SIGINT end the loop.
class StopSignals final : public Reactor::Handler {
 public:
  explicit StopSignals(Reactor& reactor) : reactor_(reactor) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    fd_.reset(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  base::Status watch() { return reactor_.watch(fd_.get(), EPOLLIN, this); }

 private:
  void on_events(std::uint32_t) override { reactor_.stop(); }
  Reactor& reactor_;
  base::UniqueFd fd_;
};

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void print_ready(const World& world) {
  boost::json::array names;
  for (const auto& camera : world.cameras()) names.emplace_back(camera->name());
  const boost::json::object line = {
      {"ready", true}, {"port", world.port()}, {"rtp_port", world.udp_ports().rtp_port()}, {"cameras", names}};
  std::puts(boost::json::serialize(line).c_str());
  std::fflush(stdout);
}

base::Status run(Options options) {
  const base::SystemClock clock;
  Reactor reactor(clock);
  StopSignals signals(reactor);
  VG_TRY(signals.watch());
  const std::string control_path = options.control_path;
  VG_ASSIGN(const std::unique_ptr<World> world, World::create(reactor, std::move(options)));
  std::unique_ptr<ControlSocket> control;
  if (!control_path.empty()) {
    VG_ASSIGN(control, ControlSocket::create(*world, control_path));
  }
  print_ready(*world);
  reactor.run();
  return {};
}

int ask(const std::string& socket_path, const std::string& line) {
  const auto reply = ask_control(socket_path, line);
  if (!reply.ok()) {
    std::fprintf(stderr, "camsim: %s\n", reply.error().message().c_str());
    return 1;
  }
  std::puts(reply->c_str());
  return reply->find("\"ok\":true") == std::string::npos ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "--ask") return ask(argv[2], argv[3]);
  av_log_set_level(AV_LOG_ERROR);
  auto options = parse_options({argv + 1, argv + argc});
  if (!options.ok()) {
    std::fprintf(stderr, "camsim: %s\n%s", options.error().message().c_str(), std::string(usage_text()).c_str());
    return kExitUsage;
  }
  if (options->help) {
    std::fputs(std::string(usage_text()).c_str(), stdout);
    return 0;
  }
  raise_descriptor_limit();
  base::digest_warm_up();
  if (const base::Status status = run(std::move(options).value()); !status.ok()) {
    std::fprintf(stderr, "camsim: %s\n", status.message().c_str());
    return 1;
  }
  return 0;
}
