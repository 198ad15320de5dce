/// Whether a camera's exposure still settles after the light of the whole picture was switched: infrared on at full
/// gain leaves the picture white for seconds, and what comes out of the white looks like things that appear.
/// Flow     LumaEngine::watch_whole_picture() -> settles(), once per picture
/// Threads  one thread at a time.
/// Units    microseconds of the caller's axis, grey levels 0..255.
#pragma once

#include <cstdint>
#include <deque>

#include <opencv2/core.hpp>

namespace vonggac::motion {

class ExposureWatch {
 public:
  static constexpr std::int64_t kMostUs = 3'800'000;  ///< after the switch: what settles still later is light
  void clear() { *this = {}; }
  /// `switched`: with this picture the whole of it changed. True while, after a change by a third at least, brightness
  /// does not rest or much of the picture is white; never longer than kMostUs.
  bool settles(const cv::Mat& frame, std::int64_t time_us, bool switched);

 private:
  struct Brightness {
    std::int64_t time_us = 0;
    float mean = 0;
  };
  bool changed_much() const;
  bool rests() const;

  std::deque<Brightness> lately_;             ///< of the last second and a little more
  std::int64_t switched_us_ = INT64_MIN / 2;  // half: differences of it must fit
};

}  // namespace vonggac::motion
