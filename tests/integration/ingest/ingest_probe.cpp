/// Plays core's part for one real ingest shard process: connects to cameras, hands the sockets over, reads the media
/// ring and counts. For tests of the shard without recorder and service, and for measuring what ingest alone costs.
/// Usage: ingest_probe [options] rtsp://127.0.0.1:PORT/PATH...      prints one JSON object
///   --seconds N        how long to run (default 5)      --user U --password P    --udp    --audio    --watched
///   --repeat N         each URL that many times, with {n} in it replaced by 0..N-1
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "camsim/frame_counter.h"
#include "core/connector.h"
#include "core/worker_process.h"
#include "ingest/ingest_shard.h"
#include "ingest/rtsp_url.h"

namespace {

using namespace vonggac;
namespace json = boost::json;

struct Options {
  std::vector<std::string> urls;
  int seconds = 5;
  std::string user;
  std::string password;
  bool udp = false;
  bool audio = false;
  bool watched = false;
  int repeat = 1;
};

/// What came of one stream.
struct Tally {
  std::string url;
  std::uint32_t generation = 1;
  core::PinnedAddress address;
  std::array<std::array<base::UniqueFd, 2>, 2> udp;
  std::string state = "connecting";
  std::string reason;
  std::string detail;
  std::uint64_t parameters = 0;
  std::uint64_t units = 0;
  std::uint64_t audio_units = 0;
  std::uint64_t keys = 0;
  std::uint64_t damaged = 0;
  std::uint64_t bytes = 0;
  std::uint64_t counted = 0;       ///< units with camsim's counter
  std::uint64_t counter_gaps = 0;  ///< units missing between the first and the last
  std::optional<std::uint64_t> last_counter;
  std::int64_t worst_delay_us = 0;  ///< camera's send time to our read, one machine
  std::int64_t delay_sum_us = 0;
  std::uint64_t reconnects = 0;
  ipc::StreamStats stats;
};

class Probe {
 public:
  explicit Probe(Options options) : options_(std::move(options)) {}

  base::Status run() {
    core::WorkerSpec spec;
    spec.ring_from_worker_bytes = 32U << 20;
    VG_ASSIGN(worker_, core::WorkerProcess::spawn(spec, "info", "text"));
    for (const std::string& url : options_.urls) {
      for (int n = 0; n < options_.repeat; ++n) add(url, n);
    }
    VG_TRY(wait_ready());
    for (std::size_t slot = 0; slot < tallies_.size(); ++slot) VG_TRY(start(slot));
    const base::MonoTime begin = clock_.mono_now();
    const double cpu_before = cpu_seconds();
    while (clock_.mono_now() - begin < base::Seconds(options_.seconds)) VG_TRY(turn());
    cpu_used_ = cpu_seconds() - cpu_before;
    VG_TRY(worker_->control().send(ipc::Shutdown{}));
    exit_text_ = worker_->reap();
    return {};
  }

  json::object report() const {
    json::array streams;
    for (const Tally& tally : tallies_) {
      streams.push_back(json::object{
          {"state", tally.state},
          {"reason", tally.reason},
          {"detail", tally.detail},
          {"parameters", tally.parameters},
          {"units", tally.units},
          {"audio_units", tally.audio_units},
          {"keys", tally.keys},
          {"damaged", tally.damaged},
          {"bytes", tally.bytes},
          {"counted", tally.counted},
          {"counter_gaps", tally.counter_gaps},
          {"worst_delay_us", tally.worst_delay_us},
          {"mean_delay_us", tally.delay_sum_us / static_cast<std::int64_t>(std::max<std::uint64_t>(tally.counted, 1))},
          {"reconnects", tally.reconnects},
          {"packets_lost", tally.stats.packets_lost},
          {"offset_valid", tally.stats.offset_valid},
          {"offset_us", tally.stats.camera_offset_us}});
    }
    return {{"sandbox", sandbox_},
            {"exit", exit_text_},
            {"cpu_seconds", cpu_used_},
            {"seconds", options_.seconds},
            {"streams", streams}};
  }

