#include "onvif/xml_document.h"

#include <charconv>

namespace vonggac::onvif {
namespace {

/// Walks without recursion: depth is what the peer chose.
template <typename Visit>
void walk(const pugi::xml_node& from, Visit&& visit) {
  pugi::xml_node node = from.first_child();
  int depth = 1;
  while (node) {
    if (!visit(node, depth)) return;
    if (node.first_child()) {
      node = node.first_child();
      ++depth;
      continue;
    }
    while (node && node != from && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (!node || node == from) return;
    node = node.next_sibling();
  }
}

/// How many bytes the UTF-8 sequence at the beginning has; 0: it is none.
std::size_t sequence_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80                    ? 1
                           : first >= 0xc2 && first < 0xe0 ? 2
                           : first >= 0xe0 && first < 0xf0 ? 3
                           : first >= 0xf0 && first < 0xf5 ? 4
                                                           : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) >= 0xa0;
  const bool beyond = first == 0xf4 && byte(1) >= 0x90;
  const bool c1_control = first == 0xc2 && byte(1) < 0xa0;
  return overlong || surrogate || beyond || c1_control ? 0 : size;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

base::Result<XmlDocument> XmlDocument::parse(std::string_view text) {
  if (text.size() > kMaxXmlBytes) return base::data_loss("the device's answer is too long");
  if (text.find("<!DOCTYPE") != std::string_view::npos || text.find("<!ENTITY") != std::string_view::npos) {
    return base::data_loss("the device's answer defines a document type, which is not read");
  }
  XmlDocument document;
  document.tree_ = std::make_unique<pugi::xml_document>();
  const pugi::xml_parse_result parsed =
      document.tree_->load_buffer(text.data(), text.size(), pugi::parse_default & ~pugi::parse_doctype);
  if (!parsed || !document.tree_->document_element()) return base::data_loss("the device's answer is not XML");
  bool too_much = false;
  std::size_t nodes = 0;
  walk(*document.tree_, [&](const pugi::xml_node&, int depth) {
    too_much = depth > kMaxXmlDepth || ++nodes > kMaxXmlNodes;
    return !too_much;
  });
  if (too_much) return base::data_loss("the device's answer is nested too deeply or has too many parts");
  return document;
}

std::string_view local_name(const char* qualified) {
  const std::string_view name(qualified);
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& one : node.children()) {
    if (local_name(one.name()) == name) return one;
  }
  return {};
}

std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (const pugi::xml_node& one : node.children()) {
    if (local_name(one.name()) == name) found.push_back(one);
  }
  return found;
}

pugi::xml_node find(const pugi::xml_node& node, std::string_view name) {
  pugi::xml_node found;
  walk(node, [&](const pugi::xml_node& one, int) {
    if (local_name(one.name()) == name) found = one;
    return !found;
  });
  return found;
}

std::vector<pugi::xml_node> find_all(const pugi::xml_node& node, std::string_view name) {
  std::vector<pugi::xml_node> found;
  walk(node, [&](const pugi::xml_node& one, int) {
    if (local_name(one.name()) == name) found.push_back(one);
    return true;
  });
  return found;
}

std::string attribute(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& one : node.attributes()) {
    if (local_name(one.name()) == name) return clean_text(one.value());
  }
  return {};
}

std::string text_of(const pugi::xml_node& node, std::string_view name) {
  return clean_text(find(node, name).text().get(), 1024);
}

std::int64_t number_of(const pugi::xml_node& node, std::string_view name, std::int64_t most, std::int64_t otherwise) {
  const std::string text = text_of(node, name);
  double value = -1;  // RateControl of some devices says "25.0"
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return otherwise;
  return value >= 0 && value <= static_cast<double>(most) ? static_cast<std::int64_t>(value) : otherwise;
}

std::string clean_text(std::string_view text, std::size_t most) {
  std::string out;
  std::string_view rest = trimmed(text);
  while (!rest.empty()) {
    const std::size_t size = sequence_bytes(rest);
    const bool control = size == 1 && (static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7f);
    const std::string_view piece = size == 0 || control ? std::string_view("?") : rest.substr(0, size);
    if (out.size() + piece.size() > most) break;
    out += piece;
    rest.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

}  // namespace vonggac::onvif
