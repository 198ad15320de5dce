/// Accepts connections on the socket that core bound. At the cap, the connection that has kept us waiting longest, of
/// the address that keeps most of them waiting, makes room: who holds thousands of connections open loses their own,
/// and a guard who logs in meanwhile is served. Where nobody waits, and out of descriptors, a caller gets a short 503,
/// and accepting pauses, so that the process never spins. Internal to the room. Threads  bound to the loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/server_context.h"
#include "base/unique_fd.h"

namespace vonggac::api {

class HttpServer {
 public:
  /// Takes over the listening socket.
  HttpServer(boost::asio::io_context& loop, base::UniqueFd listening, bool is_ipv6, ServerContext& context);
  void accept();
  void close();

 private:
  void on_accept(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);
  /// False: every connection is at work.
  bool make_room();
  void pause();
  /// Gives up the descriptor held in reserve to tell one caller that there is none left.
  void refuse_without_descriptors();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_timer_;
  ServerContext& context_;
  base::UniqueFd reserve_;
};

}  // namespace vonggac::api
