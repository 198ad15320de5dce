/// Recorders (DVR, NVR) that others own: many wards have these and no IP cameras. A camera may be a channel of one.
/// Flow     form -> add_recorder / amend_recorder; register_camera names recorder and channel
/// Threads  within a transaction of room store.
/// Errors   Problems; kNotFound: no such recorder or site.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/cameras.h"

namespace vonggac::catalogue {

struct RecorderForm {
  SiteId site;  ///< where it stands; gives the commune of its code
  std::string brand, device_model, serial;
  std::int64_t channels = 4;
  std::optional<std::int64_t> disk_days;  ///< how many days its disk holds, as its owner says
  std::string location;                   ///< "phòng trực công an phường"
};
struct Recorder {
  RecorderId id;
  std::string code;
  RecorderForm facts;
};

base::Result<RecorderId> add_recorder(store::WriteSession& session, const RecorderForm& form, Problems& problems);
base::Status amend_recorder(store::WriteSession& session, const RecorderId& recorder, const RecorderForm& form,
                            Problems& problems);
base::Result<std::optional<Recorder>> recorder_of(store::Reader& session, const RecorderId& recorder);
struct RecorderPage {
  std::vector<Recorder> rows;
  std::string next;  ///< empty: that was all
};
/// By code. `after`: `next` of the page before.
base::Result<RecorderPage> list_recorders(store::Reader& session, const ScopeFilter& scope, std::string_view after,
                                          std::size_t most, Day today);
/// Cameras that are its channels, by channel.
base::Result<std::vector<Camera>> cameras_of_recorder(store::Reader& session, const RecorderId& recorder);

}  // namespace vonggac::catalogue
