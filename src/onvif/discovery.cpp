#include "onvif/discovery.h"

#include "onvif/device_requests.h"
#include "onvif/device_url.h"

namespace vonggac::onvif {
namespace {

DiscoveredDevice read_match(const pugi::xml_node& match) {
  DiscoveredDevice device;
  device.uuid = normal_uuid(text_of(find(match, "EndpointReference"), "Address"));
  device.types = text_of(match, "Types");
  device.video = device.types.find("NetworkVideoTransmitter") != std::string::npos;
  const std::string scopes(find(match, "Scopes").text().get());
  device.name = scope_value(scopes, "name");
  device.hardware = scope_value(scopes, "hardware");
  const std::string addresses = text_of(match, "XAddrs");
  for (std::size_t at = 0; at < addresses.size() && device.port == 0;) {
    const std::size_t end = std::min(addresses.find(' ', at), addresses.size());
    if (const auto url = parse_device_url(std::string_view(addresses).substr(at, end - at), "http")) {
      device.port = url->port == 0 ? 80 : url->port;
      device.claimed_host = url->claimed_host;
    }
    at = end + 1;
  }
  return device;
}

}  // namespace

std::string probe_message(std::string_view message_id) {
  return R"(<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" )"
         R"(xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" )"
         R"(xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" )"
         R"(xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>uuid:)" +
         std::string(message_id) +
         R"(</w:MessageID><w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>)"
         R"(<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action>)"
         R"(</e:Header><e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>)";
}

std::vector<DiscoveredDevice> read_probe_matches(std::string_view datagram) {
  std::vector<DiscoveredDevice> devices;
  const base::Result<XmlDocument> document = XmlDocument::parse(datagram);
  if (!document || local_name(document->root().name()) != "Envelope") return devices;
  for (const pugi::xml_node& match : find_all(child(document->root(), "Body"), "ProbeMatch")) {
    if (devices.size() >= kMaxMatchesPerDatagram) break;
    devices.push_back(read_match(match));
  }
  return devices;
}

}  // namespace vonggac::onvif
