/// Plain copies of state for the status report; made on one thread, read on another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/units.h"
#include "ipc/messages.h"
#include "media/access_unit.h"

namespace vonggac::core {

/// What can be done about packets that are lost for long.
enum class LossRemedy : std::uint8_t {
  kNone,        ///< nothing is wrong
  kUdpOnly,     ///< the camera does not do TCP: cable, wireless link, switch
  kChooseTcp,   ///< somebody chose UDP
  kCameraSide,  ///< lost over TCP, which loses nothing: the camera left it out
};

struct StreamView {
  media::StreamRole role = media::StreamRole::kMain;
  ipc::StreamState state = ipc::StreamState::kIdle;
  ipc::StreamReason reason = ipc::StreamReason::kNone;
  std::string detail;
  base::MonoTime since;
  std::optional<base::MonoTime> retry_at;  ///< while waiting
  std::uint32_t attempts = 0;
  ipc::Transport transport = ipc::Transport::kTcp;
  ipc::StreamStats stats;
  bool quarantined = false;
  double loss_percent = 0;  ///< over the last half minute
  LossRemedy loss_remedy = LossRemedy::kNone;
};

struct ProcessView {
  ipc::WorkerKind kind = ipc::WorkerKind::kIngest;
  std::uint32_t index = 0;
  pid_t pid = 0;
  std::uint32_t restarts = 0;
  std::size_t cameras = 0;
  bool quarantine = false;
  std::string sandbox;
};

/// What the route thread measured of a stream's media.
struct MeterView {
  media::Codec codec = media::Codec::kNone;
  int width = 0, height = 0;
  double frames_per_second = 0;
  double bits_per_second = 0;
  double gop_seconds = 0;
  std::uint64_t frames = 0, damaged_frames = 0;
  std::optional<base::WallTime> last_frame;
};

}  // namespace vonggac::core
