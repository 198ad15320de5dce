/// Elements and text of one XML part, in order. A document type is refused, so that there are neither entities of its
/// own nor addresses to fetch.
/// Threads  one at a time.
/// Errors   feed() and end() say false; refused_doctype() says why, else it is no XML.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace vonggac::sheet {

/// Names without their prefixes.
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  /// Empty: there is none.
  std::string_view get(std::string_view name) const;

 private:
  const char** pairs_;
};

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void begin(std::string_view element, const Attributes& attributes) = 0;
  virtual void end(std::string_view element) = 0;
  virtual void text(std::string_view piece) = 0;
  /// Asked after each event: true stops reading.
  virtual bool enough() const { return false; }
};

class XmlReader {
 public:
  explicit XmlReader(XmlHandler& handler);
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  bool feed(base::ByteSpan piece);
  bool end();
  bool stopped() const;
  bool refused_doctype() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace vonggac::sheet
