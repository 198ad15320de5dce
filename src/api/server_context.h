/// What the connections of the web worker share. Internal to the room: nobody outside includes it.
/// Threads  bound to the loop.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>

#include "api/event_feed.h"
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

/// How many sockets of a kind each person has open.
using PersonSockets = std::map<base::Uuid, std::size_t>;

/// One of them, for as long as it lives.
class PersonSlot {
 public:
  /// A page opens one; this many are a wall of browsers, and more a mistake or worse.
  static constexpr std::size_t kMostSockets = 16;
  /// Nothing: the person has as many as one may have.
  static std::shared_ptr<PersonSlot> take(PersonSockets& sockets, const base::Uuid& person) {
    if (sockets[person] >= kMostSockets) return nullptr;
    return std::make_shared<PersonSlot>(sockets, person);
  }
  PersonSlot(PersonSockets& sockets, const base::Uuid& person) : sockets_(sockets), person_(person) {
    ++sockets_[person_];
  }
  ~PersonSlot() {
    if (--sockets_[person_] == 0) sockets_.erase(person_);
  }
  PersonSlot(const PersonSlot&) = delete;
  PersonSlot& operator=(const PersonSlot&) = delete;

 private:
  PersonSockets& sockets_;
  base::Uuid person_;
};

struct ServerContext {
  const base::Clock& clock;
  Routes& routes;
  LiveHub& hub;
  EventFeed& feed;
  FilePool& files;
  WebStats& stats;
  boost::asio::ssl::context* tls = nullptr;  ///< none: plain
  std::size_t max_connections = 512;
  std::set<Connection*> connections;
  std::size_t uploads = 0;  ///< long bodies that are read or worked on
  PersonSockets live_sockets, feed_sockets;
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
