/// What is done with each request, HTTP library apart: the checks that keep other sites out, the row of the route
/// table, whether the caller may, then the row's handler.
/// Flow     HttpSession -> Routes::handle() -> gate::admit() on a pool -> handler on the pool or the loop ->
///          ReplySink.
/// Threads  bound to the web worker's loop; a ReplySink is called there exactly once, perhaps inside handle().
/// Errors   RFC 9457 answers with general sentences; the details go to the log.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <variant>

#include "api/clip_source.h"
#include "api/core_link.h"
#include "api/file_pool.h"
#include "api/http_types.h"
#include "api/import_probes.h"
#include "api/origin_check.h"
#include "api/route_table.h"
#include "gate/camera_access.h"
#include "gate/permits.h"

namespace vonggac::api {

/// Counted since the worker started, shown in the status.
struct WebStats {
  std::uint64_t connections = 0;            ///< open now
  std::uint64_t connections_refused = 0;    ///< over the cap or out of descriptors
  std::uint64_t connections_made_room = 0;  ///< idle ones closed for somebody else at the cap
  std::uint64_t viewers = 0;                ///< open WebSockets
  std::uint64_t tiles = 0;                  ///< live tiles now
  std::uint64_t units_sent = 0;
  std::uint64_t units_dropped = 0;  ///< pictures that slow viewers did not get
  std::uint64_t viewers_cut = 0;    ///< disconnected for not reading
  std::uint64_t feed_readers = 0;   ///< open WebSockets of the feed of events
  std::uint64_t feed_messages = 0;  ///< sent to them
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;  ///< answered with 401, 403 or 429
};

struct RouteServices {
  const base::Clock& clock;
  CoreLink& core;
  ClipSource& clips;
  FilePool& files;
  FilePool& logins;     ///< computes passwords: slow by design, so apart from the rest
  FilePool& long_work;  ///< files that are read, judged and applied: one after the other, and nobody else waits
  gate::Office& office;
  gate::LoginDesk& desk;
  gate::Permits& permits;
  WebStats& stats;
  OwnAddress address;  ///< that the page is reached by
};

enum class SocketKind { kLive, kEvents };

/// Who a WebSocket opens for.
struct SocketVisitor {
  gate::Credentials credentials;
  base::Uuid person;
};

class Routes {
 public:
  explicit Routes(const RouteServices& services) : services_(services), import_probes_(services.clock, services.core) {}
  void handle(HttpRequest request, ReplySink sink);
  /// The refusal of a request by its address, method or origin; nothing when it may pass.
  std::optional<HttpReply> refusal(const HttpRequest& request) const;
  /// How long a body the address takes, by the first line of a request; before anybody is asked who they are.
  static std::size_t most_body_bytes(std::string_view method, std::string_view target);
  /// Before a long body is read: the refusal of its request, or nothing.
  void admit_upload(HttpRequest head, std::function<void(std::optional<HttpReply>)> then);
  /// The WebSocket that this asks for.
  static std::optional<SocketKind> socket_of(const HttpRequest& request);
  /// Whether it opens for this request: `then` gets the refusal, or nothing and who calls.
  void admit_socket(SocketKind kind, const HttpRequest& request,
                    std::function<void(std::optional<HttpReply>, SocketVisitor)> then);
  /// Whether one camera may be watched by these: `then` gets the permit on the loop, or none.
  void admit_tile(const gate::Credentials& credentials, const base::CameraId& camera,
                  std::function<void(std::shared_ptr<gate::Permit>)> then);
  gate::Permits& permits() { return services_.permits; }
  /// About every 100 ms: what goes on without a request.
  void tick() { import_probes_.tick(); }

  // Handlers on the loop (route_table.cpp).
  void answer_page(const Call& call, const ReplySink& sink);
  void answer_asset(const Call& call, const ReplySink& sink);
  void answer_health(const Call& call, const ReplySink& sink);
  void answer_ready(const Call& call, const ReplySink& sink);
  void answer_openapi(const Call& call, const ReplySink& sink);
  void answer_metrics(const Call& call, const ReplySink& sink);
  void answer_status(const Call& call, const ReplySink& sink);
  void answer_cameras(const Call& call, const ReplySink& sink);
  void answer_snapshot(const Call& call, const ReplySink& sink);
  void answer_tune(const Call& call, const ReplySink& sink);
  void answer_connection(const Call& call, const ReplySink& sink);
  void answer_probe_start(const Call& call, const ReplySink& sink);
  void answer_probe(const Call& call, const ReplySink& sink);
  void answer_probe_still(const Call& call, const ReplySink& sink);
  void answer_probe_end(const Call& call, const ReplySink& sink);
  void answer_discovery_start(const Call& call, const ReplySink& sink);
  void answer_discovery(const Call& call, const ReplySink& sink);
  void answer_camera_brands(const Call& call, const ReplySink& sink);
  void answer_channels_connect(const Call& call, const ReplySink& sink);
  void answer_import(const Call& call, const ReplySink& sink);
  void answer_import_probe(const Call& call, const ReplySink& sink);
  void answer_import_probe_end(const Call& call, const ReplySink& sink);
  void answer_import_stills(const Call& call, const ReplySink& sink);
  void answer_import_still(const Call& call, const ReplySink& sink);
  void answer_live_without_upgrade(const Call& call, const ReplySink& sink);

 private:
  FilePool& pool_of(Door door);
  /// The refusal of what needs no register to be refused, or the call.
  std::variant<Call, HttpReply> call_of(HttpRequest request) const;
  void admit_and_answer(Call call, const ReplySink& sink);
  /// Writes into the audit that somebody sent what a form does not have.
  ReplySink noting_misuse(std::shared_ptr<const Call> call, const ReplySink& sink);
  /// On the pool: the refusal, or nothing and `call.admission` is set.
  std::optional<HttpReply> refuse_or_admit(Call& call);
  HttpReply asset_reply(const HttpRequest& request, std::string_view name) const;
  PoolServices pool_services() { return {services_.office, services_.desk, services_.clips}; }
  /// Runs `work` on a pool and hands its reply to the sink on the loop.
  void on_pool(FilePool& pool, std::function<HttpReply()> work, const ReplySink& sink);
  /// What the caller may see of the cameras, asked on the pool, then `then` on the loop.
  struct Visible {
    gate::CameraChoice choice;
    std::map<base::CameraId, catalogue::Sentence> paused;  ///< for want of an agreement, and why
  };
  void with_visible(const Call& call, const ReplySink& sink, std::function<void(const Visible&)> then);

  RouteServices services_;
  ImportProbes import_probes_;
};

gate::Credentials credentials_of(const HttpRequest& request);
gate::Asked asked_by(const Call& call);

}  // namespace vonggac::api
