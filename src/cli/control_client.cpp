#include "cli/control_client.h"

#include <cerrno>
#include <cstdio>
#include <variant>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

base::Status no_service(const std::string& data_dir) {
  return base::unavailable("no service runs on " + data_dir + ". Start it with: vonggac serve --data " + data_dir);
}

base::Result<json::object> unwrap(const std::string& text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  json::object* reply = error ? nullptr : value.if_object();
  const json::value* ok = reply != nullptr ? reply->if_contains("ok") : nullptr;
  if (ok == nullptr || !ok->is_bool()) return base::data_loss("the service gave an answer that cannot be read");
  if (ok->get_bool()) {
    reply->erase("ok");
    return std::move(*reply);
  }
  base::ErrorKind kind = base::ErrorKind::kInternal;
  std::string message = "the service refused without a reason";
  if (const json::value* failure = reply->if_contains("error"); failure != nullptr && failure->is_object()) {
    const json::object& object = failure->get_object();
    if (const json::value* name = object.if_contains("kind"); name != nullptr && name->is_string()) {
      kind = error_kind_from_name(name->get_string());
    }
    if (const json::value* said = object.if_contains("message"); said != nullptr && said->is_string()) {
      message = std::string(said->get_string());
    }
  }
  return base::Status(kind, message);
}

}  // namespace

base::ErrorKind error_kind_from_name(std::string_view name) {
  using K = base::ErrorKind;
  for (const K kind : {K::kInvalidArgument, K::kNotFound, K::kPermissionDenied, K::kUnavailable, K::kTimedOut,
                       K::kNoSpace, K::kDataLoss, K::kOutOfRange, K::kCancelled}) {
    if (name == base::error_kind_name(kind)) return kind;
  }
  return K::kInternal;
}

base::Result<std::unique_ptr<ControlClient>> ControlClient::connect(const std::string& data_dir) {
  const std::string run_dir = data_dir + "/run";
  const base::UniqueFd folder(::open(run_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) {
    if (errno == ENOENT) return no_service(data_dir);
    return base::from_errno(errno, "open " + run_dir);
  }
  base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return base::from_errno(errno, "make a socket");
  // Through the descriptor the address is short, however long the path of the data directory is.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control.sock", folder.get());
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return no_service(data_dir);
    return base::from_errno(errno, "connect to " + run_dir + "/control.sock");
  }
  return std::unique_ptr<ControlClient>(new ControlClient(std::move(socket)));
}

base::Status ControlClient::wait(short events, std::int64_t until_us) {
  const base::SystemClock clock;
  while (true) {
    const std::int64_t left_ms = (until_us - clock.mono_now().us) / 1000;
    if (left_ms <= 0) return base::timed_out("the service does not answer");
    pollfd entry{channel_.fd(), events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(left_ms));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return base::from_errno(errno, "wait for the service");
  }
}

base::Result<std::string> ControlClient::reply_text(std::uint32_t id, std::int64_t until_us) {
  while (true) {
    VG_TRY(wait(POLLIN, until_us));
    base::Result<std::vector<ipc::Received>> received = channel_.receive();
    if (!received) {
      if (received.error().kind() == base::ErrorKind::kUnavailable) {
        return base::unavailable("the service ended the connection");
      }
      return received.error();
    }
    for (ipc::Received& entry : *received) {
      auto* reply = std::get_if<ipc::ControlReply>(&entry.message);
      if (reply != nullptr && reply->id == id) return std::move(reply->json);
    }
  }
}

base::Result<json::object> ControlClient::request(const json::object& question, int timeout_ms) {
  const std::int64_t until_us = base::SystemClock().mono_now().us + std::int64_t{timeout_ms} * 1000;
  const std::uint32_t id = next_id_++;
  VG_TRY(channel_.send(ipc::ControlRequest{id, json::serialize(question)}));
  while (channel_.wants_write()) {
    VG_TRY(wait(POLLOUT, until_us));
    VG_TRY(channel_.flush());
  }
  VG_ASSIGN(const std::string text, reply_text(id, until_us));
  return unwrap(text);
}

}  // namespace vonggac::cli
