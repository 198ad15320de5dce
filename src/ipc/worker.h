/// What every worker process does the same way: inherited descriptors, the shared page, the sandbox, parent death.
/// Descriptors after exec: 3 = control socket, 4 = shared page (memfd, 4 KiB), 5/6 = ring towards core (memory,
/// doorbell), 7/8 = ring from core; a worker kind without a ring has those closed, but web has its listening
/// socket as 5.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/unique_fd.h"
#include "ipc/channel.h"
#include "ipc/shm_ring.h"

namespace vonggac::ipc {

constexpr int kControlFd = 3;
constexpr int kPageFd = 4;
constexpr int kListenFd = 5;  ///< web only: the bound TCP socket
constexpr int kRingOutMemoryFd = 5;
constexpr int kRingOutBellFd = 6;
constexpr int kRingInMemoryFd = 7;
constexpr int kRingInBellFd = 8;

/// Shared page between core and one worker. Written by the worker, read by core after a death or a stall.
struct SharedPage {
  std::atomic<std::uint32_t> camera_slot_plus_one{0};  ///< whose bytes are being parsed; 0 = nobody's
  std::atomic<std::int64_t> heartbeat_mono_us{0};      ///< at least once a second
  std::atomic<std::uint32_t> part_in_hand{0};          ///< ipc::AnalysePart whose code is running; 0 = our own
};

enum class SandboxProfile {
  kIngest,           ///< own parsers only: allow-list of system calls
  kAnalyse,          ///< libav/OpenCV: no sockets, files, exec, ptrace, ioctl
  kAnalyseHardware,  ///< the same with ioctl for a graphics device that was opened before
  kWeb,              ///< HTTP: may accept connections and open files; no exec, no ptrace, no connection of its own
  kProbe,            ///< as kIngest, and an end to its time on the processor
  kWebDatabase,      ///< the same, and may connect: its register lies in a database server
};

class WorkerContext {
 public:
  /// Takes over the inherited descriptors, asks the kernel to end us when core dies, names the process.
  static base::Result<std::unique_ptr<WorkerContext>> take_over(WorkerKind kind, const std::string& name);
  /// Namespaces, no_new_privs, seccomp, rlimits, as far as the kernel allows; after this nothing can be opened
  /// (ingest, analyse). Sends WorkerReady. Call before the first byte of a camera is touched.
  base::Status enter_sandbox(SandboxProfile profile);

  Channel& control() { return *control_; }
  ShmRing* ring_out() { return ring_out_.get(); }  ///< towards core
  ShmRing* ring_in() { return ring_in_.get(); }    ///< from core
  void beat(base::MonoTime now) { page_->heartbeat_mono_us.store(now.us, std::memory_order_relaxed); }
  /// Marks whose bytes are parsed from here to the end of the scope.
  class Guard {
   public:
    Guard(SharedPage& page, std::uint16_t camera_slot) : page_(page) {
      page_.camera_slot_plus_one.store(camera_slot + 1U, std::memory_order_relaxed);
    }
    ~Guard() { page_.camera_slot_plus_one.store(0, std::memory_order_relaxed); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    SharedPage& page_;
  };
  Guard guard(std::uint16_t camera_slot) { return Guard(*page_, camera_slot); }
  /// The same without a scope; nullopt: nobody's.
  void name_camera(std::optional<std::uint16_t> camera_slot) {
    page_->camera_slot_plus_one.store(camera_slot ? *camera_slot + 1U : 0, std::memory_order_relaxed);
  }
  /// Says that the code of a plug-in or of a graphics driver runs from here; kNone: our own again.
  void mark_part(AnalysePart part) {
    page_->part_in_hand.store(static_cast<std::uint32_t>(part), std::memory_order_relaxed);
  }

 private:
  WorkerContext() = default;
  WorkerKind kind_ = WorkerKind::kIngest;
  std::unique_ptr<Channel> control_;
  std::unique_ptr<ShmRing> ring_out_;
  std::unique_ptr<ShmRing> ring_in_;
  SharedPage* page_ = nullptr;
};

/// Applies a profile to this process. Returns what was applied ("user+net+mount+seccomp+rlimits").
base::Result<std::string> apply_sandbox(SandboxProfile profile);

}  // namespace vonggac::ipc
