/// The clip source over the recorder's data directory: index.db and segment files, read-only.
/// Threads  thread-safe.
/// Errors   see ClipSource; a data directory without an index yet is empty, not an error.
#pragma once

#include <memory>
#include <string>

#include "api/clip_source.h"

namespace vonggac::api {

std::unique_ptr<ClipSource> make_archive_clip_source(const std::string& data_dir);

}  // namespace vonggac::api
