/// Where things lie in a data directory:
///   lock                                        flock(2) by the one service that writes here
///   node.json                                   installation id; survives the loss of index.db
///   index.db, index.db-wal, index.db-shm        the index (docs/reference/index-db.md)
///   media/<camera uuid>/<YYYY-MM-DD>/<us>.mp4   segments; the day is the UTC day of <us>, <us> the wall microsecond
///                                               of the first picture (raised by 1 while the name is taken)
/// Paths hold ids and times only, never names of cameras or places, and are never reused for another camera.
/// Threads  plain functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/units.h"

namespace vonggac::record {

std::string lock_path(const std::string& data_dir);
std::string node_path(const std::string& data_dir);
std::string index_path(const std::string& data_dir);
std::string media_dir(const std::string& data_dir);

/// What every path of footage begins with, below the data directory.
constexpr std::string_view kMediaPrefix = "media/";

/// What names a segment file; equal to the columns camera and file_us of table segment.
struct SegmentFile {
  base::CameraId camera;
  std::int64_t file_us = 0;
  bool operator==(const SegmentFile&) const = default;
};

/// Relative to the data directory: "media/0193…/2026-11-21/1795440000000000.mp4", and the folder that holds it.
std::string segment_path(const SegmentFile& file);
std::string segment_folder(const SegmentFile& file);
/// The inverse, for names found on disk; nothing for a name that segment_path() would not have given.
std::optional<SegmentFile> parse_segment_path(std::string_view relative);

}  // namespace vonggac::record
