#include "record/clip_holes.h"

#include <algorithm>

namespace vonggac::record {
namespace {

constexpr const char* kNotRecorded = "not recorded: no motion, or outside the schedule";
constexpr const char* kDeleted = "recorded, but deleted since";

struct Empty {
  std::int64_t start_us = 0, end_us = 0;
  bool deleted = false;
};

/// The stretches of [from, to) without coverage.
std::vector<Empty> uncovered(std::vector<Coverage> covered, std::int64_t from_us, std::int64_t to_us) {
  std::sort(covered.begin(), covered.end(), [](const auto& a, const auto& b) { return a.start_us < b.start_us; });
  std::vector<Empty> empty;
  std::int64_t reached_us = from_us;
  const Coverage* before = nullptr;
  for (const Coverage& c : covered) {
    if (c.end_us <= from_us || c.start_us >= to_us) continue;
    if (c.start_us - reached_us > kSpanToleranceUs) {
      empty.push_back({reached_us, c.start_us, before != nullptr && c.seq > before->seq + 1});
    }
    reached_us = std::max(reached_us, c.end_us);
    before = &c;
  }
  if (to_us - reached_us > kSpanToleranceUs) empty.push_back({reached_us, to_us, false});
  return empty;
}

void explain(const Empty& empty, const std::vector<StoredGap>& gaps, std::vector<ClipHole>& holes) {
  const auto rest = [&](std::int64_t start_us, std::int64_t end_us) {
    if (end_us - start_us <= kSpanToleranceUs) return;
    holes.push_back({{start_us},
                     {end_us},
                     empty.deleted ? GapCause::kDeleted : GapCause::kUnknown,
                     empty.deleted ? kDeleted : kNotRecorded});
  };
  std::int64_t reached_us = empty.start_us;
  for (const StoredGap& gap : gaps) {
    const std::int64_t start_us = std::max(gap.start.us, reached_us);
    const std::int64_t end_us = gap.end ? std::min(gap.end->us, empty.end_us) : empty.end_us;
    if (end_us <= start_us || start_us >= empty.end_us) continue;
    rest(reached_us, start_us);
    holes.push_back({{start_us}, {end_us}, gap.cause, gap.detail});
    reached_us = end_us;
  }
  rest(reached_us, empty.end_us);
}

}  // namespace

std::vector<ClipHole> find_holes(const std::vector<Coverage>& covered, const std::vector<StoredGap>& gaps,
                                 base::WallTime from, base::WallTime to) {
  std::vector<StoredGap> sorted = gaps;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  std::vector<ClipHole> holes;
  for (const Empty& empty : uncovered(covered, from.us, to.us)) explain(empty, sorted, holes);
  return holes;
}

}  // namespace vonggac::record
