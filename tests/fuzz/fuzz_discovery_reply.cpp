/// Datagrams that come to a WS-Discovery question: anybody on the network can send them. Links vonggac_onvif.
#include <cstdlib>

#include "onvif/discovery.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const auto found = onvif::read_probe_matches({reinterpret_cast<const char*>(data), size});
  if (found.size() > onvif::kMaxMatchesPerDatagram) std::abort();
  for (const onvif::DiscoveredDevice& device : found) {
    if (device.name.size() > 128 || (!device.uuid.empty() && device.uuid.size() != 36)) std::abort();
  }
  return 0;
}
