#include "record/disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace vonggac::record {
namespace {

using base::from_errno;
using base::Result;
using base::Status;
using base::UniqueFd;

constexpr mode_t kMediaFileMode = 0640;
constexpr mode_t kMediaFolderMode = 0750;
constexpr std::string_view kMediaRoot = "media";

Status at(const char* call, const std::string& path) { return from_errno(errno, std::string(call) + " " + path); }

class RealFile final : public MediaFile {
 public:
  RealFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Status append(std::span<iovec> parts) override {
    std::uint64_t offset = size_;
    while (!parts.empty()) {
      const int count = static_cast<int>(std::min<std::size_t>(parts.size(), IOV_MAX));
      const ssize_t written = ::pwritev(fd_.get(), parts.data(), count, static_cast<off_t>(offset));
      if (written < 0) {
        if (errno == EINTR) continue;
        return at("write", path_);
      }
      if (written == 0) return base::no_space("write " + path_ + ": nothing was taken");
      offset += static_cast<std::uint64_t>(written);
      parts = after(parts, static_cast<std::size_t>(written));
    }
    size_ = offset;
    return {};
  }

  Status cut_torn_tail() override {
    return ::ftruncate(fd_.get(), static_cast<off_t>(size_)) == 0 ? Status() : at("truncate", path_);
  }

 private:
  /// What is left of `parts` after `written` bytes.
  static std::span<iovec> after(std::span<iovec> parts, std::size_t written) {
    while (!parts.empty() && written >= parts.front().iov_len) {
      written -= parts.front().iov_len;
      parts = parts.subspan(1);
    }
    if (written > 0) {
      parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + written;
      parts.front().iov_len -= written;
    }
    return parts;
  }

  UniqueFd fd_;
  std::string path_;
  std::uint64_t size_ = 0;
};

struct SplitPath {
  std::string folder, name;
};

SplitPath split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

class RealDisk final : public Disk {
 public:
  explicit RealDisk(UniqueFd media) : media_(std::move(media)) {}

  Result<std::unique_ptr<MediaFile>> create_file(const std::string& path) override {
    const SplitPath where = split(path);
    VG_ASSIGN(const UniqueFd folder, open_folder(where.folder, true));
    UniqueFd fd(::openat(folder.get(), where.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                         kMediaFileMode));
    if (!fd.valid() && errno == EEXIST) return base::out_of_range("create " + path + ": the name is taken");
    if (!fd.valid()) return at("create", path);
    return std::unique_ptr<MediaFile>(std::make_unique<RealFile>(std::move(fd), path));
  }

  Status sync_all() override {
    if (::syncfs(media_.get()) == 0) return {};
    if (errno == ENOSYS || errno == EINVAL) return base::invalid_argument("syncfs is not supported here");
    return at("syncfs", "media");
  }

  Status sync_file(const std::string& path) override {
    VG_ASSIGN(const UniqueFd fd, open_regular(path, O_RDONLY));
    return ::fsync(fd.get()) == 0 ? Status() : at("fsync", path);
  }

  Status sync_folder(const std::string& path) override {
    Result<UniqueFd> folder = open_folder(path, false);
    if (!folder) return folder.error().kind() == base::ErrorKind::kNotFound ? Status() : folder.error();
    return ::fsync(folder->get()) == 0 ? Status() : at("fsync", path);
  }

  Status remove_file(const std::string& path) override {
    const SplitPath where = split(path);
    Result<UniqueFd> folder = open_folder(where.folder, false);
    if (!folder) return folder.error().kind() == base::ErrorKind::kNotFound ? Status() : folder.error();
    if (::unlinkat(folder->get(), where.name.c_str(), 0) == 0 || errno == ENOENT) return {};
    return at("unlink", path);
  }

  Status remove_empty_folder(const std::string& path) override {
    const SplitPath where = split(path);
    Result<UniqueFd> folder = open_folder(where.folder, false);
    if (!folder) return folder.error().kind() == base::ErrorKind::kNotFound ? Status() : folder.error();
    if (::unlinkat(folder->get(), where.name.c_str(), AT_REMOVEDIR) == 0) return {};
    if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST) return {};
    return at("rmdir", path);
  }

  Result<DiskSpace> space() override {
    struct statvfs info {};
    if (::fstatvfs(media_.get(), &info) != 0) return at("statvfs", "media");
    DiskSpace space{info.f_bavail * info.f_frsize, info.f_blocks * info.f_frsize};
    if (info.f_files != 0) space.free_files = info.f_favail;
    return space;
  }

