/// Fans one core subscription per camera stream out to any number of viewers, so that core's cost does not grow with
/// them. The first viewer makes the subscription, the last one ends it.
/// Flow     CoreLink -> LiveHub -> LiveSink (one per viewer tile).
/// Threads  bound to the web worker's loop. A sink may detach itself inside a call.
/// Owns     the newest group of pictures of each watched stream.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "api/core_link.h"
#include "live/gop_cache.h"

namespace vonggac::api {

class LiveSink {
 public:
  virtual ~LiveSink() = default;
  virtual void on_parameters(std::uint8_t tile, std::shared_ptr<const media::TrackParameters> parameters) = 0;
  virtual void on_unit(std::uint8_t tile, const media::AccessUnit& unit) = 0;
  /// The tile is detached already.
  virtual void on_ended(std::uint8_t tile, const std::string& reason, const std::string& detail) = 0;
};

class LiveHub final : public LiveReceiver {
 public:
  using Ticket = std::uint64_t;
  /// Borrows `core`, registers itself there.
  explicit LiveHub(CoreLink& core);
  ~LiveHub() override;

  /// Sends what is there of the stream at once (from inside this call), then every unit. Borrows the sink until detach.
  Ticket attach(const base::CameraId& camera, media::StreamRole role, LiveSink& sink, std::uint8_t tile);
  void detach(Ticket ticket);
  std::size_t streams() const { return streams_.size(); }
  std::size_t tiles() const { return viewers_.size(); }

  void on_live_parameters(std::uint32_t subscription, const media::TrackParameters& parameters) override;
  void on_live_unit(std::uint32_t subscription, const media::AccessUnit& unit) override;
  void on_live_ended(std::uint32_t subscription, ipc::StreamReason reason, const std::string& detail) override;

 private:
  using StreamKey = std::pair<base::CameraId, media::StreamRole>;
  struct Stream {
    std::uint32_t subscription = 0;
    live::GopCache newest;
    std::map<Ticket, std::pair<LiveSink*, std::uint8_t>> viewers;
  };
  std::map<StreamKey, Stream>::iterator find(std::uint32_t subscription);

  CoreLink& core_;
  std::map<StreamKey, Stream> streams_;
  std::map<std::uint32_t, StreamKey> by_subscription_;
  std::map<Ticket, StreamKey> viewers_;
  Ticket next_ticket_ = 1;
};

}  // namespace vonggac::api
