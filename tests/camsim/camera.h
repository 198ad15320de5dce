/// One simulated camera: its streams, its faults, and what it has seen.
/// Threads  bound to the reactor's thread.
/// Owns     its feeds. Sessions detach from them before the camera goes.
/// Units    monotonic microseconds.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "camsim/audio_feed.h"
#include "camsim/clip.h"
#include "camsim/faults.h"
#include "camsim/track_sender.h"
#include "camsim/video_feed.h"

namespace vonggac::camsim {

struct StreamCounts {
  SenderCounts video;
  SenderCounts audio;
  std::uint64_t sessions_opened = 0;
  int playing = 0;
  int max_playing = 0;
};

class Stream {
 public:
  Stream(Reactor& reactor, const Faults& faults, media::StreamRole role, std::shared_ptr<const Clip> clip,
         std::size_t max_payload_bytes);
  void start(std::int64_t start_us, std::int64_t offset_us);
  void catch_up();
  void faults_changed();
  void switch_clip(std::shared_ptr<const Clip> clip);
  void back_to_first_clip();

  media::StreamRole role() const { return role_; }
  VideoFeed& video() { return video_; }
  const VideoFeed& video() const { return video_; }
  AudioFeed* audio() { return audio_.get(); }
  StreamCounts& counts() { return counts_; }
  const StreamCounts& counts() const { return counts_; }

 private:
  media::StreamRole role_;
  std::shared_ptr<const Clip> first_clip_;
  VideoFeed video_;
  std::unique_ptr<AudioFeed> audio_;
  StreamCounts counts_;
};

class Camera {
 public:
  struct Setup {
    std::string name;
    std::shared_ptr<const Clip> main;
    std::shared_ptr<const Clip> sub;  ///< may be null
    Faults faults;
    std::size_t max_payload_bytes = 1400;
  };
  Camera(Reactor& reactor, Setup setup);

  const std::string& name() const { return name_; }
  Stream* stream(media::StreamRole role);
  const Faults& faults() const { return faults_; }
  /// Lets time pass under the old faults, then puts the new ones in force.
  void set_faults(const Faults& faults);
  /// As it was on the command line. What happened (jumps, counters) stays happened.
  void back_to_normal();

  void start(std::int64_t start_us, std::int64_t offset_us);
  /// Away for that long; then it plays its clip from the beginning.
  void reboot(std::int64_t down_us);
  bool away() const { return reactor_.now_us() < away_until_us_; }
  void catch_up();

  struct Seen {
    std::uint64_t connections = 0;
    std::deque<std::int64_t> attempts_wall_us;  ///< the last kMaxAttempts connections' first requests
    std::map<std::string, std::uint64_t> requests;
    std::uint64_t auth_refused = 0;
    std::uint64_t basic_seen = 0;  ///< requests that carried Basic credentials in clear
  };
  Seen& seen() { return seen_; }
  void note_connection();

 private:
  static constexpr std::size_t kMaxAttempts = 256;

  Reactor& reactor_;
  std::string name_;
  Faults initial_faults_;
  Faults faults_;
  Stream main_;
  std::unique_ptr<Stream> sub_;
  std::int64_t away_until_us_ = 0;
  Seen seen_;
};

/// What an SDP that describes the wrong stream claims: the other stream's sets, or damaged ones where there is none.
ParameterSets wrong_parameter_sets(Camera& camera, Stream& stream);

}  // namespace vonggac::camsim
