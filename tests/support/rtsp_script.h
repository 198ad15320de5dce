/// A camera on paper: answers each request of an RtspSession from a script, without sockets and clocks.
/// In the answers {cseq}, {length} and {sdp} are filled in. A method without an answer stays unanswered.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/rtsp_session.h"

namespace vonggac::test {

inline std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

inline const std::string kPlainSdp =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=cam\r\nt=0 0\r\na=control:*\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:trackID=1\r\n"
    "m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\n";

/// Header lines and the empty line; "Content-Base" as most cameras send it.
inline std::string describe_answer(const std::string& headers) {
  return "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n" + headers + "Content-Length: {length}\r\n\r\n{sdp}";
}

struct CameraScript {
  std::string url = "rtsp://10.0.0.2:554/live";
  std::string username = "viewer";
  std::string password = "secret";
  ipc::Transport transport = ipc::Transport::kTcp;
  bool want_audio = false;
  std::string sdp = kPlainSdp;
  /// Per method; the last answer of a list is used again and again.
  std::map<std::string, std::deque<std::string>> answers = {
      {"OPTIONS",
       {"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n\r\n"}},
      {"DESCRIBE", {describe_answer("Content-Type: application/sdp\r\nContent-Base: rtsp://10.0.0.2:554/live/\r\n")}},
      {"SETUP",
       {"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: "
        "1A2B;timeout=60\r\n\r\n",
        "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nTransport: RTP/AVP/TCP;unicast;interleaved=2-3\r\nSession: "
        "1A2B;timeout=60\r\n\r\n"}},
      {"PLAY", {"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nSession: 1A2B\r\nRTP-Info: url=trackID=1;seq=1;rtptime=0\r\n\r\n"}},
      {"GET_PARAMETER", {"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n\r\n"}},
  };
};

struct SeenRequest {
  std::string method;
  std::string url;
  std::string text;  ///< whole head
  std::string header(const std::string& name) const {
    const auto parsed = ingest::parse_head(text);
    const std::string* value = parsed ? parsed->find(name) : nullptr;
    return value == nullptr ? std::string() : *value;
  }
};

struct SeenPacket {
  std::size_t track = 0;
  bool rtcp = false;
  base::Bytes bytes;
};

class RtspScript final : public ingest::PacketSink {
 public:
  explicit RtspScript(CameraScript camera)
      : camera_(std::move(camera)),
        session(config(camera_),
                ingest::Authenticator(camera_.username, base::Secret(camera_.password),
                                      [] { return std::string("0a4f113b"); }),
                *this) {}

  /// start() and answers until neither side has anything to say.
  void play() {
    session.start(now);
    pump();
  }
  /// Lets the camera answer everything that was sent.
  void pump() {
    for (int rounds = 0; rounds < 64; ++rounds) {
      collect();
      if (unanswered_.empty()) return;
      const SeenRequest request = unanswered_.front();
      unanswered_.pop_front();
      const auto script = camera_.answers.find(request.method);
      if (script == camera_.answers.end() || script->second.empty()) continue;
      std::string answer = script->second.front();
      if (script->second.size() > 1) script->second.pop_front();
      say(filled(answer, request));
    }
  }
  /// The camera speaks.
  void say(const std::string& bytes) {
    session.on_bytes(base::as_bytes(bytes), now);
    collect();
  }
  void say(const base::Bytes& bytes) {
    session.on_bytes(bytes, now);
    collect();
  }
  /// Time passes, with all timers on the way.
  void wait(base::Micros duration) {
    const base::MonoTime end = now + duration;
    while (!session.ended() && session.next_deadline() <= end) {
      now = std::max(now, session.next_deadline());
      session.on_timer(now);
      pump();
    }
    now = end;
    collect();
  }

