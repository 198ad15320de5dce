#include "ingest/rtsp_message.h"

#include <algorithm>

namespace vonggac::ingest {
namespace {

constexpr std::string_view kUserAgent = "VongGac";
constexpr std::string_view kBlanks(" \t\r\n\0", 5);

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_token_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// "RTSP/1.0 200 OK"; the reason may be missing, the version is not looked at.
bool parse_status_line(std::string_view line, RtspMessage& message) {
  const std::size_t blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos) return false;
  std::string_view rest = trim(line.substr(blank));
  const std::size_t code_end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::int64_t status = parse_decimal(rest.substr(0, code_end));
  if (status < 100 || status > 999) return false;
  message.status = static_cast<int>(status);
  message.reason = std::string(trim(rest.substr(code_end)));
  return true;
}

bool parse_request_line(std::string_view line, RtspMessage& message) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || blank == 0 || blank > 32) return false;
  const std::string_view method = line.substr(0, blank);
  if (!std::all_of(method.begin(), method.end(), is_token_char)) return false;
  message.method = std::string(method);
  return true;
}

/// A line without ':' continues the field before it if it begins with a blank, else it is ignored.
void add_header_line(std::string_view line, RtspMessage& message) {
  const bool folded = line.front() == ' ' || line.front() == '\t';
  const std::size_t colon = line.find(':');
  if (folded && !message.headers.empty()) {
    message.headers.back().value.append(" ").append(trim(line));
    return;
  }
  if (colon == std::string_view::npos || message.headers.size() >= kMaxHeaderFields) return;
  const std::string_view name = trim(line.substr(0, colon));
  if (name.empty()) return;
  message.headers.push_back({std::string(name), std::string(trim(line.substr(colon + 1)))});
}

void put_line(base::ByteWriter& writer, std::string_view name, std::string_view value) {
  writer.text(name);
  writer.text(": ");
  writer.text(value);
  writer.text("\r\n");
}

}  // namespace

const std::string* RtspMessage::find(std::string_view name) const {
  for (const HeaderField& field : headers) {
    if (equal_no_case(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::vector<std::string> RtspMessage::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const HeaderField& field : headers) {
    if (equal_no_case(field.name, name)) values.push_back(field.value);
  }
  return values;
}

base::Result<RtspMessage> parse_head(std::string_view head) {
  RtspMessage message;
  bool first = true;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == '\0')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (!first) {
      add_header_line(line, message);
      continue;
    }
    first = false;
    const bool response = starts_with_no_case(line, "RTSP/");
    if (response ? !parse_status_line(line, message) : !parse_request_line(line, message)) {
      return base::invalid_argument("neither an RTSP response nor a request");
    }
  }
  if (first) return base::invalid_argument("empty RTSP message");
  return message;
}

std::int64_t content_length(const RtspMessage& message) {
  for (const HeaderField& field : message.headers) {
    if (!equal_no_case(field.name, "Content-Length")) continue;
    const std::int64_t length = parse_decimal(field.value);
    if (length >= 0) return length;
  }
  return -1;
}

void write_request(const RtspRequest& request, base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.text(request.method);
  writer.text(" ");
  writer.text(request.url);
  writer.text(" RTSP/1.0\r\n");
  put_line(writer, "CSeq", std::to_string(request.cseq));
  if (!request.authorization.empty()) put_line(writer, "Authorization", request.authorization);
  put_line(writer, "User-Agent", kUserAgent);
  for (const auto& [name, value] : request.headers) put_line(writer, name, value);
  if (!request.session.empty()) put_line(writer, "Session", request.session);
  writer.text("\r\n");
}

void write_answer(int status, std::string_view cseq, std::string_view session, base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.text(status == 200 ? "RTSP/1.0 200 OK\r\n" : "RTSP/1.0 551 Option Not Supported\r\n");
  const std::int64_t number = parse_decimal(cseq);
  if (number >= 0) put_line(writer, "CSeq", std::to_string(number));
  if (!session.empty()) put_line(writer, "Session", session);
  writer.text("\r\n");
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool equal_no_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool starts_with_no_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_no_case(text.substr(0, prefix.size()), prefix);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::int64_t parse_decimal(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > 10) return -1;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value <= 0xFFFF'FFFF ? value : -1;
}

std::string printable(std::string_view text, std::size_t max_chars) {
  std::string out(text.substr(0, max_chars));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7E) c = '?';
  }
  return out;
}

}  // namespace vonggac::ingest
