/// What the head of a request says, taken from Beast's parser.
/// Threads  pure functions.
#pragma once

#include <string_view>
#include <utility>

#include <boost/beast/http.hpp>

#include "api/http_types.h"

namespace vonggac::api {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// All but the body. Of two Host fields none is believed.
HttpRequest request_from(const RequestParser& parser);
/// Two programs on the way could see two different bodies in this request (RFC 9112 section 6.3).
bool is_ambiguous(const RequestParser& parser);
/// Bodies are read as they are: one that must be unpacked first could grow a thousandfold.
bool is_packed(const RequestParser& parser);
/// The client keeps its body back until it hears that it may come (RFC 9110 section 10.1.1).
bool waits_for_word(const RequestParser& parser);
/// Method and target of the first line of a head.
std::pair<std::string_view, std::string_view> first_line(std::string_view head);

}  // namespace vonggac::api
