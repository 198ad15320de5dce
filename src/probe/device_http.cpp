#include "probe/device_http.h"

#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

namespace vonggac::probe {
namespace {

constexpr int kRounds = 4;  ///< plain, Digest, Digest with a fresh nonce, WS-Security

base::Status send_all(int socket, std::string_view text, const base::Clock& clock, base::MonoTime deadline) {
  while (!text.empty()) {
    const ssize_t n = send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EAGAIN && errno != EINTR) {
      return base::unavailable("the device closed the connection");
    } else if (!wait_for(socket, POLLOUT, clock, deadline)) {
      return base::timed_out("the device does not take the request");
    }
  }
  return {};
}

}  // namespace

DeviceHttp::DeviceHttp(CoreLine& line, const ProbeTask& task, PasswordBudget& budget, std::uint16_t port)
    : line_(line), task_(task), budget_(budget), port_(port), authenticator_(task.username, task.password) {}

base::Result<onvif::HttpReply> DeviceHttp::exchange_once(const std::string& text, base::MonoTime deadline) {
  VG_TRY(send_all(socket_.get(), text, line_.clock(), deadline));
  onvif::HttpReply reply;
  std::array<char, 16U << 10> buffer;
  while (!reply.done()) {
    if (!wait_for(socket_.get(), POLLIN, line_.clock(), deadline)) return base::timed_out("the device does not answer");
    line_.beat();
    const ssize_t n = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n <= 0) {
      socket_.reset();
      VG_TRY(reply.on_closed());
      break;
    }
    VG_TRY(reply.feed({buffer.data(), static_cast<std::size_t>(n)}));
  }
  if (!reply.keeps_alive()) socket_.reset();
  return reply;
}

/// A kept connection may have been closed meanwhile: then once more on a fresh one.
base::Result<onvif::HttpReply> DeviceHttp::exchange(const std::string& text, base::MonoTime deadline) {
  if (socket_.valid()) {
    base::Result<onvif::HttpReply> reply = exchange_once(text, deadline);
    if (reply || reply.error().kind() != base::ErrorKind::kUnavailable) return reply;
  }
  VG_ASSIGN(socket_, line_.connect(port_, deadline));
  base::Result<onvif::HttpReply> reply = exchange_once(text, deadline);
  if (!reply) socket_.reset();
  return reply;
}

std::string DeviceHttp::question(const std::string& target, const onvif::Request& request, bool& authorised) {
  std::optional<onvif::UsernameToken> token;
  const bool may = task_.has_password() && !refused_;
  if (use_token_ && may) {
    token = onvif::UsernameToken{task_.username, task_.password, onvif::random_nonce(),
                                 line_.clock().wall_now() + clock_offset_};
  }
  onvif::HttpQuestion question;
  question.host = fmt::format("{}:{}", task_.host, port_);
  question.target = target;
  question.content_type = onvif::soap_content_type(request.action);
  if (may && authenticator_.has_challenge()) question.authorization = authenticator_.authorization("POST", target);
  question.body = onvif::envelope(request.body, token ? &*token : nullptr);
  authorised = token.has_value() || !question.authorization.empty();
  return onvif::write_post(question);
}

DeviceHttp::Next DeviceHttp::after_challenge(const onvif::HttpReply& reply, bool authorised) {
  if (!task_.has_password() || refused_ || !budget_.may_try()) return Next::kGiveUp;
  switch (authenticator_.on_challenge(reply.all("www-authenticate"), authorised && authenticator_.has_challenge())) {
    case ingest::Authenticator::Verdict::kRetry:
      return Next::kAgain;
    case ingest::Authenticator::Verdict::kRefused:
      refused_ = true;
      budget_.note_refused();
      return Next::kGiveUp;
    case ingest::Authenticator::Verdict::kNoCredentials:
    case ingest::Authenticator::Verdict::kNoUsableScheme:
      break;
  }
  return after_refusal(authorised);
}

/// The device wants a login and names no HTTP scheme: the token of WS-Security.
DeviceHttp::Next DeviceHttp::after_refusal(bool authorised) {
  if (!task_.has_password() || refused_ || !budget_.may_try()) return Next::kGiveUp;
  if (!use_token_) {
    use_token_ = true;
    return Next::kAgain;
  }
  if (authorised) {
    refused_ = true;
    budget_.note_refused();
  }
  return Next::kGiveUp;
}

base::Result<onvif::SoapReply> DeviceHttp::call(const std::string& target, const onvif::Request& request,
                                                base::MonoTime deadline) {
  for (int round = 0; round < kRounds; ++round) {
    bool authorised = false;
    const std::string text = question(target, request, authorised);
    VG_ASSIGN(const onvif::HttpReply http, exchange(text, deadline));
    base::Result<onvif::SoapReply> reply = onvif::read_reply(http.status(), http.body());
    const bool denied = !reply && reply.error().kind() == base::ErrorKind::kPermissionDenied;
    if (!denied) {
      if (authorised && reply) {
        authenticator_.on_accepted();
        budget_.note_accepted();
      }
      return reply;
    }
    const bool challenged = http.status() == 401 && !http.all("www-authenticate").empty();
    const Next next = challenged ? after_challenge(http, authorised) : after_refusal(authorised);
    if (next != Next::kAgain) return reply;
  }
  return base::permission_denied("the device wants a user name and password");
}

}  // namespace vonggac::probe
