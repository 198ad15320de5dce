#include "record/segment_files.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/media_paths.h"

namespace vonggac::record {
namespace {

/// openat2(2): Linux 5.6 and later, always there on Debian 12. O_NONBLOCK: a planted pipe must not make us wait.
int open_beneath(int folder, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
}

}  // namespace

base::Result<SegmentFiles> SegmentFiles::open(const std::string& data_dir) {
  const std::string root = media_dir(data_dir);
  base::UniqueFd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return base::from_errno(errno, "open " + root);
  return SegmentFiles(std::move(fd));
}

base::Result<OpenFile> SegmentFiles::open_file(const std::string& path) const {
  if (path.compare(0, kMediaPrefix.size(), kMediaPrefix) != 0)
    return base::invalid_argument(path + " is not below media/");
  base::UniqueFd fd(open_beneath(media_.get(), path.substr(kMediaPrefix.size())));
  if (!fd.valid()) {
    if (errno == ELOOP || errno == EXDEV || errno == ENXIO) {
      return base::invalid_argument(path + " is not a regular file");
    }
    return base::from_errno(errno, "open " + path);
  }
  VG_ASSIGN(media::FileSource source, media::FileSource::open(fd.get()));
  return OpenFile{std::move(fd), source};
}

}  // namespace vonggac::record
