/// Numbers of official documents: "36/KH-BCĐ138", "111-KH/TU", "124/2021/TT-BCA", "510/QĐ-BCA-V05".
/// Flow     typed text -> parse_document_number -> number as it is kept and compared.
/// Threads  pure functions.
/// Source   domain 3.1; the pattern there, read by hand: no regular expressions on what people type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vonggac::catalogue {

struct DocumentNumber {
  std::string text;         ///< composed (NFC), no blanks: "36/KH-BCĐ138"
  std::optional<int> year;  ///< only if the number tells it: 124/2021/TT-BCA
  std::string type;         ///< of document_types() by its mark (KH, QĐ, TT ...); empty: the mark is of no type
};
/// Takes "Số: 36 / KH–BCĐ138" too. Nullopt: not of the pattern.
std::optional<DocumentNumber> parse_document_number(std::string_view typed);

}  // namespace vonggac::catalogue
