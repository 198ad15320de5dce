/// Asks a device by ONVIF what it is and which streams it has.
/// Flow     ports -> GetSystemDateAndTime -> device information, MAC, scopes -> services -> profiles -> stream URIs ->
///          OnvifFindings
/// Threads  one thread. Blocks until the deadline.
/// Errors   none but kCancelled and kOutOfRange (CoreLine): what cannot be had is missing in the findings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/access_unit.h"
#include "onvif/device_requests.h"
#include "probe/core_line.h"
#include "probe/probe_task.h"

namespace vonggac::probe {

/// A stream that may be there, before anybody has looked.
struct StreamOffer {
  int channel = 1;
  media::StreamRole role = media::StreamRole::kMain;
  std::uint16_t port = 554;
  base::Secret target;   ///< path and query; some brands carry the password in it
  std::string source;    ///< "onvif", "url", or the id of a vendor
  std::string encoding;  ///< as the device says; empty: unknown
};

struct OnvifFindings {
  bool found = false;  ///< something answered to ONVIF
  std::uint16_t port = 0;
  bool wants_login = false;      ///< it wants a user and password, and none were given
  bool refused = false;          ///< it refused those given
  bool foreign_address = false;  ///< it named another host for its services or streams
  bool snapshot = false;         ///< it can give single pictures over HTTP; only noted
  std::string trouble;           ///< why there are no streams, for the log of the probe
  onvif::DeviceInformation device;
  std::string mac, uuid, name, location;
  std::optional<std::int64_t> clock_offset_ms;  ///< device's clock minus ours, to the second
  std::vector<StreamOffer> streams;
};

/// Ports worth asking, best first: the one a person typed, else those of the brand, else the usual ones.
std::vector<std::uint16_t> onvif_ports_of(const ProbeTask& task);
/// `ports`: those that are open.
base::Result<OnvifFindings> survey_onvif(CoreLine& line, const ProbeTask& task, PasswordBudget& budget,
                                         const std::vector<std::uint16_t>& ports, base::MonoTime deadline);

/// Main and sub stream of each video source: the largest picture, and of the others the smallest H.264 one.
struct ChosenProfile {
  int channel = 1;
  media::StreamRole role = media::StreamRole::kMain;
  onvif::Profile profile;
};
std::vector<ChosenProfile> choose_profiles(const std::vector<onvif::Profile>& profiles);

}  // namespace vonggac::probe
