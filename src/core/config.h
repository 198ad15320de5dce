/// The service's configuration file (config/vonggac.toml, the commented reference; docs/reference/config.md).
/// Flow     file -> load_config() -> ServiceConfig -> the parts that live by it.
/// Threads  plain values and pure functions.
/// Errors   kInvalidArgument "file:line:column: key: what is wrong and what is allowed" for unknown sections and keys,
///          wrong types, values out of range and broken TOML; kNotFound when the file is not there.
/// Units    in the names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "core/network_allow_list.h"

namespace vonggac::core {

/// Where the page listens. Anywhere but on a loopback address it is served under TLS.
struct ListenAddress {
  std::string address = "127.0.0.1";  ///< literal; IPv6 without brackets
  std::uint16_t port = 8080;          ///< 0: any free one
  bool operator==(const ListenAddress&) const = default;
};
/// kInvalidArgument: not ADDR:PORT.
base::Result<ListenAddress> parse_listen(std::string_view text);
std::string to_string(const ListenAddress& listen);

bool is_loopback(const ListenAddress& listen);

enum class TlsChoice { kAuto, kOn };
struct ServerConfig {
  ListenAddress listen;
  TlsChoice tls = TlsChoice::kAuto;      ///< kAuto: everywhere but on loopback addresses
  std::string tls_certificate, tls_key;  ///< PEM files; empty: one of its own
  bool uses_tls() const { return tls == TlsChoice::kOn || !is_loopback(listen); }
};
struct NetworkConfig {
  NetworkAllowList camera_networks;
  std::uint32_t connect_timeout_ms = 5'000;
  std::uint32_t handshakes_at_once = 20;
  std::uint32_t retry_min_ms = 500;
  std::uint32_t retry_max_ms = 30'000;
  std::uint32_t auth_tries = 3;
  std::uint32_t auth_pause_ms = 60'000;
};
struct RecordConfig {
  std::uint32_t segment_max_s = 300;
  std::uint32_t fragment_max_ms = 2'000;
  std::uint32_t flush_interval_ms = 1'000;
  std::uint32_t flush_interval_max_ms = 10'000;
  std::uint32_t ram_budget_mib = 512;
  std::uint32_t ring_mib_per_camera = 16;
  double low_water_percent = 5.0;
  std::uint32_t low_water_min_mib = 0;
};
struct IngestConfig {
  std::uint32_t cameras_per_shard = 32;
  std::uint32_t gather_ms = 100;
};
enum class HardwareDecodeChoice { kAuto, kOff };
struct AnalyseConfig {
  bool enabled = true;
  std::uint32_t shards = 0;          ///< 0: by the number of processors
  std::string detector = "builtin";  ///< or the name of a plug-in
  std::string classifier = "none";   ///< or the name of a plug-in
  HardwareDecodeChoice hardware_decode = HardwareDecodeChoice::kAuto;
  std::uint32_t cpu_percent = 100;  ///< of one core, for each process that looks
};
struct PluginConfig {
  std::string directory;             ///< absolute; empty: beside the program's own libraries
  std::vector<std::string> options;  ///< "NAME.KEY=VALUE"
};
struct ProbeConfig {
  std::string vendors;  ///< the table of brands; absolute; empty: the installed one
};
struct CatalogueConfig {
  std::string database;  ///< empty: register.db in the data directory; or postgresql://...
};
struct LogConfig {
  base::LogLevel level = base::LogLevel::kInfo;
  base::LogFormat format = base::LogFormat::kText;
};

struct ServiceConfig {
  ServerConfig server;
  NetworkConfig network;
  RecordConfig record;
  IngestConfig ingest;
  AnalyseConfig analyse;
  PluginConfig plugins;
  ProbeConfig probe;
  CatalogueConfig catalogue;
  LogConfig log;
};

base::Result<ServiceConfig> load_config(const std::string& path);
/// `source_name` is what messages call the text.
base::Result<ServiceConfig> parse_config(std::string_view toml_text, const std::string& source_name);

/// One line of the reference: what the file, the documentation and the tests must agree on.
struct ConfigKey {
  std::string name;     ///< "record.segment_max_s"
  std::string allowed;  ///< "10 .. 300"
  std::string value;    ///< of the given configuration, as TOML
};
std::vector<ConfigKey> config_keys(const ServiceConfig& config);

}  // namespace vonggac::core
