/// The identity boxes of a segment file: a segment header right after `moov`, and a record in front of each
/// fragment. They make the file say whose footage it is, in which order, when, and that nothing was altered.
/// Flow     writer: media hash of moof+mdat -> encode_fragment_record() -> file: record, moof, mdat.
///          The record's hash is the next record's previous_record_sha256 (chain per camera and stream role,
///          across segments).
/// Threads  stateless.
/// Errors   decoding: kDataLoss when the bytes are not a whole, self-consistent record of a version we know.
/// Units    wall time: UTC microseconds; media time: 90 kHz ticks. Big-endian.
/// Source   byte by byte in docs/reference/segment-format.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/units.h"
#include "media/access_unit.h"

namespace vonggac::media {

using BoxUuid = std::array<std::uint8_t, 16>;

/// Ours, drawn at random once (version 4); they never change.
constexpr BoxUuid kFragmentRecordUuid{0x52, 0xe7, 0x46, 0xb9, 0x46, 0x99, 0x41, 0xcf,
                                      0x8b, 0xbe, 0xcf, 0x33, 0x2c, 0x7f, 0xb9, 0xbd};
constexpr BoxUuid kSegmentHeaderUuid{0x9e, 0x36, 0x0d, 0x3a, 0x97, 0x34, 0x48, 0x98,
                                     0xa6, 0x71, 0x93, 0x97, 0x8b, 0xac, 0xd5, 0xb6};

constexpr std::size_t kUuidBoxHeaderBytes = 24;
constexpr std::size_t kFragmentRecordPayloadBytes = 216;
constexpr std::size_t kFragmentRecordBoxBytes = kUuidBoxHeaderBytes + kFragmentRecordPayloadBytes;

struct SegmentHeader {
  base::InstallationId installation;
  base::CameraId camera;
  StreamRole role = StreamRole::kMain;
  std::uint32_t init_generation = 0;  ///< rises with each real change of parameters of this stream
  std::uint64_t first_sequence = 0;   ///< of the first fragment of this file
  base::WallTime start;               ///< of the first fragment
  std::string software;               ///< "vonggac 0.1.0"; at most 64 bytes are kept
  bool operator==(const SegmentHeader&) const = default;
};

struct FragmentFlags {
  bool starts_with_key = false;
  bool discontinuity_before = false;  ///< media time does not continue that of the record before
  bool has_damaged = false;           ///< a unit of it lost packets
  bool clock_epoch_changed = false;   ///< first fragment of a new wall-clock epoch
  bool operator==(const FragmentFlags&) const = default;
};

struct FragmentRecord {
  base::InstallationId installation;
  base::CameraId camera;
  StreamRole role = StreamRole::kMain;
  FragmentFlags flags;
  std::uint64_t sequence = 0;   ///< rises by one per camera and role, across segments
  base::WallTime wall_start;    ///< of the first video sample presented (audio-only: of the first sample)
  base::MediaTime media_start;  ///< the same sample on the camera's own axis
  std::uint32_t duration_90k = 0;
  std::uint32_t clock_epoch = 0;
  std::int64_t camera_offset_us = 0;  ///< camera clock minus server clock
  bool camera_offset_valid = false;
  std::uint32_t init_generation = 0;
  std::uint32_t media_bytes = 0;                ///< size of moof + mdat, headers included
  base::Sha256Digest previous_record_sha256{};  ///< record_sha256 of sequence - 1; zeros at a chain's start
  base::Sha256Digest init_sha256{};             ///< over ftyp + moov + segment header box of this file
  base::Sha256Digest media_sha256{};            ///< over the moof and mdat boxes, so that timing is covered too
  base::Sha256Digest record_sha256{};           ///< over all fields before it; set by encode and decode
  bool operator==(const FragmentRecord&) const = default;
};

/// The whole `uuid` box; sets record.record_sha256.
base::Bytes encode_fragment_record(FragmentRecord& record);
/// `payload` is the box without its 24-byte header.
base::Result<FragmentRecord> decode_fragment_record(base::ByteSpan payload);

base::Bytes encode_segment_header(const SegmentHeader& header);
base::Result<SegmentHeader> decode_segment_header(base::ByteSpan payload);

}  // namespace vonggac::media
