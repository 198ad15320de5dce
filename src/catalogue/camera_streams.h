/// Streams of a camera as they were found: address without credentials, codec, size, measured distance of key frames,
/// skew of the clock. Credentials live in the recorder's vault only (V29).
/// Flow     probe or form -> put_stream -> camera_stream
/// Threads  within a transaction of room store.
/// Errors   Problems: V29 (refused), V30 (warning); kNotFound: no such camera.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::catalogue {

struct StreamFacts {
  std::string role = "CHINH", transport = "TU_DONG";  ///< codes
  std::string template_id;                            ///< vendor template it was made from, or empty
  std::string codec;
  std::int64_t width = 0, height = 0;
  double fps = 0;
  std::optional<std::int64_t> gop_ms;   ///< measured, not as set
  std::optional<std::int64_t> skew_ms;  ///< clock of the camera minus ours
  std::string display_url;
  std::optional<base::WallTime> measured_at;
};

base::Status put_stream(store::WriteSession& session, const base::CameraId& camera, const StreamFacts& stream,
                        Problems& problems);
base::Status drop_stream(store::WriteSession& session, const base::CameraId& camera, std::string_view role);
base::Result<std::vector<StreamFacts>> streams_of(store::Reader& session, const base::CameraId& camera);

/// V29: an address that is kept and shown holds no user, password or key, neither before the host nor in the path.
bool url_has_credentials(std::string_view url);
/// "host:port/path" in one form, to compare; empty for what is no address of a stream.
std::string stream_endpoint(std::string_view url);

/// V30: more than 2 s off is said; more than 30 s blocks an export until somebody has noted it.
struct SkewVerdict {
  bool warns = false, blocks_export = false;
};
SkewVerdict judge_skew(std::optional<std::int64_t> skew_ms, bool noted);
void say_skew(std::optional<std::int64_t> skew_ms, bool noted, bool for_export, Problems& problems);

}  // namespace vonggac::catalogue
