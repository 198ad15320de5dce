/// The seam between the recorder and the disk: the few calls that write, sync and delete below media/. Tests put a
/// disk in its place that fails on the n-th call or forgets what was not synced.
/// Threads  Disk is thread-safe; a MediaFile belongs to one thread at a time.
/// Errors   kNoSpace: ENOSPC, EDQUOT. Every other failure means that the disk cannot be trusted for this file.
/// Units    paths are relative to the data directory ("media/..."), sizes in bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <sys/uio.h>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::record {

/// One segment file, open for appending.
class MediaFile {
 public:
  virtual ~MediaFile() = default;
  /// Writes all parts after the last successful append. After a failure the file may hold a torn piece beyond that;
  /// the next append overwrites it. `parts` is used up.
  virtual base::Status append(std::span<iovec> parts) = 0;
  /// Cuts what lies beyond the last successful append.
  virtual base::Status cut_torn_tail() = 0;
};

struct DiskSpace {
  std::uint64_t free_bytes = 0;  ///< for us (f_bavail)
  std::uint64_t total_bytes = 0;
  std::uint64_t free_files = ~std::uint64_t{0};  ///< inodes for us; all ones where the file system does not count them
};

struct FolderEntry {
  std::string name;
  bool folder = false;
  bool regular = false;  ///< neither: symbolic link, device, pipe: never touched
};

class Disk {
 public:
  virtual ~Disk() = default;
  /// Makes the folders on the way. kOutOfRange: the name is taken.
  virtual base::Result<std::unique_ptr<MediaFile>> create_file(const std::string& path) = 0;
  /// Makes everything written so far durable, folders included (syncfs). kInvalidArgument: not on this file system;
  /// then sync files and folders one by one.
  virtual base::Status sync_all() = 0;
  virtual base::Status sync_file(const std::string& path) = 0;
  virtual base::Status sync_folder(const std::string& path) = 0;
  /// Success also when there is no such file.
  virtual base::Status remove_file(const std::string& path) = 0;
  /// Removes an empty folder; success also when it is not empty or not there.
  virtual base::Status remove_empty_folder(const std::string& path) = 0;
  virtual base::Result<DiskSpace> space() = 0;

  // For the repair at start.
  virtual base::Result<std::uint64_t> file_size(const std::string& path) = 0;  ///< kNotFound; regular files only
  virtual base::Result<base::Bytes> read(const std::string& path, std::uint64_t offset, std::uint64_t max_bytes) = 0;
  virtual base::Status truncate(const std::string& path, std::uint64_t size_bytes) = 0;
  virtual base::Result<std::vector<FolderEntry>> list(const std::string& path) = 0;  ///< kNotFound
};

/// The real one. Never follows a symbolic link below media/. media/ itself may be one, so that it can lie on
/// another disk. Files get mode 0640, folders 0750.
base::Result<std::unique_ptr<Disk>> open_disk(const std::string& data_dir);

}  // namespace vonggac::record
