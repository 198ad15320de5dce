#include "ingest/base64.h"

namespace vonggac::ingest {
namespace {
constexpr int kSkip = -1;
constexpr int kStop = -2;

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"') return kSkip;
  return kStop;
}
}  // namespace

base::Bytes decode_base64_leniently(std::string_view text) {
  base::Bytes out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t gathered = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int value = sextet(c);
    if (value == kSkip) continue;
    if (value == kStop) break;
    gathered = (gathered << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(gathered >> bits));
    }
  }
  return out;
}

}  // namespace vonggac::ingest
