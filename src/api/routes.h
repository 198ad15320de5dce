/// What is answered to each request, HTTP library apart: the checks that keep other sites out, then the route.
/// Flow     HttpSession -> Routes::handle() -> CoreLink or ClipSource (on the file pool) -> ReplySink.
/// Threads  bound to the web worker's loop; a ReplySink is called there exactly once, perhaps inside handle().
/// Errors   RFC 9457 answers with generic text; the details go to the log.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/clip_source.h"
#include "api/core_link.h"
#include "api/file_pool.h"
#include "api/http_types.h"
#include "api/router.h"

namespace vonggac::api {

/// Counted since the worker started, shown in the status.
struct WebStats {
  std::uint64_t connections = 0;          ///< open now
  std::uint64_t connections_refused = 0;  ///< over the cap or out of descriptors
  std::uint64_t viewers = 0;              ///< open WebSockets
  std::uint64_t tiles = 0;                ///< live tiles now
  std::uint64_t units_sent = 0;
  std::uint64_t units_dropped = 0;  ///< pictures that slow viewers did not get
  std::uint64_t viewers_cut = 0;    ///< disconnected for not reading
};

struct RouteServices {
  const base::Clock& clock;
  CoreLink& core;
  ClipSource& clips;
  FilePool& files;
  const WebStats& stats;
  std::uint16_t port = 0;  ///< that the page is reached by
};

class Routes {
 public:
  static constexpr base::Micros kMaxClipLength = base::Seconds(6 * 3600);

  explicit Routes(const RouteServices& services) : services_(services) {}
  void handle(const HttpRequest& request, ReplySink sink);
  /// The refusal of a request by its address, method or origin; nothing when it may pass.
  std::optional<HttpReply> refusal(const HttpRequest& request) const;
  /// Whether this (already checked) request opens the live WebSocket: the refusal, or nothing.
  std::optional<HttpReply> live_refusal(const HttpRequest& request) const;

 private:
  void answer_route(const HttpRequest& request, const Route& route, const Query& query, const ReplySink& sink);
  HttpReply answer_asset(const HttpRequest& request, std::string_view name) const;
  void answer_health(const ReplySink& sink);
  void answer_status(const ReplySink& sink);
  void answer_cameras(const ReplySink& sink);
  void answer_snapshot(const base::CameraId& camera, const ReplySink& sink);
  void answer_list(RouteKind kind, const Query& query, const ReplySink& sink);
  void answer_thumbnail(std::int64_t event, const ReplySink& sink);
  void answer_search(const Query& query, const ReplySink& sink);
  void answer_tune(const base::CameraId& camera, const Query& query, const ReplySink& sink);
  void answer_clip_file(const HttpRequest& request, const base::CameraId& camera, const Query& query,
                        const ReplySink& sink);
  /// Runs `work` on the pool and hands its reply to the sink on the loop.
  void on_pool(std::function<HttpReply()> work, const ReplySink& sink);

  RouteServices services_;
};

}  // namespace vonggac::api
