/// One HTTP/1.1 connection: requests in, answers out, one after the other; a live upgrade hands the socket on.
/// Internal to the room.
/// Threads  bound to the loop. Keeps itself alive while something is under way.
/// Limits   header 16 kB, body 64 kB, 20 s for a request to arrive and 25 s for each piece of an answer to leave.
///          A file that is sent in: 32 MB, 2 minutes, two at a time, and only after its sender was let in.
#pragma once

#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "api/server_context.h"

namespace vonggac::api {

void start_http_session(boost::asio::ip::tcp::socket socket, ServerContext& context);

}  // namespace vonggac::api
