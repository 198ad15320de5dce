/// What this program is and stands on.
#pragma once

namespace vonggac::cli {

const char* version();           ///< "0.1.0"
const char* library_versions();  ///< of the build, for people
}  // namespace vonggac::cli
