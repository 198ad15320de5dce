/// What index.db remembers of cameras from before the service started: what each usually shows, and which tamper states
/// were going on.
/// Flow     CameraRecorder::keep_view(), on_tamper() -> index.db -> load_camera_memory() at the next start
/// Threads  plain function; on a connection of its own.
/// Errors   none: what cannot be read is not remembered, and learned anew.
/// Units    wall time UTC microseconds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "record/recorder.h"

namespace vonggac::record {

struct CameraMemory {
  base::Bytes view;                   ///< as given to keep_view(); empty: none
  std::vector<TamperChange> tampers;  ///< that were going on
};

std::map<base::CameraId, CameraMemory> load_camera_memory(const std::string& data_dir);

}  // namespace vonggac::record
