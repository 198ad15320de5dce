// A detector that throws through the interface, against the rules.
#include <stdexcept>

#include "plugins/abi/vonggac_plugin.h"

namespace {

int instance;

std::int32_t create(void*, std::int32_t, void** detector, vonggac_error*) {
  *detector = &instance;
  return VONGGAC_OK;
}
void destroy(void*) {}
std::int32_t look(void*, const vonggac_luma*, vonggac_motion*, vonggac_error*) {
  throw std::runtime_error("thrown on purpose");
}

}  // namespace

extern "C" VONGGAC_PLUGIN_EXPORT const vonggac_plugin* vonggac_plugin_entry(std::uint32_t, std::uint32_t) {
  static const vonggac_motion_detector kDetector = {sizeof kDetector, create, destroy, look, nullptr, nullptr};
  static const vonggac_plugin kPlugin = {VONGGAC_PLUGIN_ABI_MAJOR,
                                         VONGGAC_PLUGIN_ABI_MINOR,
                                         sizeof kPlugin,
                                         VONGGAC_MOTION_DETECTOR,
                                         "throwing",
                                         "1",
                                         "Apache-2.0",
                                         nullptr,
                                         nullptr,
                                         &kDetector,
                                         nullptr};
  return &kPlugin;
}
