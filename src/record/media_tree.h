/// Everything that lies below media/: segment files by their names, and what does not belong there.
/// Threads  plain function; blocks on the disk.
/// Errors   as the file system says for media/ itself; a folder that cannot be read becomes a stranger.
#pragma once

#include <functional>
#include <string>

#include "record/disk.h"
#include "record/media_paths.h"

namespace vonggac::record {

enum class Stranger {
  kSpecial,    ///< symbolic link, pipe, device, socket: never touched
  kBadName,    ///< a name that segment_path() would not give
  kUnreadable  ///< a folder that cannot be listed
};

struct MediaVisitor {
  std::function<void(const SegmentFile&, const std::string& path)> segment;
  std::function<void(const std::string& path, Stranger why)> stranger;
};

/// Calls the visitor for every entry, camera by camera and day by day in order.
base::Status walk_media(Disk& disk, const MediaVisitor& visitor);

}  // namespace vonggac::record
