/// How often a camera may change its picture format: each change is a new file. Day and night, a person who tries
/// settings, a camera that restarts: a dozen in a row are fine, thousands a day are not.
/// Threads  one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.h"

namespace vonggac::record {

class ChangeLimit {
 public:
  static constexpr std::int64_t kInARow = 12;
  static constexpr base::Micros kOneMoreEvery{15'000'000};

  /// May there be one more now? If so it is counted.
  bool take(base::MonoTime now) {
    if (!started_) since_ = now - kInARow * kOneMoreEvery;
    started_ = true;
    since_ = std::max(since_, now - kInARow * kOneMoreEvery);
    if (now - since_ < kOneMoreEvery) return false;
    since_ = since_ + kOneMoreEvery;
    return true;
  }

 private:
  bool started_ = false;
  base::MonoTime since_;  ///< from here on credit has gathered
};

}  // namespace vonggac::record
