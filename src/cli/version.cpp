#include "cli/version.h"

namespace vonggac::cli {

const char* version() { return VONGGAC_VERSION; }
const char* library_versions() { return VONGGAC_LIBRARY_VERSIONS; }

}  // namespace vonggac::cli
