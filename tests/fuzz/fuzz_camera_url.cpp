/// Camera addresses and the camera list: nothing secret may survive in what people see, and what is accepted must be
/// something a request line can carry.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "core/camera_file.h"
#include "core/camera_url.h"
#include "core/network_allow_list.h"
#include "core/schedule_text.h"

namespace {

using namespace vonggac;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_url(std::string_view text) {
  const base::Result<core::CameraUrl> url = core::strip_credentials(text);
  if (!url) return;
  check(url->display_url.rfind("rtsp://", 0) == 0 && url->display_url.find('@') == std::string::npos);
  check(url->where.port != 0 && !url->where.host.empty() && url->where.host.size() <= 253);
  const std::string& request = url->request_url.reveal();
  for (const char c : request) check(static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f);
  for (const char c : url->password.reveal()) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  check(url->username.find(':') == std::string::npos);
  // The request never carries userinfo: the host follows the scheme at once.
  check(request.rfind("rtsp://" + core::to_string(url->where), 0) == 0);
  const base::Result<core::CameraUrl> again = core::strip_credentials(url->display_url);
  check(again.has_value() && again->display_url == url->display_url);
  check(core::to_string(again->where) == core::to_string(url->where));
}

void check_schedule(std::string_view text) {
  const base::Result<record::WeeklySchedule> schedule = core::parse_schedule(text, record::RecordMode::kOff);
  if (!schedule) return;
  for (const record::RecordMode mode : *schedule) check(mode <= record::RecordMode::kContinuous);
}

void check_camera_file(std::string_view text) {
  const base::Result<std::vector<core::CameraConfig>> cameras = core::cameras_from_text(text, "cameras.json");
  if (!cameras) return;
  check(core::cameras_from_text(core::cameras_to_text(*cameras), "again").has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = base::as_text({data + 1, size - 1});
  switch (data[0]) {
    case 's':
      check_schedule(text);
      break;
    case 'f':
      check_camera_file(text);
      break;
    case 'n':
      (void)core::NetworkAllowList::parse({std::string(text)});
      break;
    default:
      check_url(text);
      break;
  }
  return 0;
}
