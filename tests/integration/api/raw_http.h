/// A blocking TCP client that sends exactly the bytes it is given, so that tests can be as wrong as they like.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/unique_fd.h"

namespace vonggac::test {

class RawClient {
 public:
  static constexpr int kPatienceMs = 10'000;

  explicit RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  bool connected() const { return connected_; }
  int fd() const { return fd_.get(); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Reads until `size` bytes are buffered, the peer closes, or the time is over. True if they are there.
  bool read_at_least(std::size_t size, int timeout_ms = kPatienceMs) {
    while (buffer_.size() < size && fill(timeout_ms)) {
    }
    return buffer_.size() >= size;
  }
  /// Everything until the peer closes.
  std::string read_to_end(int timeout_ms = kPatienceMs) {
    while (fill(timeout_ms)) {
    }
    return std::exchange(buffer_, {});
  }
  bool closed() const { return closed_; }

  /// One answer: its head (up to and with the empty line) and the body that Content-Length announces.
  struct Answer {
    std::string head, body;
    int status() const { return head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0; }
    std::string header(std::string_view name) const {
      const std::size_t at = head.find(std::string("\r\n").append(name).append(": "));
      if (at == std::string::npos) return {};
      const std::size_t begin = at + 4 + name.size();
      return head.substr(begin, head.find("\r\n", begin) - begin);
    }
  };
  Answer read_answer(bool head_only = false) {
    Answer answer;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill(kPatienceMs)) return answer;
    }
    answer.head = buffer_.substr(0, end + 4);
    buffer_.erase(0, end + 4);
    const std::string length = answer.header("Content-Length");
    if (head_only || length.empty()) return answer;
    const std::size_t size = std::stoul(length);
    read_at_least(size);
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, answer.body.size());
    return answer;
  }
  std::string take(std::size_t size) {
    read_at_least(size);
    std::string out = buffer_.substr(0, size);
    buffer_.erase(0, out.size());
    return out;
  }

 private:
  bool fill(int timeout_ms) {
    pollfd wait{fd_.get(), POLLIN, 0};
    if (poll(&wait, 1, timeout_ms) <= 0) return false;
    char chunk[16384];
    const ssize_t n = recv(fd_.get(), chunk, sizeof chunk, 0);
    if (n <= 0) {
      closed_ = true;
      return false;
    }
    buffer_.append(chunk, static_cast<std::size_t>(n));
    return true;
  }

  base::UniqueFd fd_;
  bool connected_ = false;
  bool closed_ = false;
  std::string buffer_;
};

}  // namespace vonggac::test
