#include "ipc/worker.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

namespace vonggac::ipc {
namespace {

constexpr std::size_t kPageBytes = 4096;

/// A ring's memory is sealed; a descriptor that some preloaded library happened to open under that number is not.
bool is_ring_memory(int fd) {
  const int seals = fcntl(fd, F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

base::UniqueFd take(int fd) {
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  return base::UniqueFd(fd);
}

base::Result<std::unique_ptr<ShmRing>> take_ring(int memory_fd, int bell_fd) {
  if (!is_ring_memory(memory_fd)) return std::unique_ptr<ShmRing>();
  return ShmRing::attach(take(memory_fd), take(bell_fd));
}

void init_logging_from_environment(const std::string& name) {
  const char* level_text = std::getenv("VONGGAC_LOG_LEVEL");
  const char* format_text = std::getenv("VONGGAC_LOG_FORMAT");
  const std::string level = level_text == nullptr ? "info" : level_text;
  const base::LogLevel chosen = level == "debug"     ? base::LogLevel::kDebug
                                : level == "warning" ? base::LogLevel::kWarning
                                : level == "error"   ? base::LogLevel::kError
                                                     : base::LogLevel::kInfo;
  const bool json = format_text != nullptr && std::strcmp(format_text, "json") == 0;
  base::init_logging(name, chosen, json ? base::LogFormat::kJson : base::LogFormat::kText);
}

}  // namespace

base::Result<std::unique_ptr<WorkerContext>> WorkerContext::take_over(WorkerKind kind, const std::string& name) {
  struct stat info {};
  if (fstat(kControlFd, &info) != 0 || !S_ISSOCK(info.st_mode)) {
    return base::invalid_argument("this command is started by the service itself: descriptor 3 is not its socket");
  }
  // Core ends with its workers; a worker never outlives it. The pid check closes the race with a core already dead.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, name.substr(0, 15).c_str());
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, SIG_IGN);  // core decides when workers stop
  init_logging_from_environment(name);
  std::unique_ptr<WorkerContext> context(new WorkerContext);
  context->kind_ = kind;
  context->control_ = std::make_unique<Channel>(take(kControlFd));
  void* page = mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, kPageFd, 0);
  if (page == MAP_FAILED) return base::from_errno(errno, "map the shared page");
  ::close(kPageFd);
  context->page_ = static_cast<SharedPage*>(page);
  if (kind != WorkerKind::kWeb) {  // there, descriptor 5 is the listening socket
    VG_ASSIGN(context->ring_out_, take_ring(kRingOutMemoryFd, kRingOutBellFd));
    VG_ASSIGN(context->ring_in_, take_ring(kRingInMemoryFd, kRingInBellFd));
  }
  context->beat(base::SystemClock().mono_now());
  return context;
}

base::Status WorkerContext::enter_sandbox(SandboxProfile profile) {
  VG_ASSIGN(std::string applied, apply_sandbox(profile));
  return control_->send(WorkerReady{kind_, std::move(applied)});
}

}  // namespace vonggac::ipc
