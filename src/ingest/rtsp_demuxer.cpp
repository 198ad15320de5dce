#include "ingest/rtsp_demuxer.h"

#include <algorithm>

namespace vonggac::ingest {
namespace {

constexpr std::size_t kFrameHeadBytes = 4;  // '$', channel, 16-bit length
constexpr std::size_t kAnchorBytes = 9;     // enough to judge a start: '$' head and two RTP bytes, or "RTSP/1.0 "
constexpr std::size_t kMinRtcpBytes = 8;    // RFC 3550 section 6.4.2: an empty receiver report
constexpr std::size_t kMaxOpenLine = 4U << 10;

constexpr std::string_view kStarts[] = {"RTSP/",     "OPTIONS ",  "GET_PARAMETER ", "SET_PARAMETER ",
                                        "ANNOUNCE ", "REDIRECT ", "TEARDOWN ",      "DESCRIBE ",
                                        "PAUSE ",    "PLAY ",     "SETUP "};

bool is_rtp_version_2(std::uint8_t first_byte) { return (first_byte >> 6) == 2; }

/// Just behind the blank line that ends a head, or 0. `from` is where the search may begin.
std::size_t head_end(base::ByteSpan data, std::size_t from) {
  for (std::size_t i = from; i < data.size(); ++i) {
    if (data[i] != '\n') continue;
    std::size_t next = i + 1;
    while (next < data.size() && data[next] == '\r') ++next;
    if (next < data.size() && data[next] == '\n') return next + 1;
  }
  return 0;
}

std::size_t frame_bytes(base::ByteSpan head) {
  return kFrameHeadBytes + static_cast<std::size_t>(head[2] << 8 | head[3]);
}

}  // namespace

void RtspDemuxer::announce_channel(std::uint8_t channel, std::uint8_t payload_type) {
  channel_payload_type_[channel] = payload_type & 0x7F;
  any_channel_ = true;
}

RtspDemuxer::Fault RtspDemuxer::feed(base::ByteSpan bytes) {
  while (!bytes.empty() && !stopped_ && fault_ == Fault::kNone) {
    if (carry_.empty()) {
      const std::size_t used = consume(bytes);
      carry_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
      break;
    }
    if (carry_.front() == '$' && !lost_ && !pending_) {
      bytes = bytes.subspan(complete_carried_frame(bytes));
      continue;
    }
    join_carry(bytes);
    break;
  }
  if (stopped_) carry_.clear();
  return fault_;
}

/// A head, a line or the tail of a search was cut: goes on with old and new bytes in one piece.
void RtspDemuxer::join_carry(base::ByteSpan more) {
  const std::size_t old_size = carry_.size();
  carry_.insert(carry_.end(), more.begin(), more.end());
  // A head that drips in byte by byte must not be scanned from its beginning each time.
  const bool in_head = !pending_ && !lost_ && classify(carry_) == Start::kMessage;
  if (in_head && carry_.size() <= kMaxHeadBytes &&
      head_end(carry_, old_size - std::min<std::size_t>(old_size, 3)) == 0) {
    return;
  }
  const base::Bytes joined = std::exchange(carry_, {});
  const std::size_t used = consume(joined);
  carry_.assign(joined.begin() + static_cast<std::ptrdiff_t>(used), joined.end());
}

std::size_t RtspDemuxer::complete_carried_frame(base::ByteSpan more) {
  std::size_t taken = 0;
  const auto fill_to = [&](std::size_t size) {
    const std::size_t n = std::min(size - std::min(size, carry_.size()), more.size() - taken);
    carry_.insert(carry_.end(), more.begin() + static_cast<std::ptrdiff_t>(taken),
                  more.begin() + static_cast<std::ptrdiff_t>(taken + n));
    taken += n;
    return carry_.size() >= size;
  };
  if (!fill_to(kAnchorBytes - 3)) return taken;
  const std::size_t total = std::max(frame_bytes(carry_), kAnchorBytes - 3);
  if (!fill_to(total)) return taken;
  const bool plain =
      frame_bytes(carry_) == total && is_start(carry_) && (taken == more.size() || is_start(more.subspan(taken)));
  if (plain) {
    handler_.on_frame(carry_[1], base::ByteSpan(carry_).subspan(kFrameHeadBytes));
    carry_.clear();
  } else {
    join_carry(more.subspan(taken));
    taken = more.size();
  }
  return taken;
}

std::size_t RtspDemuxer::consume(base::ByteSpan data) {
  std::size_t at = 0;
  while (at < data.size() && !stopped_ && fault_ == Fault::kNone) {
    const base::ByteSpan rest = data.subspan(at);
    const bool had_pending = pending_.has_value();
    const bool was_lost = lost_;
    const std::size_t used = pending_ ? consume_body(rest) : lost_ ? consume_lost(rest) : consume_start(rest);
    if (used == 0 && had_pending == pending_.has_value() && was_lost == lost_) break;
    at += used;
  }
  return at;
}

std::size_t RtspDemuxer::consume_start(base::ByteSpan rest) {
  switch (classify(rest)) {
    case Start::kBlank:
      return 1;
    case Start::kFrame:
      return consume_frame(rest);
    case Start::kMessage:
      return consume_head(rest);
    case Start::kNeedMore:
      return 0;
    case Start::kForeign:
      if (!any_channel_) fault_ = Fault::kNotRtsp;
      break;
    case Start::kJunk:
      break;
  }
  lost_ = true;
  return 0;
}

std::size_t RtspDemuxer::consume_frame(base::ByteSpan rest) {
  if (rest.size() < kFrameHeadBytes) return 0;
  if (!is_start(rest)) {
    lost_ = true;
    return 1;
  }
  const std::size_t total = frame_bytes(rest);
  if (total == kFrameHeadBytes) return total;
  if (rest.size() < total) return 0;
  const base::ByteSpan packet = rest.subspan(kFrameHeadBytes, total - kFrameHeadBytes);
  if (rest.size() > total && !is_start(rest.subspan(total))) {
    // No start where one must be. If another frame begins inside this one, this one was torn off.
    lost_ = true;
    if (const std::size_t inside = find_anchor(packet); inside < packet.size()) {
      dropped_bytes_ += inside;
      return kFrameHeadBytes + inside;
    }
  }
  handler_.on_frame(rest[1], packet);
  return total;
}

std::size_t RtspDemuxer::consume_head(base::ByteSpan rest) {
  const std::size_t end = head_end(rest, 0);
  if (end == 0 || end > kMaxHeadBytes) {
    if (rest.size() > kMaxHeadBytes) fault_ = Fault::kHeadTooLong;
    return 0;
  }
  base::Result<RtspMessage> message = parse_head(base::as_text(rest.first(end)));
  if (!message) {
    lost_ = true;
    return 1;
  }
  begin_body(std::move(*message));
  return end;
}

void RtspDemuxer::begin_body(RtspMessage message) {
  const std::int64_t length = content_length(message);
  if (length > static_cast<std::int64_t>(kMaxBodyBytes)) {
    fault_ = Fault::kBodyTooLong;
    return;
  }
  const bool open_ended = length <= 0 && description_expected_ && message.status == 200;
  if (length <= 0 && !open_ended) {
    handler_.on_message(std::move(message));
    return;
  }
  pending_ = Pending{std::move(message), static_cast<std::size_t>(std::max<std::int64_t>(length, 0)), open_ended};
}

std::size_t RtspDemuxer::consume_body(base::ByteSpan rest) {
  if (pending_->open_ended) return consume_open_body(rest);
  std::string& body = pending_->message.body;
  const std::size_t taken = std::min(rest.size(), pending_->body_bytes - body.size());
  body.append(base::as_text(rest.first(taken)));
  if (body.size() == pending_->body_bytes) deliver_pending();
  return taken;
}

/// Whole lines, until one begins like a frame or a message. No SDP line does.
std::size_t RtspDemuxer::consume_open_body(base::ByteSpan rest) {
  std::size_t at = 0;
  while (at < rest.size()) {
    const base::ByteSpan line = rest.subspan(at);
    const Start start = classify(line);
    if (start == Start::kFrame || start == Start::kMessage) {
      deliver_pending();
      return at;
    }
    if (start == Start::kNeedMore) return at;
    const std::size_t newline = base::as_text(line).find('\n');
    if (newline == std::string_view::npos && line.size() < kMaxOpenLine) return at;
    const std::size_t taken = newline == std::string_view::npos ? line.size() : newline + 1;
    pending_->message.body.append(base::as_text(line.first(taken)));
    if (pending_->message.body.size() > kMaxBodyBytes) {
      fault_ = Fault::kBodyTooLong;
      return at;
    }
    at += taken;
  }
  return at;
}

bool RtspDemuxer::description_waits() const { return pending_ && description_expected_; }

void RtspDemuxer::finish_description() {
  if (!description_waits()) return;
  if (pending_->open_ended) pending_->message.body.append(base::as_text(carry_));
  carry_.clear();
  deliver_pending();
}

void RtspDemuxer::deliver_pending() {
  RtspMessage message = std::move(pending_->message);
  pending_.reset();
  handler_.on_message(std::move(message));
}

std::size_t RtspDemuxer::consume_lost(base::ByteSpan rest) {
  const std::size_t at = find_anchor(rest);
  if (at < rest.size() && rest.size() - at >= kAnchorBytes) {
    lost_ = false;
    ++resync_count_;
  }
  dropped_bytes_ += at;
  return at;
}

/// First position that surely is a start, or that is too near the end to be judged; size if there is none.
std::size_t RtspDemuxer::find_anchor(base::ByteSpan data) const {
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] != '$' && data[i] != 'R') continue;
    const base::ByteSpan at = data.subspan(i);
    if (at.size() < kAnchorBytes || is_anchor(at)) return i;
  }
  return data.size();
}

