/// One HTTP/1.1 connection: requests in, answers out, one after the other; a live upgrade hands the socket on.
/// Internal to the room.
/// Threads  bound to the loop. Keeps itself alive while something is under way.
/// Limits   header 16 kB, body 64 kB, 30 s for a request to arrive and for each piece of an answer to leave.
#pragma once

#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "api/server_context.h"

namespace vonggac::api {

void start_http_session(boost::asio::ip::tcp::socket socket, ServerContext& context);

}  // namespace vonggac::api