 private:
  void add(const std::string& url, int n) {
    Tally& tally = tallies_.emplace_back();
    tally.url = url;
    if (const std::size_t at = url.find("{n}"); at != std::string::npos) tally.url.replace(at, 3, std::to_string(n));
  }

  base::Status wait_ready() {
    const base::MonoTime begin = clock_.mono_now();
    while (sandbox_.empty()) {
      if (clock_.mono_now() - begin > base::Seconds(10)) return base::timed_out("the shard did not become ready");
      VG_TRY(turn());
    }
    return {};
  }

  base::Status start(std::size_t slot) {
    Tally& tally = tallies_[slot];
    VG_ASSIGN(const ingest::RtspUrl url, ingest::parse_rtsp_url(tally.url));
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(url.port);
    inet_pton(AF_INET, url.host.c_str(), &peer.sin_addr);
    base::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
      return base::from_errno(errno, "connect to the camera");
    }
    tally.address.length = sizeof peer;
    std::memcpy(&tally.address.peer, &peer, sizeof peer);
    socklen_t length = sizeof tally.address.local;
    getsockname(socket.get(), reinterpret_cast<sockaddr*>(&tally.address.local), &length);
    ipc::StartStream message;
    message.slot = static_cast<std::uint16_t>(slot);
    message.camera_slot = static_cast<std::uint16_t>(slot);
    message.generation = tally.generation;
    message.request_url = tally.url;
    message.username = options_.user;
    message.password = base::Secret(options_.password);
    message.transport = options_.udp ? ipc::Transport::kUdp : ipc::Transport::kTcp;
    message.want_audio = options_.audio;
    message.watched = options_.watched;
    std::vector<base::UniqueFd> fds;
    fds.push_back(std::move(socket));
    return worker_->control().send(message, std::move(fds));
  }

  base::Status turn() {
    pollfd waits[2] = {{worker_->control().fd(), POLLIN, 0}, {worker_->ring_from_worker()->doorbell_fd(), POLLIN, 0}};
    (void)poll(waits, 2, 50);
    if ((waits[0].revents & POLLIN) != 0) {
      VG_ASSIGN(std::vector<ipc::Received> messages, worker_->control().receive());
      for (ipc::Received& received : messages) VG_TRY(on_message(received.message));
    }
    worker_->ring_from_worker()->clear_bell();
    while (true) {
      auto message = worker_->ring_from_worker()->read();
      if (!message) {
        if (message.error().kind() == base::ErrorKind::kNotFound) return {};
        return message.error();
      }
      if (const auto* parameters = std::get_if<ipc::MediaParameters>(&*message)) {
        ++tallies_.at(parameters->slot).parameters;
        if (parameters->track == media::TrackKind::kVideo) codecs_[parameters->slot] = parameters->parameters.codec;
      } else if (const auto* unit = std::get_if<ipc::MediaUnit>(&*message)) {
        on_unit(tallies_.at(unit->slot), unit->slot, unit->unit);
      }
    }
  }

  base::Status on_message(const ipc::Message& message) {
    if (const auto* ready = std::get_if<ipc::WorkerReady>(&message)) {
      sandbox_ = ready->sandbox;
    } else if (const auto* status = std::get_if<ipc::StreamStatus>(&message)) {
      tallies_.at(status->slot).state = ipc::stream_state_name(status->state);
    } else if (const auto* ended = std::get_if<ipc::StreamEnded>(&message)) {
      tallies_.at(ended->slot).state = "ended";
      tallies_.at(ended->slot).reason = ipc::stream_reason_name(ended->reason);
      tallies_.at(ended->slot).detail = ended->detail;
    } else if (const auto* again = std::get_if<ipc::ReconnectNow>(&message)) {
      Tally& tally = tallies_.at(again->slot);
      ++tally.generation;
      if (++tally.reconnects <= 2) return start(again->slot);
    } else if (const auto* stats = std::get_if<ipc::StreamStats>(&message)) {
      tallies_.at(stats->slot).stats = *stats;
    } else if (const auto* wanted = std::get_if<ipc::UdpRequest>(&message)) {
      return give_udp(*wanted);
    } else if (const auto* aim = std::get_if<ipc::UdpConnect>(&message)) {
      Tally& tally = tallies_.at(aim->slot);
      VG_TRY(core::connect_udp(tally.udp.at(aim->track)[0].get(), tally.address, aim->server_rtp_port));
      return core::connect_udp(tally.udp.at(aim->track)[1].get(), tally.address, aim->server_rtcp_port);
    }
    return {};
  }

