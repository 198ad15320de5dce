/// One probe from its request to its result: the worker that looks, the sockets it asks for, the worker that makes
/// stills. Flow     begin() -> ProbeStart -> probe worker -> ProbeNews, key pictures -> still worker -> view(), still()
/// Threads  bound to core's main thread.
/// Owns     workers, sockets, what was found, the password that was typed.
/// Errors   state() kFailed with a sentence. No worker is believed: what it sends is bounded, and addresses it names
/// are
///          taken apart again before anybody sees them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/one_shot_worker.h"
#include "core/probe_request.h"
#include "core/probe_sockets.h"
#include "core/vendor_file.h"

namespace vonggac::core {

struct ProbeParts {
  EventLoop& loop;
  const base::Clock& clock;
  const ServiceConfig& config;
  Connector& connector;
  const VendorFile& vendors;
};

enum class ProbeState : std::uint8_t { kWaiting, kRunning, kStills, kDone, kFailed, kCancelled };
const char* probe_state_name(ProbeState state);

/// A stream that was found, with all that connecting it needs.
struct ProbedStream {
  std::int64_t channel = 1;
  bool main = true;
  bool streamed = false;
  std::string display_url;
  base::Secret url;  ///< whole; may hold a password in its path
  std::string transport;
  boost::json::object shown;
  base::Bytes still;
};

class ProbeRun {
 public:
  ProbeRun(const ProbeParts& parts, ProbeRequest request, std::uint32_t index);
  void begin();
  void cancel();
  /// Deadlines; about every 100 ms.
  void tick();

  const ProbeRequest& request() const { return request_; }
  ProbeState state() const { return state_; }
  bool busy() const { return state_ == ProbeState::kRunning || state_ == ProbeState::kStills; }
  bool over() const { return !busy() && state_ != ProbeState::kWaiting; }
  base::MonoTime ended() const { return ended_; }
  base::MonoTime asked() const { return asked_; }
  boost::json::object view() const;
  const std::vector<ProbedStream>& streams() const { return streams_; }
  /// What the device says of itself; empty before it is known.
  boost::json::object device() const;
  std::size_t still_bytes() const;

 private:
  static constexpr std::size_t kMaxStreams = 2 * kMaxProbeChannels;
  static constexpr std::size_t kMaxKeyBytes = 24U << 20;  ///< of key pictures that wait for their still
  struct KeyPicture {
    media::TrackParameters parameters;
    std::optional<media::AccessUnit> unit;
  };
  void on_message(ipc::Received received);
  void on_news(const ipc::ProbeNews& news);
  void on_result(const boost::json::object& result);
  void take_stream(const boost::json::object& stream);
  void on_worker_end();
  void begin_stills();
  void on_still(const ipc::Received& received);
  void end(ProbeState state, std::string error_code = {}, std::string detail = {});
  std::string settings() const;

  ProbeParts parts_;
  ProbeRequest request_;
  std::uint32_t index_;
  ProbeState state_ = ProbeState::kWaiting;
  std::string step_, error_code_, detail_;
  base::MonoTime asked_, deadline_, ended_;
  base::WallTime asked_at_;
  std::unique_ptr<ProbeSockets> sockets_;
  std::unique_ptr<OneShotWorker> worker_, still_worker_;
  std::map<std::uint16_t, KeyPicture> keys_;
  std::size_t key_bytes_ = 0, stills_due_ = 0;
  boost::json::object found_;  ///< device, onvif, password, findings
  std::vector<ProbedStream> streams_;
};

}  // namespace vonggac::core
