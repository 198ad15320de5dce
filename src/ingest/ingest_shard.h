/// The ingest worker process: up to 64 streams in one thread, without the right to open anything.
/// Flow     core's control socket and camera sockets -> epoll -> Stream -> media ring, control socket
/// Gather   Watched streams and handshakes are waited for and read at once. All others are read in turn every gathering
///          time, by one wake-up and without asking first which have something: reading each packet as it comes costs
///          three times the CPU time (docs/decisions/0006). Streams whose socket could run over meanwhile (UDP, very
///          high rates) are looked at every 20 ms. All shards keep to one grid of time: core wakes once for all.
/// Threads  one, the process's only one.
/// Owns     streams, epoll sets, the read buffer. Borrows links and clock.
/// Errors   create(): kUnavailable if the kernel gives no epoll. Later ones end a stream, or the process if core is
/// gone.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "ingest/stream.h"
#include "ipc/channel.h"

namespace vonggac::ingest {

constexpr base::Micros kTick{20'000};         ///< the grid; handshakes, UDP, high rates
constexpr base::Micros kGatherTime{100'000};  ///< of all others, unless configured
constexpr std::size_t kReadBufferBytes = 256U << 10;

/// The ways to core; a fake in tests.
class ShardLinks {
 public:
  virtual ~ShardLinks() = default;
  virtual int control_fd() const = 0;
  virtual base::Result<std::vector<ipc::Received>> receive() = 0;
  virtual base::Status send(const ipc::Message& message) = 0;
  virtual base::Status flush() = 0;
  virtual bool write_media(const ipc::Message& message) = 0;  ///< false: the ring is full
  virtual void ring_bell() = 0;
  virtual void beat(base::MonoTime now) = 0;
  /// Names on the shared page the camera whose bytes are parsed from here on; nullopt: nobody's.
  virtual void name_camera(std::optional<std::uint16_t> camera_slot) = 0;
};

class IngestShard final : private StreamHost {
 public:
  static base::Result<std::unique_ptr<IngestShard>> create(ShardLinks& links, const base::Clock& clock,
                                                           base::Micros gather_time = kGatherTime);
  IngestShard(const IngestShard&) = delete;
  IngestShard& operator=(const IngestShard&) = delete;
  ~IngestShard() override;

  /// One pass: waits for the next event or tick, and does what is due.
  void turn();
  /// Shutdown is done, or core is gone.
  bool done() const { return done_; }
  std::size_t stream_count() const { return entries_.size(); }

 private:
  enum class Set : std::uint8_t { kNone, kAttention, kQuick, kGather };
  struct Registration {
    int fd = -1;
    Set set = Set::kNone;
  };
  struct Entry {
    std::unique_ptr<Stream> stream;
    std::array<Registration, Stream::kPorts> registrations;
  };

  IngestShard(ShardLinks& links, const base::Clock& clock, base::Micros gather_time, base::UniqueFd attention,
              base::UniqueFd quick);
  void report(const ipc::Message& message) override;
  bool emit(const ipc::Message& message) override;
  base::WallTime wall_now() const override { return wall_now_; }

  void receive_control(base::MonoTime now);
  void handle(ipc::Received received, base::MonoTime now);
  void start_stream(ipc::StartStream message, std::vector<base::UniqueFd> fds, base::MonoTime now);
  void refuse(const ipc::StartStream& message, std::string detail);
  void add_udp_sockets(const ipc::UdpSockets& message, std::vector<base::UniqueFd> fds, base::MonoTime now);
  void begin_shutdown(base::MonoTime now);
  Stream* active(std::uint16_t slot);
  std::map<std::uint64_t, Entry>::iterator find_active(std::uint16_t slot);

  void read_ready(int epoll_fd, int timeout_ms);
  /// Reads both clocks: what arrives is timed on both.
  base::MonoTime look_at_clocks();
  template <typename Work>
  void guarded(const Stream& stream, Work&& work);
  int set_fd(Set set) const;
  void tick(base::MonoTime now);
  void gather(base::MonoTime now);
  void register_fds(std::uint64_t serial, Entry& entry);
  void unregister_fds(Entry& entry);

  ShardLinks& links_;
  const base::Clock& clock_;
  base::Micros gather_time_;
  base::UniqueFd attention_;
  base::UniqueFd quick_;
  std::map<std::uint64_t, Entry> entries_;              ///< by a serial number, closing ones included
  std::array<std::uint64_t, ipc::kMaxSlots> active_{};  ///< serial of the stream of a slot; 0 = none
  std::array<SlotMemory, ipc::kMaxSlots> memories_;
  std::vector<std::uint8_t> read_buffer_;
  std::uint64_t next_serial_ = 1;
  base::WallTime wall_now_;
  base::MonoTime next_tick_;
  base::MonoTime next_gather_;
  std::optional<base::MonoTime> shutdown_until_;
  bool bell_due_ = false;
  bool done_ = false;
};

/// Main of the worker process: takes over what core handed down, shuts the sandbox, runs until core says stop.
/// Returns the exit code.
int run_ingest_shard(const std::string& name = "ingest");

}  // namespace vonggac::ingest
