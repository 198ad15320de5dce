/// Reads segment files back: what the file is, its whole fragments with their sample tables, and where it is torn.
/// Flow     ByteSource -> scan_segment() -> SegmentScan; read_fragment() for one at a known place.
/// Threads  stateless.
/// Errors   scan_segment: kInvalidArgument: not a segment file of ours; kDataLoss: the beginning is damaged. What
///          is wrong further on is part of the result. Every size in the file is checked against the file and caps.
/// Units    offsets and sizes in bytes from the start of the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "media/byte_source.h"
#include "media/fmp4_writer.h"
#include "media/fragment_record.h"

namespace vonggac::media {

constexpr std::size_t kMaxInitBytes = 1U << 20;
constexpr std::size_t kMaxMoofBytes = 1U << 20;
constexpr std::size_t kMaxFragmentSamples = 65'536;    ///< all tracks of one fragment
constexpr std::size_t kMaxSegmentFragments = 100'000;  ///< of one file

struct MoofTrack {
  TrackFragment fragment;
  std::uint64_t data_offset = 0;  ///< of the first sample, from the start of the moof box
};
struct Moof {
  std::uint32_t sequence = 0;
  std::vector<MoofTrack> tracks;
};
/// `moof` = the whole box. kDataLoss: malformed, or using features make_moof() does not.
base::Result<Moof> parse_moof(base::ByteSpan moof);

struct Fragment {
  std::uint64_t offset = 0;  ///< of the record box
  std::uint64_t moof_offset = 0;
  std::uint64_t mdat_offset = 0;  ///< of the mdat box
  std::uint64_t end_offset = 0;   ///< where the next one begins
  FragmentRecord record;
  Moof moof;  ///< data offsets are within this fragment's mdat
};
/// The fragment whose record box is at `offset`. Media hashes are not verified.
/// kOutOfRange: the file ends inside it. kDataLoss: the bytes are not a fragment.
base::Result<Fragment> read_fragment(const ByteSource& source, std::uint64_t offset);

/// kDataLoss: moof + mdat are not the bytes the record was written for.
base::Status verify_media_hash(const ByteSource& source, const Fragment& fragment);

struct ScanOptions {
  bool verify_hashes = false;  ///< read and hash all media
  bool resync = false;         ///< after damage look for the next record instead of stopping
};

struct DamagedRange {
  std::uint64_t offset = 0, end_offset = 0;
  std::string reason;
};

struct SegmentStart {
  InitDescription init;
  SegmentHeader header;
  base::Sha256Digest init_sha256{};  ///< over ftyp + moov + segment header
  std::uint64_t size_bytes = 0;      ///< where the first fragment begins
};
/// ftyp, moov and segment header only.
base::Result<SegmentStart> read_segment_start(const ByteSource& source);

struct SegmentScan {
  SegmentStart start;
  std::vector<Fragment> fragments;    ///< whole and of this file's identity, in file order
  std::vector<DamagedRange> damaged;  ///< between whole fragments, or failing their hash (those are not in `fragments`)
  std::vector<std::size_t> chain_breaks;  ///< indices whose record does not follow the one before
  std::uint64_t whole_end = 0;            ///< end of the last whole fragment (or of the start)
  std::uint64_t file_bytes = 0;
  std::string tail;  ///< why the bytes after whole_end are no fragment; empty when there are none
};
base::Result<SegmentScan> scan_segment(const ByteSource& source, const ScanOptions& options = {});

}  // namespace vonggac::media