  Result<std::uint64_t> file_size(const std::string& path) override {
    const SplitPath where = split(path);
    VG_ASSIGN(const UniqueFd folder, open_folder(where.folder, false));
    struct stat info {};
    if (::fstatat(folder.get(), where.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return at("stat", path);
    if (!S_ISREG(info.st_mode)) return base::invalid_argument(path + " is not a regular file");
    return static_cast<std::uint64_t>(info.st_size);
  }

  Result<base::Bytes> read(const std::string& path, std::uint64_t offset, std::uint64_t max_bytes) override {
    VG_ASSIGN(const UniqueFd fd, open_regular(path, O_RDONLY));
    base::Bytes bytes(max_bytes);
    std::size_t have = 0;
    while (have < bytes.size()) {
      const ssize_t n = ::pread(fd.get(), bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return at("read", path);
      if (n == 0) break;
      have += static_cast<std::size_t>(n);
    }
    bytes.resize(have);
    return bytes;
  }

  Status truncate(const std::string& path, std::uint64_t size_bytes) override {
    VG_ASSIGN(const UniqueFd fd, open_regular(path, O_WRONLY));
    if (::ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0) return at("truncate", path);
    return ::fsync(fd.get()) == 0 ? Status() : at("fsync", path);
  }

  Result<std::vector<FolderEntry>> list(const std::string& path) override {
    VG_ASSIGN(UniqueFd folder, open_folder(path, false));
    DIR* stream = ::fdopendir(folder.get());
    if (stream == nullptr) return at("list", path);
    (void)folder.release();  // closedir() closes it
    std::vector<FolderEntry> entries;
    for (errno = 0; const dirent* entry = ::readdir(stream); errno = 0) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      unsigned char type = entry->d_type;
      if (type == DT_UNKNOWN) type = type_of(::dirfd(stream), entry->d_name);
      entries.push_back({std::string(name), type == DT_DIR, type == DT_REG});
    }
    const int error = errno;
    ::closedir(stream);
    if (error != 0) return from_errno(error, "list " + path);
    return entries;
  }

 private:
  static unsigned char type_of(int folder, const char* name) {
    struct stat info {};
    if (::fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
    return static_cast<unsigned char>(IFTODT(info.st_mode));
  }

  /// Walks down from media/ name by name; a symbolic link on the way fails.
  Result<UniqueFd> open_folder(std::string_view path, bool make) const {
    if (path.substr(0, kMediaRoot.size()) != kMediaRoot) return base::invalid_argument("not below media/");
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    UniqueFd here(::openat(media_.get(), ".", kFlags));
    if (!here.valid()) return at("open", std::string(path));
    std::string_view rest = path.substr(kMediaRoot.size());
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const std::string name(rest.substr(0, rest.find('/')));
      rest.remove_prefix(name.size());
      if (name.empty() || name == "." || name == "..") return base::invalid_argument("bad path");
      if (make && ::mkdirat(here.get(), name.c_str(), kMediaFolderMode) != 0 && errno != EEXIST) {
        return at("mkdir", std::string(path));
      }
      UniqueFd next(::openat(here.get(), name.c_str(), kFlags));
      if (!next.valid()) return at("open", std::string(path));
      here = std::move(next);
    }
    return here;
  }

  /// O_NONBLOCK: a planted pipe must not make us wait.
  Result<UniqueFd> open_regular(const std::string& path, int mode) const {
    const SplitPath where = split(path);
    VG_ASSIGN(const UniqueFd folder, open_folder(where.folder, false));
    UniqueFd fd(::openat(folder.get(), where.name.c_str(), mode | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!fd.valid()) return at("open", path);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return at("stat", path);
    if (!S_ISREG(info.st_mode)) return base::invalid_argument(path + " is not a regular file");
    return fd;
  }

  UniqueFd media_;
};

}  // namespace

Result<std::unique_ptr<Disk>> open_disk(const std::string& data_dir) {
  const std::string root = data_dir + "/" + std::string(kMediaRoot);
  if (::mkdir(root.c_str(), kMediaFolderMode) != 0 && errno != EEXIST) return at("mkdir", root);
  UniqueFd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return at("open", root);
  return std::unique_ptr<Disk>(std::make_unique<RealDisk>(std::move(fd)));
}

}  // namespace vonggac::record
