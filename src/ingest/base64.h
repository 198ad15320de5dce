/// Base64 as cameras write it into SDP.
/// Errors   none: padding may be missing, white space is skipped, the URL alphabet is understood; decoding stops
///          at the first other character, and what was read before it is returned.
/// Numbers  RFC 4648.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace vonggac::ingest {

base::Bytes decode_base64_leniently(std::string_view text);

}  // namespace vonggac::ingest
