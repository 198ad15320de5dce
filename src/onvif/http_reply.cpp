#include "onvif/http_reply.h"

#include <algorithm>
#include <charconv>

namespace vonggac::onvif {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::size_t> whole(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  const std::string_view rest = without_blanks(text.substr(static_cast<std::size_t>(end - text.data())));
  if (!rest.empty() && rest.front() != ';') return std::nullopt;  // chunk extensions are passed over
  return value;
}

base::Status not_http() { return base::data_loss("the device does not answer in HTTP"); }
base::Status too_long() { return base::data_loss("the device's answer is too long"); }

}  // namespace

base::Status HttpReply::feed(std::string_view bytes) {
  if (done()) return {};
  in_.append(bytes);
  bool moved = true;
  while (moved && !done()) {
    moved = false;
    VG_TRY(take_some(moved));
  }
  return {};
}

base::Status HttpReply::take_some(bool& moved) {
  const std::size_t before = in_.size();
  const Stage stage = stage_;
  switch (stage_) {
    case Stage::kHead:
      VG_TRY(take_head());
      break;
    case Stage::kBody:
      VG_TRY(add_body(wanted_));
      if (wanted_ == 0) stage_ = Stage::kDone;
      break;
    case Stage::kUntilClose:
      VG_TRY(add_body(in_.size()));
      break;
    case Stage::kChunkSize: {
      const std::optional<std::string> text = line();
      if (!text) return in_.size() > kMaxHttpHeadBytes ? not_http() : base::Status();
      if (text->empty()) break;  // the line break behind the chunk before
      const std::optional<std::size_t> size = whole(*text, 16);
      if (!size) return not_http();
      wanted_ = *size;
      stage_ = *size == 0 ? Stage::kTrailer : Stage::kChunk;
      break;
    }
    case Stage::kChunk:
      VG_TRY(add_body(wanted_));
      if (wanted_ == 0) stage_ = Stage::kChunkSize;
      break;
    case Stage::kTrailer: {
      const std::optional<std::string> text = line();
      if (text && text->empty()) stage_ = Stage::kDone;
      if (!text && in_.size() > kMaxHttpHeadBytes) return not_http();
      break;
    }
    case Stage::kDone:
      break;
  }
  moved = in_.size() != before || stage_ != stage;
  return {};
}

std::optional<std::string> HttpReply::line() {
  const std::size_t end = in_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string text(without_blanks(std::string_view(in_).substr(0, end)));
  in_.erase(0, end + 1);
  return text;
}

base::Status HttpReply::add_body(std::size_t most) {
  const std::size_t size = std::min(most, in_.size());
  if (body_.size() + size > kMaxHttpBodyBytes) return too_long();
  body_.append(in_, 0, size);
  in_.erase(0, size);
  if (stage_ != Stage::kUntilClose) wanted_ -= size;
  return {};
}

base::Status HttpReply::take_head() {
  const std::size_t crlf = in_.find("\r\n\r\n"), lf = in_.find("\n\n");
  if (crlf == std::string::npos && lf == std::string::npos) {
    const bool foreign = in_.size() >= 5 && in_.compare(0, 5, "HTTP/") != 0;
    if (foreign) return not_http();
    return in_.size() > kMaxHttpHeadBytes ? too_long() : base::Status();
  }
  if (std::min(crlf, lf) > kMaxHttpHeadBytes) return too_long();
  headers_.clear();
  const std::string first = *line();
  const std::size_t blank = first.find(' ');
  if (first.rfind("HTTP/1.", 0) != 0 || blank == std::string::npos) return not_http();
  const auto [end, error] = std::from_chars(first.data() + blank + 1, first.data() + first.size(), status_);
  if (error != std::errc() || status_ < 100 || status_ > 599) return not_http();
  http_1_0_ = first.rfind("HTTP/1.0", 0) == 0;
  for (std::optional<std::string> field = line(); field && !field->empty(); field = line()) {
    const std::size_t colon = field->find(':');
    if (colon == std::string::npos || headers_.size() >= 64) continue;
    headers_.emplace_back(std::string(without_blanks(field->substr(0, colon))),
                          std::string(without_blanks(std::string_view(*field).substr(colon + 1))));
  }
  if (status_ < 200) return {};  // "100 Continue": the answer itself follows
  return begin_body();
}

base::Status HttpReply::begin_body() {
  const std::vector<std::string> coding = all("transfer-encoding"), length = all("content-length");
  if (!coding.empty()) {
    if (!same_name(coding.back(), "chunked")) return not_http();
    stage_ = Stage::kChunkSize;
  } else if (status_ == 204 || status_ == 304) {
    stage_ = Stage::kDone;
  } else if (!length.empty()) {
    const std::optional<std::size_t> size = whole(length.front(), 10);
    if (!size) return not_http();
    if (*size > kMaxHttpBodyBytes) return too_long();
    wanted_ = *size;
    stage_ = *size == 0 ? Stage::kDone : Stage::kBody;
  } else {
    stage_ = Stage::kUntilClose;
  }
  return {};
}

base::Status HttpReply::on_closed() {
  if (stage_ == Stage::kUntilClose) stage_ = Stage::kDone;
  if (done()) return {};
  return base::unavailable("the device closed the connection before its answer was complete");
}

std::vector<std::string> HttpReply::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [field, value] : headers_) {
    if (same_name(field, name)) values.push_back(value);
  }
  return values;
}

bool HttpReply::keeps_alive() const {
  const std::vector<std::string> connection = all("connection");
  if (!connection.empty()) return same_name(connection.front(), "keep-alive");
  return !http_1_0_;
}

std::string write_post(const HttpQuestion& question) {
  std::string out = "POST " + question.target + " HTTP/1.1\r\nHost: " + question.host +
                    "\r\nUser-Agent: vonggac\r\nContent-Type: " + question.content_type +
                    "\r\nContent-Length: " + std::to_string(question.body.size()) + "\r\nConnection: keep-alive\r\n";
  if (!question.authorization.empty()) out += "Authorization: " + question.authorization + "\r\n";
  return out + "\r\n" + question.body;
}

}  // namespace vonggac::onvif
