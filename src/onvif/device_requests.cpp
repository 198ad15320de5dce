#include "onvif/device_requests.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace vonggac::onvif {
namespace {

Request of_device(const char* name, const char* inside = "") {
  return {fmt::format("{}/{}", kDeviceNamespace, name),
          fmt::format("<{0} xmlns=\"{1}\">{2}</{0}>", name, kDeviceNamespace, inside)};
}

Request of_media(bool media2, const char* name, const std::string& inside) {
  const char* space = media2 ? kMedia2Namespace : kMediaNamespace;
  return {fmt::format("{}/{}", space, name), fmt::format("<{0} xmlns=\"{1}\">{2}</{0}>", name, space, inside)};
}

std::string token_element(const std::string& token) { return "<ProfileToken>" + escaped(token) + "</ProfileToken>"; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return clean_text(out, 128);
}

/// Media1 has VideoEncoderConfiguration, media2 Configurations/VideoEncoder.
Profile read_profile(const pugi::xml_node& node) {
  Profile profile;
  profile.token = attribute(node, "token");
  profile.name = clean_text(child(node, "Name").text().get(), 128);
  const pugi::xml_node configurations = child(node, "Configurations");
  const pugi::xml_node source =
      configurations ? child(configurations, "VideoSource") : child(node, "VideoSourceConfiguration");
  const pugi::xml_node encoder =
      configurations ? child(configurations, "VideoEncoder") : child(node, "VideoEncoderConfiguration");
  profile.source = text_of(source, "SourceToken");
  profile.encoding = text_of(encoder, "Encoding");
  const pugi::xml_node resolution = child(encoder, "Resolution");
  profile.width = number_of(resolution, "Width", 16'384, 0);
  profile.height = number_of(resolution, "Height", 16'384, 0);
  profile.frame_rate = number_of(encoder, "FrameRateLimit", 240, 0);
  profile.bitrate_kbit = number_of(encoder, "BitrateLimit", 1'000'000, 0);
  profile.gov_length = number_of(encoder, "GovLength", 100'000, 0);
  const std::string gov = attribute(encoder, "GovLength");
  const bool digits = !gov.empty() && gov.size() < 6 &&
                      std::all_of(gov.begin(), gov.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (profile.gov_length == 0 && digits) profile.gov_length = std::stoi(gov);
  profile.audio = configurations ? static_cast<bool>(child(configurations, "AudioEncoder"))
                                 : static_cast<bool>(child(node, "AudioEncoderConfiguration"));
  return profile;
}

}  // namespace

Request ask_date_and_time() { return of_device("GetSystemDateAndTime"); }
Request ask_device_information() { return of_device("GetDeviceInformation"); }
Request ask_services() { return of_device("GetServices", "<IncludeCapability>false</IncludeCapability>"); }
Request ask_capabilities() { return of_device("GetCapabilities", "<Category>All</Category>"); }
Request ask_network_interfaces() { return of_device("GetNetworkInterfaces"); }
Request ask_scopes() { return of_device("GetScopes"); }
Request ask_endpoint_reference() { return of_device("GetEndpointReference"); }
Request ask_profiles(bool media2) { return of_media(media2, "GetProfiles", media2 ? "<Type>All</Type>" : ""); }

Request ask_stream_uri(bool media2, const std::string& profile_token) {
  if (media2) return of_media(true, "GetStreamUri", "<Protocol>RTSP</Protocol>" + token_element(profile_token));
  static constexpr const char* kSetup =
      "<StreamSetup><Stream xmlns=\"http://www.onvif.org/ver10/schema\">RTP-Unicast</Stream>"
      "<Transport xmlns=\"http://www.onvif.org/ver10/schema\"><Protocol>RTSP</Protocol></Transport></StreamSetup>";
  return of_media(false, "GetStreamUri", kSetup + token_element(profile_token));
}

Request ask_snapshot_uri(bool media2, const std::string& profile_token) {
  return of_media(media2, "GetSnapshotUri", token_element(profile_token));
}

std::optional<base::WallTime> read_date_and_time(const pugi::xml_node& body) {
  const pugi::xml_node utc = find(body, "UTCDateTime");
  if (!utc) return std::nullopt;
  const auto field = [&](const char* name, std::int64_t most) { return number_of(utc, name, most, -1); };
  const std::int64_t year = field("Year", 2200), month = field("Month", 12), day = field("Day", 31);
  const std::int64_t hour = field("Hour", 24), minute = field("Minute", 59), second = field("Second", 60);
  if (year < 1970 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const auto parsed =
      base::parse_iso8601(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", year, month, day,
                                      std::min<std::int64_t>(hour, 23), minute, std::min<std::int64_t>(second, 59)));
  if (!parsed) return std::nullopt;
  return *parsed;
}

DeviceInformation read_device_information(const pugi::xml_node& body) {
  return {text_of(body, "Manufacturer"), text_of(body, "Model"), text_of(body, "FirmwareVersion"),
          text_of(body, "SerialNumber"), text_of(body, "HardwareId")};
}

ServiceAddresses read_services(const pugi::xml_node& body) {
  ServiceAddresses addresses;
  for (const pugi::xml_node& service : find_all(body, "Service")) {
    const std::string space = text_of(service, "Namespace");
    if (space == kMediaNamespace) addresses.media = text_of(service, "XAddr");
    if (space == kMedia2Namespace) addresses.media2 = text_of(service, "XAddr");
  }
  return addresses;
}

ServiceAddresses read_capabilities(const pugi::xml_node& body) {
  ServiceAddresses addresses;
  addresses.media = text_of(find(body, "Media"), "XAddr");
  addresses.media2 = text_of(find(body, "Media2"), "XAddr");
  return addresses;
}

std::string read_mac(const pugi::xml_node& body) {
  for (const pugi::xml_node& one : find_all(body, "HwAddress")) {
    const std::string text = clean_text(one.text().get(), 32);
    const auto digits = std::count_if(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
    const bool nobody = std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) <= 0; });
    if (digits == 12 && !nobody) return text;
  }
  return {};
}

std::string read_scope(const pugi::xml_node& body, std::string_view kind) {
  for (const pugi::xml_node& one : find_all(body, "ScopeItem")) {
    std::string value = scope_value(one.text().get(), kind);
    if (!value.empty()) return value;
  }
  return {};
}

std::string read_endpoint_reference(const pugi::xml_node& body) { return normal_uuid(text_of(body, "GUID")); }

std::vector<Profile> read_profiles(const pugi::xml_node& body) {
  std::vector<Profile> profiles;
  for (const pugi::xml_node& node : find_all(body, "Profiles")) {
    if (profiles.size() >= kMaxProfiles) break;
    Profile profile = read_profile(node);
    if (!profile.token.empty()) profiles.push_back(std::move(profile));
  }
  return profiles;
}

std::string read_uri(const pugi::xml_node& body) { return text_of(body, "Uri"); }

std::string normal_uuid(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) text.remove_prefix(colon + 1);
  std::string out;
  for (const char c : text) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (out.size() != 36) return {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? out[i] != '-' : hex_digit(out[i]) < 0) return {};
  }
  return out;
}

std::string scope_value(std::string_view scopes, std::string_view kind) {
  const std::string start = "onvif://www.onvif.org/" + std::string(kind) + "/";
  const std::size_t at = scopes.find(start);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = scopes.substr(at + start.size());
  return percent_decoded(rest.substr(0, rest.find_first_of(" \t\r\n")));
}

}  // namespace vonggac::onvif
