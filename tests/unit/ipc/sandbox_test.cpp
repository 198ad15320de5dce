#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ipc/worker.h"

namespace vonggac::ipc {
namespace {

/// Workers of sanitizer builds may open files (docs/architecture/building.md).
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// Runs `attempt` in a child inside the profile. Exit code 0 = denied, 1 = it worked, 2 = no sandbox; -1 = killed.
int outcome(SandboxProfile profile, int (*attempt)()) {
  const pid_t child = fork();
  if (child == 0) {
    if (!apply_sandbox(profile)) _exit(2);
    _exit(attempt() < 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int try_open() { return open("/etc/passwd", O_RDONLY); }
int try_socket() { return socket(AF_INET, SOCK_STREAM, 0); }
int try_exec() {
  char* const argv[] = {const_cast<char*>("/bin/true"), nullptr};
  return execv("/bin/true", argv);
}
int try_fork() {
  const pid_t child = static_cast<pid_t>(syscall(SYS_fork));
  if (child == 0) _exit(0);
  return child;
}
int try_ptrace() { return static_cast<int>(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }
int try_kill_parent() { return kill(getppid(), 0); }
int try_unix_socket() {
  int fds[2];
  return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}
int try_create() { return open("/tmp/vonggac-escape", O_CREAT | O_WRONLY, 0600); }
int try_bpf() { return static_cast<int>(syscall(SYS_bpf, 0, nullptr, 0)); }
int try_io_uring() { return static_cast<int>(syscall(SYS_io_uring_setup, 1, nullptr)); }

int try_terminal_ioctl() { return ioctl(0, TCGETS) < 0 && errno != EPERM ? 0 : -1; }
int try_graphics_ioctl() {
  constexpr unsigned long kDrmVersion = 0xC0406400;  // DRM_IOCTL_VERSION: a descriptor that is no device answers ENOTTY
  return ioctl(-1, kDrmVersion) < 0 && errno != EPERM ? 0 : -1;
}

class Escape : public testing::TestWithParam<SandboxProfile> {};

TEST_P(Escape, ProcessesTracingAndKernelDoorsAreDenied) {
  for (auto* attempt : {try_exec, try_fork, try_ptrace, try_kill_parent, try_bpf, try_io_uring}) {
    const int got = outcome(GetParam(), attempt);
    EXPECT_TRUE(got == 0 || got == -1) << got;
  }
}

TEST_P(Escape, NoNewSockets) { EXPECT_EQ(outcome(GetParam(), try_socket), 0); }

INSTANTIATE_TEST_SUITE_P(Profiles, Escape,
                         testing::Values(SandboxProfile::kIngest, SandboxProfile::kAnalyse,
                                         SandboxProfile::kAnalyseHardware, SandboxProfile::kWeb));

TEST(Escape, WorkersThatReadCameraBytesOpenNoFileAndNoSocketPair) {
  for (const auto profile : {SandboxProfile::kIngest, SandboxProfile::kAnalyse, SandboxProfile::kAnalyseHardware}) {
    if (!kSanitized) {
      EXPECT_EQ(outcome(profile, try_open), 0);
      EXPECT_EQ(outcome(profile, try_create), 0);
    }
    EXPECT_EQ(outcome(profile, try_unix_socket), 0);
  }
}

TEST(Escape, AnalyseShardsSpeakToNoDeviceAndWithHardwareDecodingToGraphicsAlone) {
  EXPECT_EQ(outcome(SandboxProfile::kAnalyse, try_terminal_ioctl), 0);
  EXPECT_EQ(outcome(SandboxProfile::kAnalyse, try_graphics_ioctl), 0);
  EXPECT_EQ(outcome(SandboxProfile::kAnalyseHardware, try_terminal_ioctl), 0);
  EXPECT_EQ(outcome(SandboxProfile::kAnalyseHardware, try_graphics_ioctl), 1);
}

}  // namespace
}  // namespace vonggac::ipc
