/// Cameras of the register: recorded here, live only, or only registered. The id is the one the recorder uses; the code
/// is what people say and never changes. A device may be swapped under it.
/// Flow     form -> register_camera / amend_camera; each step of its life -> step_camera (camera_life(), V11, V13)
/// Threads  within a transaction of room store.
/// Errors   Problems: V7 (warning), V11, V12, V13, V14; kNotFound: no such camera, site or recorder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/lifecycle.h"
#include "catalogue/sites.h"

namespace vonggac::catalogue {

struct RecorderId : base::Uuid {};

/// What can be swapped while the camera stays the same.
struct DeviceFacts {
  std::string brand, device_model;
  std::string serial, mac, onvif_uuid;  ///< as typed; kept in one form (normal_mac, normal_serial)
  bool qcvn135 = false;                 ///< carries the mark of QCVN 135
};

struct CameraForm {
  std::optional<base::CameraId> id;  ///< given: the recorder knows it already
  std::string name;
  std::string kind = "GHI_TAI_DAY";  ///< code of camera_kinds()
  SiteId site;
  std::optional<RecorderId> recorder;
  std::optional<std::int64_t> channel;  ///< of the recorder, from 1
  DeviceFacts device;
  std::optional<base::Uuid> owner;  ///< a party
  std::string ownership, purpose;
  std::string retention_class = "THUONG_XUYEN";
  std::int64_t retention_days = 30;
  std::optional<Day> installed, warranty_to;
  bool audio = false;
  std::string audio_basis;  ///< V12: by which right sound is recorded
  bool masks_drawn = false;
};

struct Camera {
  base::CameraId id;
  std::string code;
  CameraForm facts;
  std::string life, health;
  base::WallTime life_since;
  std::string password_by;
  std::optional<base::WallTime> password_at;
  std::string accepted_by;
  std::optional<base::WallTime> accepted_at;
  std::optional<base::CameraId> merged_into;
  AreaId area;  ///< today, as its site
  std::optional<AreaId> residential, commune, province;
  std::optional<GeoPoint> point;
};

base::Result<base::CameraId> register_camera(store::WriteSession& session, const CameraForm& form, Problems& problems);
/// All of the form but site and device; a typing error in the device is mended too.
base::Status amend_camera(store::WriteSession& session, const base::CameraId& camera, const CameraForm& form,
                          Problems& problems);
/// Hangs elsewhere from now on; a new acceptance is needed before it is in service again.
base::Status rehang_camera(store::WriteSession& session, const base::CameraId& camera, const SiteId& site,
                           Problems& problems);

base::Result<std::optional<Camera>> camera_of(store::Reader& session, const base::CameraId& camera);
/// A code of a camera that was merged gives the one it was merged into.
base::Result<std::optional<Camera>> camera_by_code(store::Reader& session, std::string_view code);

/// "who" is the person's id or name as the audit has it.
base::Status attest_own_password(store::WriteSession& session, const base::CameraId& camera, std::string_view who,
                                 Problems& problems);
/// What was looked at on acceptance; the pictures are those of camera_references.h.
struct Acceptance {
  bool day_picture_good = false, night_picture_good = false, clock_right = false;
  std::string who;
};
base::Status accept_camera(store::WriteSession& session, const base::CameraId& camera, const Acceptance& acceptance,
                           Problems& problems);

/// A step of its life. What the register knows (survey, sign, password, acceptance, masks) is asked there; the caller
/// says the rest: whether an agreement of the owner is in force, which decision, why.
struct CameraStepForm {
  std::string to, who, reason;
  bool agreement_in_force = false;
  std::string decision_number;
  std::optional<Day> decision_day;
};
base::Status step_camera(store::WriteSession& session, const base::CameraId& camera, const CameraStepForm& step,
                         Problems& problems);
struct CameraStep {
  std::string from, to, who, evidence;  ///< evidence: a JSON object
  base::WallTime at;
};
base::Result<std::vector<CameraStep>> camera_history(store::Reader& session, const base::CameraId& camera);

/// Another device under the same code from this day on. The password of the new one must be attested, and it is
/// accepted anew: a camera in service goes under repair.
struct SwapForm {
  DeviceFacts device;
  Day day;
  std::string reason, who;
};
base::Status swap_device(store::WriteSession& session, const base::CameraId& camera, const SwapForm& form,
                         Problems& problems);
struct DevicePeriod {
  DeviceFacts device;
  Day from, to;
  std::string reason;
};
base::Result<std::vector<DevicePeriod>> device_history(store::Reader& session, const base::CameraId& camera);

/// How long a province lets a class be kept (V14). An empty `province` holds where the province has no own rule.
struct RetentionProfile {
  std::string province;  ///< official code
  std::string retention_class;
  std::int64_t min_days = 0, max_days = 0;
  std::string basis;
};
base::Status put_retention_profile(store::WriteSession& session, const RetentionProfile& profile, Problems& problems);

/// "AA:BB:CC:DD:EE:FF" of "aabb.ccdd.eeff", "AA-BB-..."; nullopt: not a MAC of a device.
std::optional<std::string> normal_mac(std::string_view typed);
/// Upper case, no blanks.
std::string normal_serial(std::string_view typed);

}  // namespace vonggac::catalogue
