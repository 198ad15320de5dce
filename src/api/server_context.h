/// What the connections of the web worker share. Internal to the room: nobody outside includes it.
/// Threads  bound to the loop.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>

#include "api/live_hub.h"
#include "api/routes.h"
#include "base/clock.h"

namespace vonggac::api {

/// A connection on which it is the client's turn.
struct WaitingForClient {
  bool for_request = true;  ///< else: for the client to take its answer
  base::MonoTime since;
  boost::asio::ip::address peer;
};

/// A connection that can be ended from outside: at shutdown, or to make room for somebody else.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void close() = 0;
  /// Nothing: it is at work for its client, and stays.
  virtual std::optional<WaitingForClient> waiting() const { return std::nullopt; }
};

struct ServerContext {
  const base::Clock& clock;
  Routes& routes;
  LiveHub& hub;
  FilePool& files;
  WebStats& stats;
  boost::asio::ssl::context* tls = nullptr;  ///< none: plain
  std::size_t max_connections = 512;
  std::set<Connection*> connections;
  std::size_t uploads = 0;  ///< long bodies that are read or worked on
};

/// Each may hold 32 MB: together they must not take what recording needs.
inline constexpr std::size_t kMostUploads = 2;

/// Counts a long body from when it is let in until it is answered.
class UploadSlot {
 public:
  explicit UploadSlot(ServerContext& context) : context_(context) { ++context_.uploads; }
  ~UploadSlot() { --context_.uploads; }
  UploadSlot(const UploadSlot&) = delete;
  UploadSlot& operator=(const UploadSlot&) = delete;

 private:
  ServerContext& context_;
};

/// Counts one TCP connection for as long as it lives, whichever session holds it.
class ConnectionSlot {
 public:
  explicit ConnectionSlot(WebStats& stats) : stats_(stats) { ++stats_.connections; }
  ~ConnectionSlot() { --stats_.connections; }
  ConnectionSlot(const ConnectionSlot&) = delete;
  ConnectionSlot& operator=(const ConnectionSlot&) = delete;

 private:
  WebStats& stats_;
};

}  // namespace vonggac::api
