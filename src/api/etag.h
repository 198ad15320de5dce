/// Entity tags (RFC 9110 sections 8.8.3, 13.1). Ours have no comma.
/// Threads  pure functions.
#pragma once

#include <string_view>

namespace vonggac::api {

/// Whether an If-Match or If-None-Match holds this tag or is a star. Weak marks are left aside.
bool names_tag(std::string_view header, std::string_view tag);

}  // namespace vonggac::api
