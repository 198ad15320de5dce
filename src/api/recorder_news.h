/// What the recorder did since the last look, as news for the feed of events: states, tamper, motion and alarms of its
/// cameras out of core's status, motion events and gaps out of the index. One look for all readers.
/// Flow     status of core, rows of the archive -> RecorderDesk -> NewsShelf -> FeedRounds.
/// Threads  look_at_status() and the shelf: the loop; look_at_archive(): the pool, one at a time.
/// Limits   the newest kMostKept pieces are kept for who comes back; who was away longer is told that some is missing.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "api/clip_source.h"
#include "base/ids.h"
#include "base/units.h"

namespace vonggac::api {

/// Something that the recorder did. Of `body` only what the topic's row names is told.
struct RecorderNews {
  std::int64_t number = 0;
  base::WallTime at;
  std::string topic;
  base::Uuid subject;
  boost::json::object body;
};

/// News with its numbers, as far back as it is kept.
struct NewsShelf {
  static constexpr std::size_t kMostKept = 1024;
  std::int64_t floor = 0;  ///< news up to this number is gone
  std::int64_t newest = 0;
  std::deque<std::shared_ptr<const RecorderNews>> kept;  ///< oldest first

  /// Numbers go on from the clock, so that they are larger than those of a process before this one.
  void begin(base::WallTime now) { floor = newest = std::max(newest + 1, now.us); }
  void put(std::vector<RecorderNews> news, base::WallTime now);
};

/// What a look at the archive found, to be compared with the one before.
struct ArchiveLook {
  std::vector<EventRow> events;
  std::vector<GapRow> gaps;
};
base::Result<ArchiveLook> look_at_archive(ClipSource& clips, base::WallTime now);

class RecorderDesk {
 public:
  /// `status`: core's reply to {"op":"status"}. The first look after forget() is news of nothing.
  std::vector<RecorderNews> compare_status(const std::string& status);
  std::vector<RecorderNews> compare_archive(const ArchiveLook& look);
  /// Nobody reads for a while: what happens then is no news later.
  void forget();

 private:
  struct CameraLook {
    std::string state, reason, alarm_at;
    bool motion = false;
    std::set<std::string> tamper;
  };
  void compare_camera(const base::CameraId& id, const boost::json::object& camera, std::vector<RecorderNews>& news);

  bool knows_status_ = false, knows_archive_ = false;
  std::map<base::CameraId, CameraLook> cameras_;
  std::string disk_;
  std::map<std::int64_t, std::string> events_;                      ///< id -> what was told of it
  std::map<std::pair<base::CameraId, base::WallTime>, bool> gaps_;  ///< whether the end was told
};

}  // namespace vonggac::api
