/// Does it work? What the recorder sees of a camera, calmed: a state changes when two looks a minute apart agree, and a
/// camera that comes and goes is unstable, not ten times broken: from the first of these changes to the last.
/// Independent of the camera's life (lifecycle.h). Flow     supervisor's samples -> note_health -> camera_health,
/// camera_health_span, camera.health, outbox Threads  HealthMachine is a plain value; the rest within a transaction of
/// room store. Samples are written with
///          Store::write_quietly: most of them change no more than when the camera was seen last.
/// Errors   kNotFound: no such camera. Samples that are older than the last one are left out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::catalogue {

struct HealthSample {
  base::WallTime at;
  bool configured = true;         ///< it has an address and credentials
  bool reachable = false;         ///< the stream is there
  bool video = false;             ///< pictures arrive and decode
  std::optional<bool> recording;  ///< none: it is not recorded here
  std::optional<std::int64_t> skew_ms;
  std::string tamper;  ///< code of tamper_kinds(), empty: none
};

struct HealthRules {
  base::Micros confirm{60'000'000};       ///< a state must last that long
  base::Micros silence{600'000'000};      ///< after that, what was between two looks is not known
  base::Micros flap_window{600'000'000};  ///< so many changes within it: unstable
  std::size_t flaps = 4;
  base::Micros calm{600'000'000};  ///< unstable until it was the same for so long
  std::int64_t skew_ms = 30'000;   ///< more: clock skew (V30 blocks exports)
};

/// What one look says: the worst that a person must mend first.
std::string_view health_of(const HealthSample& sample, const HealthRules& rules);
/// Counted as an eye that works.
bool health_is_good(std::string_view state);
/// A fault that somebody must mend; not: not configured.
bool health_is_bad(std::string_view state);
/// Pictures are being kept, whatever they show.
bool health_records(std::string_view state);

/// The calming, without a database.
struct HealthMachine {
  std::string state;  ///< empty: never looked at
  base::WallTime since;
  std::string raw;
  base::WallTime raw_since, last;
  std::vector<std::int64_t> flips_us;

  struct Change {
    std::optional<base::WallTime> known_until;  ///< the state before ended there; none: where the new one begins
  };
  /// None: the state stays.
  std::optional<Change> take(const HealthSample& sample, const HealthRules& rules);

 private:
  void note_raw(std::string_view now, base::WallTime at, const HealthRules& rules);
  void enter(std::string_view next, base::WallTime from);
};

/// True: the state changed.
base::Result<bool> note_health(store::WriteSession& session, const base::CameraId& camera, const HealthSample& sample,
                               const HealthRules& rules = {});
/// Cameras nobody has looked at for longer than the silence: offline since then, as far as anybody can tell. Gives how
/// many changed.
base::Result<std::int64_t> expire_silent(store::WriteSession& session, const HealthRules& rules = {});

struct HealthNow {
  std::string state, tamper;
  base::WallTime since, last;
  std::optional<std::int64_t> skew_ms;
};
base::Result<std::optional<HealthNow>> health_now(store::Reader& session, const base::CameraId& camera);
struct HealthSpan {
  std::string state;
  base::WallTime from;
  std::optional<base::WallTime> to;  ///< none: it lasts
};
/// Spans that touch [from, to), oldest first.
base::Result<std::vector<HealthSpan>> health_spans(store::Reader& session, const base::CameraId& camera,
                                                   base::WallTime from, base::WallTime to);

/// No ticket is opened for faults within this time.
struct MaintenanceForm {
  base::CameraId camera;
  base::WallTime from, to;
  std::string reason, who;
};
base::Result<base::Uuid> plan_maintenance(store::WriteSession& session, const MaintenanceForm& form,
                                          Problems& problems);

}  // namespace vonggac::catalogue
