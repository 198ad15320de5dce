/// Takes the TCP byte stream of a camera apart: RTSP messages and '$' frames (RFC 2326 section 10.12) in any mixture.
/// Packets are handed on as views into the caller's read buffer; only what a read cut in two is copied.
/// Cameras whose writes are torn (live555 style: half a frame, then the next one) leave a boundary that is none: the
/// frame before it is dropped, and the search for the next start begins inside it (CAM-10).
/// Flow     recv buffer -> feed() -> Handler
/// Threads  one thread at a time.
/// Owns     the cut-off rest of the last read, at most one frame or one message.
/// Errors   fatal ones end the session: oversized head or body, a peer that speaks HTTP.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "ingest/rtsp_message.h"

namespace vonggac::ingest {

class RtspDemuxer {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// One '$' frame; the view ends with the call. Channels nobody announced come too.
    virtual void on_frame(std::uint8_t channel, base::ByteSpan packet) = 0;
    virtual void on_message(RtspMessage message) = 0;
  };
  enum class Fault { kNone, kHeadTooLong, kBodyTooLong, kNotRtsp };

  explicit RtspDemuxer(Handler& handler) : handler_(handler) {}
  RtspDemuxer(const RtspDemuxer&) = delete;
  RtspDemuxer& operator=(const RtspDemuxer&) = delete;

  /// A channel on which frames are expected; payload_type is what RTP packets on it carry.
  void announce_channel(std::uint8_t channel, std::uint8_t payload_type);
  /// The answer to DESCRIBE is due: a 200 without Content-Length is followed by a body of unknown length.
  void expect_description(bool expected) { description_expected_ = expected; }

  /// Calls the handler for everything complete. Fault is sticky.
  Fault feed(base::ByteSpan bytes);
  /// Ends feed() after the current callback; the rest of the bytes is dropped.
  void stop() { stopped_ = true; }

  /// A description waits whose length is unknown, or that is shorter than announced.
  bool description_waits() const;
  bool description_open_ended() const { return pending_ && pending_->open_ended; }
  /// No more of it will come: hands over what there is.
  void finish_description();

  bool lost_sync() const { return lost_; }
  std::uint64_t resync_count() const { return resync_count_; }
  std::uint64_t dropped_bytes() const { return dropped_bytes_; }

 private:
  enum class Start { kFrame, kMessage, kBlank, kNeedMore, kForeign, kJunk };
  /// A message whose head is parsed and whose body is still coming.
  struct Pending {
    RtspMessage message;
    std::size_t body_bytes = 0;
    bool open_ended = false;
  };

  // Each consume_*() returns how many bytes it took; 0 = needs more, or changed lost_ / pending_ / fault_.
  std::size_t consume(base::ByteSpan data);
  std::size_t consume_start(base::ByteSpan rest);
  std::size_t consume_frame(base::ByteSpan rest);
  std::size_t consume_head(base::ByteSpan rest);
  std::size_t consume_body(base::ByteSpan rest);
  std::size_t consume_open_body(base::ByteSpan rest);
  std::size_t consume_lost(base::ByteSpan rest);
  void join_carry(base::ByteSpan more);
  /// Completes the frame whose first bytes are in carry_; returns how many bytes of `more` it took.
  std::size_t complete_carried_frame(base::ByteSpan more);
  void begin_body(RtspMessage message);
  void deliver_pending();
  std::size_t find_anchor(base::ByteSpan data) const;
  bool is_anchor(base::ByteSpan at) const;
  bool is_start(base::ByteSpan at) const;
  static Start classify(base::ByteSpan at);

  Handler& handler_;
  std::array<std::int16_t, 256> channel_payload_type_ = unknown_channels();
  base::Bytes carry_;
  std::optional<Pending> pending_;
  bool any_channel_ = false;
  bool description_expected_ = false;
  bool stopped_ = false;
  bool lost_ = false;
  Fault fault_ = Fault::kNone;
  std::uint64_t resync_count_ = 0;
  std::uint64_t dropped_bytes_ = 0;

  static std::array<std::int16_t, 256> unknown_channels() {
    std::array<std::int16_t, 256> none{};
    none.fill(-1);
    return none;
  }
};

}  // namespace vonggac::ingest
