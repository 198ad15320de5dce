/// Which watch zone an event has raised an alarm in: the first it was in during that zone's hours.
/// Flow     ipc::MotionReport -> judge() -> motion_event.alarm, the log, the status page
/// Threads  bound to core's main thread.
/// Owns     the alarm of the camera's open event.
/// Units    wall time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/messages.h"

namespace vonggac::core {

struct Alarm {
  std::string zone;
  base::WallTime at;
};

class AlarmWatch {
 public:
  using WallOf = std::function<base::WallTime(base::MonoTime)>;
  /// The alarm of the reported event so far. Once raised it stays as it is, until another event is reported.
  const std::optional<Alarm>& judge(const ipc::MotionReport& report, const std::vector<ipc::Zone>& zones,
                                    const WallOf& wall_of);
  /// The last judge() raised it.
  bool fresh() const { return fresh_; }

 private:
  std::uint32_t generation_ = 0;
  std::uint64_t event_ = 0;
  std::optional<Alarm> alarm_;
  bool fresh_ = false;
};

}  // namespace vonggac::core
