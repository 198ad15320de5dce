// The blobs of index.db: what decodes must encode to something that decodes to the same. The scanner of motion tables
// must take and refuse what the decoder does, and count the same cells. Regions are parsed from the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "record/fragment_table.h"
#include "record/motion_scan.h"

namespace {

using namespace vonggac;

/// Any cells at all, from the blob's own bytes.
record::MotionRegion region_from(base::ByteSpan blob) {
  record::MotionCells cells{};
  for (std::size_t i = 0; i < cells.size() && !blob.empty(); ++i) cells[i] = blob[i % blob.size()];
  return record::MotionRegion::of(cells);
}

void check_scan(base::ByteSpan blob, const base::Result<record::MotionSeconds>& seconds) {
  const record::MotionRegion region = region_from(blob);
  std::vector<record::MovedSecond> found;
  const bool scanned = record::scan_motion_table(blob, region, 0, found).ok();
  if (scanned != seconds.has_value()) std::abort();
  if (!scanned) return;
  if (found.size() != seconds->size()) std::abort();
  std::size_t at = 0;
  for (const auto& [second, cells] : *seconds) {
    std::int32_t expected = 0;
    for (std::size_t i = 0; i < record::kMotionCells; ++i) {
      if ((cells[i / 8] >> (7 - i % 8) & 1) != 0) expected += region.count(i, i + 1);
    }
    if (found[at].second != second || found[at].cells != expected) std::abort();
    if ((expected > 0) != region.meets(cells)) std::abort();
    ++at;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const base::ByteSpan blob(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto entries = record::decode_fragment_table(blob);
    if (!entries) return 0;
    const auto again = record::decode_fragment_table(record::encode_fragment_table(*entries));
    if (!again || *again != *entries) std::abort();
    return 0;
  }
  if (const auto region = record::MotionRegion::parse(base::as_text(blob)); region && region->size() == 0) std::abort();
  if (record::decode_motion_cells(blob).has_value() !=
      record::scan_motion_cells(blob, record::MotionRegion::whole_picture()).has_value()) {
    std::abort();
  }
  const auto seconds = record::decode_motion_table(blob);
  check_scan(blob, seconds);
  if (!seconds) return 0;
  const auto again = record::decode_motion_table(record::encode_motion_table(*seconds));
  if (!again || *again != *seconds) std::abort();
  return 0;
}
