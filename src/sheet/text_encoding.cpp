#include "sheet/text_encoding.h"

#include <array>
#include <optional>

#include <utf8proc.h>

#include "sheet/encoding_tables.h"

namespace vonggac::sheet {
namespace {

using Decoding = std::variant<DecodedText, BadByte>;

void append_utf8(std::string& text, char32_t code) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes.data());
  text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length));
}

/// Where it stops being UTF-8.
std::optional<std::size_t> first_not_utf8(base::ByteSpan bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    utf8proc_int32_t code = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes.data() + at, static_cast<utf8proc_ssize_t>(bytes.size() - at), &code);
    if (length <= 0) return at;
    at += static_cast<std::size_t>(length);
  }
  return std::nullopt;
}

std::string text_of(base::ByteSpan bytes) {
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Decoding decode_utf16(base::ByteSpan bytes, bool big_endian) {
  const std::string name = big_endian ? "UTF-16 BE" : "UTF-16 LE";
  const auto unit = [&](std::size_t at) {
    const unsigned first = bytes[at], second = bytes[at + 1];
    return static_cast<char32_t>(big_endian ? first << 8U | second : second << 8U | first);
  };
  DecodedText text{"", name, true};
  text.utf8.reserve(bytes.size());
  std::size_t at = 2;
  for (; at + 1 < bytes.size(); at += 2) {
    char32_t code = unit(at);
    if (code >= 0xD800 && code < 0xDC00 && at + 3 < bytes.size() && unit(at + 2) >= 0xDC00 && unit(at + 2) < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10U) + (unit(at + 2) - 0xDC00);
      at += 2;
    } else if (code >= 0xD800 && code < 0xE000) {
      return BadByte{at, name};
    }
    append_utf8(text.utf8, code);
  }
  if (at < bytes.size()) return BadByte{at, name};
  return text;
}

Decoding decode_bytes(base::ByteSpan bytes, const std::array<char32_t, 128>& table, const char* name) {
  DecodedText text{"", name, false};
  text.utf8.reserve(bytes.size() * 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] < 0x80) {
      text.utf8 += static_cast<char>(bytes[i]);
      continue;
    }
    const char32_t code = table[bytes[i] - 0x80U];
    if (code == 0) return BadByte{i, name};
    append_utf8(text.utf8, code);
  }
  return text;
}

bool is_ascii_letter(std::uint8_t byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

/// In TCVN3 the letters à ả ã á ạ ... are bytes that Windows-1258 uses for signs between words. Signs that touch
/// letters, and tone marks that follow no vowel, speak for TCVN3.
bool looks_like_tcvn3(base::ByteSpan bytes) {
  constexpr std::string_view kVowels = "aeiouyAEIOUY";
  std::size_t for_tcvn3 = 0, for_1258 = 0;
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    const std::uint8_t byte = bytes[i], before = bytes[i - 1];
    if (byte >= 0xA1 && byte <= 0xBE) {
      if (is_ascii_letter(before)) ++for_tcvn3;
      continue;
    }
    const bool tone = byte == 0xCC || byte == 0xD2 || byte == 0xDE || byte == 0xEC || byte == 0xF2;
    if (!tone) continue;
    const bool vowel = before >= 0xC0 || kVowels.find(static_cast<char>(before)) != std::string_view::npos;
    ++(vowel ? for_1258 : for_tcvn3);
  }
  return for_tcvn3 > for_1258;
}

Decoding decode_old(base::ByteSpan bytes) {
  Decoding tcvn3 = decode_bytes(bytes, kTcvn3, "TCVN3 (.VnTime)");
  if (std::holds_alternative<DecodedText>(tcvn3) && looks_like_tcvn3(bytes)) return tcvn3;
  return decode_bytes(bytes, kWindows1258, "Windows-1258");
}

}  // namespace

Decoding decode_text(base::ByteSpan file, Encoding encoding) {
  const auto begins = [&](std::initializer_list<std::uint8_t> mark) {
    return file.size() >= mark.size() && std::equal(mark.begin(), mark.end(), file.begin());
  };
  if (begins({0xFF, 0xFE})) return decode_utf16(file, false);
  if (begins({0xFE, 0xFF})) return decode_utf16(file, true);
  if (begins({0xEF, 0xBB, 0xBF})) {
    const base::ByteSpan rest = file.subspan(3);
    if (const auto bad = first_not_utf8(rest)) return BadByte{*bad + 3, "UTF-8"};
    return DecodedText{text_of(rest), "UTF-8 BOM", true};
  }
  if (encoding == Encoding::kTcvn3) return decode_bytes(file, kTcvn3, "TCVN3 (.VnTime)");
  if (encoding == Encoding::kWindows1258) return decode_bytes(file, kWindows1258, "Windows-1258");
  if (!first_not_utf8(file)) return DecodedText{text_of(file), "UTF-8", true};
  return decode_old(file);
}

}  // namespace vonggac::sheet
