/// The version of the whole: service, workers and command line are one program. The build checks it against CMake's.
#pragma once

namespace vonggac::core {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace vonggac::core
