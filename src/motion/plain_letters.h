/// Vietnamese for fonts that only know ASCII, as OpenCV's: letters without their marks.
/// Threads  pure function.
#pragma once

#include <string>
#include <string_view>

namespace vonggac::motion {

/// "Có vật di chuyển" -> "Co vat di chuyen". Other characters beyond ASCII become '?'.
std::string plain_letters(std::string_view utf8);

}  // namespace vonggac::motion
