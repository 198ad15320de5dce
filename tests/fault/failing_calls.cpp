/// Preloaded into the service by the fault runs: counts its writing calls below one folder and lets the N-th one fail,
/// tear, or be the last thing the process or the disk ever did. Whatever lies elsewhere (log, sockets) is not counted.
/// Control  the environment variable VONGGAC_FAILING_CALLS, "key=value" separated by ';':
///          folder=DIR  below which calls count; log=FILE gets a line "number call path" for each
///          at=N        the first call that is hit, 0 = none; count=N how many in a row are hit (default 1)
///          do=         eio | enospc | erofs: the call fails without having done anything
///                      kill: SIGKILL before the call;  torn: half of a write (or the whole call), then SIGKILL
///                      cut: the file system is shut down without flushing, then SIGKILL: a power cut
/// Workers do not get the variable (core passes on only what it knows), so only core is hit.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

constexpr unsigned long kShutdown = _IOR('X', 125, std::uint32_t);  // the same number on ext4 and XFS
constexpr std::uint32_t kWithoutFlushing = 2;

struct Plan {
  std::string folder, action;
  long at = 0, count = 1;
  int log_fd = -1, error = 0;
};

Plan read_plan() {
  Plan plan;
  const char* text = std::getenv("VONGGAC_FAILING_CALLS");
  if (text == nullptr) return plan;
  std::string rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string item = rest.substr(0, end);
    rest.erase(0, end + 1);
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = item.substr(0, equals), value = item.substr(equals + 1);
    if (key == "folder") plan.folder = value;
    if (key == "do") plan.action = value;
    if (key == "at") plan.at = std::atol(value.c_str());
    if (key == "count") plan.count = std::atol(value.c_str());
    if (key == "log") {
      const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
      plan.log_fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, value.c_str(), flags, 0644));
    }
  }
  plan.error = plan.action == "eio" ? EIO : plan.action == "enospc" ? ENOSPC : plan.action == "erofs" ? EROFS : 0;
  return plan;
}

const Plan& plan() {
  static const Plan the_plan = read_plan();
  return the_plan;
}

std::atomic<long> calls{0};

std::string path_of(int fd) {
  std::array<char, PATH_MAX> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link.c_str(), target.data(), target.size() - 1);
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string path_at(int folder, const char* path) {
  if (path == nullptr || path[0] == '/' || folder == AT_FDCWD) return path == nullptr ? "" : path;
  return path_of(folder) + "/" + path;
}

bool counts(const std::string& path) {
  const std::string& folder = plan().folder;
  return !folder.empty() && path.compare(0, folder.size(), folder) == 0;
}

[[noreturn]] void die() {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

void cut_power() {
  const int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, plan().folder.c_str(), O_RDONLY | O_DIRECTORY, 0));
  std::uint32_t how = kWithoutFlushing;
  if (ioctl(fd, kShutdown, &how) != 0) std::fprintf(stderr, "failing_calls: shutdown: %s\n", std::strerror(errno));
}

enum class Verdict { kGoOn, kFail, kTear };

/// What happens to a call on `path`; does not return where it is the process's last.
Verdict judge(const char* call, const std::string& path) {
  if (!counts(path)) return Verdict::kGoOn;
  const long number = ++calls;
  if (plan().log_fd >= 0) {
    std::string line = std::to_string(number);
    line.append(" ").append(call).append(" ").append(path).append("\n");
    (void)!syscall(SYS_write, plan().log_fd, line.data(), line.size());
  }
  if (plan().at == 0 || number < plan().at || number - plan().at >= plan().count) return Verdict::kGoOn;
  if (plan().error != 0) {
    errno = plan().error;
    return Verdict::kFail;
  }
  if (plan().action == "torn") return Verdict::kTear;
  if (plan().action == "cut") cut_power();
  die();
}

/// Runs a call that cannot be done by halves.
template <typename Call>
auto run(const char* name, const std::string& path, Call call) -> decltype(call()) {
  switch (judge(name, path)) {
    case Verdict::kFail:
      return static_cast<decltype(call())>(-1);
    case Verdict::kTear:
      (void)call();
      die();
    case Verdict::kGoOn:
      break;
  }
  return call();
}

