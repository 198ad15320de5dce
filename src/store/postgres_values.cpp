#include "store/postgres_values.h"

#include <bit>
#include <limits>

#include <fmt/format.h>

namespace vonggac::store {
namespace {

std::string big_endian(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[size - 1 - i] = static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

base::Status does_not_fit(std::string_view what, std::uint32_t type) {
  return base::invalid_argument(fmt::format("catalogue: {} does not fit a parameter of type {}", what, type));
}

base::Result<std::string> encode_integer(std::int64_t v, std::uint32_t type) {
  const auto within = [v](std::int64_t low, std::int64_t high) { return v >= low && v <= high; };
  switch (type) {
    case kOidInt8:
      return big_endian(static_cast<std::uint64_t>(v), 8);
    case kOidInt4:
      if (!within(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max())) break;
      return big_endian(static_cast<std::uint64_t>(v), 4);
    case kOidInt2:
      if (!within(std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max())) break;
      return big_endian(static_cast<std::uint64_t>(v), 2);
    case kOidBool:
      if (!within(0, 1)) break;
      return big_endian(static_cast<std::uint64_t>(v), 1);
    case kOidFloat8:
      return big_endian(std::bit_cast<std::uint64_t>(static_cast<double>(v)), 8);
    default:
      break;
  }
  return does_not_fit("an integer", type);
}

struct Encoder {
  std::uint32_t type;
  base::Result<std::string> operator()(std::monostate) const { return std::string(); }
  base::Result<std::string> operator()(std::int64_t v) const { return encode_integer(v, type); }
  base::Result<std::string> operator()(double v) const {
    if (type == kOidFloat8) return big_endian(std::bit_cast<std::uint64_t>(v), 8);
    return does_not_fit("a real number", type);
  }
  base::Result<std::string> operator()(const std::string& v) const {
    if (type != kOidText && type != kOidVarchar && type != kOidUnknown) return does_not_fit("a text", type);
    // SQLite stores it, PostgreSQL cannot: the same on both.
    if (v.find('\0') != std::string::npos) return does_not_fit("a text with a zero byte", type);
    return v;
  }
  base::Result<std::string> operator()(const base::Bytes& v) const {
    if (type != kOidBytea) return does_not_fit("bytes", type);
    return std::string(v.begin(), v.end());
  }
};

/// Sign-extended.
std::int64_t integer_of(base::ByteSpan bytes) {
  std::uint64_t value = !bytes.empty() && (bytes[0] & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return static_cast<std::int64_t>(value);
}

}  // namespace

base::Result<std::string> encode_value(const Value& value, std::uint32_t type) {
  return std::visit(Encoder{type}, value.content());
}

base::Result<Value> decode_value(base::ByteSpan bytes, std::uint32_t type) {
  const auto as_double = [](std::int64_t bits) { return std::bit_cast<double>(bits); };
  switch (type) {
    case kOidBool:
      return Value(!bytes.empty() && bytes[0] != 0);
    case kOidInt2:
    case kOidInt4:
    case kOidInt8:
      if (bytes.size() > 8) break;
      return Value(integer_of(bytes));
    case kOidFloat4:
      if (bytes.size() != 4) break;
      return Value(static_cast<double>(std::bit_cast<float>(static_cast<std::int32_t>(integer_of(bytes)))));
    case kOidFloat8:
      if (bytes.size() != 8) break;
      return Value(as_double(integer_of(bytes)));
    case kOidText:
    case kOidVarchar:
    case kOidUnknown:
    case 19:  // name, of system tables
      return Value(std::string(base::as_text(bytes)));
    case kOidBytea:
      return Value(base::Bytes(bytes.begin(), bytes.end()));
    default:
      break;
  }
  return base::internal_error(
      fmt::format("catalogue: an answer of type {}: cast it to bigint, double precision or text", type));
}

}  // namespace vonggac::store
