#include "api/http_server.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <boost/asio/buffer.hpp>

#include "api/http_session.h"
#include "base/log.h"

namespace vonggac::api {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr auto kPause = std::chrono::milliseconds(200);

/// The socket's buffer is empty, so that a short answer fits without waiting.
void refuse(asio::ip::tcp::socket& socket) {
  HttpReply reply = problem_reply(
      503, {"Có quá nhiều kết nối, hãy thử lại sau giây lát.", "too many connections; try again in a moment"});
  reply.headers.emplace_back("Retry-After", "2");
  const std::string text = render_head(reply, false) + *reply.body;
  ErrorCode ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

bool is_out_of_descriptors(const ErrorCode& error) {
  return error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

HttpServer::HttpServer(asio::io_context& loop, base::UniqueFd listening, bool is_ipv6, ServerContext& context)
    : acceptor_(loop), pause_timer_(loop), context_(context), reserve_(fcntl(listening.get(), F_DUPFD_CLOEXEC, 0)) {
  acceptor_.assign(is_ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), listening.release());
}

void HttpServer::accept() {
  acceptor_.async_accept(
      [this](const ErrorCode& error, asio::ip::tcp::socket socket) { on_accept(error, std::move(socket)); });
}

void HttpServer::on_accept(const ErrorCode& error, asio::ip::tcp::socket socket) {
  if (error == asio::error::operation_aborted) return;
  if (is_out_of_descriptors(error)) {
    refuse_without_descriptors();
    pause();
    return;
  }
  if (error) {  // the caller went away before it was its turn
    accept();
    return;
  }
  if (context_.stats.connections >= context_.max_connections && !make_room()) {
    ++context_.stats.connections_refused;
    if (context_.tls == nullptr) refuse(socket);
  } else {
    ErrorCode ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    start_http_session(std::move(socket), context_);
  }
  accept();
}

bool HttpServer::make_room() {
  std::vector<std::pair<Connection*, WaitingForClient>> waiting;
  std::map<asio::ip::address, std::size_t> of_address;
  for (Connection* connection : context_.connections) {
    if (auto one = connection->waiting()) {
      ++of_address[one->peer];
      waiting.emplace_back(connection, std::move(*one));
    }
  }
  // Those still to send a request go before those still to take an answer; then the crowd; then who waited longest.
  const auto more_dispensable = [&of_address](const auto& a, const auto& b) {
    const auto rank = [&](const WaitingForClient& w) {
      return std::tuple(!w.for_request, -static_cast<std::ptrdiff_t>(of_address[w.peer]), w.since);
    };
    return rank(a.second) < rank(b.second);
  };
  const auto chosen = std::min_element(waiting.begin(), waiting.end(), more_dispensable);
  if (chosen == waiting.end()) return false;
  ++context_.stats.connections_made_room;
  if (context_.stats.connections_made_room % 1000 == 1) {
    base::log::warning("api", "{} connections are open: idle ones are closed to make room", context_.stats.connections);
  }
  chosen->first->close();
  return true;
}

void HttpServer::pause() {
  pause_timer_.expires_after(kPause);
  pause_timer_.async_wait([this](const ErrorCode& error) {
    if (!error) accept();
  });
}

void HttpServer::refuse_without_descriptors() {
  ++context_.stats.connections_refused;
  if (context_.stats.connections_refused % 100 == 1) {
    base::log::warning("api", "out of file descriptors: callers are refused");
  }
  reserve_.reset();
  ErrorCode error;
  acceptor_.non_blocking(true, error);
  asio::ip::tcp::socket socket(acceptor_.get_executor());
  acceptor_.accept(socket, error);
  if (!error && context_.tls == nullptr) refuse(socket);
  socket.close(error);
  reserve_.reset(fcntl(acceptor_.native_handle(), F_DUPFD_CLOEXEC, 0));
}

void HttpServer::close() {
  ErrorCode ignored;
  acceptor_.close(ignored);
  pause_timer_.cancel();
}

}  // namespace vonggac::api
