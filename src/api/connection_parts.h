/// What the register keeps of a camera that core has connected: addresses without credentials (V29), and what a probe
/// measured.
/// Flow     core's reply -> connected_camera() -> keep_connection() -> camera_stream, outbox
/// Threads  called on pool threads.
/// Errors   Problems of put_stream.
#pragma once

#include <string>

#include <boost/json.hpp>

#include "base/ids.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::api {

struct ConnectedCamera {
  boost::json::object shown;     ///< as core shows it: url, sub_url
  boost::json::object measured;  ///< main, sub: readings of a probe; device: what it says it is; empty: none
};
ConnectedCamera connected_camera(const std::string& reply);

base::Status keep_connection(store::WriteSession& session, const base::CameraId& camera,
                             const ConnectedCamera& connected, catalogue::Problems& problems);

}  // namespace vonggac::api
