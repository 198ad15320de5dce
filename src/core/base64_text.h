/// Pictures inside JSON.
/// Threads  pure function. Source: RFC 4648 section 4.
#pragma once

#include <string>

#include "base/bytes.h"

namespace vonggac::core {

std::string base64_text(const base::Bytes& bytes);

}  // namespace vonggac::core
