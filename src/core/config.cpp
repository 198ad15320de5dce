#include "core/config.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <sstream>

#include <arpa/inet.h>
#include <netinet/in.h>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "core/camera_url.h"
#include "core/data_files.h"
#include "core/text_position.h"
#include "core/toml_text.h"

namespace vonggac::core {
namespace {

constexpr std::size_t kMaxConfigBytes = 1U << 20;

/// One key of the file: how it is read, what it may be, how it is shown.
struct KeySpec {
  std::string section;
  std::string key;
  std::string allowed;
  std::function<bool(const toml::node&, ServiceConfig&, std::string& why)> read;
  std::function<std::string(const ServiceConfig&)> show;
  std::string name() const { return section + "." + key; }
};

using NumberOf = std::uint32_t& (*)(ServiceConfig&);

KeySpec whole(const char* section, const char* key, std::int64_t low, std::int64_t high, NumberOf member) {
  KeySpec spec{section, key, std::to_string(low) + " .. " + std::to_string(high), {}, {}};
  spec.read = [=](const toml::node& node, ServiceConfig& config, std::string&) {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < low || value->get() > high) return false;
    member(config) = static_cast<std::uint32_t>(value->get());
    return true;
  };
  spec.show = [=](const ServiceConfig& config) {
    ServiceConfig copy = config;
    return std::to_string(member(copy));
  };
  return spec;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

KeySpec listen_key() {
  KeySpec spec{"server", "listen", "\"ADDR:PORT\"", {}, {}};
  spec.read = [](const toml::node& node, ServiceConfig& config, std::string& why) {
    const auto* text = node.as_string();
    if (text == nullptr) return false;
    base::Result<ListenAddress> listen = parse_listen(text->get());
    if (!listen) {
      why = listen.error().message();
      return false;
    }
    config.server.listen = *listen;
    return true;
  };
  spec.show = [](const ServiceConfig& config) { return quoted(to_string(config.server.listen)); };
  return spec;
}

KeySpec networks_key() {
  KeySpec spec{"network", "camera_networks", "a list of networks like [\"192.168.0.0/16\", \"fd00::/8\"]", {}, {}};
  spec.read = [](const toml::node& node, ServiceConfig& config, std::string& why) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return false;
    std::vector<std::string> texts;
    for (const toml::node& entry : *list) {
      const auto* text = entry.as_string();
      if (text == nullptr) return false;
      texts.push_back(text->get());
    }
    base::Result<NetworkAllowList> parsed = NetworkAllowList::parse(texts);
    if (!parsed) {
      why = parsed.error().message();
      return false;
    }
    config.network.camera_networks = std::move(*parsed);
    return true;
  };
  spec.show = [](const ServiceConfig& config) {
    std::string out;
    for (const std::string& text : config.network.camera_networks.networks()) {
      out += (out.empty() ? "" : ", ") + quoted(text);
    }
    return "[" + out + "]";
  };
  return spec;
}

KeySpec low_water_key() {
  KeySpec spec{"record", "low_water_percent", "0.1 .. 50.0", {}, {}};
  spec.read = [](const toml::node& node, ServiceConfig& config, std::string&) {
    double value = -1;
    if (const auto* real = node.as_floating_point()) value = real->get();
    if (const auto* integer = node.as_integer()) value = static_cast<double>(integer->get());
    if (!(value >= 0.1 && value <= 50.0)) return false;
    config.record.low_water_percent = value;
    return true;
  };
  spec.show = [](const ServiceConfig& config) {
    std::ostringstream out;
    out << config.record.low_water_percent;
    const std::string text = out.str();
    return text.find('.') == std::string::npos ? text + ".0" : text;
  };
  return spec;
}

KeySpec enabled_key() {
  KeySpec spec{"analyse", "enabled", "true or false", {}, {}};
  spec.read = [](const toml::node& node, ServiceConfig& config, std::string&) {
    const auto* value = node.as_boolean();
    if (value != nullptr) config.analyse.enabled = value->get();
    return value != nullptr;
  };
  spec.show = [](const ServiceConfig& config) { return config.analyse.enabled ? "true" : "false"; };
  return spec;
}

/// Printable, and without what would have to be escaped when it is shown.
bool is_plain_text(const std::string& text) {
  constexpr std::size_t kMaxTextBytes = 1024;
  const auto plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
  return text.size() <= kMaxTextBytes && std::all_of(text.begin(), text.end(), plain);
}

bool is_plugin_name(const std::string& text) {
  constexpr std::size_t kMaxNameBytes = 32;
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kMaxNameBytes && std::all_of(text.begin(), text.end(), allowed);
}

using TextOf = std::string& (*)(ServiceConfig&);

KeySpec text_key(const char* section, const char* key, const char* allowed, bool (*fits)(const std::string&),
                 TextOf member) {
  KeySpec spec{section, key, allowed, {}, {}};
  spec.read = [=](const toml::node& node, ServiceConfig& config, std::string&) {
    const auto* text = node.as_string();
    if (text == nullptr || !fits(text->get())) return false;
    member(config) = text->get();
    return true;
  };
  spec.show = [=](const ServiceConfig& config) {
    ServiceConfig copy = config;
    return quoted(member(copy));
  };
  return spec;
}

/// NAME.KEY=VALUE
bool is_plugin_option(const std::string& text) {
  const std::size_t dot = text.find('.'), equals = text.find('=');
  return is_plain_text(text) && equals != std::string::npos && dot < equals && is_plugin_name(text.substr(0, dot)) &&
         is_plugin_name(text.substr(dot + 1, equals - dot - 1));
}

bool is_file_path(const std::string& text) { return text.empty() || (text.front() == '/' && is_plain_text(text)); }

/// The server of the register; what is wrong in detail is told when it is connected to.
bool is_database(const std::string& text) {
  const bool clean = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '\\'; });
  return text.empty() || (clean && text.size() <= 400 && text.rfind("postgresql://", 0) == 0);
}

