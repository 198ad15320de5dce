#include "media/byte_source.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace vonggac::media {

base::Status MemorySource::read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
  if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
    return base::out_of_range("read past the end of the media");
  }
  const base::ByteSpan view = bytes_.subspan(offset, out.size());
  std::copy(view.begin(), view.end(), out.begin());
  return base::Status::ok_status();
}

base::Result<FileSource> FileSource::open(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return base::from_errno(errno, "stat media file");
  if (!S_ISREG(info.st_mode)) return base::invalid_argument("not a regular file");
  return FileSource(fd, static_cast<std::uint64_t>(info.st_size));
}

base::Status FileSource::read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::from_errno(errno, "read media file");
    if (got == 0) return base::out_of_range("read past the end of the media");
    done += static_cast<std::size_t>(got);
  }
  return base::Status::ok_status();
}

}  // namespace vonggac::media
