/// The camera's end of a socket pair for tests of Stream and IngestShard: answers requests from a CameraScript and
/// sends H.264 in '$' frames. Nothing waits: the test says when the camera reads.
#pragma once

#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "support/rtp_packets.h"
#include "support/rtsp_script.h"

namespace vonggac::test {

class SocketCamera {
 public:
  enum class Link {
    kPair,
    kTcp
  };  ///< kTcp: over loopback, the recorder's end with kernel timestamps as core sets them
  explicit SocketCamera(CameraScript script = {}, Link link = Link::kPair) : script_(std::move(script)) {
    if (link == Link::kTcp) {
      connect_tcp();
      return;
    }
    int pair[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) return;
    camera_.reset(pair[0]);
    recorder_.reset(pair[1]);
  }

  base::UniqueFd take_recorder_end() { return std::move(recorder_); }
  void hang_up() { camera_.reset(); }
  /// For so many bytes on their way to the recorder (as root; else the system's limit applies).
  bool make_room(int bytes) {
    return setsockopt(camera_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0 ||
           setsockopt(camera_.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) == 0;
  }
  /// Reads what the recorder sent and answers it.
  void serve() {
    char buffer[16384];
    for (ssize_t n = 0; (n = recv(camera_.get(), buffer, sizeof buffer, MSG_DONTWAIT)) > 0;) {
      inbox_.append(buffer, static_cast<std::size_t>(n));
    }
    while (!inbox_.empty()) {
      if (inbox_[0] == '$') {
        if (inbox_.size() < 4) return;
        const std::size_t size = 4 + (static_cast<std::size_t>(static_cast<unsigned char>(inbox_[2])) << 8) +
                                 static_cast<unsigned char>(inbox_[3]);
        frames.push_back(inbox_.substr(0, size));
        inbox_.erase(0, size);
        continue;
      }
      const std::size_t end = inbox_.find("\r\n\r\n");
      if (end == std::string::npos) return;
      answer(inbox_.substr(0, end + 4));
      inbox_.erase(0, end + 4);
    }
  }
  void say(const std::string& text) { (void)!::send(camera_.get(), text.data(), text.size(), MSG_NOSIGNAL); }
  /// One picture of `bytes` bytes in one packet, 40 ms of media time after the one before. False: the socket is full.
  bool send_picture(bool key, std::size_t bytes = 200) {
    fields_.marker = false;
    std::string out;
    if (key) {
      append(out, testing::h264::sps());
      append(out, testing::h264::pps());
    }
    fields_.marker = true;
    append(out, testing::h264::slice(key, true, bytes));
    fields_.timestamp += 3600;
    const ssize_t n = ::send(camera_.get(), out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return n == static_cast<ssize_t>(out.size());
  }
  /// A packet of the stream's type out of which no picture can be made: the middle of a fragment that never began.
  void send_noise_packet() {
    std::string out;
    fields_.marker = false;
    append(out, testing::join({testing::bytes_of({0x7C, 0x01}), testing::filling(100)}));
    say(out);
  }
  std::size_t count(const std::string& method) const {
    std::size_t n = 0;
    for (const std::string& request : requests) n += request.rfind(method + " ", 0) == 0 ? 1 : 0;
    return n;
  }
  bool closed_by_recorder() {
    char byte = 0;
    return recv(camera_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
  }

  std::vector<std::string> requests;
  std::vector<std::string> frames;

 private:
  void connect_tcp() {
    const base::UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener.get(), name, length) != 0 || listen(listener.get(), 1) != 0) return;
    if (getsockname(listener.get(), name, &length) != 0) return;
    recorder_.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int one = 1;
    setsockopt(recorder_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    if (connect(recorder_.get(), name, length) != 0) return;
    camera_.reset(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    setsockopt(camera_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(recorder_.get(), F_SETFL, O_NONBLOCK);
  }
  void append(std::string& out, const base::Bytes& payload) {
    const base::Bytes packet = testing::rtp(fields_, payload);
    ++fields_.sequence;
    out += '$';
    out += '\0';
    out += static_cast<char>(packet.size() >> 8);
    out += static_cast<char>(packet.size() & 0xFF);
    out.append(packet.begin(), packet.end());
  }
  void answer(const std::string& text) {
    requests.push_back(text);
    const auto script = script_.answers.find(text.substr(0, text.find(' ')));
    if (script == script_.answers.end() || script->second.empty()) return;
    std::string reply = script->second.front();
    if (script->second.size() > 1) script->second.pop_front();
    const auto parsed = ingest::parse_head(text);
    const std::string* cseq = parsed ? parsed->find("CSeq") : nullptr;
    reply = replaced(reply, "{cseq}", cseq == nullptr ? "" : *cseq);
    reply = replaced(reply, "{length}", std::to_string(script_.sdp.size()));
    say(replaced(reply, "{sdp}", script_.sdp));
  }

  CameraScript script_;
  base::UniqueFd camera_;
  base::UniqueFd recorder_;
  std::string inbox_;
  testing::RtpFields fields_;
};

}  // namespace vonggac::test
