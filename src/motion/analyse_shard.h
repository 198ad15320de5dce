/// The analyse worker process: the sub-streams of up to 64 cameras looked at in one thread, without the right to open
/// anything.
/// Flow     control socket (AnalyseCamera, ...) and media ring (MediaParameters, MediaUnit) -> CameraAnalyser of the
///          slot -> MotionReport, MotionGrid, Snapshot, AnalyseFailed over the control socket
/// Budget   Cameras take turns, one unit each, within CpuBudget. When units wait for more than a second, labels wait;
///          then of the awake cameras the one that used most CPU lately gives way to key pictures for a while, one
///          every 200 ms until the work fits; then all lose the key pictures that wait but their newest.
/// Threads  one, the process's only one.
/// Owns     the analysers. Borrows links and clock.
/// Errors   create(): kUnavailable if the kernel gives no epoll. Later ones end one camera's analysis, or the process
/// if
///          core is gone or breaks the ring.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "ipc/channel.h"
#include "media/av/hardware_decode.h"
#include "motion/camera_analyser.h"
#include "motion/cpu_budget.h"

namespace vonggac::motion {

/// The ways to core; a fake in tests.
class AnalyseLinks {
 public:
  virtual ~AnalyseLinks() = default;
  virtual int control_fd() const = 0;
  virtual int bell_fd() const = 0;  ///< of the media ring
  virtual base::Result<std::vector<ipc::Received>> receive() = 0;
  virtual void clear_bell() = 0;
  virtual base::Result<ipc::Message> read_media() = 0;  ///< kNotFound: empty. kDataLoss: broken by the other side.
  virtual base::Status send(const ipc::Message& message) = 0;
  virtual base::Status flush() = 0;
  virtual void beat(base::MonoTime now) = 0;
  /// Names the plug-in or driver whose code runs from here; kNone: our own again.
  virtual void mark_part(ipc::AnalysePart) {}
  /// Runs `work` with the camera named on the shared page as the one whose bytes are being decoded.
  virtual void guarded(std::uint16_t slot, const std::function<void()>& work) = 0;
};

/// How far behind one camera is, for choosing whose pictures to drop.
struct Backlog {
  std::size_t index = 0;
  base::Micros age{0};
  bool can_shed = false;
  std::int64_t cost_us = 0;  ///< CPU time used lately
};
constexpr base::Micros kMaxBacklog{1'000'000};
/// The index to shed from, if any is behind by more than kMaxBacklog: of those that can, the dearest; of equally dear
/// ones the one furthest behind.
std::optional<std::size_t> choose_to_shed(const std::vector<Backlog>& backlogs);

/// Loaded before the sandbox, used inside it; both may be missing.
struct ShardParts {
  std::unique_ptr<PluginHost> plugins;
  std::unique_ptr<media::av::HardwareDecode> hardware;
};

class AnalyseShard {
 public:
  /// `cpu_percent` of one core for looking, 1 to 100.
  static base::Result<std::unique_ptr<AnalyseShard>> create(AnalyseLinks& links, const base::Clock& clock,
                                                            ShardParts parts = {}, int cpu_percent = 100);
  AnalyseShard(const AnalyseShard&) = delete;
  AnalyseShard& operator=(const AnalyseShard&) = delete;
  ~AnalyseShard();

  /// One pass: waits for something to do (at most half a second), takes it in, works for at most 20 ms.
  void turn();
  bool done() const { return done_; }
  /// Once, inside the sandbox: begins the plug-ins.
  void start_parts();
  const CameraAnalyser* camera(std::uint16_t slot) const;

 private:
  AnalyseShard(AnalyseLinks& links, const base::Clock& clock, base::UniqueFd epoll, ShardParts parts, int cpu_percent);
  bool has_work() const;
  void receive_control();
  void handle(const ipc::Message& message);
  void start(const ipc::AnalyseCamera& settings);
  void receive_media();
  void take(ipc::Message message);
  CameraAnalyser* active(std::uint16_t slot, std::uint32_t generation);
  void work();
  void label();
  void report_parts();
  void shed_if_late();
  void shed_waiting_keys();
  int wait_ms();
  void tick(base::MonoTime now);

  AnalyseLinks& links_;
  const base::Clock& clock_;
  base::UniqueFd epoll_;
  ShardParts parts_;
  std::unique_ptr<ObjectLabeller> labeller_;
  std::array<std::unique_ptr<CameraAnalyser>, ipc::kMaxSlots> cameras_;
  std::size_t turn_of_ = 0;  ///< slot whose turn is next
  CpuBudget budget_;
  base::MonoTime next_shed_;
  std::uint64_t shed_units_ = 0, shed_told_ = 0;
  base::MonoTime next_tick_;
  bool done_ = false;
};

/// Makes libav and OpenCV do all they do lazily, so that nothing has to be opened later. Before the sandbox.
base::Status prepare_libraries();

/// Main of the worker process: takes over what core handed down, loads libraries, shuts the sandbox, runs until core
/// says stop. Returns the exit code.
int run_analyse_shard(const std::string& name = "analyse");

}  // namespace vonggac::motion
