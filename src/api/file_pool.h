/// Work that may wait for the disk, away from the loop that serves everybody.
/// Threads  run() is called on the loop; `work` runs on a pool thread, `then` afterwards on the loop.
#pragma once

#include <functional>

namespace vonggac::api {

class FilePool {
 public:
  virtual ~FilePool() = default;
  /// False (and nothing is run) when too much waits already.
  virtual bool run(std::function<void()> work, std::function<void()> then) = 0;
};

}  // namespace vonggac::api
