/// Bytes inside JSON, XML and headers.
/// Threads  pure functions.
/// Errors   from_base64: kInvalidArgument; padding must be there, white space must not. What cameras write into SDP is
///          read by ingest/base64.h.
/// Source   RFC 4648 section 4.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::base {

std::string to_base64(ByteSpan data);
Result<Bytes> from_base64(std::string_view text);

}  // namespace vonggac::base
