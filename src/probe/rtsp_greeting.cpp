#include "probe/rtsp_greeting.h"

#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

#include "ingest/rtsp_demuxer.h"
#include "onvif/xml_document.h"

namespace vonggac::probe {
namespace {

class Greeting final : public ingest::RtspDemuxer::Handler {
 public:
  void on_frame(std::uint8_t, base::ByteSpan) override {}
  void on_message(ingest::RtspMessage message) override {
    if (const std::string* server = message.find("Server")) text = onvif::clean_text(*server, 128);
    for (const std::string& challenge : message.all("WWW-Authenticate")) {
      text += (text.empty() ? "" : "; ") + onvif::clean_text(realm_of(challenge), 64);
    }
    answered = true;
  }
  std::string text;
  bool answered = false;

 private:
  static std::string_view realm_of(std::string_view challenge) {
    const std::size_t at = challenge.find("realm=\"");
    if (at == std::string_view::npos) return {};
    challenge.remove_prefix(at + 7);
    return challenge.substr(0, challenge.find('"'));
  }
};

}  // namespace

base::Result<std::string> greet_rtsp(CoreLine& line, const ProbeTask& task, std::uint16_t port,
                                     base::MonoTime deadline) {
  base::Result<base::UniqueFd> socket = line.connect(port, deadline);
  if (!socket) {
    const bool stop =
        socket.error().kind() == base::ErrorKind::kCancelled || socket.error().kind() == base::ErrorKind::kOutOfRange;
    return stop ? base::Result<std::string>(socket.error()) : std::string();
  }
  base::Bytes request;
  ingest::write_request({"DESCRIBE", task.rtsp_url(port, "/"), 1, "", "", {{"Accept", "application/sdp"}}}, request);
  if (send(socket->get(), request.data(), request.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return std::string();
  Greeting greeting;
  ingest::RtspDemuxer demuxer(greeting);
  std::array<std::uint8_t, 4096> buffer;
  while (!greeting.answered && wait_for(socket->get(), POLLIN, line.clock(), deadline)) {
    const ssize_t n = recv(socket->get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n <= 0) break;
    const base::ByteSpan bytes(buffer.data(), static_cast<std::size_t>(n));
    if (demuxer.feed(bytes) != ingest::RtspDemuxer::Fault::kNone) break;
  }
  return greeting.text;
}

}  // namespace vonggac::probe
