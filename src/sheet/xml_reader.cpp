#include "sheet/xml_reader.h"

#include <expat.h>

namespace vonggac::sheet {
namespace {

constexpr int kDeepest = 64;

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

struct XmlReader::Parser {
  explicit Parser(XmlHandler& its_handler) : handler(its_handler), expat(XML_ParserCreate(nullptr)) {}
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { XML_ParserFree(expat); }

  void stop() { XML_StopParser(expat, XML_FALSE); }
  void look() {
    if (!handler.enough()) return;
    stopped = true;
    stop();
  }
  static Parser& of(void* user) { return *static_cast<Parser*>(user); }
  static void XMLCALL on_begin(void* user, const XML_Char* name, const XML_Char** attributes) {
    Parser& self = of(user);
    if (++self.depth > kDeepest) return self.stop();
    self.handler.begin(without_prefix(name), Attributes(attributes));
    self.look();
  }
  static void XMLCALL on_end(void* user, const XML_Char* name) {
    Parser& self = of(user);
    --self.depth;
    self.handler.end(without_prefix(name));
    self.look();
  }
  static void XMLCALL on_text(void* user, const XML_Char* text, int length) {
    of(user).handler.text({text, static_cast<std::size_t>(length)});
  }
  static void XMLCALL on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    of(user).doctype = true;
    of(user).stop();
  }

  XmlHandler& handler;
  XML_Parser expat;
  int depth = 0;
  bool stopped = false, doctype = false;
};

std::string_view Attributes::get(std::string_view name) const {
  for (const char** pair = pairs_; pair[0] != nullptr; pair += 2) {
    if (without_prefix(pair[0]) == name) return pair[1];
  }
  return {};
}

XmlReader::XmlReader(XmlHandler& handler) : parser_(std::make_unique<Parser>(handler)) {
  XML_SetUserData(parser_->expat, parser_.get());
  XML_SetElementHandler(parser_->expat, Parser::on_begin, Parser::on_end);
  XML_SetCharacterDataHandler(parser_->expat, Parser::on_text);
  XML_SetStartDoctypeDeclHandler(parser_->expat, Parser::on_doctype);
}
XmlReader::~XmlReader() = default;

bool XmlReader::feed(base::ByteSpan piece) {
  return XML_Parse(parser_->expat, reinterpret_cast<const char*>(piece.data()), static_cast<int>(piece.size()), 0) ==
         XML_STATUS_OK;
}
bool XmlReader::end() { return XML_Parse(parser_->expat, "", 0, 1) == XML_STATUS_OK; }
bool XmlReader::stopped() const { return parser_->stopped; }
bool XmlReader::refused_doctype() const { return parser_->doctype; }

}  // namespace vonggac::sheet
