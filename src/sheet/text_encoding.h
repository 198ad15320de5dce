/// Bytes of a text file to UTF-8: UTF-8 with or without mark, UTF-16, Windows-1258 (letters and tone marks apart) and
/// TCVN3 (".VnTime"). A byte that the encoding does not have is named with its place, never replaced.
/// Threads  pure function.
/// Source   Unicode's CP1258 table; TCVN 5712:1993 (VN3).
#pragma once

#include <string>
#include <variant>

#include "base/bytes.h"
#include "sheet/read_sheet.h"

namespace vonggac::sheet {

struct DecodedText {
  std::string utf8, encoding;
  bool certain = true;  ///< false: guessed from the letters
};
/// Where it cannot go on: the byte and its place in the file, counted from 0.
struct BadByte {
  std::size_t at = 0;
  std::string encoding;
};
std::variant<DecodedText, BadByte> decode_text(base::ByteSpan file, Encoding encoding);

}  // namespace vonggac::sheet
