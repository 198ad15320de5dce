#include "catalogue/camera_streams.h"

#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "catalogue/camera_rows.h"
#include "catalogue/code_lists.h"
#include "catalogue/form_checks.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kSkewWarnsMs = 2'000, kSkewBlocksMs = 30'000, kLongGopMs = 10'000;

struct UrlParts {
  std::string scheme, authority, rest;
};

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<UrlParts> split_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::size_t begin = colon + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  if (end == begin) return std::nullopt;
  return UrlParts{lower_ascii(url.substr(0, colon)), std::string(url.substr(begin, end - begin)),
                  std::string(url.substr(end))};
}

/// "%40" is an '@' like any other.
std::string without_percents(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      if (at >= text.size()) return -1;
      const char c = lower_ascii(text.substr(at, 1))[0];
      return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    if (text[i] == '%' && digit(i + 1) >= 0 && digit(i + 2) >= 0) {
      plain += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

constexpr std::array<std::string_view, 14> kSecretNames{"user", "usr",    "username", "password", "passwd",
                                                        "pass", "pwd",    "auth",     "token",    "secret",
                                                        "key",  "apikey", "login",    "loginpas"};

std::optional<std::string> default_port(std::string_view scheme) {
  if (scheme == "rtsp") return "554";
  if (scheme == "rtsps") return "322";
  if (scheme == "http") return "80";
  if (scheme == "https") return "443";
  if (scheme == "rtmp") return "1935";
  return std::nullopt;
}

void check_stream(const StreamFacts& stream, Problems& problems) {
  check_choice(stream_roles(), stream.role, "role", false, problems);
  check_choice(stream_transports(), stream.transport, "transport", false, problems);
  check_whole_number("width", stream.width, 0, 16'384, problems);
  check_whole_number("height", stream.height, 0, 16'384, problems);
  check_real_number("fps", stream.fps, 0, 240, problems);
  check_whole_number("gop_ms", stream.gop_ms, 0, 3'600'000, problems);
  if (url_has_credentials(stream.display_url)) {
    problems.refuse("V29", "display_url",
                    "Địa chỉ luồng không được chứa tên đăng nhập hoặc mật khẩu: nhập vào ô riêng.",
                    "The address must not contain a user or password: they go into their own fields.");
  } else if (!stream.display_url.empty() && stream_endpoint(stream.display_url).empty()) {
    problems.refuse("", "display_url", "Địa chỉ luồng phải có dạng rtsp://máy:cổng/đường-dẫn.",
                    "The address must look like rtsp://host:port/path.");
  }
  if (stream.gop_ms && *stream.gop_ms > kLongGopMs) {
    problems.warn(
        "", "gop_ms",
        fmt::format("Khung hình khóa cách nhau {} giây: tắt H.264+/H.265+ trên camera.", *stream.gop_ms / 1000),
        fmt::format("Key frames are {} seconds apart: switch H.264+/H.265+ off.", *stream.gop_ms / 1000));
  }
  say_skew(stream.skew_ms, false, false, problems);
}

}  // namespace

bool url_has_credentials(std::string_view url) {
  const std::optional<UrlParts> parts = split_url(url);
  const std::string authority = without_percents(parts ? parts->authority : std::string(url));
  if (authority.find('@') != std::string::npos) return true;
  std::string rest = lower_ascii(without_percents(parts ? parts->rest : std::string()));
  // user=U&password=P stands in the path of some makers: names are looked for wherever an '=' follows.
  for (std::size_t at = rest.find('='); at != std::string::npos; at = rest.find('=', at + 1)) {
    const std::size_t begin = rest.find_last_of("/?&;_-.,!", at == 0 ? 0 : at - 1);
    const std::size_t first = begin == std::string::npos || begin >= at ? 0 : begin + 1;
    const std::string name = rest.substr(first, at - first);
    for (const std::string_view secret : kSecretNames) {
      if (name == secret) return true;
    }
  }
  return false;
}

std::string stream_endpoint(std::string_view url) {
  const std::optional<UrlParts> parts = split_url(url);
  if (!parts) return {};
  const std::optional<std::string> port = default_port(parts->scheme);
  if (!port) return {};
  std::string host = lower_ascii(parts->authority.substr(parts->authority.rfind('@') + 1));
  const std::size_t bracket = host.find(']');
  const bool has_port = host.find(':', bracket == std::string::npos ? 0 : bracket) != std::string::npos;
  if (!has_port) host += ":" + *port;
  return host + (parts->rest.empty() ? std::string("/") : parts->rest);
}

SkewVerdict judge_skew(std::optional<std::int64_t> skew_ms, bool noted) {
  const std::int64_t off = skew_ms ? std::llabs(*skew_ms) : 0;
  return {off > kSkewWarnsMs, off > kSkewBlocksMs && !noted};
}

void say_skew(std::optional<std::int64_t> skew_ms, bool noted, bool for_export, Problems& problems) {
  const SkewVerdict verdict = judge_skew(skew_ms, noted);
  if (!verdict.warns) return;
  const double seconds = static_cast<double>(*skew_ms) / 1000;
  std::string vi = fmt::format("Đồng hồ camera lệch {:+.1f} giây.", seconds);
  std::string en = fmt::format("The camera's clock is off by {:+.1f} seconds.", seconds);
  if (for_export && verdict.blocks_export) {
    problems.refuse("V30", "skew_ms", vi + " Ghi nhận độ lệch vào biên bản trước khi trích xuất.",
                    en + " Note it in the minutes before the export.");
  } else {
    problems.warn("V30", "skew_ms", std::move(vi), std::move(en));
  }
}

base::Status put_stream(store::WriteSession& session, const base::CameraId& camera, const StreamFacts& stream,
                        Problems& problems) {
  VG_ASSIGN(const Camera known, camera_must_be_there(session, camera));
  const std::string codec = typed_line("codec", stream.codec, 0, 40, problems);
  const std::string maker = typed_line("template", stream.template_id, 0, 80, problems);
  const std::string url = typed_line("display_url", stream.display_url, 0, 400, problems);
  check_stream(stream, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(session.run_later("delete from camera_stream where camera = $1 and role = $2", {camera, stream.role}));
  VG_TRY(insert_row(session, "camera_stream",
                    {{"camera", camera},
                     {"role", stream.role},
                     {"template", maker},
                     {"transport", stream.transport},
                     {"codec", codec},
                     {"width", stream.width},
                     {"height", stream.height},
                     {"fps", stream.fps},
                     {"gop_ms", stream.gop_ms},
                     {"skew_ms", stream.skew_ms},
                     {"display_url", url},
                     {"endpoint", text_or_null(stream_endpoint(url))},
                     {"measured_at_us", stream.measured_at}}));
  return session.tell("camera.stream", camera, json_object({{"code", known.code}, {"role", stream.role}}));
}

base::Status drop_stream(store::WriteSession& session, const base::CameraId& camera, std::string_view role) {
  VG_ASSIGN(const std::int64_t gone,
            session.run("delete from camera_stream where camera = $1 and role = $2", {camera, role}));
  if (gone == 0) return base::not_found("the camera has no such stream");
  return session.tell("camera.stream", camera, json_object({{"role", role}}));
}

base::Result<std::vector<StreamFacts>> streams_of(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select role, transport, template, codec, width, height, fps, gop_ms, skew_ms, display_url, "
                          "measured_at_us from camera_stream where camera = $1 order by role",
                          {camera}));
  std::vector<StreamFacts> streams;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    streams.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4), row.integer(5), row.real(6),
                       row.maybe_integer(7), row.maybe_integer(8), row.text(9), row.maybe_time(10)});
  }
  return streams;
}

}  // namespace vonggac::catalogue
