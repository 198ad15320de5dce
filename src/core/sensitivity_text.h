/// What the sensitivity 1..9 of a camera means, in words: how small a walking person may be and is still found.
/// Threads  pure functions.
/// Units    percent of the picture's height. Source: tests/motionset/smallest_subject.cpp, see docs/performance.md.
#pragma once

#include <string>

namespace vonggac::core {

struct SensitivityText {
  double smallest_percent = 0;  ///< people that high, or higher, are found
  std::string vi, en;           ///< a sentence
};

/// Values outside 1..9 are taken as the nearest.
SensitivityText sensitivity_text(int sensitivity);

}  // namespace vonggac::core
