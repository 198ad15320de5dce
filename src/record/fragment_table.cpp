#include "record/fragment_table.h"

#include <limits>

#include "record/varint.h"

namespace vonggac::record {
namespace {

constexpr std::uint8_t kFragmentTableVersion = 1;
/// Sums of untrusted values stay far from overflow below these: 4 EB of file, 146,000 years.
constexpr std::uint64_t kMaxOffset = 1ULL << 62;
constexpr std::int64_t kMaxTime = 1LL << 62;

base::Status damaged_fragment_table() {
  return base::data_loss("fragment table in index.db is damaged_fragment_table: run 'vonggac rebuild'");
}

bool in_range(const FragmentEntry& e) {
  return e.offset_bytes < kMaxOffset && e.seq < kMaxOffset && e.start_us < kMaxTime && e.start_us > -kMaxTime &&
         e.media_start_90k < kMaxTime && e.media_start_90k > -kMaxTime;
}

/// The entry that would follow `before` without any irregularity, its size, duration and flags still open.
FragmentEntry follower(const FragmentEntry& before) {
  FragmentEntry next;
  next.seq = before.seq + 1;
  next.offset_bytes = before.offset_bytes + before.size_bytes;
  next.start_us = before.end_us();
  next.media_start_90k = before.media_start_90k + before.duration_90k;
  return next;
}

}  // namespace

base::Bytes encode_fragment_table(const std::vector<FragmentEntry>& entries) {
  base::Bytes out;
  out.reserve(32 + entries.size() * 12);
  out.push_back(kFragmentTableVersion);
  put_varint(out, entries.size());
  if (entries.empty()) return out;
  FragmentEntry expected;
  expected.offset_bytes = entries.front().offset_bytes;
  expected.start_us = entries.front().start_us;
  expected.seq = entries.front().seq;
  put_varint(out, expected.offset_bytes);
  put_signed(out, expected.start_us);
  put_varint(out, expected.seq);
  for (const FragmentEntry& e : entries) {
    const bool irregular = e.offset_bytes != expected.offset_bytes || e.seq != expected.seq;
    put_varint(out, (static_cast<std::uint64_t>(e.flags) << 1) | (irregular ? 1 : 0));
    if (irregular) {
      put_varint(out, e.offset_bytes - expected.offset_bytes);
      put_varint(out, e.seq - expected.seq);
    }
    put_varint(out, e.size_bytes);
    put_signed(out, e.start_us - expected.start_us);
    put_signed(out, e.media_start_90k - expected.media_start_90k);
    put_varint(out, e.duration_90k);
    expected = follower(e);
  }
  return out;
}

base::Result<std::vector<FragmentEntry>> decode_fragment_table(base::ByteSpan blob) {
  base::ByteReader in(blob);
  if (in.u8() != kFragmentTableVersion) return damaged_fragment_table();
  const std::uint64_t count = get_varint(in);
  if (in.failed() || count > kMaxFragmentsPerSegment || count > blob.size()) return damaged_fragment_table();
  std::vector<FragmentEntry> entries;
  entries.reserve(count);
  FragmentEntry expected;
  if (count > 0) {
    expected.offset_bytes = get_varint(in);
    expected.start_us = get_signed(in);
    expected.seq = get_varint(in);
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    if (in.failed() || !in_range(expected)) return damaged_fragment_table();
    FragmentEntry e = expected;
    const std::uint64_t flags = get_varint(in);
    if ((flags & 1) != 0) {
      const std::uint64_t offset_skip = get_varint(in), seq_skip = get_varint(in);
      if (offset_skip >= kMaxOffset || seq_skip >= kMaxOffset) return damaged_fragment_table();
      e.offset_bytes += offset_skip;
      e.seq += seq_skip;
    }
    const std::uint64_t size = get_varint(in);
    const std::int64_t start = get_signed(in), media_start = get_signed(in);
    const std::uint64_t duration = get_varint(in);
    constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();
    const bool fits = size <= kMax32 && duration <= kMax32 && flags >> 1 <= kMax32 && start < kMaxTime &&
                      start > -kMaxTime && media_start < kMaxTime && media_start > -kMaxTime;
    if (in.failed() || !fits) return damaged_fragment_table();
    e.flags = static_cast<std::uint32_t>(flags >> 1);
    e.size_bytes = static_cast<std::uint32_t>(size);
    e.duration_90k = static_cast<std::uint32_t>(duration);
    e.start_us += start;
    e.media_start_90k += media_start;
    if (!in_range(e)) return damaged_fragment_table();
    entries.push_back(e);
    expected = follower(e);
  }
  if (in.failed() || !in.at_end()) return damaged_fragment_table();
  return entries;
}

}  // namespace vonggac::record
