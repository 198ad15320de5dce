#include "api/head_watch.h"

namespace vonggac::api {
namespace {

bool begins_a_method(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

HeadWatch::State HeadWatch::feed(std::string_view bytes) {
  for (const char c : bytes) {
    if (state_ != State::kMore) break;
    ++seen_bytes_;
    state_ = feed_one(c);
    before_ = c;
  }
  return state_;
}

HeadWatch::State HeadWatch::feed_one(char c) {
  if (c == '\n') {
    if (before_ != '\r') return State::kBroken;
    // Empty lines before the request line are left over from a body: RFC 9112 section 2.2 lets them pass.
    if (line_bytes_ == 0) return lines_ > 0 ? State::kWhole : State::kMore;
    ++lines_;
    line_bytes_ = 0;
    return State::kMore;
  }
  if (before_ == '\r' || c == '\0') return State::kBroken;
  if (c == '\r') return State::kMore;
  if (line_bytes_ == 0 && lines_ == 0 && !begins_a_method(c)) return State::kBroken;
  if (line_bytes_ == 0 && lines_ > 0 && (c == ' ' || c == '\t')) return State::kBroken;
  ++line_bytes_;
  return State::kMore;
}

}  // namespace vonggac::api
