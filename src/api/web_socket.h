/// What the WebSockets of this room share: how one is set up. Internal to the room.
/// Threads  bound to the loop.
#pragma once

#include <chrono>
#include <cstddef>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

#include "api/client_stream.h"

namespace vonggac::api {

/// Without permessage-deflate: video does not shrink, and what is compressed beside a secret tells of it.
using WebSocket = boost::beast::websocket::stream<ClientStream, false>;
using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

struct SocketLimits {
  std::size_t command_bytes = 0;
  int send_buffer_bytes = 0;  ///< a large kernel buffer would hide a slow reader behind what is old
};

/// Pings after 10 s of silence; 10 s for a handshake, also that of closing.
inline void set_up(WebSocket& socket, const SocketLimits& limits) {
  namespace beast = boost::beast;
  namespace websocket = boost::beast::websocket;
  websocket::stream_base::timeout patience{};
  patience.handshake_timeout = std::chrono::seconds(10);
  patience.idle_timeout = std::chrono::seconds(20);
  patience.keep_alive_pings = true;
  socket.set_option(patience);
  socket.set_option(websocket::stream_base::decorator(
      [](websocket::response_type& reply) { reply.set(beast::http::field::server, "vonggac"); }));
  socket.read_message_max(limits.command_bytes);
  socket.auto_fragment(false);
  boost::system::error_code ignored;
  auto& tcp = beast::get_lowest_layer(socket).socket();
  tcp.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  tcp.set_option(boost::asio::socket_base::send_buffer_size(limits.send_buffer_bytes), ignored);
}

}  // namespace vonggac::api
