/// Movement in pictures seconds apart (key frames only), where nothing can be followed: a blob counts when one like it
/// was there in the picture before, at another place or with other things inside.
/// Threads  one thread at a time.
/// Units    working pixels; times in microseconds.
#pragma once

#include <cstdint>
#include <vector>

#include "motion/foreground.h"

namespace vonggac::motion {

class SparseWatch {
 public:
  struct Moved {
    Blob blob;
    std::int64_t since_us = 0;  ///< when its predecessor was first seen
  };
  void clear() { before_.clear(); }
  /// The blobs of a picture that was followed: what the next picture is compared with if it comes seconds later.
  void remember(const std::vector<Blob>& blobs, std::int64_t time_us);
  /// The blobs of this picture that have moved since the last one.
  std::vector<Moved> look(const std::vector<Blob>& blobs, std::int64_t time_us, float min_travel_px);

 private:
  struct Seen {
    Blob blob;
    std::int64_t since_us = 0;
  };
  const Seen* predecessor(const Blob& blob, float min_travel_px) const;

  std::vector<Seen> before_;
};

}  // namespace vonggac::motion