  const SeenRequest* last(const std::string& method) const {
    for (auto at = requests.rbegin(); at != requests.rend(); ++at) {
      if (at->method == method) return &*at;
    }
    return nullptr;
  }
  std::string url_of(const std::string& method) const {
    const SeenRequest* request = last(method);
    return request == nullptr ? "(none)" : request->url;
  }
  std::size_t count(const std::string& method) const {
    std::size_t n = 0;
    for (const SeenRequest& request : requests) n += request.method == method ? 1 : 0;
    return n;
  }
  const ingest::SessionEnd* end() const {
    for (const ingest::SessionEvent& event : events) {
      if (const auto* found = std::get_if<ingest::SessionEnd>(&event)) return found;
    }
    return nullptr;
  }
  template <typename Event>
  bool saw() const {
    for (const ingest::SessionEvent& event : events) {
      if (std::holds_alternative<Event>(event)) return true;
    }
    return false;
  }

  base::Status on_track(std::size_t, const ingest::TrackDescription& description) override {
    tracks.push_back(description);
    return refuse_tracks ? base::invalid_argument("no") : base::Status();
  }
  void on_rtp(std::size_t track, base::ByteSpan packet) override {
    packets.push_back({track, false, base::Bytes(packet.begin(), packet.end())});
  }
  void on_rtcp(std::size_t track, base::ByteSpan packet) override {
    packets.push_back({track, true, base::Bytes(packet.begin(), packet.end())});
  }

  base::MonoTime now{1'000'000};
  bool refuse_tracks = false;
  std::vector<SeenRequest> requests;
  std::vector<SeenPacket> packets;
  std::vector<ingest::TrackDescription> tracks;
  std::vector<ingest::SessionEvent> events;
  base::Bytes sent_frames;  ///< '$' frames of ours

 private:
  CameraScript camera_;

 public:
  ingest::RtspSession session;

 private:
  static ingest::SessionConfig config(const CameraScript& camera) {
    ingest::SessionConfig config;
    config.url = ingest::parse_rtsp_url(camera.url).value();
    config.transport = camera.transport;
    config.want_audio = camera.want_audio;
    return config;
  }
  std::string filled(std::string answer, const SeenRequest& request) const {
    answer = replaced(std::move(answer), "{cseq}", request.header("CSeq"));
    answer = replaced(std::move(answer), "{length}", std::to_string(camera_.sdp.size()));
    return replaced(std::move(answer), "{sdp}", camera_.sdp);
  }
  void collect() {
    session.take_events(events);
    base::Bytes out;
    session.take_output(out);
    std::string text(base::as_text(out));
    while (!text.empty()) {
      if (text[0] == '$') {
        const std::size_t size = 4 + (static_cast<std::size_t>(static_cast<unsigned char>(text[2])) << 8) +
                                 static_cast<unsigned char>(text[3]);
        sent_frames.insert(sent_frames.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
        text.erase(0, size);
        continue;
      }
      const std::size_t end = text.find("\r\n\r\n") + 4;
      SeenRequest request;
      request.text = text.substr(0, end);
      request.method = request.text.substr(0, request.text.find(' '));
      const std::size_t url = request.method.size() + 1;
      request.url = request.text.substr(url, request.text.find(' ', url) - url);
      text.erase(0, end);
      requests.push_back(request);
      if (request.method != "RTSP/1.0") unanswered_.push_back(request);
    }
  }

  std::deque<SeenRequest> unanswered_;
};

/// A '$' frame around an RTP packet with `payload_bytes` bytes of payload.
inline base::Bytes rtp_frame(std::uint8_t channel, std::uint8_t payload_type, std::uint16_t sequence,
                             std::size_t payload_bytes = 20) {
  base::Bytes bytes;
  base::ByteWriter writer(bytes);
  writer.u8('$');
  writer.u8(channel);
  writer.u16(static_cast<std::uint16_t>(12 + payload_bytes));
  writer.u8(0x80);
  writer.u8(payload_type);
  writer.u16(sequence);
  writer.u32(sequence * 3000U);
  writer.u32(0x11223344);
  for (std::size_t i = 0; i < payload_bytes; ++i) writer.u8(static_cast<std::uint8_t>(0x41 + i % 7));
  return bytes;
}

}  // namespace vonggac::test
