/// What the kernel is asked to take away from a worker. Measured cost per frame: none (docs/performance.md).
/// Namespaces are best effort (a container may refuse them); the system call filter is not: without it a worker
/// that parses camera bytes does not start.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/unique_fd.h"
#include "ipc/worker.h"

namespace vonggac::ipc {
namespace {

bool is_web(SandboxProfile profile) {
  return profile == SandboxProfile::kWeb || profile == SandboxProfile::kWebDatabase;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

constexpr rlim_t kIngestMemoryBytes = 1ULL << 30;   // 64 streams x 8 MiB largest unit, and the rings
constexpr rlim_t kProbeMemoryBytes = 512ULL << 20;  // a few streams and one reply of 1 MiB as a tree
constexpr rlim_t kProbeCpuSeconds = 25;
constexpr rlim_t kAnalyseMemoryBytes = 6ULL << 30;  // libav's threads and pools reserve far more than they touch

bool write_file(const char* path, const std::string& text) {
  const base::UniqueFd fd(open(path, O_WRONLY | O_CLOEXEC));
  return fd.valid() && write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

void limit(__rlimit_resource resource, rlim_t value) {
  rlimit both{value, value};
  (void)setrlimit(resource, &both);
}

void set_limits(SandboxProfile profile) {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, is_web(profile) ? 2048 : 1024);
  if (profile == SandboxProfile::kProbe) limit(RLIMIT_CPU, kProbeCpuSeconds);
  if (kSanitized) return;  // sanitizers reserve terabytes of address space
  if (profile == SandboxProfile::kIngest) limit(RLIMIT_AS, kIngestMemoryBytes);
  if (profile == SandboxProfile::kProbe) limit(RLIMIT_AS, kProbeMemoryBytes);
  const bool analyses = profile == SandboxProfile::kAnalyse || profile == SandboxProfile::kAnalyseHardware;
  if (analyses) limit(RLIMIT_AS, kAnalyseMemoryBytes);
}

/// User namespace with only our own id mapped, so that the other namespaces can be had without privilege.
bool enter_user_namespace() {
  const uid_t uid = getuid();
  const gid_t gid = getgid();
  if (unshare(CLONE_NEWUSER) != 0) return false;
  (void)write_file("/proc/self/setgroups", "deny");
  return write_file("/proc/self/uid_map", std::to_string(uid) + " " + std::to_string(uid) + " 1") &&
         write_file("/proc/self/gid_map", std::to_string(gid) + " " + std::to_string(gid) + " 1");
}

/// Replaces the whole file tree by an empty, read-only one.
bool empty_root() {
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  if (mount("none", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,mode=0555") != 0) return false;
  if (chdir("/tmp") != 0) return false;
  if (syscall(SYS_pivot_root, ".", ".") != 0) return false;
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return false;
  (void)mount("none", "/", nullptr, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  return true;
}

std::string enter_namespaces(SandboxProfile profile) {
  std::string applied;
  const bool empty_files = !is_web(profile) && !kSanitized;
  if (enter_user_namespace()) applied += "user+";
  if (profile != SandboxProfile::kWebDatabase && unshare(CLONE_NEWNET) == 0) applied += "net+";
  if (unshare(CLONE_NEWIPC | CLONE_NEWUTS) == 0) applied += "ipc+";
  if (empty_files && unshare(CLONE_NEWNS) == 0 && empty_root()) applied += "mount+";
  return applied;
}

void drop_capabilities() {
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  (void)syscall(SYS_capset, &header, none);
}

class Filter {
 public:
  explicit Filter(std::uint32_t default_action) : context_(seccomp_init(default_action)) {}
  ~Filter() { seccomp_release(context_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  template <typename... Args>
  void add(std::uint32_t action, const char* name, Args... conditions) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number < 0) return;  // not on this architecture
    if (seccomp_rule_add(context_, action, number, sizeof...(conditions), conditions...) != 0) failed_ = true;
  }
  base::Status load() {
    // A binary tree instead of a list: the filter runs on every call.
    (void)seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (context_ == nullptr || failed_ || seccomp_load(context_) != 0) {
      return base::permission_denied(
          "the kernel refused the system call filter (seccomp); a worker that reads camera "
          "data must not run without it");
    }
    return {};
  }

 private:
  scmp_filter_ctx context_;
  bool failed_ = false;
};

/// The ingest shard and the probe run only our own code (and pugixml): everything that is not listed fails with EPERM.
base::Status filter_ingest() {
  Filter filter(SCMP_ACT_ERRNO(EPERM));
  for (const char* name : {"read",
                           "write",
                           "readv",
                           "writev",
                           "recvfrom",
                           "recvmsg",
                           "recvmmsg",
                           "epoll_wait",
                           "epoll_pwait",
                           "epoll_pwait2",
                           "epoll_ctl",
                           "poll",
                           "close",
                           "shutdown",
                           "getsockopt",
                           "setsockopt",
                           "getsockname",
                           "munmap",
                           "brk",
                           "madvise",
                           "futex",
                           "clock_gettime",
                           "clock_nanosleep",
                           "nanosleep",
                           "gettimeofday",
                           "exit",
                           "exit_group",
                           "rt_sigreturn",
                           "rt_sigprocmask",
                           "rt_sigaction",
                           "sigaltstack",
                           "getrandom",
                           "timerfd_settime",
                           "timerfd_gettime",
                           "fstat",
                           "newfstatat",
                           "getpid",
                           "gettid",
                           "tgkill",
                           "restart_syscall",
                           "sched_yield",
                           "getrusage",
                           "fcntl",
                           "lseek",
                           "membarrier",
                           "rseq",
                           "mremap",
                           "getuid",
                           "geteuid"}) {
    filter.add(SCMP_ACT_ALLOW, name);
  }
  // Only on connected sockets: an address may not be given. The control socket may pass messages.
  filter.add(SCMP_ACT_ALLOW, "sendto", SCMP_A4(SCMP_CMP_EQ, 0, 0));
  filter.add(SCMP_ACT_ALLOW, "sendmsg", SCMP_A0(SCMP_CMP_EQ, kControlFd, 0));
  filter.add(SCMP_ACT_ALLOW, "mmap", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  filter.add(SCMP_ACT_ALLOW, "mprotect", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  return filter.load();
}

/// libav and OpenCV change which harmless calls they make with each update, so the harmful ones are named instead.
void deny_processes(Filter& filter) {
  for (const char* name : {"execve",
                           "execveat",
                           "fork",
                           "vfork",
                           "ptrace",
                           "process_vm_readv",
                           "process_vm_writev",
                           "kill",
                           "tkill",
                           "mount",
                           "umount2",
                           "pivot_root",
                           "chroot",
                           "move_mount",
                           "open_tree",
                           "fsopen",
                           "fsconfig",
                           "fsmount",
                           "bpf",
                           "perf_event_open",
                           "userfaultfd",
                           "io_uring_setup",
                           "io_uring_enter",
                           "io_uring_register",
                           "unshare",
                           "setns",
                           "shmget",
                           "shmat",
                           "msgget",
                           "semget",
                           "keyctl",
                           "add_key",
                           "request_key",
                           "init_module",
                           "finit_module",
                           "delete_module",
                           "kexec_load",
                           "reboot",
                           "swapon",
                           "swapoff",
                           "setuid",
                           "setgid",
                           "setreuid",
                           "setregid",
                           "setresuid",
                           "setresgid",
                           "capset",
                           "personality",
                           "pidfd_open",
                           "pidfd_getfd",
                           "pidfd_send_signal",
                           "name_to_handle_at",
                           "open_by_handle_at",
                           "quotactl",
                           "acct",
                           "syslog",
                           "sethostname",
                           "setdomainname",
                           "clock_settime",
                           "settimeofday",
                           "adjtimex",
                           "ioperm",
                           "iopl"}) {
    filter.add(SCMP_ACT_ERRNO(EPERM), name);
  }
  // New threads are fine, new processes are not; clone3 hides its flags in memory, so glibc must fall back to clone.
  filter.add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  filter.add(SCMP_ACT_ERRNO(EPERM), "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

/// Denies ioctl; with `graphics`, only what is not addressed to a graphics device (type 'd' of the request number).
void deny_ioctl(Filter& filter, bool graphics) {
  if (!graphics) {
    filter.add(SCMP_ACT_ERRNO(EPERM), "ioctl");
    return;
  }
  // There is no rule "differs under a mask", so each bit of the type is compared by itself.
  constexpr std::uint64_t kGraphicsType = 'd';
  for (unsigned bit = 0; bit < 8; ++bit) {
    const std::uint64_t mask = 1ULL << (8 + bit);
    const std::uint64_t other = (~kGraphicsType << 8) & mask;
    filter.add(SCMP_ACT_ERRNO(EPERM), "ioctl", SCMP_A1(SCMP_CMP_MASKED_EQ, mask, other));
  }
}

base::Status filter_analyse(bool graphics = false) {
  Filter filter(SCMP_ACT_ALLOW);
  deny_processes(filter);
  deny_ioctl(filter, graphics);
  for (const char* name :
       {"socket", "socketpair", "connect",   "bind",  "listen",   "accept", "accept4",  "unlink",      "unlinkat",
        "rename", "renameat",   "renameat2", "mkdir", "mkdirat",  "link",   "linkat",   "symlink",     "symlinkat",
        "mknod",  "mknodat",    "truncate",  "chmod", "fchmodat", "chown",  "fchownat", "memfd_create"}) {
    filter.add(SCMP_ACT_ERRNO(EPERM), name);
  }
  if (!kSanitized) {
    for (const char* name : {"open", "openat", "openat2", "creat"}) filter.add(SCMP_ACT_ERRNO(EACCES), name);
  }
  filter.add(SCMP_ACT_ERRNO(EPERM), "sendto", SCMP_A4(SCMP_CMP_NE, 0, 0));
  return filter.load();
}

/// The web process reads footage and the index and answers accepted connections; it opens no connection itself, but to
/// the server of its register where there is one.
base::Status filter_web(bool may_connect) {
  Filter filter(SCMP_ACT_ALLOW);
  deny_processes(filter);
  if (!may_connect) {
    for (const char* name : {"socket", "connect"}) filter.add(SCMP_ACT_ERRNO(EPERM), name);
  }
  for (const char* name : {"bind", "listen", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "link", "linkat",
                           "symlink", "symlinkat", "mknod", "mknodat", "chmod", "fchmodat", "chown", "fchownat"}) {
    filter.add(SCMP_ACT_ERRNO(EPERM), name);
  }
  return filter.load();
}

}  // namespace

base::Result<std::string> apply_sandbox(SandboxProfile profile) {
  set_limits(profile);
  std::string applied = enter_namespaces(profile);
  if (!is_web(profile)) drop_capabilities();
  prctl(PR_SET_DUMPABLE, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return base::from_errno(errno, "no_new_privs");
  // PR_SET_DUMPABLE and the id change above clear it: without this a worker would outlive core.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  switch (profile) {
    case SandboxProfile::kIngest:
    case SandboxProfile::kProbe:
      VG_TRY(kSanitized ? filter_analyse() : filter_ingest());
      break;
    case SandboxProfile::kAnalyse:
      VG_TRY(filter_analyse());
      break;
    case SandboxProfile::kAnalyseHardware:
      VG_TRY(filter_analyse(true));
      break;
    case SandboxProfile::kWeb:
      VG_TRY(filter_web(false));
      break;
    case SandboxProfile::kWebDatabase:
      VG_TRY(filter_web(true));
      break;
  }
  return applied + "seccomp+rlimits";
}

}  // namespace vonggac::ipc
