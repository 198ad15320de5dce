/// Values in PostgreSQL's binary form, for the types that the catalogue uses.
/// Source   PostgreSQL 15, chapter 55 "Frontend/Backend Protocol"; OIDs of pg_type.dat.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/value.h"

namespace vonggac::store {

inline constexpr std::uint32_t kOidBool = 16, kOidBytea = 17, kOidInt8 = 20, kOidInt2 = 21, kOidInt4 = 23,
                               kOidText = 25, kOidFloat4 = 700, kOidFloat8 = 701, kOidUnknown = 705, kOidVarchar = 1043;

/// kInvalidArgument: the value does not fit the type. Null gives an empty string; the caller sends it as null.
base::Result<std::string> encode_value(const Value& value, std::uint32_t type);
/// kInternal: a type that the catalogue does not use; cast it in the statement.
base::Result<Value> decode_value(base::ByteSpan bytes, std::uint32_t type);

}  // namespace vonggac::store
