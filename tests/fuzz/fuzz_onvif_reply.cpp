/// What an ONVIF device answers: any bytes give facts or an error, and no fact leaves its bounds. Links vonggac_onvif.
#include <cstdlib>

#include "onvif/device_requests.h"
#include "onvif/device_url.h"
#include "onvif/soap.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto reply = onvif::read_reply(200, text);
  if (!reply) return 0;
  (void)onvif::read_date_and_time(reply->body);
  (void)onvif::read_capabilities(reply->body);
  const onvif::DeviceInformation device = onvif::read_device_information(reply->body);
  for (const std::string* fact : {&device.manufacturer, &device.model, &device.serial}) {
    if (fact->size() > 1024) std::abort();
    for (const char c : *fact) {
      if (static_cast<unsigned char>(c) < 0x20) std::abort();
    }
  }
  const std::string mac = onvif::read_mac(reply->body), uuid = onvif::read_endpoint_reference(reply->body);
  if (mac.size() > 32 || (!uuid.empty() && uuid.size() != 36)) std::abort();
  const auto profiles = onvif::read_profiles(reply->body);
  if (profiles.size() > onvif::kMaxProfiles) std::abort();
  for (const onvif::Profile& profile : profiles) {
    if (profile.width < 0 || profile.width > 16'384 || profile.gov_length < 0) std::abort();
    const onvif::Request again = onvif::ask_stream_uri(true, profile.token);
    if (!onvif::XmlDocument::parse(again.body)) std::abort();  // a token goes back as data, never as XML
  }
  for (const std::string& address : {onvif::read_uri(reply->body), onvif::read_services(reply->body).media}) {
    for (const char* scheme : {"rtsp", "http"}) {
      const auto url = onvif::parse_device_url(address, scheme);
      if (url &&
          (url->target.empty() || url->target[0] != '/' || url->target.find_first_of("\r\n ") != std::string::npos)) {
        std::abort();
      }
    }
  }
  return 0;
}
