/// The object classifier `dnn`: its entry, and the border that no exception crosses.
#include <cstdio>
#include <exception>
#include <memory>

#include "plugins/dnn/object_network.h"

namespace {

using vonggac::dnn::NetworkOptions;
using vonggac::dnn::ObjectNetwork;

void say(vonggac_error* error, const char* text) { std::snprintf(error->text, sizeof error->text, "%s", text); }

/// Runs `work`; what it throws becomes an error.
template <typename Work>
std::int32_t guarded(vonggac_error* error, Work&& work) noexcept {
  try {
    return work();
  } catch (const std::exception& thrown) {
    say(error, thrown.what());
  } catch (...) {
    say(error, "unknown trouble");
  }
  return VONGGAC_FAILED;
}

std::int32_t prepare(const vonggac_options* options, void** shared, vonggac_error* error) {
  return guarded(error, [&]() -> std::int32_t {
    std::string why;
    auto read = vonggac::dnn::read_network_options(*options, why);
    if (!read) {
      say(error, why.c_str());
      return VONGGAC_FAILED;
    }
    *shared = new NetworkOptions(std::move(*read));
    return VONGGAC_OK;
  });
}

void release(void* shared) { delete static_cast<NetworkOptions*>(shared); }

std::int32_t create(void* shared, void** classifier, vonggac_error* error) {
  return guarded(error, [&]() -> std::int32_t {
    std::string why;
    NetworkOptions& options = *static_cast<NetworkOptions*>(shared);
    std::unique_ptr<ObjectNetwork> network = ObjectNetwork::create(options, why);
    std::string().swap(options.model);  // the network has its own copy of the weights
    if (!network) {
      say(error, why.c_str());
      return VONGGAC_FAILED;
    }
    *classifier = network.release();
    return VONGGAC_OK;
  });
}

void destroy(void* classifier) { delete static_cast<ObjectNetwork*>(classifier); }

std::int32_t classify(void* classifier, const vonggac_crop* const* crops, std::uint32_t count,
                      vonggac_verdict* const* verdicts, vonggac_error* error) {
  return guarded(error, [&]() -> std::int32_t {
    static_cast<ObjectNetwork*>(classifier)->classify(crops, count, verdicts);
    return VONGGAC_OK;
  });
}

}  // namespace

extern "C" VONGGAC_PLUGIN_EXPORT const vonggac_plugin* vonggac_plugin_entry(std::uint32_t host_major, std::uint32_t) {
  static const vonggac_object_classifier kClassifier = {sizeof kClassifier, ObjectNetwork::kMaxBatch, create, destroy,
                                                        classify};
  static const vonggac_plugin kPlugin = {VONGGAC_PLUGIN_ABI_MAJOR,
                                         VONGGAC_PLUGIN_ABI_MINOR,
                                         sizeof kPlugin,
                                         VONGGAC_OBJECT_CLASSIFIER,
                                         "dnn",
                                         CV_VERSION,
                                         "Apache-2.0",
                                         prepare,
                                         release,
                                         nullptr,
                                         &kClassifier};
  return host_major == VONGGAC_PLUGIN_ABI_MAJOR ? &kPlugin : nullptr;
}
