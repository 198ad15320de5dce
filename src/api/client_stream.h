/// A client's connection, plain or under TLS, as one type: HTTP and WebSocket code is compiled once for both.
/// Internal to the room.
/// Flow     accepted socket -> ClientStream -> (TLS: handshake) -> Beast's composed operations.
/// Threads  bound to the loop.
/// Owns     the socket; cheap to move.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace vonggac::api {

class ClientStream {
 public:
  using next_layer_type = boost::beast::tcp_stream;
  using executor_type = next_layer_type::executor_type;
  using TlsStream = boost::asio::ssl::stream<next_layer_type>;

  /// Without a context: plain.
  ClientStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls) {
    if (tls == nullptr) {
      plain_ = std::make_unique<next_layer_type>(std::move(socket));
    } else {
      tls_ = std::make_unique<TlsStream>(next_layer_type(std::move(socket)), *tls);
    }
  }

  bool is_secure() const { return tls_ != nullptr; }
  TlsStream* tls() { return tls_.get(); }
  /// The TCP connection: timeouts, closing.
  next_layer_type& next_layer() { return tls_ ? tls_->next_layer() : *plain_; }
  const next_layer_type& next_layer() const { return tls_ ? tls_->next_layer() : *plain_; }
  executor_type get_executor() noexcept { return next_layer().get_executor(); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          if (tls_) {
            tls_->async_read_some(into, std::move(handler));
          } else {
            plain_->async_read_some(into, std::move(handler));
          }
        },
        token, buffers);
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          if (tls_) {
            tls_->async_write_some(from, std::move(handler));
          } else {
            plain_->async_write_some(from, std::move(handler));
          }
        },
        token, buffers);
  }

 private:
  std::unique_ptr<next_layer_type> plain_;
  std::unique_ptr<TlsStream> tls_;
};

/// How a WebSocket over it ends: the TCP connection does; a viewer who is gone answers no farewell of TLS either.
inline void teardown(boost::beast::role_type role, ClientStream& stream, boost::system::error_code& error) {
  boost::beast::websocket::teardown(role, stream.next_layer().socket(), error);
}
template <typename Handler>
void async_teardown(boost::beast::role_type role, ClientStream& stream, Handler&& handler) {
  boost::beast::websocket::async_teardown(role, stream.next_layer().socket(), std::forward<Handler>(handler));
}

}  // namespace vonggac::api
