/// SOAP 1.2 as ONVIF devices speak it: envelopes with or without a WS-Security user name token, and what came back.
/// Flow     body -> envelope() -> HTTP POST -> HttpReply -> read_reply() -> SoapReply
/// Threads  plain values.
/// Errors   read_reply(): kPermissionDenied: the device wants another login (fault NotAuthorized, or HTTP 401/403).
///          kNotFound: it does not know the request. kUnavailable: any other refusal. kDataLoss: no SOAP.
/// Source   ONVIF Core 5.9.4 and WSS UsernameToken Profile 1.0: digest = Base64(SHA-1(nonce + created + password)).
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/units.h"
#include "onvif/xml_document.h"

namespace vonggac::onvif {

struct UsernameToken {
  std::string username;
  base::Secret password;
  std::string nonce;       ///< raw bytes
  base::WallTime created;  ///< by the device's clock: most refuse what is 5 s off their own
};
std::string envelope(std::string_view body, const UsernameToken* token);
/// 16 random bytes.
std::string random_nonce();
/// "Content-Type" of a request; some devices look for the action there.
std::string soap_content_type(std::string_view action);

struct SoapReply {
  XmlDocument document;
  pugi::xml_node body;  ///< the Body element
};
base::Result<SoapReply> read_reply(int http_status, std::string_view text);

/// Before a sandbox shuts: OpenSSL loads what it needs for SHA-1.
void soap_warm_up();

}  // namespace vonggac::onvif
