/// The web process as core sees it: started with the listening socket, restarted when it dies, fed with live media.
/// Flow     web asks (ControlRequest, LiveSubscribe) -> Commands, Router -> answers, LiveUnit back.
/// Threads  bound to core's main thread; forward_live() is called there through EventLoop::post().
/// Owns     the listening socket and the process.
/// Errors   start(): the address cannot be listened on. A web process that dies costs no recording and is back in 1 s.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/commands.h"
#include "core/config.h"
#include "core/event_loop.h"
#include "core/worker_process.h"

namespace vonggac::core {

class WebLink {
 public:
  WebLink(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config, std::string data_dir,
          Commands& commands, Router& router, IngestPool& ingest);
  ~WebLink();
  base::Status start();
  void tick();
  void stop();
  /// A live message for a viewer; dropped when the viewer is gone or its process does not keep up.
  void forward_live(const ipc::Message& message);
  /// "127.0.0.1:8080", with the port that was really given.
  const std::string& address() const { return address_; }
  ProcessView view() const;

 private:
  struct Viewer {
    base::CameraId camera;
    media::StreamRole role = media::StreamRole::kSub;
    bool wait_for_key = false;  ///< units were dropped: nothing until the next key frame
  };
  base::Status listen();
  base::Status start_process();
  void on_event(std::uint32_t events);
  void on_death();
  void on_subscribe(const ipc::LiveSubscribe& request);
  void unsubscribe(std::uint32_t subscription);
  void update_interest();
  void send(const ipc::Message& message);

  EventLoop& loop_;
  const base::Clock& clock_;
  const ServiceConfig& config_;
  std::string data_dir_;
  Commands& commands_;
  Router& router_;
  IngestPool& ingest_;
  base::UniqueFd listener_;
  std::string address_;
  std::unique_ptr<WorkerProcess> process_;
  std::string sandbox_;
  std::uint32_t restarts_ = 0;
  base::MonoTime started_, restart_at_;
  base::Micros restart_pause_ = base::Millis(500);
  bool stopping_ = false;
  bool watching_output_ = false;
  std::map<std::uint32_t, Viewer> viewers_;
};

}  // namespace vonggac::core
