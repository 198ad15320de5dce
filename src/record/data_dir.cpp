#include "record/data_dir.h"

#include <cerrno>
#include <climits>
#include <cstdlib>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "record/media_paths.h"

namespace vonggac::record {
namespace {

constexpr mode_t kDataFileMode = 0640;
constexpr mode_t kDataFolderMode = 0750;
constexpr std::size_t kMaxNodeBytes = 4096;

std::string read_small_file(int fd) {
  std::string text(kMaxNodeBytes, '\0');
  const ssize_t n = ::pread(fd, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

base::Status write_text(int fd, const std::string& text, const std::string& path) {
  const ssize_t n = ::pwrite(fd, text.data(), text.size(), 0);
  if (n != static_cast<ssize_t>(text.size())) return base::from_errno(n < 0 ? errno : ENOSPC, "write " + path);
  return ::fsync(fd) == 0 ? base::Status() : base::from_errno(errno, "fsync " + path);
}

std::string reserve_path(const std::string& data_dir) { return data_dir + "/reserve"; }

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

base::Status in_use(const std::string& data_dir, int lock_fd) {
  const std::string owner = read_small_file(lock_fd);
  return base::unavailable("another vonggac service has " + data_dir + " open" +
                           (owner.empty() ? "" : " (process " + owner + ")") +
                           ": stop it first, or use another --data folder");
}

}  // namespace

bool never_recorded(const std::string& data_dir) {
  return exists(data_dir) && !exists(node_path(data_dir)) && !exists(index_path(data_dir)) &&
         !exists(media_dir(data_dir));
}

base::Status check_not_in_use(const std::string& path) {
  const base::UniqueFd lock(::open(lock_path(path).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!lock.valid() || ::flock(lock.get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) return {};
  return in_use(path, lock.get());
}

base::Result<DataDir> DataDir::open(const std::string& path, const base::Clock& clock) {
  if (::mkdir(path.c_str(), kDataFolderMode) != 0 && errno != EEXIST) return base::from_errno(errno, "mkdir " + path);
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return base::from_errno(errno, "open " + path);
  DataDir dir;
  dir.path_ = resolved;
  VG_TRY(dir.take_lock());
  VG_TRY(dir.read_or_make_node(clock));
  return dir;
}

base::Status DataDir::take_lock() {
  const std::string path = lock_path(path_);
  lock_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kDataFileMode));
  if (!lock_.valid()) return base::from_errno(errno, "open " + path);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return base::from_errno(errno, "lock " + path);
    return in_use(path_, lock_.get());
  }
  if (::ftruncate(lock_.get(), 0) != 0) return base::from_errno(errno, "truncate " + path);
  const std::string own = std::to_string(::getpid());
  // Only told to people; a full disk must not keep the service from starting.
  if (::pwrite(lock_.get(), own.data(), own.size(), 0) < 0) base::log::warning("record", "cannot write {}", path);
  return {};
}

base::Status DataDir::read_or_make_node(const base::Clock& clock) {
  const std::string path = node_path(path_);
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid() && errno != ENOENT) return base::from_errno(errno, "open " + path);
  if (!fd.valid()) {
    installation_ = {base::Uuid::make_v7(clock)};
    made_installation_ = true;
    return write_node(clock);
  }
  boost::system::error_code error;
  const boost::json::value node = boost::json::parse(read_small_file(fd.get()), error);
  const boost::json::value* text = error || !node.is_object() ? nullptr : node.as_object().if_contains("installation");
  if (text != nullptr && text->is_string()) {
    const base::Result<base::Uuid> id = base::Uuid::parse(std::string_view(text->get_string()));
    if (id && !id->is_nil()) {
      installation_ = {*id};
      return {};
    }
  }
  return base::data_loss(path + " is damaged: delete it and run 'vonggac rebuild', which finds the id in the footage");
}

base::Status DataDir::write_node(const base::Clock& clock) const {
  const std::string path = node_path(path_), fresh = path + ".new";
  const base::UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kDataFileMode));
  if (!fd.valid()) return base::from_errno(errno, "create " + fresh);
  const std::string text = "{\"installation\": \"" + installation_.to_string() + "\", \"created\": \"" +
                           base::to_iso8601(clock.wall_now()) + "\"}\n";
  VG_TRY(write_text(fd.get(), text, fresh));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return base::from_errno(errno, "rename " + fresh);
  const base::UniqueFd folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::fsync(folder.get()) != 0) return base::from_errno(errno, "fsync " + path_);
  return {};
}

base::Status DataDir::adopt_installation(base::InstallationId id, const base::Clock& clock) {
  installation_ = id;
  made_installation_ = false;
  return write_node(clock);
}

void DataDir::make_reserve(std::uint64_t bytes) const {
  const std::string path = reserve_path(path_);
  const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kDataFileMode));
  if (!fd.valid()) return;
  struct stat info {};
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0) return;
  if (::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes)) != 0) ::unlink(path.c_str());
}

void DataDir::give_up_reserve() const { ::unlink(reserve_path(path_).c_str()); }

}  // namespace vonggac::record
