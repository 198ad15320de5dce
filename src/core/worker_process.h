/// One worker process as core sees it: started by exec of our own binary, with exactly the descriptors it needs.
/// Threads  bound to core's main thread. Workers are told to die with the thread that started them, so this must be
///          the thread that lives as long as the service.
/// Owns     the process (killed and reaped on destruction), its control channel and shared page; rings are shared
///          with the route thread.
/// Errors   spawn(): errno mapped, with what was tried.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "ipc/channel.h"
#include "ipc/shm_ring.h"
#include "ipc/worker.h"

namespace vonggac::core {

struct WorkerSpec {
  ipc::WorkerKind kind = ipc::WorkerKind::kIngest;
  std::uint32_t index = 0;
  std::size_t ring_from_worker_bytes = 0;  ///< 0: none
  std::size_t ring_to_worker_bytes = 0;
  std::string setting;  ///< one more variable of its environment, "NAME=value"; never a secret. Empty: none.
  int extra_fd = -1;    ///< the web worker's listening socket; appears there as descriptor 5. Borrowed.
};

/// "ingest-0", also the process name.
std::string worker_name(ipc::WorkerKind kind, std::uint32_t index);

class WorkerProcess {
 public:
  static base::Result<std::unique_ptr<WorkerProcess>> spawn(const WorkerSpec& spec, const std::string& log_level,
                                                            const std::string& log_format);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// Readable when the process has ended.
  int pid_fd() const { return pid_fd_.get(); }
  ipc::Channel& control() { return *control_; }
  std::shared_ptr<ipc::ShmRing> ring_from_worker() const { return ring_from_worker_; }
  std::shared_ptr<ipc::ShmRing> ring_to_worker() const { return ring_to_worker_; }
  base::MonoTime heartbeat() const { return {page_->heartbeat_mono_us.load(std::memory_order_relaxed)}; }
  /// Whose bytes it was parsing; after its end: the culprit.
  std::optional<std::uint16_t> camera_slot_in_hand() const;
  /// Which plug-in's (or driver's) code was running; after its end: the culprit.
  ipc::AnalysePart part_in_hand() const;
  void kill_now();
  /// "exited with 1", "killed by signal 11"; reaps. Call when pid_fd() is readable.
  std::string reap();

 private:
  WorkerProcess() = default;
  pid_t pid_ = -1;
  bool reaped_ = false;
  base::UniqueFd pid_fd_;
  std::unique_ptr<ipc::Channel> control_;
  std::shared_ptr<ipc::ShmRing> ring_from_worker_;
  std::shared_ptr<ipc::ShmRing> ring_to_worker_;
  ipc::SharedPage* page_ = nullptr;
};

}  // namespace vonggac::core
