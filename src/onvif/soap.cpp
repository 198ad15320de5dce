#include "onvif/soap.h"

#include <array>

#include <openssl/evp.h>
#include <sys/random.h>

#include "base/base64.h"

namespace vonggac::onvif {
namespace {

constexpr std::string_view kOasis = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";

std::string sha1(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
  return {reinterpret_cast<const char*>(digest.data()), size};
}

/// "2026-11-21T14:05:09Z": without a fraction, which some devices do not read.
std::string created_text(base::WallTime time) {
  const std::string whole = base::to_iso8601(time);
  return whole.substr(0, whole.find('.')) + "Z";
}

std::string security_header(const UsernameToken& token) {
  const std::string created = created_text(token.created);
  const std::string digest = base::to_base64(base::as_bytes(sha1(token.nonce + created + token.password.reveal())));
  const std::string oasis(kOasis);
  return "<s:Header><Security s:mustUnderstand=\"1\" xmlns=\"" + oasis + "wssecurity-secext-1.0.xsd\"><UsernameToken>" +
         "<Username>" + escaped(token.username) + "</Username><Password Type=\"" + oasis +
         "username-token-profile-1.0#PasswordDigest\">" + digest + "</Password><Nonce EncodingType=\"" + oasis +
         "soap-message-security-1.0#Base64Binary\">" + base::to_base64(base::as_bytes(token.nonce)) +
         "</Nonce><Created xmlns=\"" + oasis + "wssecurity-utility-1.0.xsd\">" + created +
         "</Created></UsernameToken></Security></s:Header>";
}

bool says(const pugi::xml_node& fault, std::string_view word) {
  for (const char* part : {"Value", "faultcode", "Text", "faultstring"}) {
    for (const pugi::xml_node& one : find_all(fault, part)) {
      if (std::string_view(one.text().get()).find(word) != std::string_view::npos) return true;
    }
  }
  return false;
}

base::Status refusal(const pugi::xml_node& fault) {
  for (const char* word : {"NotAuthorized", "Unauthorized", "FailedAuthentication", "not authorized", "Not Authorized",
                           "InvalidSecurity", "OperationProhibited"}) {
    if (says(fault, word)) return base::permission_denied("the device wants a user name and password");
  }
  for (const char* word : {"ActionNotSupported", "NoSuchService", "UnknownAction", "not implemented"}) {
    if (says(fault, word)) return base::not_found("the device does not know this request");
  }
  std::string reason = text_of(fault, "Text");
  if (reason.empty()) reason = text_of(fault, "faultstring");
  return base::unavailable("the device refused: " + clean_text(reason, 120));
}

}  // namespace

void soap_warm_up() { (void)sha1("warm"); }

std::string random_nonce() {
  std::string bytes(16, '\0');
  (void)!getrandom(bytes.data(), bytes.size(), 0);  // sixteen bytes never come short
  return bytes;
}

std::string soap_content_type(std::string_view action) {
  return "application/soap+xml; charset=utf-8; action=\"" + std::string(action) + "\"";
}

std::string envelope(std::string_view body, const UsernameToken* token) {
  std::string out =
      R"(<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">)";
  if (token != nullptr) out += security_header(*token);
  out += "<s:Body>";
  out += body;
  return out + "</s:Body></s:Envelope>";
}

base::Result<SoapReply> read_reply(int http_status, std::string_view text) {
  if (http_status >= 300 && http_status < 400) {
    return base::unavailable("the device sends this request elsewhere, which is not followed");
  }
  base::Result<XmlDocument> document = XmlDocument::parse(text);
  if (!document) {
    if (http_status == 401 || http_status == 403) {
      return base::permission_denied("the device wants a user name and password");
    }
    if (http_status == 404) return base::not_found("nothing answers to ONVIF there");
    return document.error();
  }
  SoapReply reply{std::move(*document), {}};
  reply.body = child(reply.document.root(), "Body");
  if (local_name(reply.document.root().name()) != "Envelope" || !reply.body) {
    if (http_status == 401 || http_status == 403) {
      return base::permission_denied("the device wants a user name and password");
    }
    return base::data_loss("the device's answer is not SOAP");
  }
  if (const pugi::xml_node fault = child(reply.body, "Fault")) return refusal(fault);
  if (http_status == 401 || http_status == 403) {
    return base::permission_denied("the device wants a user name and password");
  }
  if (http_status != 200) return base::unavailable("the device answered with HTTP " + std::to_string(http_status));
  return reply;
}

}  // namespace vonggac::onvif
