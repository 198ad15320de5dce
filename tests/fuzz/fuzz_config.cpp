/// The configuration file: any text is either refused with a sentence or gives a configuration within its limits.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "core/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const base::Result<core::ServiceConfig> config = core::parse_config(base::as_text({data, size}), "fuzz.toml");
  if (!config) {
    if (config.error().message().rfind("fuzz.toml:", 0) != 0) std::abort();
    return 0;
  }
  const bool within_limits = config->ingest.cameras_per_shard >= 1 && config->ingest.cameras_per_shard <= 32 &&
                             config->record.flush_interval_ms <= config->record.flush_interval_max_ms &&
                             config->record.low_water_percent >= 0.1 && config->record.low_water_percent <= 50.0;
  if (!within_limits) std::abort();
  // What is shown must be readable again, and mean the same.
  std::string again;
  std::string section;
  for (const core::ConfigKey& key : core::config_keys(*config)) {
    const std::size_t dot = key.name.find('.');
    if (key.name.substr(0, dot) != section) {
      section = key.name.substr(0, dot);
      again += "[" + section + "]\n";
    }
    again += key.name.substr(dot + 1) + " = " + key.value + "\n";
  }
  if (!core::parse_config(again, "again.toml").has_value()) std::abort();
  return 0;
}
