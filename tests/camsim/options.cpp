#include "camsim/options.h"

#include <charconv>

#include <arpa/inet.h>

namespace vonggac::camsim {
namespace {

base::Result<std::int64_t> to_number(const std::string& text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || value < low || value > high) {
    return base::invalid_argument("'" + text + "' is not a number from " + std::to_string(low) + " to " +
                                  std::to_string(high));
  }
  return value;
}

base::Status set_listen(Options& options, const std::string& value) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos) return base::invalid_argument("--listen wants ADDRESS:PORT");
  if (inet_pton(AF_INET, value.substr(0, colon).c_str(), &options.listen_address) != 1) {
    return base::invalid_argument("--listen wants an IPv4 address, not '" + value.substr(0, colon) + "'");
  }
  VG_ASSIGN(const std::int64_t port, to_number(value.substr(colon + 1), 0, 65535));
  options.listen_port = static_cast<std::uint16_t>(port);
  return {};
}

base::Status add_camera(Options& options, const std::string& value) {
  const std::size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0)
    return base::invalid_argument("--camera wants NAME=main.mp4[,sub.mp4]");
  CameraFiles files;
  files.name = value.substr(0, equals);
  if (files.name.find('/') != std::string::npos) return base::invalid_argument("a camera's name has no '/'");
  for (const CameraFiles& other : options.cameras) {
    if (other.name == files.name) return base::invalid_argument("camera '" + files.name + "' is there twice");
  }
  const std::string rest = value.substr(equals + 1);
  const std::size_t comma = rest.find(',');
  files.main = rest.substr(0, comma);
  if (comma != std::string::npos) files.sub = rest.substr(comma + 1);
  if (files.main.empty()) return base::invalid_argument("camera '" + files.name + "' has no file");
  options.cameras.push_back(std::move(files));
  return {};
}

base::Status set_transport(Options& options, const std::string& value) {
  if (value != "tcp" && value != "udp" && value != "both")
    return base::invalid_argument("--transport is tcp, udp or both");
  options.allow_tcp = value != "udp";
  options.allow_udp = value != "tcp";
  return {};
}

base::Status set_text_option(Options& options, const std::string& name, const std::string& value) {
  if (name == "--listen") return set_listen(options, value);
  if (name == "--camera") return add_camera(options, value);
  if (name == "--transport") return set_transport(options, value);
  if (name == "--control") {
    options.control_path = value;
  } else if (name == "--user") {
    options.credentials.user = value;
  } else if (name == "--password") {
    options.credentials.password = value;
  } else if (name == "--auth") {
    const auto scheme = parse_auth_scheme(value);
    if (!scheme) return base::invalid_argument("--auth is none, basic, digest, digest-sha256 or both");
    options.auth = *scheme;
  } else if (name == "--join") {
    if (value != "key" && value != "now") return base::invalid_argument("--join is key or now");
    options.initial.join_at_key = value == "key";
  } else if (name == "--quirk") {
    const auto quirk = parse_quirk(value);
    if (!quirk) return base::invalid_argument("unknown quirk '" + value + "'");
    options.initial.quirks.set(static_cast<std::size_t>(*quirk));
  } else {
    return base::not_found(name);
  }
  return {};
}

base::Status set_number_option(Options& options, const std::string& name, const std::string& value) {
  if (name == "--repeat") {
    VG_ASSIGN(const std::int64_t count, to_number(value, 1, 10'000));
    options.repeat = static_cast<int>(count);
  } else if (name == "--seed") {
    VG_ASSIGN(const std::int64_t seed, to_number(value, 0, INT64_MAX));
    options.seed = static_cast<std::uint64_t>(seed);
  } else if (name == "--max-payload") {
    VG_ASSIGN(const std::int64_t bytes, to_number(value, 64, 65'000));
    options.max_payload_bytes = static_cast<std::size_t>(bytes);
  } else if (name == "--clock-offset-ms") {
    VG_ASSIGN(const std::int64_t offset_ms, to_number(value, -1'000'000'000'000, 1'000'000'000'000));
    options.initial.clock_offset_us = offset_ms * 1000;
  } else if (name == "--session-timeout") {
    VG_ASSIGN(const std::int64_t timeout_s, to_number(value, 1, 3600));
    options.initial.session_timeout_s = static_cast<int>(timeout_s);
  } else {
    return base::invalid_argument("unknown option '" + name + "'");
  }
  return {};
}

}  // namespace

std::string_view usage_text() {
  return R"(camsim: plays MP4 files as RTSP cameras
  --camera NAME=main.mp4[,sub.mp4]   a camera (more than one allowed)
  --repeat N               cam0 to cam(N-1) from the first pair, each elsewhere in the clip
  --listen ADDRESS:PORT    default 127.0.0.1:8554; port 0 picks one
  --control PATH           Unix socket for the fault verbs
  --auth none|basic|digest|digest-sha256|both   default: digest if --user is given
  --user U --password P
  --transport tcp|udp|both default both
  --join key|now           a session starts at the next key frame (default) or at once
  --clock-offset-ms N      the cameras' clocks, against this machine's
  --session-timeout S      default 60
  --max-payload BYTES      of an RTP packet, default 1400
  --quirk NAME             a deviation of real cameras (more than one allowed)
  --seed N                 of everything random, default 1
camsim --ask CONTROL_SOCKET JSON: sends one command to a running camsim, prints its reply; exit code 1 if refused
)";
}

base::Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  options.listen_address.s_addr = htonl(INADDR_LOOPBACK);
  bool auth_given = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--help") {
      options.help = true;
      return options;
    }
    if (i + 1 == arguments.size()) return base::invalid_argument("'" + name + "' wants a value or is unknown");
    const std::string& value = arguments[++i];
    auth_given = auth_given || name == "--auth";
    base::Status status = set_text_option(options, name, value);
    if (status.kind() == base::ErrorKind::kNotFound) status = set_number_option(options, name, value);
    VG_TRY(status);
  }
  if (options.cameras.empty()) return base::invalid_argument("no --camera given");
  if (!auth_given && !options.credentials.user.empty()) options.auth = AuthScheme::kDigest;
  if (options.auth != AuthScheme::kNone && options.credentials.user.empty()) {
    return base::invalid_argument("--auth wants --user and --password");
  }
  return options;
}

}  // namespace vonggac::camsim
