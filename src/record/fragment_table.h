/// The fragment table of a segment: where each fragment lies in the file and when it was captured. Stored as one blob
/// per sealed segment (fragment_table.entries); of a still open segment as rows of fragment_tail.
/// Flow     rec-sync -> encode -> index.db -> decode -> archive, export, check
/// Threads  plain functions.
/// Errors   decode: kDataLoss for anything encode would not have written.
/// Units    bytes in the file, wall microseconds UTC, 90 kHz ticks from the segment's first decode time.
///
/// Form     version u8 = 1, then LEB128 varints: count; first offset; first start_us (zigzag); first seq; per entry:
///          flags << 1 | irregular; if irregular: offset skip, sequence skip (each against "follows directly");
///          size; start_us against the end of the entry before (zigzag); media start likewise (zigzag); duration.
///          About 11 bytes for a fragment of 2 s.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"

namespace vonggac::record {

/// Bits of FragmentEntry::flags; stored, so they keep their values.
enum FragmentFlag : std::uint32_t {
  kFragmentKeyStart = 1,       ///< its first video sample is a key frame
  kFragmentDamaged = 2,        ///< packets of at least one access unit were lost
  kFragmentDiscontinuity = 4,  ///< the camera's time axis was re-anchored inside or just before
};

struct FragmentEntry {
  std::uint64_t seq = 0;           ///< counts up per camera and role, over all segments and restarts
  std::uint64_t offset_bytes = 0;  ///< of the fragment's uuid box in the file
  std::uint32_t size_bytes = 0;    ///< uuid + moof + mdat
  std::int64_t start_us = 0;       ///< wall time of the first presented video sample
  std::int64_t media_start_90k = 0;
  std::uint32_t duration_90k = 0;
  std::uint32_t flags = 0;
  bool operator==(const FragmentEntry&) const = default;
  std::int64_t end_us() const { return start_us + base::us_from_90k(duration_90k); }
};

/// A segment of 5 minutes has 150; 20 minutes of 100 ms GOPs have 12,000.
constexpr std::size_t kMaxFragmentsPerSegment = 100'000;

/// `entries` in file order: offsets and sequence numbers rise.
base::Bytes encode_fragment_table(const std::vector<FragmentEntry>& entries);
base::Result<std::vector<FragmentEntry>> decode_fragment_table(base::ByteSpan blob);

}  // namespace vonggac::record
