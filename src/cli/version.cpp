#include "cli/version.h"

#include <string_view>

#include "core/version.h"

namespace vonggac::cli {

static_assert(std::string_view(core::kVersion) == VONGGAC_VERSION, "core/version.h and CMakeLists.txt differ");

const char* version() { return core::kVersion; }
const char* library_versions() { return VONGGAC_LIBRARY_VERSIONS; }

}  // namespace vonggac::cli
