#include "api/http_types.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/handler_parts.h"

namespace vonggac::api {
namespace {

// Nothing but our own files and the media behind our own address; no inline code; nobody may frame the page.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

}  // namespace

const char* reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Error";
  }
}

HttpReply text_reply(unsigned status, std::string content_type, std::string body) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = std::move(content_type);
  reply.body = std::make_shared<const std::string>(std::move(body));
  return reply;
}

HttpReply json_reply(std::string body) {
  HttpReply reply = text_reply(200, "application/json", std::move(body));
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

namespace {

HttpReply problem_body(unsigned status, boost::json::object problem) {
  HttpReply reply = text_reply(status, "application/problem+json", boost::json::serialize(problem));
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

boost::json::object problem_json(unsigned status, const catalogue::Sentence& sentence, std::string_view code) {
  boost::json::object problem{{"type", "about:blank"},
                              {"title", reason_phrase(status)},
                              {"status", status},
                              {"detail", sentence.en},
                              {"sentence", sentence_json(sentence)}};
  if (!code.empty()) problem["code"] = code;
  return problem;
}

}  // namespace

HttpReply problem_reply(unsigned status, const catalogue::Sentence& sentence, std::string_view code) {
  return problem_body(status, problem_json(status, sentence, code));
}

HttpReply problems_reply(const catalogue::Problems& problems) {
  catalogue::Sentence first{"Biểu mẫu còn chỗ chưa đúng.", "Something in the form is not right."};
  boost::json::object problem = problem_json(422, first, "form");
  problem["problems"] = problems_json(problems);
  return problem_body(422, std::move(problem));
}

HttpReply busy_reply() {
  HttpReply reply = problem_reply(
      503, {"Máy chủ đang bận, hãy thử lại sau giây lát.", "too many requests wait; try again in a moment"});
  reply.headers.emplace_back("Retry-After", "2");
  return reply;
}

HttpReply refusal_reply(const gate::Refusal& refusal) {
  HttpReply reply = problem_reply(refusal.status, refusal.sentence, refusal.code);
  if (refusal.retry_after_s > 0) reply.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after_s));
  return reply;
}

namespace {

catalogue::Sentence sentence_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kInvalidArgument:
      return {"Yêu cầu không hợp lệ.", "the request is not valid"};
    case base::ErrorKind::kNotFound:
      return {"Không có mục này.", "there is no such thing"};
    case base::ErrorKind::kPermissionDenied:
      return {"Không được phép.", "not allowed"};
    case base::ErrorKind::kOutOfRange:
      return {"Ngoài phạm vi có dữ liệu hoặc được phép.", "outside what exists or is allowed"};
    case base::ErrorKind::kUnavailable:
    case base::ErrorKind::kNoSpace:
      return {"Hiện chưa làm được, hãy thử lại sau giây lát.", "not now; try again in a moment"};
    case base::ErrorKind::kTimedOut:
      return {"Bộ ghi không trả lời kịp.", "the recorder did not answer in time"};
    case base::ErrorKind::kDataLoss:
      return {"Dữ liệu lưu ở đây bị hỏng.", "the stored data is damaged here"};
    default:
      return {"Có lỗi ở máy chủ; xem nhật ký của dịch vụ.", "something went wrong here; see the log of the service"};
  }
}

unsigned http_status_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kInvalidArgument:
    case base::ErrorKind::kOutOfRange:
      return 400;
    case base::ErrorKind::kNotFound:
      return 404;
    case base::ErrorKind::kPermissionDenied:
      return 403;
    case base::ErrorKind::kUnavailable:
    case base::ErrorKind::kNoSpace:
      return 503;
    case base::ErrorKind::kTimedOut:
      return 504;
    default:
      return 500;
  }
}

}  // namespace

HttpReply problem_reply(const base::Status& status, std::string_view incident) {
  const unsigned number = http_status_of(status.kind());
  boost::json::object problem = problem_json(number, sentence_of(status.kind()), "");
  if (!incident.empty()) problem["incident"] = incident;
  return problem_body(number, std::move(problem));
}

std::string render_head(const HttpReply& reply, bool keep_alive) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nServer: vonggac\r\n", reply.status, reason_phrase(reply.status));
  const auto add = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  if (!reply.content_type.empty()) add("Content-Type", reply.content_type);
  if (reply.status != 304) add("Content-Length", std::to_string(reply.content_length()));
  for (const auto& [name, value] : reply.headers) add(name, value);
  add("Content-Security-Policy", kContentSecurityPolicy);
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "no-referrer");
  add("Cross-Origin-Resource-Policy", "same-origin");
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  add("Vary", "Origin");
  add("Connection", keep_alive ? "keep-alive" : "close");
  head.append("\r\n");
  return head;
}

}  // namespace vonggac::api
