/// Opens segment files for reading, and nothing else that may lie below media/: no symbolic link is followed, no
/// path leaves the folder, only regular files are opened. For archive, export, check and rebuild.
/// Threads  thread-safe.
/// Owns     a descriptor of media/ (which may itself be a symbolic link, so that it can lie on another disk).
/// Errors   kNotFound: no such file (or no media/); kInvalidArgument: a link, a pipe, a device, or a bad path.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "media/byte_source.h"

namespace vonggac::record {

/// An open segment file.
struct OpenFile {
  base::UniqueFd fd;
  media::FileSource source;
};

class SegmentFiles {
 public:
  static base::Result<SegmentFiles> open(const std::string& data_dir);
  /// `path` as segment_path() gives it: relative to the data directory.
  base::Result<OpenFile> open_file(const std::string& path) const;

 private:
  explicit SegmentFiles(base::UniqueFd media) : media_(std::move(media)) {}
  base::UniqueFd media_;
};

}  // namespace vonggac::record
