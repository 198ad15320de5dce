/// XML that a device sent, as a tree that is safe to walk: no document type, no entities of its own, bounded in size
/// and depth. Vendors choose namespace prefixes freely (tds:, SOAP-ENV:, none), so names are compared without them.
/// Flow     bytes of a reply -> XmlDocument::parse() -> child(), find(), text()
/// Threads  one thread at a time.
/// Owns     the tree. Nodes are views into it.
/// Errors   kDataLoss: not XML, too large, too deep, or with a document type.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::onvif {

constexpr std::size_t kMaxXmlBytes = 1U << 20;  ///< 64 profiles of a recorder are some 200 kB
constexpr int kMaxXmlDepth = 32;                ///< real replies stay below 15
constexpr std::size_t kMaxXmlNodes = 100'000;

class XmlDocument {
 public:
  static base::Result<XmlDocument> parse(std::string_view text);
  pugi::xml_node root() const { return tree_->document_element(); }

 private:
  std::unique_ptr<pugi::xml_document> tree_;
};

/// "Envelope" of "SOAP-ENV:Envelope".
std::string_view local_name(const char* qualified);
/// First child of that local name; an empty node if there is none, of which everything else is empty too.
pugi::xml_node child(const pugi::xml_node& node, std::string_view name);
std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name);
/// First one below `node` in document order, however deep.
pugi::xml_node find(const pugi::xml_node& node, std::string_view name);
/// All below `node`, however deep.
std::vector<pugi::xml_node> find_all(const pugi::xml_node& node, std::string_view name);
/// Attribute without regard to its prefix, made printable.
std::string attribute(const pugi::xml_node& node, std::string_view name);
/// Trimmed text of the first descendant of that name, made printable.
std::string text_of(const pugi::xml_node& node, std::string_view name);
/// A whole number in 0..most in the text of the first descendant of that name; `otherwise` if there is none.
std::int64_t number_of(const pugi::xml_node& node, std::string_view name, std::int64_t most, std::int64_t otherwise);

/// Text of a device for people and JSON: valid UTF-8 without control characters, trimmed, at most `most` bytes.
std::string clean_text(std::string_view text, std::size_t most = 256);
/// For text that goes into XML: & < > " ' as entities, control characters left out.
std::string escaped(std::string_view text);

}  // namespace vonggac::onvif
