#include "core/worker_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace vonggac::core {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr int kFirstSafeFd = 32;  // above every number a worker expects, so that dup2 never overwrites a source

/// posix_spawn's structures, freed on every path.
struct SpawnSetup {
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A group of its own: Ctrl-C at a terminal reaches core alone, which then stops its workers in order.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  /// The child sees `source` as descriptor `target`. Keeps a safe copy of it alive until the spawn.
  base::Status pass(int source, int target) {
    base::UniqueFd copy(fcntl(source, F_DUPFD_CLOEXEC, kFirstSafeFd));
    if (!copy.valid()) return base::from_errno(errno, "pass a descriptor to a worker");
    posix_spawn_file_actions_adddup2(&actions, copy.get(), target);
    copies.push_back(std::move(copy));
    return {};
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  std::vector<base::UniqueFd> copies;
};

/// Only what a worker may know: no inherited secrets. Sanitizer and time-shift settings pass for tests.
std::vector<std::string> worker_environment(const std::string& log_level, const std::string& log_format) {
  std::vector<std::string> environment{"VONGGAC_LOG_LEVEL=" + log_level, "VONGGAC_LOG_FORMAT=" + log_format,
                                       "LANG=C.UTF-8"};
  for (const char* name :
       {"LD_PRELOAD", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "FAKETIME",
        "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC"}) {
    if (const char* value = std::getenv(name); value != nullptr) environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

const char* worker_command(ipc::WorkerKind kind) {
  switch (kind) {
    case ipc::WorkerKind::kIngest:
      return "ingest-shard";
    case ipc::WorkerKind::kAnalyse:
      return "analyse-shard";
    case ipc::WorkerKind::kWeb:
      return "web-worker";
    case ipc::WorkerKind::kProbe:
      return "probe-worker";
    case ipc::WorkerKind::kStill:
      return "still-worker";
  }
  return "";
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

base::Result<std::shared_ptr<ipc::ShmRing>> make_ring(std::size_t bytes, SpawnSetup& setup, int memory_fd,
                                                      int bell_fd) {
  if (bytes == 0) return std::shared_ptr<ipc::ShmRing>();
  VG_ASSIGN(std::shared_ptr<ipc::ShmRing> ring, ipc::ShmRing::create(bytes));
  VG_TRY(setup.pass(ring->memory_fd(), memory_fd));
  VG_TRY(setup.pass(ring->doorbell_fd(), bell_fd));
  return ring;
}

}  // namespace

std::string worker_name(ipc::WorkerKind kind, std::uint32_t index) {
  switch (kind) {
    case ipc::WorkerKind::kIngest:
      return "ingest-" + std::to_string(index);
    case ipc::WorkerKind::kAnalyse:
      return "analyse-" + std::to_string(index);
    case ipc::WorkerKind::kWeb:
      return "web";
    case ipc::WorkerKind::kProbe:
      return "probe-" + std::to_string(index);
    case ipc::WorkerKind::kStill:
      return "still-" + std::to_string(index);
  }
  return "worker";
}

base::Result<std::unique_ptr<WorkerProcess>> WorkerProcess::spawn(const WorkerSpec& spec, const std::string& log_level,
                                                                  const std::string& log_format) {
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess);
  SpawnSetup setup;
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return base::from_errno(errno, "make a worker's control socket");
  }
  worker->control_ = std::make_unique<ipc::Channel>(base::UniqueFd(pair[0]));
  const base::UniqueFd theirs(pair[1]);
  VG_TRY(setup.pass(theirs.get(), ipc::kControlFd));

  const base::UniqueFd page(memfd_create("vonggac-page", MFD_CLOEXEC));
  if (!page.valid() || ftruncate(page.get(), kPageBytes) != 0)
    return base::from_errno(errno, "make a worker's shared page");
  void* memory = mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, page.get(), 0);
  if (memory == MAP_FAILED) return base::from_errno(errno, "map a worker's shared page");
  worker->page_ = static_cast<ipc::SharedPage*>(memory);
  worker->page_->heartbeat_mono_us.store(base::SystemClock().mono_now().us);
  VG_TRY(setup.pass(page.get(), ipc::kPageFd));

  VG_ASSIGN(worker->ring_from_worker_,
            make_ring(spec.ring_from_worker_bytes, setup, ipc::kRingOutMemoryFd, ipc::kRingOutBellFd));
  VG_ASSIGN(worker->ring_to_worker_,
            make_ring(spec.ring_to_worker_bytes, setup, ipc::kRingInMemoryFd, ipc::kRingInBellFd));
  if (spec.extra_fd >= 0) VG_TRY(setup.pass(spec.extra_fd, ipc::kRingOutMemoryFd));

  std::vector<std::string> arguments{"vonggac", worker_command(spec.kind), worker_name(spec.kind, spec.index)};
  std::vector<std::string> environment = worker_environment(log_level, log_format);
  if (!spec.setting.empty()) environment.push_back(spec.setting);
  const int error = posix_spawn(&worker->pid_, "/proc/self/exe", &setup.actions, &setup.attributes,
                                pointers_to(arguments).data(), pointers_to(environment).data());
  if (error != 0) {
    worker->pid_ = -1;
    return base::from_errno(error, "start a worker process");
  }
  worker->pid_fd_.reset(static_cast<int>(syscall(SYS_pidfd_open, worker->pid_, 0)));
  if (!worker->pid_fd_.valid()) return base::from_errno(errno, "watch a worker process");
  return worker;
}

WorkerProcess::~WorkerProcess() {
  if (pid_ > 0 && !reaped_) {
    kill_now();
    (void)reap();
  }
  if (page_ != nullptr) munmap(page_, kPageBytes);
}

std::optional<std::uint16_t> WorkerProcess::camera_slot_in_hand() const {
  const std::uint32_t value = page_->camera_slot_plus_one.load(std::memory_order_relaxed);
  if (value == 0 || value > ipc::kMaxSlots) return std::nullopt;
  return static_cast<std::uint16_t>(value - 1);
}

ipc::AnalysePart WorkerProcess::part_in_hand() const {
  const std::uint32_t value = page_->part_in_hand.load(std::memory_order_relaxed);
  if (value > static_cast<std::uint32_t>(ipc::AnalysePart::kHardwareDecode)) return ipc::AnalysePart::kNone;
  return static_cast<ipc::AnalysePart>(value);
}

void WorkerProcess::kill_now() {
  if (pid_ > 0 && !reaped_) ::kill(pid_, SIGKILL);
}

std::string WorkerProcess::reap() {
  int status = 0;
  pid_t got = 0;
  do {
    got = waitpid(pid_, &status, 0);
  } while (got < 0 && errno == EINTR);
  reaped_ = true;
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  return "exited with " + std::to_string(WEXITSTATUS(status));
}

}  // namespace vonggac::core
