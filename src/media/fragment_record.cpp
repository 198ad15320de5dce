#include "media/fragment_record.h"

#include <algorithm>
#include <cassert>

#include "media/fmp4_writer.h"

namespace vonggac::media {
namespace {

constexpr std::uint16_t kRecordVersion = 1;
constexpr std::uint16_t kHeaderVersion = 1;
constexpr std::size_t kMaxSoftwareBytes = 64;
constexpr std::size_t kHashedRecordBytes = kFragmentRecordPayloadBytes - 32;

enum RecordFlag : std::uint16_t {
  kStartsWithKey = 1U << 0,
  kDiscontinuityBefore = 1U << 1,
  kHasDamaged = 1U << 2,
  kClockEpochChanged = 1U << 3,
  kCameraOffsetValid = 1U << 4,
  kKnownFlags = (1U << 5) - 1,
};

std::uint16_t flag_bits(const FragmentRecord& record) {
  unsigned bits = 0;
  if (record.flags.starts_with_key) bits |= kStartsWithKey;
  if (record.flags.discontinuity_before) bits |= kDiscontinuityBefore;
  if (record.flags.has_damaged) bits |= kHasDamaged;
  if (record.flags.clock_epoch_changed) bits |= kClockEpochChanged;
  if (record.camera_offset_valid) bits |= kCameraOffsetValid;
  return static_cast<std::uint16_t>(bits);
}

void set_flags(FragmentRecord& record, std::uint16_t bits) {
  record.flags.starts_with_key = (bits & kStartsWithKey) != 0;
  record.flags.discontinuity_before = (bits & kDiscontinuityBefore) != 0;
  record.flags.has_damaged = (bits & kHasDamaged) != 0;
  record.flags.clock_epoch_changed = (bits & kClockEpochChanged) != 0;
  record.camera_offset_valid = (bits & kCameraOffsetValid) != 0;
}

template <typename Array>
Array read_array(base::ByteReader& reader) {
  Array value{};
  const base::ByteSpan bytes = reader.take(value.size());
  std::copy(bytes.begin(), bytes.end(), value.begin());
  return value;
}

template <typename Id>
Id read_id(base::ByteReader& reader) {
  Id id;
  id.bytes = read_array<std::array<std::uint8_t, 16>>(reader);
  return id;
}

base::Result<StreamRole> role_from(std::uint8_t value) {
  if (value > static_cast<std::uint8_t>(StreamRole::kSub)) return base::data_loss("unknown stream role");
  return static_cast<StreamRole>(value);
}

}  // namespace

base::Bytes encode_fragment_record(FragmentRecord& record) {
  base::Bytes payload;
  payload.reserve(kFragmentRecordPayloadBytes);
  base::ByteWriter writer(payload);
  writer.u16(kRecordVersion);
  writer.u16(flag_bits(record));
  writer.u8(static_cast<std::uint8_t>(record.role));
  writer.u24(0);
  writer.raw(record.installation.bytes);
  writer.raw(record.camera.bytes);
  writer.u64(record.sequence);
  writer.i64(record.wall_start.us);
  writer.i64(record.media_start.ticks_90k);
  writer.u32(record.duration_90k);
  writer.u32(record.clock_epoch);
  writer.i64(record.camera_offset_us);
  writer.u32(record.init_generation);
  writer.u32(record.media_bytes);
  writer.raw(record.previous_record_sha256);
  writer.raw(record.init_sha256);
  writer.raw(record.media_sha256);
  assert(payload.size() == kHashedRecordBytes);
  record.record_sha256 = base::sha256(payload);
  writer.raw(record.record_sha256);
  return make_uuid_box(kFragmentRecordUuid, payload);
}

base::Result<FragmentRecord> decode_fragment_record(base::ByteSpan payload) {
  if (payload.size() != kFragmentRecordPayloadBytes) return base::data_loss("fragment record of a wrong size");
  base::ByteReader reader(payload);
  if (reader.u16() != kRecordVersion) return base::data_loss("fragment record of an unknown version");
  FragmentRecord record;
  const std::uint16_t flags = reader.u16();
  if ((flags & ~kKnownFlags) != 0) return base::data_loss("fragment record with unknown flags");
  set_flags(record, flags);
  VG_ASSIGN(record.role, role_from(reader.u8()));
  if (reader.u24() != 0) return base::data_loss("fragment record with reserved bits set");
  record.installation = read_id<base::InstallationId>(reader);
  record.camera = read_id<base::CameraId>(reader);
  record.sequence = reader.u64();
  record.wall_start.us = reader.i64();
  record.media_start.ticks_90k = reader.i64();
  record.duration_90k = reader.u32();
  record.clock_epoch = reader.u32();
  record.camera_offset_us = reader.i64();
  record.init_generation = reader.u32();
  record.media_bytes = reader.u32();
  record.previous_record_sha256 = read_array<base::Sha256Digest>(reader);
  record.init_sha256 = read_array<base::Sha256Digest>(reader);
  record.media_sha256 = read_array<base::Sha256Digest>(reader);
  record.record_sha256 = read_array<base::Sha256Digest>(reader);
  if (base::sha256(payload.first(kHashedRecordBytes)) != record.record_sha256) {
    return base::data_loss("fragment record does not match its own hash");
  }
  return record;
}

base::Bytes encode_segment_header(const SegmentHeader& header) {
  base::Bytes payload;
  base::ByteWriter writer(payload);
  writer.u16(kHeaderVersion);
  writer.u8(static_cast<std::uint8_t>(header.role));
  writer.u8(0);
  writer.u32(header.init_generation);
  writer.raw(header.installation.bytes);
  writer.raw(header.camera.bytes);
  writer.u64(header.first_sequence);
  writer.i64(header.start.us);
  const std::string_view software = std::string_view(header.software).substr(0, kMaxSoftwareBytes);
  writer.u16(static_cast<std::uint16_t>(software.size()));
  writer.text(software);
  return make_uuid_box(kSegmentHeaderUuid, payload);
}

base::Result<SegmentHeader> decode_segment_header(base::ByteSpan payload) {
  base::ByteReader reader(payload);
  if (reader.u16() != kHeaderVersion) return base::data_loss("segment header of an unknown version");
  SegmentHeader header;
  VG_ASSIGN(header.role, role_from(reader.u8()));
  if (reader.u8() != 0) return base::data_loss("segment header with reserved bits set");
  header.init_generation = reader.u32();
  header.installation = read_id<base::InstallationId>(reader);
  header.camera = read_id<base::CameraId>(reader);
  header.first_sequence = reader.u64();
  header.start.us = reader.i64();
  const std::size_t software_bytes = reader.u16();
  if (software_bytes > kMaxSoftwareBytes) return base::data_loss("segment header with an overlong text");
  header.software = std::string(base::as_text(reader.take(software_bytes)));
  if (reader.failed() || !reader.at_end()) return base::data_loss("segment header of a wrong size");
  return header;
}

}  // namespace vonggac::media
