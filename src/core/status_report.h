/// The state of everything, as the status JSON of docs/reference/control.md, with a sentence for people per camera.
/// Threads  bound to core's main thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/analyse_pool.h"
#include "core/camera_store.h"
#include "core/ingest_pool.h"
#include "core/router.h"

namespace vonggac::core {

/// What a camera's streams and recorder add up to, for the tile and the list.
struct CameraCondition {
  std::string
      state;  ///< recording, live, connecting, no_media, auth_refused, unreachable, backoff, quarantined, paused, error
  std::string reason;
  std::string message_vi, message_en;
  base::MonoTime since;
};
CameraCondition condition_of(const CameraConfig& camera, const std::vector<StreamView>& streams,
                             const record::CameraRecordState& record, bool disk_takes_footage);

class StatusReport {
 public:
  StatusReport(const base::Clock& clock, const std::string& data_dir, const CameraStore& store,
               const record::Recorder& recorder, const Router& router, const IngestPool& ingest,
               const AnalysePool& analyse);
  /// Adds the web process to the list of processes.
  void set_web_process(std::function<ProcessView()> view) { web_process_ = std::move(view); }
  boost::json::object make() const;

 private:
  boost::json::object camera_json(const CameraConfig& camera, const CameraMediaView& media,
                                  bool disk_takes_footage) const;
  boost::json::array processes_json() const;
  boost::json::array parts_json() const;
  boost::json::object disk_json(const record::RecorderHealth& health) const;

  const base::Clock& clock_;
  std::string data_dir_;
  const CameraStore& store_;
  const record::Recorder& recorder_;
  const Router& router_;
  const IngestPool& ingest_;
  const AnalysePool& analyse_;
  std::function<ProcessView()> web_process_;
  base::WallTime started_;
  base::MonoTime started_mono_;
};

}  // namespace vonggac::core