KeySpec plugin_options_key() {
  constexpr std::size_t kMaxOptions = 64;
  KeySpec spec{"plugins", "options", "a list like [\"dnn.model=/srv/vonggac/models/street.onnx\"]", {}, {}};
  spec.read = [](const toml::node& node, ServiceConfig& config, std::string& why) {
    const toml::array* list = node.as_array();
    if (list == nullptr || list->size() > kMaxOptions) return false;
    config.plugins.options.clear();
    for (const toml::node& entry : *list) {
      const auto* text = entry.as_string();
      if (text == nullptr) return false;
      if (!is_plugin_option(text->get())) {
        why = "an option is written NAME.KEY=VALUE, without quotes and backslashes";
        return false;
      }
      config.plugins.options.push_back(text->get());
    }
    return true;
  };
  spec.show = [](const ServiceConfig& config) {
    std::string out;
    for (const std::string& option : config.plugins.options) out += (out.empty() ? "" : ", ") + quoted(option);
    return "[" + out + "]";
  };
  return spec;
}

template <typename Enum>
struct Choice {
  const char* name;
  Enum value;
};

template <typename Enum>
KeySpec choice(const char* section, const char* key, std::vector<Choice<Enum>> choices,
               Enum& (*member)(ServiceConfig&)) {
  KeySpec spec{section, key, "", {}, {}};
  for (const Choice<Enum>& one : choices) spec.allowed += (spec.allowed.empty() ? "" : ", ") + quoted(one.name);
  spec.read = [=](const toml::node& node, ServiceConfig& config, std::string&) {
    const auto* text = node.as_string();
    if (text == nullptr) return false;
    for (const Choice<Enum>& one : choices) {
      if (text->get() != one.name) continue;
      member(config) = one.value;
      return true;
    }
    return false;
  };
  spec.show = [=](const ServiceConfig& config) {
    ServiceConfig copy = config;
    std::string shown;
    for (const Choice<Enum>& one : choices) {
      if (member(copy) == one.value) shown = quoted(one.name);
    }
    return shown;
  };
  return spec;
}

