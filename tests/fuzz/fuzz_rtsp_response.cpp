/// What a camera may send on its RTSP connection. The first byte says how far a well-behaved camera had come before,
/// the second how the rest is cut into reads. Links vonggac_ingest.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "support/rtsp_script.h"

namespace {

using namespace vonggac;

/// Answers the first `steps` requests like an ordinary camera.
void advance(test::RtspScript& camera, int steps) {
  camera.session.start(camera.now);
  const std::string sdp =
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n"
      "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:2\r\n";
  const std::string answers[] = {
      "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, GET_PARAMETER\r\n\r\n",
      "RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n\r\n",
      "RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: " + std::to_string(sdp.size()) + "\r\n\r\n" + sdp,
      "RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 1;timeout=5\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n",
      "RTSP/1.0 200 OK\r\nCSeq: 5\r\nSession: 1\r\nTransport: RTP/AVP/TCP;interleaved=2-3\r\n\r\n",
      "RTSP/1.0 200 OK\r\nCSeq: 6\r\nSession: 1\r\n\r\n",
  };
  for (int i = 0; i < steps; ++i) camera.say(answers[i]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  test::CameraScript script;
  script.answers.clear();
  script.want_audio = true;
  script.transport = (data[0] & 0x80) != 0 ? ipc::Transport::kUdp : ipc::Transport::kTcp;
  test::RtspScript camera{script};
  advance(camera, data[0] % 7);
  const std::size_t chunk = std::max<std::size_t>(1 + data[1] * 3U, size / 64);  // at most 64 reads
  for (std::size_t at = 2; at < size; at += chunk) {
    const std::size_t n = std::min(chunk, size - at);
    camera.session.on_bytes({data + at, n}, camera.now);
    camera.wait(base::Micros(data[1] * 1000));
    camera.session.udp_ports(0, 5000, 5001, camera.now);
    camera.packets.clear();
  }
  camera.wait(base::Micros(40'000'000));
  // Without media every session is over by now, with one end or none (a Reconnect).
  if (!camera.session.ended()) std::abort();
  for (const test::SeenRequest& request : camera.requests) {
    if (request.method == "RTSP/1.0") continue;
    const auto url = ingest::parse_rtsp_url(request.url);
    if (!url || url->host != "10.0.0.2" || url->port != 554) std::abort();  // CAM-14
  }
  return 0;
}
