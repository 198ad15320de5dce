#include "core/config.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "core/data_files.h"

namespace vonggac::core {
namespace {

std::string error_of(const std::string& toml) {
  const base::Result<ServiceConfig> config = parse_config(toml, "test.toml");
  return config ? std::string("no error") : config.error().message();
}

std::map<std::string, std::string> values_of(const ServiceConfig& config) {
  std::map<std::string, std::string> values;
  for (const ConfigKey& key : config_keys(config)) values[key.name] = key.value;
  return values;
}

/// "section.key" of every "key = value" line of a TOML text.
std::set<std::string> keys_written_in(const std::string& toml) {
  std::set<std::string> keys;
  std::string section;
  std::size_t at = 0;
  while (at < toml.size()) {
    const std::size_t end = std::min(toml.find('\n', at), toml.size());
    const std::string line = toml.substr(at, end - at);
    at = end + 1;
    if (!line.empty() && line[0] == '[') section = line.substr(1, line.find(']') - 1);
    const std::size_t equals = line.find(" = ");
    if (!line.empty() && line[0] != '#' && equals != std::string::npos)
      keys.insert(section + "." + line.substr(0, equals));
  }
  return keys;
}

TEST(Config, TheReferenceFileHoldsEveryKeyWithItsDefaultAndRange) {
  const std::string path = std::string(VONGGAC_SOURCE_DIR) + "/config/vonggac.toml";
  const base::Result<std::string> text = read_file(path, 1U << 20);
  ASSERT_TRUE(text.has_value());
  const base::Result<ServiceConfig> read = load_config(path);
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(values_of(*read), values_of(ServiceConfig{}));
  std::set<std::string> known;
  for (const ConfigKey& key : config_keys(ServiceConfig{})) {
    known.insert(key.name);
    EXPECT_NE(text->find("[" + key.allowed + "]"), std::string::npos) << key.name << " lacks [" << key.allowed << "]";
  }
  EXPECT_EQ(keys_written_in(*text), known);
}

TEST(Config, TheReferencePageNamesEveryKey) {
  const base::Result<std::string> page =
      read_file(std::string(VONGGAC_SOURCE_DIR) + "/docs/reference/config.md", 1U << 20);
  ASSERT_TRUE(page.has_value());
  for (const ConfigKey& key : config_keys(ServiceConfig{})) {
    EXPECT_NE(page->find("`" + key.name + "`"), std::string::npos) << key.name;
  }
}

TEST(Config, EveryKeyReachesItsOwnMember) {
  const std::string other = R"(
[server]
listen = "[::1]:9090"
tls = "on"
tls_certificate = "/etc/vonggac/server.crt"
tls_key = "/etc/vonggac/server.key"
[network]
camera_networks = ["192.168.9.0/24"]
connect_timeout_ms = 4001
handshakes_at_once = 11
retry_min_ms = 601
retry_max_ms = 20001
auth_tries = 2
auth_pause_ms = 90001
[record]
segment_max_s = 61
fragment_max_ms = 1501
flush_interval_ms = 701
flush_interval_max_ms = 8001
ram_budget_mib = 257
ring_mib_per_camera = 9
low_water_percent = 7.5
low_water_min_mib = 33
[ingest]
cameras_per_shard = 7
gather_ms = 13
[catalogue]
database = "postgresql://vonggac@db/register"
[analyse]
enabled = false
shards = 3
cpu_percent = 57
detector = "mog2"
classifier = "dnn"
hardware_decode = "off"
[plugins]
directory = "/srv/vonggac/plugins"
options = ["dnn.model=/srv/a b.onnx", "mog2.x=1"]
[probe]
vendors = "/etc/vonggac/vendors.toml"
[log]
level = "debug"
format = "json"
)";
  const base::Result<ServiceConfig> config = parse_config(other, "test.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message();
  const auto changed = values_of(*config), defaults = values_of(ServiceConfig{});
  std::set<std::string> seen;
  for (const auto& [name, value] : changed) {
    EXPECT_NE(value, defaults.at(name)) << name;
    EXPECT_NE(other.find(value), std::string::npos) << name << " = " << value;
    EXPECT_TRUE(seen.insert(value).second) << "two keys share a member: " << name;
  }
  EXPECT_EQ(config->record.ring_mib_per_camera, 9U);
  EXPECT_EQ(config->network.auth_pause_ms, 90'001U);
}

TEST(Config, AnEmptyFileMeansTheDefaults) { EXPECT_EQ(values_of(*parse_config("", "x")), values_of(ServiceConfig{})); }

TEST(Config, AnUnknownKeyIsRefusedWithItsPositionAndTheKnownOnes) {
  const std::string error = error_of("[record]\nsegment_max_s = 60\n  segmnt = 1\n");
  EXPECT_EQ(error.rfind("test.toml:3:3: ", 0), 0U) << error;
  EXPECT_NE(error.find("segmnt"), std::string::npos);
  EXPECT_NE(error.find("fragment_max_ms"), std::string::npos);
}

TEST(Config, AnUnknownSectionIsRefused) {
  const std::string error = error_of("\n[recrod]\nx = 1\n");
  EXPECT_EQ(error.rfind("test.toml:2:2: ", 0), 0U) << error;
  EXPECT_NE(error.find("[record]"), std::string::npos);
  EXPECT_NE(error_of("listen = \"127.0.0.1:1\"").find("not a section"), std::string::npos);
  EXPECT_NE(error_of("[[record]]\nsegment_max_s = 60").find("not a section"), std::string::npos);
}

TEST(Config, AWrongTypeIsRefusedWithItsPosition) {
  const std::string error = error_of("[record]\nsegment_max_s = \"60\"\n");
  EXPECT_EQ(error, "test.toml:2:17: record.segment_max_s must be 10 .. 300");
  EXPECT_NE(error_of("[analyse]\nenabled = 1"), "no error");
  EXPECT_NE(error_of("[server]\nlisten = 8080"), "no error");
  EXPECT_NE(error_of("[network]\ncamera_networks = \"10.0.0.0/8\""), "no error");
  EXPECT_NE(error_of("[network]\ncamera_networks = [8]"), "no error");
  EXPECT_NE(error_of("[record]\nsegment_max_s = 60.5"), "no error");
}

TEST(Config, AValueOutsideItsRangeIsRefused) {
  EXPECT_NE(error_of("[ingest]\ncameras_per_shard = 33"), "no error");
  EXPECT_NE(error_of("[ingest]\ncameras_per_shard = 0"), "no error");
  EXPECT_NE(error_of("[record]\nlow_water_percent = nan"), "no error");
  EXPECT_NE(error_of("[record]\nlow_water_percent = 51"), "no error");
  EXPECT_NE(error_of("[log]\nlevel = \"trace\"").find("\"debug\", \"info\""), std::string::npos);
  EXPECT_NE(error_of("[network]\ncamera_networks = [\"10.0.0.1/8\"]").find("10.0.0.1/8"), std::string::npos);
  EXPECT_EQ(error_of("[record]\nlow_water_percent = 5"), "no error");
}

TEST(Config, PluginsAreNamedAndToldInPlainText) {
  for (const char* name : {"../mog2", "", "Mog2", "a b", "mog2.so"}) {
    EXPECT_NE(error_of("[analyse]\ndetector = \"" + std::string(name) + "\""), "no error") << name;
    EXPECT_NE(error_of("[analyse]\nclassifier = \"" + std::string(name) + "\""), "no error") << name;
  }
  EXPECT_NE(error_of("[plugins]\ndirectory = \"plugins\"").find("absolute path"), std::string::npos);
  for (const char* option : {"dnn", "dnn.model", "model=/x", ".model=/x", "dnn.=/x", "dnn.model=\\\"x"}) {
    EXPECT_NE(error_of("[plugins]\noptions = [\"" + std::string(option) + "\"]"), "no error") << option;
  }
  EXPECT_NE(error_of("[plugins]\noptions = \"dnn.model=/x\""), "no error");
  EXPECT_NE(error_of("[plugins]\noptions = [1]"), "no error");
  EXPECT_EQ(error_of("[plugins]\noptions = [\"dnn.model=/a=b.c\"]\ndirectory = \"\""), "no error");
}

TEST(Config, BrokenTomlIsRefusedWithItsPosition) {
  EXPECT_EQ(error_of("[record]\nsegment_max_s = \n").rfind("test.toml:2:", 0), 0U);
  EXPECT_NE(error_of("[record]\nsegment_max_s = 60\nsegment_max_s = 61\n"), "no error");
}

TEST(Config, LettersOutsideAsciiStandInCommentsOnly) {
  EXPECT_EQ(error_of("# Gác\n[log] # á\nlevel = \"info\" # \"á\n"), "no error");
  EXPECT_EQ(error_of("\xef\xbb\xbf[log]\nlevel = 'info'\n"), "no error");
  for (const char* text : {" Gác: t", "á", "\"#\".á = 1", "x = '#'\ná = 1", "x = \"\"\"\n# \"\"\" á", "x = \"\\\"#\" á",
                           "x = '''\n''#\n''' á", "x = \"á\"", "x = \"\"\"a\\ á\"\"\"", "x = \"\\á\""}) {
    EXPECT_NE(error_of(text).find("comments only"), std::string::npos) << text << " -> " << error_of(text);
  }
  EXPECT_EQ(error_of("[log]\n  á = 1").rfind("test.toml:2:3: ", 0), 0U);
}

TEST(Config, AMostBelowItsLeastIsRefused) {
  EXPECT_EQ(error_of("[record]\nflush_interval_ms = 5000\nflush_interval_max_ms = 1000\n").rfind("test.toml:3:25: ", 0),
            0U);
  EXPECT_NE(error_of("[network]\nretry_min_ms = 40000\n"), "no error");
}

TEST(ParseListen, TakesLiteralAddressesAndOthersThanLoopbackMeanTls) {
  EXPECT_EQ(*parse_listen("127.0.0.1:8080"), (ListenAddress{"127.0.0.1", 8080}));
  EXPECT_EQ(*parse_listen("localhost:0"), (ListenAddress{"127.0.0.1", 0}));
  EXPECT_EQ(to_string(*parse_listen("[::1]:80")), "[::1]:80");
  for (const char* text : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", ":80", "example.org:80", "127.1:80",
                           "127.0.0.1:80x", "::1:80"}) {
    EXPECT_FALSE(parse_listen(text).has_value()) << text;
  }
  for (const char* text : {"0.0.0.0:80", "192.168.1.1:80", "[::]:80", "[fd00::1]:80"}) {
    const auto listen = parse_listen(text);
    ASSERT_TRUE(listen.has_value()) << text;
    EXPECT_EQ(to_string(*listen), text);
    ServerConfig server;
    server.listen = *listen;
    EXPECT_TRUE(server.uses_tls()) << text;
  }
  ServerConfig here;
  EXPECT_FALSE(here.uses_tls());
  here.tls = TlsChoice::kOn;
  EXPECT_TRUE(here.uses_tls());
}

TEST(LoadConfig, SaysThatTheFileIsMissing) {
  const base::Result<ServiceConfig> config = load_config("/nonexistent/vonggac.toml");
  EXPECT_EQ(config.error().kind(), base::ErrorKind::kNotFound);
}

}  // namespace
}  // namespace vonggac::core
