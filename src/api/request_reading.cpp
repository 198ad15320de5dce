#include "api/request_reading.h"

#include <algorithm>

#include <boost/beast/websocket/rfc6455.hpp>

namespace vonggac::api {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string field(const RequestParser& parser, http::field name) {
  const auto value = parser.get()[name];
  return {value.data(), value.size()};
}

std::string field(const RequestParser& parser, const char* name) {
  const auto value = parser.get()[name];
  return {value.data(), value.size()};
}

}  // namespace

HttpRequest request_from(const RequestParser& parser) {
  HttpRequest request;
  request.method = std::string(parser.get().method_string());
  request.target = std::string(parser.get().target());
  request.host = field(parser, http::field::host);
  request.origin = field(parser, http::field::origin);
  request.range = field(parser, http::field::range);
  request.if_range = field(parser, http::field::if_range);
  request.if_none_match = field(parser, http::field::if_none_match);
  request.if_match = field(parser, http::field::if_match);
  request.idempotency_key = field(parser, "Idempotency-Key");
  request.fetch_site = field(parser, "Sec-Fetch-Site");
  request.fetch_mode = field(parser, "Sec-Fetch-Mode");
  request.authorization = field(parser, http::field::authorization);
  request.cookie = field(parser, http::field::cookie);
  request.content_type = field(parser, http::field::content_type);
  request.accept_language = field(parser, http::field::accept_language);
  request.upgrade = beast::websocket::is_upgrade(parser.get());
  // Two Host fields: which one a check looks at must never be a matter of taste.
  if (parser.get().count(http::field::host) > 1) request.host.clear();
  return request;
}

bool is_ambiguous(const RequestParser& parser) {
  const auto& fields = parser.get();
  const std::size_t encodings = fields.count(http::field::transfer_encoding);
  const std::size_t lengths = fields.count(http::field::content_length);
  if (lengths > 1 || encodings > 1) return true;
  const auto length = fields[http::field::content_length];
  if (!std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; })) return true;
  if (encodings == 0) return false;
  return lengths > 0 || fields.version() < 11 || !beast::iequals(fields[http::field::transfer_encoding], "chunked");
}

bool is_packed(const RequestParser& parser) {
  const auto& fields = parser.get();
  return fields.count(http::field::content_encoding) > 0 &&
         !beast::iequals(fields[http::field::content_encoding], "identity");
}

bool waits_for_word(const RequestParser& parser) {
  return beast::iequals(parser.get()[http::field::expect], "100-continue");
}

std::pair<std::string_view, std::string_view> first_line(std::string_view head) {
  const std::size_t space = std::min(head.find(' '), head.size());
  const std::string_view rest = head.substr(std::min(space + 1, head.size()));
  return {head.substr(0, space), rest.substr(0, rest.find_first_of(" \r"))};
}

}  // namespace vonggac::api