/// `offset` is nothing for a write at the file's own position.
ssize_t write_at(const char* name, int fd, std::span<const iovec> parts, std::optional<off_t> offset) {
  const Verdict verdict = judge(name, path_of(fd));
  if (verdict == Verdict::kFail) return -1;
  if (verdict == Verdict::kTear) {
    std::vector<char> bytes;
    for (const iovec& part : parts) {
      const char* begin = static_cast<const char*>(part.iov_base);
      bytes.insert(bytes.end(), begin, begin + part.iov_len);
    }
    (void)!(offset ? syscall(SYS_pwrite64, fd, bytes.data(), bytes.size() / 2, *offset)
                   : syscall(SYS_write, fd, bytes.data(), bytes.size() / 2));
    die();
  }
  if (!offset) return syscall(SYS_writev, fd, parts.data(), parts.size());
  return syscall(SYS_pwritev, fd, parts.data(), parts.size(), *offset, 0L);
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
  const auto open_it = [&] { return static_cast<int>(syscall(SYS_openat, folder, path, flags, mode)); };
  const bool writes = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
  return writes ? run("open", path_at(folder, path), open_it) : open_it();
}

mode_t mode_of(int flags, std::va_list arguments) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

// The C library's names, with and without 64 in them: programs of both kinds come by. Under names of their own here,
// because its headers may already have turned one into the other.
extern "C" {

#define VG_STANDS_IN_FOR(name) __asm__(#name)

int plain_open(const char* path, int flags, ...) VG_STANDS_IN_FOR(open);
int plain_open_64(const char* path, int flags, ...) VG_STANDS_IN_FOR(open64);
int folder_open(int folder, const char* path, int flags, ...) VG_STANDS_IN_FOR(openat);
int folder_open_64(int folder, const char* path, int flags, ...) VG_STANDS_IN_FOR(openat64);
int checked_open(const char* path, int flags) VG_STANDS_IN_FOR(__open_2);
int checked_open_64(const char* path, int flags) VG_STANDS_IN_FOR(__open64_2);
int checked_folder_open(int folder, const char* path, int flags) VG_STANDS_IN_FOR(__openat_2);
int checked_folder_open_64(int folder, const char* path, int flags) VG_STANDS_IN_FOR(__openat64_2);
ssize_t plain_write(int fd, const void* data, size_t size) VG_STANDS_IN_FOR(write);
ssize_t placed_write(int fd, const void* data, size_t size, off_t offset) VG_STANDS_IN_FOR(pwrite);
ssize_t placed_write_64(int fd, const void* data, size_t size, off_t offset) VG_STANDS_IN_FOR(pwrite64);
ssize_t gathered_write(int fd, const iovec* parts, int count, off_t offset) VG_STANDS_IN_FOR(pwritev);
ssize_t gathered_write_64(int fd, const iovec* parts, int count, off_t offset) VG_STANDS_IN_FOR(pwritev64);
int sync_file(int fd) VG_STANDS_IN_FOR(fsync);
int sync_data(int fd) VG_STANDS_IN_FOR(fdatasync);
int sync_disk(int fd) VG_STANDS_IN_FOR(syncfs);
int cut_file(int fd, off_t size) VG_STANDS_IN_FOR(ftruncate);
int cut_file_64(int fd, off_t size) VG_STANDS_IN_FOR(ftruncate64);
int reserve(int fd, off_t offset, off_t size) VG_STANDS_IN_FOR(posix_fallocate);
int reserve_64(int fd, off_t offset, off_t size) VG_STANDS_IN_FOR(posix_fallocate64);
int rename_file(const char* from, const char* to) VG_STANDS_IN_FOR(rename);
int link_file(const char* from, const char* to) VG_STANDS_IN_FOR(link);
int remove_file(const char* path) VG_STANDS_IN_FOR(unlink);
int remove_file_at(int folder, const char* path, int flags) VG_STANDS_IN_FOR(unlinkat);
int make_folder(const char* path, mode_t mode) VG_STANDS_IN_FOR(mkdir);
int make_folder_at(int folder, const char* path, mode_t mode) VG_STANDS_IN_FOR(mkdirat);

#define VG_MODE_ARGUMENT(mode)                   \
  std::va_list arguments;                        \
  va_start(arguments, flags);                    \
  const mode_t mode = mode_of(flags, arguments); \
  va_end(arguments)

int plain_open(const char* path, int flags, ...) {
  VG_MODE_ARGUMENT(mode);
  return open_at(AT_FDCWD, path, flags, mode);
}
int plain_open_64(const char* path, int flags, ...) {
  VG_MODE_ARGUMENT(mode);
  return open_at(AT_FDCWD, path, flags, mode);
}
int folder_open(int folder, const char* path, int flags, ...) {
  VG_MODE_ARGUMENT(mode);
  return open_at(folder, path, flags, mode);
}
int folder_open_64(int folder, const char* path, int flags, ...) {
  VG_MODE_ARGUMENT(mode);
  return open_at(folder, path, flags, mode);
}
int checked_open(const char* path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int checked_open_64(const char* path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int checked_folder_open(int folder, const char* path, int flags) { return open_at(folder, path, flags, 0); }
int checked_folder_open_64(int folder, const char* path, int flags) { return open_at(folder, path, flags, 0); }

ssize_t plain_write(int fd, const void* data, size_t size) {
  const iovec part{const_cast<void*>(data), size};
  return write_at("write", fd, {&part, 1}, std::nullopt);
}
ssize_t placed_write(int fd, const void* data, size_t size, off_t offset) {
  const iovec part{const_cast<void*>(data), size};
  return write_at("pwrite", fd, {&part, 1}, offset);
}
ssize_t placed_write_64(int fd, const void* data, size_t size, off_t offset) {
  return placed_write(fd, data, size, offset);
}
ssize_t gathered_write(int fd, const iovec* parts, int count, off_t offset) {
  return write_at("pwritev", fd, {parts, static_cast<std::size_t>(count)}, offset);
}
ssize_t gathered_write_64(int fd, const iovec* parts, int count, off_t offset) {
  return gathered_write(fd, parts, count, offset);
}

int sync_file(int fd) {
  return run("fsync", path_of(fd), [=] { return static_cast<int>(syscall(SYS_fsync, fd)); });
}
int sync_data(int fd) {
  return run("fdatasync", path_of(fd), [=] { return static_cast<int>(syscall(SYS_fdatasync, fd)); });
}
int sync_disk(int fd) {
  return run("syncfs", path_of(fd), [=] { return static_cast<int>(syscall(SYS_syncfs, fd)); });
}
int cut_file(int fd, off_t size) {
  return run("ftruncate", path_of(fd), [=] { return static_cast<int>(syscall(SYS_ftruncate, fd, size)); });
}
int cut_file_64(int fd, off_t size) { return cut_file(fd, size); }
int reserve(int fd, off_t offset, off_t size) {
  const auto allocate = [=] { return static_cast<int>(syscall(SYS_fallocate, fd, 0, offset, size)); };
  return run("fallocate", path_of(fd), allocate) == 0 ? 0 : errno;
}
int reserve_64(int fd, off_t offset, off_t size) { return reserve(fd, offset, size); }
int rename_file(const char* from, const char* to) {
  return run("rename", to, [=] { return static_cast<int>(syscall(SYS_rename, from, to)); });
}
int link_file(const char* from, const char* to) {
  return run("link", to, [=] { return static_cast<int>(syscall(SYS_link, from, to)); });
}
int remove_file(const char* path) {
  return run("unlink", path, [=] { return static_cast<int>(syscall(SYS_unlink, path)); });
}
int remove_file_at(int folder, const char* path, int flags) {
  const auto remove_it = [=] { return static_cast<int>(syscall(SYS_unlinkat, folder, path, flags)); };
  return run("unlink", path_at(folder, path), remove_it);
}
int make_folder(const char* path, mode_t mode) {
  return run("mkdir", path, [=] { return static_cast<int>(syscall(SYS_mkdir, path, mode)); });
}
int make_folder_at(int folder, const char* path, mode_t mode) {
  const auto make_it = [=] { return static_cast<int>(syscall(SYS_mkdirat, folder, path, mode)); };
  return run("mkdir", path_at(folder, path), make_it);
}
}
