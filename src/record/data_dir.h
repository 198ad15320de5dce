/// The data directory: made where it is missing, locked against a second service, named by its installation id.
/// Threads  one thread at a time; the reserve may be given up from another one.
/// Owns     the lock, until destruction.
/// Errors   open: kUnavailable: another process has it; kPermissionDenied: not ours to write; kDataLoss: node.json is
///          not readable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/unique_fd.h"

namespace vonggac::record {

/// No recorder ever ran here: the folder is there, but neither node.json, index.db nor media/. That nothing is found
/// then is no damage.
bool never_recorded(const std::string& data_dir);
/// kUnavailable, with a sentence, when a service has this data directory open. Only looks: to refuse early.
base::Status check_not_in_use(const std::string& path);

class DataDir {
 public:
  static base::Result<DataDir> open(const std::string& path, const base::Clock& clock);

  const std::string& path() const { return path_; }
  base::InstallationId installation() const { return installation_; }
  /// Takes over the id that index.db knows, where node.json had been lost.
  base::Status adopt_installation(base::InstallationId id, const base::Clock& clock);
  bool made_installation() const { return made_installation_; }

  /// A file of that many bytes whose only use is to be given up when the index finds no space.
  void make_reserve(std::uint64_t bytes) const;
  void give_up_reserve() const;

 private:
  DataDir() = default;
  base::Status take_lock();
  base::Status read_or_make_node(const base::Clock& clock);
  base::Status write_node(const base::Clock& clock) const;

  std::string path_;
  base::UniqueFd lock_;
  base::InstallationId installation_;
  bool made_installation_ = false;
};

}  // namespace vonggac::record
