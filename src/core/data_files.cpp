#include "core/data_files.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vonggac::core {
namespace {

constexpr int kLockPollMs = 20;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

base::Status sync_folder(const std::string& path) {
  const base::UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return base::from_errno(errno, "open " + path);
  if (::fsync(folder.get()) != 0) return base::from_errno(errno, "sync " + path);
  return {};
}

base::Status write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::from_errno(errno, "write " + path);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

/// Root works for the service's user: what it makes in the data directory belongs to whoever owns the folder.
void give_to_folder_owner(int fd, const std::string& path) {
  struct stat folder {};
  if (::geteuid() != 0 || ::stat(folder_of(path).c_str(), &folder) != 0 || folder.st_uid == 0) return;
  // A refusal (a foreign file system) leaves a file of root's; the service then says that it cannot read it.
  [[maybe_unused]] const int ignored = ::fchown(fd, folder.st_uid, folder.st_gid);
}

/// A fresh, synced file beside `path`; its name is unique to this process.
base::Result<std::string> write_temporary(const std::string& path, std::string_view text, mode_t mode) {
  const std::string temporary = path + ".tmp" + std::to_string(::getpid());
  ::unlink(temporary.c_str());
  const base::UniqueFd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.valid()) return base::from_errno(errno, "create " + temporary);
  give_to_folder_owner(file.get(), path);
  base::Status status = write_all(file.get(), text, temporary);
  // The umask may have taken bits away, never added any; the mode asked for is the one wanted.
  if (status.ok() && ::fchmod(file.get(), mode) != 0) status = base::from_errno(errno, "chmod " + temporary);
  if (status.ok() && ::fsync(file.get()) != 0) status = base::from_errno(errno, "sync " + temporary);
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return temporary;
}

}  // namespace

base::Status write_file_atomically(const std::string& path, std::string_view text, mode_t mode) {
  VG_ASSIGN(const std::string temporary, write_temporary(path, text, mode));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    return base::from_errno(reason, "rename to " + path);
  }
  return sync_folder(folder_of(path));
}

base::Status create_file_atomically(const std::string& path, std::string_view text, mode_t mode) {
  VG_ASSIGN(const std::string temporary, write_temporary(path, text, mode));
  const int linked = ::link(temporary.c_str(), path.c_str());
  const int reason = errno;
  ::unlink(temporary.c_str());
  if (linked != 0 && reason == EEXIST) return base::out_of_range(path + " exists already");
  if (linked != 0) return base::from_errno(reason, "create " + path);
  return sync_folder(folder_of(path));
}

base::Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return base::from_errno(errno, "open " + path);
  std::string text;
  char block[16'384];
  while (true) {
    const ssize_t n = ::read(file.get(), block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::from_errno(errno, "read " + path);
    if (n == 0) return text;
    text.append(block, static_cast<std::size_t>(n));
    if (text.size() > max_bytes) {
      return base::out_of_range(path + " is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

base::Status make_folder(const std::string& path, mode_t mode) {
  int made = ::mkdir(path.c_str(), mode);
  if (made != 0 && errno == ENOENT && folder_of(path).size() < path.size()) {
    VG_TRY(make_folder(folder_of(path), mode));
    made = ::mkdir(path.c_str(), mode);
  }
  if (made == 0) {
    const base::UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder.valid()) give_to_folder_owner(folder.get(), path);
    return sync_folder(folder_of(path));
  }
  if (errno != EEXIST) return base::from_errno(errno, "make folder " + path);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return base::from_errno(errno, "look at " + path);
  if (!S_ISDIR(info.st_mode)) return base::invalid_argument(path + " is there but is not a folder");
  return {};
}

base::Result<base::UniqueFd> lock_file(const std::string& path, int wait_ms) {
  base::UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640));
  if (!file.valid()) return base::from_errno(errno, "open " + path);
  give_to_folder_owner(file.get(), path);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return base::from_errno(errno, "lock " + path);
    if (std::chrono::steady_clock::now() >= give_up) {
      return base::unavailable(path + " is locked: another vonggac process uses this data directory");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(kLockPollMs));
  }
  return file;
}

}  // namespace vonggac::core
