#include "record/footage_ledger.h"

#include <algorithm>

namespace vonggac::record {

void FootageLedger::apply(const std::vector<FootageChange>& changes) {
  const std::lock_guard lock(mutex_);
  for (const FootageChange& change : changes) {
    StreamTotals& totals = totals_[change.stream];
    totals.bytes += change.bytes;
    totals.segments += change.segments;
    if (change.end_us != 0) totals.newest_end_us = change.end_us;
    if (change.start_us != 0 && totals.oldest_us == 0) totals.oldest_us = change.start_us;
  }
}

void FootageLedger::add_base(const StreamKey& stream, const StreamTotals& base) {
  const std::lock_guard lock(mutex_);
  StreamTotals& totals = totals_[stream];
  totals.bytes += base.bytes;
  totals.segments += base.segments;
  if (totals.newest_end_us == 0) totals.newest_end_us = base.newest_end_us;
  if (base.oldest_us != 0) totals.oldest_us = base.oldest_us;
}

void FootageLedger::set_oldest(const StreamKey& stream, std::int64_t oldest_us) {
  const std::lock_guard lock(mutex_);
  totals_[stream].oldest_us = oldest_us;
}

StreamTotals FootageLedger::totals(const StreamKey& stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = totals_.find(stream);
  return found == totals_.end() ? StreamTotals{} : found->second;
}

void FootageLedger::set_retention(const StreamKey& stream, const Retention& retention) {
  const std::lock_guard lock(mutex_);
  retentions_[stream] = retention;
}

std::map<StreamKey, FootageLedger::Retention> FootageLedger::retentions() const {
  const std::lock_guard lock(mutex_);
  return retentions_;
}

}  // namespace vonggac::record
