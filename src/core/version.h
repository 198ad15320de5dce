#pragma once

namespace vonggac::core {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace vonggac::core
