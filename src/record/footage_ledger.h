/// How much footage each stream has, kept in step with what the index shows; and the policies retention works by.
/// Threads  thread-safe; small copies under a lock, no I/O.
/// Units    bytes, wall microseconds.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "record/index_writer.h"
#include "record/policy.h"

namespace vonggac::record {

struct StreamTotals {
  std::int64_t bytes = 0, segments = 0;
  std::int64_t newest_end_us = 0;  ///< 0 = nothing was acknowledged yet
  std::int64_t oldest_us = 0;      ///< 0 = no footage
};

class FootageLedger {
 public:
  void apply(const std::vector<FootageChange>& changes);
  /// What the index held before this run; added to what happened since.
  void add_base(const StreamKey& stream, const StreamTotals& base);
  void set_oldest(const StreamKey& stream, std::int64_t oldest_us);
  StreamTotals totals(const StreamKey& stream) const;

  struct Retention {
    std::int32_t days = 0, motion_days = 0;
    std::uint64_t bytes = 0;
  };
  void set_retention(const StreamKey& stream, const Retention& retention);
  std::map<StreamKey, Retention> retentions() const;

 private:
  mutable std::mutex mutex_;
  std::map<StreamKey, StreamTotals> totals_;
  std::map<StreamKey, Retention> retentions_;
};

}  // namespace vonggac::record