  base::Status give_udp(const ipc::UdpRequest& wanted) {
    Tally& tally = tallies_.at(wanted.slot);
    std::uint16_t port = 0;
    VG_ASSIGN(auto pair, core::make_udp_pair(tally.address, port));
    tally.udp.at(wanted.track)[0].reset(dup(pair.first.get()));
    tally.udp.at(wanted.track)[1].reset(dup(pair.second.get()));
    std::vector<base::UniqueFd> fds;
    fds.push_back(std::move(pair.first));
    fds.push_back(std::move(pair.second));
    return worker_->control().send(
        ipc::UdpSockets{wanted.slot, wanted.generation, wanted.track, port, static_cast<std::uint16_t>(port + 1)},
        std::move(fds));
  }

  void on_unit(Tally& tally, std::uint16_t slot, const media::AccessUnit& unit) {
    if (unit.track == media::TrackKind::kAudio) {
      ++tally.audio_units;
      return;
    }
    ++tally.units;
    tally.keys += unit.key ? 1 : 0;
    tally.damaged += unit.damaged ? 1 : 0;
    tally.bytes += unit.payload->size();
    base::ByteReader reader(*unit.payload);
    while (reader.remaining() > 4) {
      const base::ByteSpan nal = reader.take(reader.u32());
      const auto counter = camsim::read_frame_counter(nal, codecs_[slot]);
      if (!counter) continue;
      if (tally.last_counter && counter->counter > *tally.last_counter)
        tally.counter_gaps += counter->counter - *tally.last_counter - 1;
      tally.last_counter = counter->counter;
      ++tally.counted;
      const std::int64_t delay_us = clock_.wall_now().us - counter->sent_wall_us;
      tally.worst_delay_us = std::max(tally.worst_delay_us, delay_us);
      tally.delay_sum_us += delay_us;
      return;
    }
  }

  /// utime + stime of the worker.
  double cpu_seconds() const {
    std::ifstream stat("/proc/" + std::to_string(worker_->pid()) + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }

  Options options_;
  base::SystemClock clock_;
  std::unique_ptr<core::WorkerProcess> worker_;
  std::vector<Tally> tallies_;
  std::map<std::uint16_t, media::Codec> codecs_;
  std::string sandbox_;
  std::string exit_text_;
  double cpu_used_ = 0;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--udp")
      options.udp = true;
    else if (word == "--audio")
      options.audio = true;
    else if (word == "--watched")
      options.watched = true;
    else if (word == "--seconds" && more)
      options.seconds = std::atoi(argv[++i]);
    else if (word == "--repeat" && more)
      options.repeat = std::atoi(argv[++i]);
    else if (word == "--user" && more)
      options.user = argv[++i];
    else if (word == "--password" && more)
      options.password = argv[++i];
    else if (word.rfind("rtsp://", 0) == 0)
      options.urls.push_back(word);
    else
      return false;
  }
  return !options.urls.empty() && options.urls.size() * static_cast<std::size_t>(options.repeat) <= ipc::kMaxSlots;
}

}  // namespace

int main(int argc, char** argv) {
  // The worker is this program again, as the service does it.
  if (argc > 2 && std::string(argv[1]) == "ingest-shard") return ingest::run_ingest_shard(argv[2]);
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: ingest_probe [--seconds N] [--udp] [--audio] [--watched] [--repeat N] [--user U --password P] "
                 "URL...\n");
    return 2;
  }
  Probe probe(options);
  const base::Status status = probe.run();
  if (!status.ok()) {
    std::fprintf(stderr, "ingest_probe: %s\n", status.message().c_str());
    return 1;
  }
  std::printf("%s\n", json::serialize(probe.report()).c_str());
  return 0;
}
