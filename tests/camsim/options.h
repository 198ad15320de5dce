/// The command line of camsim.
/// Errors   kInvalidArgument with a sentence for the user.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>

#include "base/result.h"
#include "camsim/auth.h"
#include "camsim/faults.h"

namespace vonggac::camsim {

struct CameraFiles {
  std::string name;
  std::string main;
  std::string sub;  ///< empty: no sub stream
};

struct Options {
  in_addr listen_address{};
  std::uint16_t listen_port = 8554;
  std::string control_path;  ///< empty: no control socket
  std::vector<CameraFiles> cameras;
  int repeat = 0;  ///< > 0: that many cameras cam0... from the first pair
  AuthScheme auth = AuthScheme::kNone;
  Credentials credentials;
  bool allow_tcp = true;
  bool allow_udp = true;
  std::uint64_t seed = 1;
  std::size_t max_payload_bytes = 1400;
  Faults initial;  ///< what `normal` goes back to
  bool help = false;
};

std::string_view usage_text();
base::Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace vonggac::camsim
