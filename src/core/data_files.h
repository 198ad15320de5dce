/// Small files of the data directory that must survive a power cut whole: cameras.json, node.key.
/// Owns     nothing. As root, files and folders are given to the owner of the folder they are made in.
/// Threads  each call stands alone; exclusion is the caller's (flock).
/// Errors   errno mapped once, with the path.
#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vonggac::core {

/// Writes path.tmp, fsync, rename over path, fsync of the folder: after a power cut either the old or the new is there.
base::Status write_file_atomically(const std::string& path, std::string_view text, mode_t mode);
/// The same, but never over a file that exists: kOutOfRange then, and the old file is untouched.
base::Status create_file_atomically(const std::string& path, std::string_view text, mode_t mode);
/// kNotFound: no such file. kOutOfRange: larger than max_bytes.
base::Result<std::string> read_file(const std::string& path, std::size_t max_bytes);
/// Makes a folder and its missing parents, and makes their names durable. `mode` is for those it makes.
base::Status make_folder(const std::string& path, mode_t mode);
/// Exclusive flock on a file made if missing; waits up to wait_ms. kUnavailable: somebody else holds it.
base::Result<base::UniqueFd> lock_file(const std::string& path, int wait_ms);

}  // namespace vonggac::core
