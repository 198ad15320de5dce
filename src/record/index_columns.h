/// How values of ours become integers of SQLite, for all who bind them to columns of index.db.
/// Threads  pure functions.
#pragma once

#include <cstdint>

#include "record/prepared_fragment.h"

namespace vonggac::record {

/// The column `role`: the enumerator's value, which is stored and never changes.
inline std::int64_t role_column(const StreamKey& stream) { return static_cast<std::int64_t>(stream.role); }
/// SQLite has signed integers only; sizes and sequence numbers of ours stay far below 2^63.
inline std::int64_t integer_column(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace vonggac::record
