/// The table of brands as an administrator may write it: a table or an error, and no template that is not a path. Links
/// vonggac_core.
#include <cstdlib>

#include "core/vendor_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const auto file = core::parse_vendors({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!file) return 0;
  if (file->table.allows_port(0)) std::abort();
  for (const onvif::Vendor& vendor : file->table.all()) {
    for (const onvif::StreamTemplate& pair : vendor.streams) {
      const auto path = onvif::expand(pair.main, 1, "a b", "c/d");
      if (path && (path->empty() || path->front() != '/' || path->find_first_of(" \r\n") != std::string::npos))
        std::abort();
    }
  }
  return 0;
}
