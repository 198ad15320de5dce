/// Rows of footage as the JSON of the HTTP interface (docs/reference/http-api.md), and core's replies cut to what a
/// page may see.
/// Threads  stateless.
/// Errors   core's reply of another shape than agreed: kInternal.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "api/clip_source.h"
#include "api/routes.h"

namespace vonggac::api {

std::string clips_json(const std::vector<ClipRow>& rows, bool more);
std::string events_json(const std::vector<EventRow>& rows, bool more);
std::string tampers_json(const std::vector<TamperRow>& rows, bool more);
std::string gaps_json(const std::vector<GapRow>& rows, bool more);
std::string search_json(const SearchHits& found);

/// Which entries of a list of cameras stay.
using CameraChoice = std::function<bool(const boost::json::value&)>;
/// Core's `status` reply without camera addresses and user names, with a "web" part.
/// `paused`: why cameras rest that were paused for want of an agreement.
base::Result<std::string> status_json(const std::string& reply, const WebStats& stats, const CameraChoice& keep,
                                      const std::map<base::CameraId, catalogue::Sentence>& paused = {});
/// Core's `camera.list` reply without addresses and user names.
base::Result<std::string> cameras_json(const std::string& reply, const CameraChoice& keep);

/// Core's `motion.tune` reply.
base::Result<std::string> tune_json(const std::string& reply);

struct SnapshotImage {
  std::string jpeg;
  base::WallTime taken_at;
};
base::Result<SnapshotImage> snapshot_from(const std::string& reply);

}  // namespace vonggac::api
