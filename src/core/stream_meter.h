/// Measures one stream as it really is: rate, frame rate, GOP, size. What cameras claim in SDP is not believed.
/// Threads  one thread at a time. Units in the names.
#pragma once

#include <deque>

#include "base/clock.h"
#include "core/views.h"
#include "media/access_unit.h"

namespace vonggac::core {

class StreamMeter {
 public:
  void on_parameters(const media::TrackParameters& parameters);
  void on_unit(const media::AccessUnit& unit, base::MonoTime now, base::WallTime wall);
  /// Rates fade to zero when nothing comes.
  MeterView view(base::MonoTime now) const;

 private:
  struct Second {
    std::int64_t second = 0;
    std::uint32_t frames = 0;
    std::uint64_t bytes = 0;
  };
  static constexpr std::size_t kWindowSeconds = 5;
  MeterView known_;
  std::deque<Second> window_;
  base::MonoTime first_in_window_;
  std::optional<base::MonoTime> last_key_;
};

}  // namespace vonggac::core