bool RtspDemuxer::is_anchor(base::ByteSpan at) const {
  if (at[0] == 'R') return starts_with_no_case(base::as_text(at), "RTSP/1.");
  const std::int16_t payload_type = channel_payload_type_[at[1]];
  if (at[0] != '$' || payload_type < 0 || frame_bytes(at) < kFrameHeadBytes + kMinRtcpBytes) return false;
  const bool rtcp = at[5] >= 192 && at[5] <= 223;  // RFC 5761 section 4
  return is_rtp_version_2(at[4]) && (rtcp || (at[5] & 0x7F) == payload_type);
}

/// May a frame, a message or padding begin here? Doubt counts as yes.
bool RtspDemuxer::is_start(base::ByteSpan at) const {
  if (at[0] != '$') return classify(at) != Start::kJunk && classify(at) != Start::kForeign;
  if (at.size() < 5 || channel_payload_type_[at[1]] >= 0 || frame_bytes(at) == kFrameHeadBytes) return true;
  return is_rtp_version_2(at[4]);
}

RtspDemuxer::Start RtspDemuxer::classify(base::ByteSpan at) {
  switch (at[0]) {
    case '$':
      return Start::kFrame;
    case '\r':
    case '\n':
    case ' ':
    case '\t':
    case '\0':
      return Start::kBlank;
    default:
      break;
  }
  const std::string_view text = base::as_text(at);
  for (const std::string_view start : kStarts) {
    const std::size_t n = std::min(start.size(), text.size());
    if (equal_no_case(text.substr(0, n), start.substr(0, n))) {
      return n == start.size() ? Start::kMessage : Start::kNeedMore;
    }
  }
  return starts_with_no_case(text, "HTTP/") ? Start::kForeign : Start::kJunk;
}

}  // namespace vonggac::ingest