std::vector<KeySpec> network_keys() {
  using C = ServiceConfig;
  return {
      networks_key(),
      whole("network", "connect_timeout_ms", 500, 60'000,
            [](C& c) -> std::uint32_t& { return c.network.connect_timeout_ms; }),
      whole("network", "handshakes_at_once", 1, 200,
            [](C& c) -> std::uint32_t& { return c.network.handshakes_at_once; }),
      whole("network", "retry_min_ms", 100, 60'000, [](C& c) -> std::uint32_t& { return c.network.retry_min_ms; }),
      whole("network", "retry_max_ms", 1'000, 600'000, [](C& c) -> std::uint32_t& { return c.network.retry_max_ms; }),
      whole("network", "auth_tries", 1, 10, [](C& c) -> std::uint32_t& { return c.network.auth_tries; }),
      whole("network", "auth_pause_ms", 10'000, 3'600'000,
            [](C& c) -> std::uint32_t& { return c.network.auth_pause_ms; })};
}

std::vector<KeySpec> record_keys() {
  using C = ServiceConfig;
  return {
      whole("record", "segment_max_s", 10, 300, [](C& c) -> std::uint32_t& { return c.record.segment_max_s; }),
      whole("record", "fragment_max_ms", 500, 5'000, [](C& c) -> std::uint32_t& { return c.record.fragment_max_ms; }),
      whole("record", "flush_interval_ms", 200, 10'000,
            [](C& c) -> std::uint32_t& { return c.record.flush_interval_ms; }),
      whole("record", "flush_interval_max_ms", 200, 60'000,
            [](C& c) -> std::uint32_t& { return c.record.flush_interval_max_ms; }),
      whole("record", "ram_budget_mib", 16, 65'536, [](C& c) -> std::uint32_t& { return c.record.ram_budget_mib; }),
      whole("record", "ring_mib_per_camera", 1, 256,
            [](C& c) -> std::uint32_t& { return c.record.ring_mib_per_camera; }),
      low_water_key(),
      whole("record", "low_water_min_mib", 0, 16'777'216,
            [](C& c) -> std::uint32_t& { return c.record.low_water_min_mib; })};
}

std::vector<KeySpec> analyse_keys() {
  using C = ServiceConfig;
  const auto is_directory = [](const std::string& text) {
    return text.empty() || (text.front() == '/' && is_plain_text(text));
  };
  return {enabled_key(),
          whole("analyse", "shards", 0, 64, [](C& c) -> std::uint32_t& { return c.analyse.shards; }),
          whole("analyse", "cpu_percent", 1, 100, [](C& c) -> std::uint32_t& { return c.analyse.cpu_percent; }),
          text_key("analyse", "detector", "\"builtin\" or the name of a plug-in", is_plugin_name,
                   [](C& c) -> std::string& { return c.analyse.detector; }),
          text_key("analyse", "classifier", "\"none\" or the name of a plug-in", is_plugin_name,
                   [](C& c) -> std::string& { return c.analyse.classifier; }),
          choice<HardwareDecodeChoice>("analyse", "hardware_decode",
                                       {{"auto", HardwareDecodeChoice::kAuto}, {"off", HardwareDecodeChoice::kOff}},
                                       [](C& c) -> HardwareDecodeChoice& { return c.analyse.hardware_decode; }),
          text_key("plugins", "directory", "an absolute path, or \"\" for the installed ones", is_directory,
                   [](C& c) -> std::string& { return c.plugins.directory; }),
          plugin_options_key(),
          text_key("probe", "vendors", "an absolute path, or \"\" for the installed table of brands", is_file_path,
                   [](C& c) -> std::string& { return c.probe.vendors; })};
}

std::vector<KeySpec> server_keys() {
  using C = ServiceConfig;
  return {listen_key(),
          choice<TlsChoice>("server", "tls", {{"auto", TlsChoice::kAuto}, {"on", TlsChoice::kOn}},
                            [](C& c) -> TlsChoice& { return c.server.tls; }),
          text_key("server", "tls_certificate", "an absolute path, or \"\" for a certificate of its own", is_file_path,
                   [](C& c) -> std::string& { return c.server.tls_certificate; }),
          text_key("server", "tls_key", "an absolute path, or \"\" with a certificate of its own", is_file_path,
                   [](C& c) -> std::string& { return c.server.tls_key; })};
}

std::vector<KeySpec> other_keys() {
  using C = ServiceConfig;
  return {
      whole("ingest", "cameras_per_shard", 1, 32, [](C& c) -> std::uint32_t& { return c.ingest.cameras_per_shard; }),
      whole("ingest", "gather_ms", 1, 100, [](C& c) -> std::uint32_t& { return c.ingest.gather_ms; }),
      text_key("catalogue", "database", "\"postgresql://...\", or \"\" for register.db in the data directory",
               is_database, [](C& c) -> std::string& { return c.catalogue.database; }),
      choice<base::LogLevel>("log", "level",
                             {{"debug", base::LogLevel::kDebug},
                              {"info", base::LogLevel::kInfo},
                              {"warning", base::LogLevel::kWarning},
                              {"error", base::LogLevel::kError}},
                             [](C& c) -> base::LogLevel& { return c.log.level; }),
      choice<base::LogFormat>("log", "format", {{"text", base::LogFormat::kText}, {"json", base::LogFormat::kJson}},
                              [](C& c) -> base::LogFormat& { return c.log.format; })};
}

const std::vector<KeySpec>& key_specs() {
  static const std::vector<KeySpec> specs = [] {
    std::vector<KeySpec> all;
    for (const auto& group : {server_keys(), network_keys(), record_keys(), analyse_keys(), other_keys()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return specs;
}

std::string at(const std::string& source_name, const toml::source_region& region) {
  return source_name + ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column) + ": ";
}

std::string shown_key(std::string_view key) {
  std::string out(key.substr(0, 60));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

base::Status read_key(const std::string& source_name, const std::string& section, const toml::key& key,
                      const toml::node& node, ServiceConfig& config) {
  std::string known;
  for (const KeySpec& spec : key_specs()) {
    if (spec.section != section) continue;
    known += (known.empty() ? "" : ", ") + spec.key;
    if (spec.key != key.str()) continue;
    std::string why;
    if (spec.read(node, config, why)) return {};
    return base::invalid_argument(at(source_name, node.source()) + spec.name() + " must be " + spec.allowed +
                                  (why.empty() ? "" : ": " + why));
  }
  return base::invalid_argument(at(source_name, key.source()) + "[" + section + "] has no key '" +
                                shown_key(key.str()) + "'; it has: " + known);
}

base::Status read_section(const std::string& source_name, const toml::key& name, const toml::node& node,
                          ServiceConfig& config) {
  std::string known;
  for (const KeySpec& spec : key_specs()) {
    const std::string section = "[" + spec.section + "]";
    if (known.find(section) == std::string::npos) known += (known.empty() ? "" : ", ") + section;
  }
  const toml::table* table = node.as_table();
  if (table == nullptr || known.find("[" + std::string(name.str()) + "]") == std::string::npos) {
    return base::invalid_argument(at(source_name, name.source()) + "'" + shown_key(name.str()) +
                                  "' is not a section; the sections are: " + known);
  }
  for (const auto& [key, value] : *table) {
    VG_TRY(read_key(source_name, std::string(name.str()), key, value, config));
  }
  return {};
}

/// A "most" below its "least" can only come from the file, so the position is that of the upper one or the lower one.
base::Status check_pair(const std::string& source_name, const toml::table& root, const char* section,
                        std::pair<const char*, std::uint32_t> least, std::pair<const char*, std::uint32_t> most) {
  if (least.second <= most.second) return {};
  const toml::node_view<const toml::node> table = root[section];
  const toml::node* node = table[most.first] ? table[most.first].node() : table[least.first].node();
  const toml::source_region region = node != nullptr ? node->source() : root.source();
  return base::invalid_argument(at(source_name, region) + section + "." + most.first + " (" +
                                std::to_string(most.second) + ") must not be below " + section + "." + least.first +
                                " (" + std::to_string(least.second) + ")");
}

}  // namespace

base::Result<ListenAddress> parse_listen(std::string_view text) {
  constexpr const char* kForm = "write it as 127.0.0.1:8080 or [::1]:8080";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return base::invalid_argument(kForm);
  ListenAddress out;
  const std::string_view port = text.substr(colon + 1);
  if (port == "0") {
    out.port = 0;
  } else {
    const base::Result<HostAndPort> shaped = parse_host_and_port("localhost:" + std::string(port), 0);
    if (!shaped) return base::invalid_argument(std::string("the port must be 0 .. 65535; ") + kForm);
    out.port = shaped->port;
  }
  const base::Result<HostAndPort> host = parse_host_and_port(text.substr(0, colon), 0);
  if (!host) return base::invalid_argument(kForm);
  if (host->kind == HostKind::kName && host->host != "localhost") return base::invalid_argument(kForm);
  out.address = host->kind == HostKind::kName ? "127.0.0.1" : host->host;
  return out;
}

bool is_loopback(const ListenAddress& listen) {
  return listen.address == "::1" || listen.address.rfind("127.", 0) == 0;
}

std::string to_string(const ListenAddress& listen) {
  const std::string port = ":" + std::to_string(listen.port);
  return listen.address.find(':') != std::string::npos ? "[" + listen.address + "]" + port : listen.address + port;
}

base::Result<ServiceConfig> parse_config(std::string_view toml_text, const std::string& source_name) {
  if (const std::optional<std::size_t> foreign = find_non_ascii_outside_comments(toml_text)) {
    return base::invalid_argument(source_name + ":" + line_and_column(toml_text, *foreign) +
                                  ": letters outside ASCII are possible in comments only");
  }
  const toml::parse_result parsed = toml::parse(toml_text, source_name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return base::invalid_argument(at(source_name, error.source()) + std::string(error.description()));
  }
  const toml::table& root = parsed.table();
  ServiceConfig config;
  for (const auto& [name, node] : root) VG_TRY(read_section(source_name, name, node, config));
  VG_TRY(check_pair(source_name, root, "network", {"retry_min_ms", config.network.retry_min_ms},
                    {"retry_max_ms", config.network.retry_max_ms}));
  VG_TRY(check_pair(source_name, root, "record", {"flush_interval_ms", config.record.flush_interval_ms},
                    {"flush_interval_max_ms", config.record.flush_interval_max_ms}));
  return config;
}

base::Result<ServiceConfig> load_config(const std::string& path) {
  VG_ASSIGN(const std::string text, read_file(path, kMaxConfigBytes));
  return parse_config(text, path);
}

std::vector<ConfigKey> config_keys(const ServiceConfig& config) {
  std::vector<ConfigKey> keys;
  for (const KeySpec& spec : key_specs()) keys.push_back({spec.name(), spec.allowed, spec.show(config)});
  return keys;
}

}  // namespace vonggac::core
