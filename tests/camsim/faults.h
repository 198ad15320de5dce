/// What is wrong with one camera right now: the state behind the control verbs.
/// Flow     control socket -> apply_fault() -> Faults -> feeds, senders, connections read it
/// Threads  one thread at a time.
/// Errors   kInvalidArgument: unknown verb, mode or argument, or a value out of range; the state is then unchanged.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "camsim/auth.h"
#include "camsim/quirks.h"
#include "camsim/sdp.h"

namespace vonggac::camsim {

enum class MuteMode { kOff, kSilent, kRtcpOnly, kEmptyPackets };
enum class GopMode { kNormal, kNoKeyFrames, kEndless };
enum class SenderReportMode { kNormal, kNone, k1970, k2036, kJump };

struct LossModel {
  double loss_pct = 0;
  double duplicate_pct = 0;
  double reorder_pct = 0;
  std::int64_t jitter_us = 0;
  bool active() const { return loss_pct > 0 || duplicate_pct > 0 || reorder_pct > 0 || jitter_us > 0; }
};

struct Faults {
  MuteMode mute = MuteMode::kOff;
  bool flip_sps = false;
  SpropMode sprop = SpropMode::kNormal;
  GopMode gop = GopMode::kNormal;
  std::int64_t gop_until_us = 0;  ///< kNoKeyFrames ends here

  bool equal_timestamps = false;
  double slow_factor = 1;       ///< delivered / declared frames
  double drift_ppm = 0;         ///< camera's 90 kHz clock
  std::int64_t wrap_in_us = 0;  ///< new sessions start this long before time stamp and sequence wrap; 0: random start

  SenderReportMode sender_report = SenderReportMode::kNormal;
  std::int64_t sender_report_jump_us = 0;
  std::int64_t clock_offset_us = 0;  ///< camera clock minus ours, seen in sender reports

  double audio_ppm = 0;
  double audio_drop_pct = 0;
  bool audio_dead = false;

  std::int64_t tear_every_us = 0;  ///< 0: never
  int session_timeout_s = 60;
  bool only_rtsp_keeps_alive = false;  ///< RTCP does not count
  bool options_only = false;           ///< GET_PARAMETER and SET_PARAMETER end the connection

  AuthFault auth = AuthFault::kNone;
  std::optional<Credentials> credentials;  ///< instead of those of the command line

  int flood_bits = 1;    ///< each access unit is padded to this multiple
  double flood_fps = 1;  ///< frames per second, multiple

  std::int64_t drip_byte_us = 0;
  std::int64_t reply_delay_us = 0;

  int max_sessions = 0;  ///< 0: no limit
  bool max_per_stream = false;

  LossModel loss;
  bool blackhole = false;
  std::string redirect_to;

  bool join_at_key = true;  ///< a new session starts at the next key frame; else with the next frame
  QuirkSet quirks;
  std::string content_base;    ///< instead of the true one
  std::string control_base;    ///< a=control under this URL
  std::string sdp_connection;  ///< c= line
};

/// Arguments of a verb; knows which were used, so that a misspelt one is refused.
class VerbArguments {
 public:
  /// Borrows the object. `envelope` names belong to the protocol, not to the verb.
  explicit VerbArguments(const boost::json::object& object) : object_(object), used_{"camera", "verb"} {}
  std::string text(std::string_view name, std::string_view fallback);
  double number(std::string_view name, double fallback, double low, double high);
  std::int64_t millis_as_us(std::string_view name, double fallback_ms);
  bool flag(std::string_view name, bool fallback);
  bool has(std::string_view name) const { return object_.contains(name); }
  /// kInvalidArgument for the first wrong or unknown argument.
  base::Status finish() const;

 private:
  const boost::json::value* find(std::string_view name);
  void refuse(std::string_view name, std::string_view why);

  const boost::json::object& object_;
  std::set<std::string, std::less<>> used_;
  std::string complaint_;
};

/// True if `verb` is a fault that apply_fault() knows.
bool is_fault_verb(std::string_view verb);
/// Changes `faults` as the verb says. `now_us` is the monotonic now.
base::Status apply_fault(std::string_view verb, VerbArguments& arguments, std::int64_t now_us, Faults& faults);

}  // namespace vonggac::camsim
