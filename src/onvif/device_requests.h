/// The few requests of ONVIF that registering a camera needs, and their answers as plain structs. A field that a device
/// left out is empty; nothing here trusts a number further than its range.
/// Flow     ask_x() -> envelope() -> device -> SoapReply.body -> read_x()
/// Threads  plain values.
/// Errors   none: what cannot be read is not there.
/// Source   ONVIF Core (device), Media, Media2 service specifications.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "onvif/xml_document.h"

namespace vonggac::onvif {

inline constexpr const char* kDeviceNamespace = "http://www.onvif.org/ver10/device/wsdl";
inline constexpr const char* kMediaNamespace = "http://www.onvif.org/ver10/media/wsdl";
inline constexpr const char* kMedia2Namespace = "http://www.onvif.org/ver20/media/wsdl";
inline constexpr const char* kDevicePath = "/onvif/device_service";
constexpr std::size_t kMaxProfiles = 256;  ///< 64 channels with four streams each

struct Request {
  std::string action;
  std::string body;
};

Request ask_date_and_time();
Request ask_device_information();
Request ask_services();
Request ask_capabilities();
Request ask_network_interfaces();
Request ask_scopes();
Request ask_endpoint_reference();
Request ask_profiles(bool media2);
Request ask_stream_uri(bool media2, const std::string& profile_token);
Request ask_snapshot_uri(bool media2, const std::string& profile_token);

struct DeviceInformation {
  std::string manufacturer, model, firmware, serial, hardware;
};
struct ServiceAddresses {
  std::string media, media2;  ///< as the device wrote them
};
struct Profile {
  std::string token, name, source;  ///< `source`: the video source's token; a recorder has one for each channel
  std::string encoding;             ///< "H264", "H265", "JPEG", as the device says
  std::int64_t width = 0, height = 0, frame_rate = 0, bitrate_kbit = 0, gov_length = 0;
  bool audio = false;
};

std::optional<base::WallTime> read_date_and_time(const pugi::xml_node& body);
DeviceInformation read_device_information(const pugi::xml_node& body);
ServiceAddresses read_services(const pugi::xml_node& body);
ServiceAddresses read_capabilities(const pugi::xml_node& body);
/// The first one that is a MAC, as written.
std::string read_mac(const pugi::xml_node& body);
/// Values of scopes by kind: "name", "hardware", "location".
std::string read_scope(const pugi::xml_node& body, std::string_view kind);
std::string read_endpoint_reference(const pugi::xml_node& body);
std::vector<Profile> read_profiles(const pugi::xml_node& body);
std::string read_uri(const pugi::xml_node& body);

/// "urn:uuid:...", "uuid:...", "UUID" -> 36 characters in lower case; empty if it is none.
std::string normal_uuid(std::string_view text);
/// One value of a list of scopes ("onvif://www.onvif.org/name/Cong%20truong").
std::string scope_value(std::string_view scopes, std::string_view kind);

}  // namespace vonggac::onvif
