/// Segment files made the way the recorder makes them, for tests of readers: identity, sequence and hash chain
/// continue from segment to segment. Payload bytes are patterns unless access units are given.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "media/fmp4_reader.h"
#include "media/fmp4_writer.h"
#include "media/fragment_record.h"
#include "support/sample_parameters.h"

namespace vonggac::test {

struct FootageSample {
  base::Bytes payload;
  std::uint32_t duration_90k = 6000;
  std::int32_t composition_offset_90k = 0;
  bool key = false;
};

class FootageMaker {
 public:
  media::InitDescription init;
  base::InstallationId installation;
  base::CameraId camera;
  media::StreamRole role = media::StreamRole::kMain;
  std::uint64_t next_sequence = 1;
  std::uint32_t init_generation = 1;
  base::WallTime wall{1'790'000'000'000'000};
  base::MediaTime media_time{900'000};
  std::uint64_t decode_time_90k = 0;
  base::Sha256Digest previous{};

  FootageMaker();

  /// Drops the bytes of the file before and begins a new one at the present wall time.
  void begin_segment();
  /// One fragment; wall and media time move on by its duration. Returns its record.
  media::FragmentRecord add_fragment(const std::vector<FootageSample>& video,
                                     const std::vector<FootageSample>& audio = {});
  /// A key frame and frames-1 others of some hundred patterned bytes, 15 fps.
  media::FragmentRecord add_gop(std::size_t frames);
  /// Nothing was recorded for so long.
  void skip(std::int64_t us);

  const base::Bytes& bytes() const { return bytes_; }
  base::WallTime segment_start() const { return segment_start_; }
  std::size_t start_bytes() const { return start_bytes_; }

 private:
  base::Bytes bytes_;
  base::Sha256Digest init_sha256_{};
  base::WallTime segment_start_;
  std::size_t start_bytes_ = 0;
  std::uint32_t moof_sequence_ = 1;
  std::uint32_t pattern_ = 1;
};

namespace footage_detail {

inline void append(base::Bytes& to, base::ByteSpan bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

inline media::TrackFragment track_of(std::uint32_t id, std::uint64_t decode_time,
                                     const std::vector<FootageSample>& samples) {
  media::TrackFragment track;
  track.track_id = id;
  track.base_decode_time_90k = decode_time;
  for (const FootageSample& s : samples) {
    track.samples.push_back(
        {static_cast<std::uint32_t>(s.payload.size()), s.duration_90k, s.composition_offset_90k, s.key});
  }
  return track;
}

}  // namespace footage_detail

inline FootageMaker::FootageMaker() {
  init.video = h264_320();
  init.creation = {1'790'000'000'000'000};
  installation.bytes.fill(0x11);
  camera.bytes.fill(0x22);
}

inline void FootageMaker::begin_segment() {
  init.creation = {wall.us / 1'000'000 * 1'000'000};
  bytes_ = media::make_init_segment(init).value();
  media::SegmentHeader header;
  header.installation = installation;
  header.camera = camera;
  header.role = role;
  header.init_generation = init_generation;
  header.first_sequence = next_sequence;
  header.start = wall;
  header.software = "vonggac test";
  footage_detail::append(bytes_, media::encode_segment_header(header));
  init_sha256_ = base::sha256(bytes_);
  segment_start_ = wall;
  start_bytes_ = bytes_.size();
  moof_sequence_ = 1;
  decode_time_90k = 0;
}

inline media::FragmentRecord FootageMaker::add_fragment(const std::vector<FootageSample>& video,
                                                        const std::vector<FootageSample>& audio) {
  std::vector<media::TrackFragment> tracks{footage_detail::track_of(media::kVideoTrackId, decode_time_90k, video)};
  if (!audio.empty()) tracks.push_back(footage_detail::track_of(media::kAudioTrackId, decode_time_90k, audio));
  base::Bytes media_bytes = media::make_moof(moof_sequence_++, tracks);
  base::Bytes payload;
  std::uint32_t duration_90k = 0;
  for (const FootageSample& s : video) {
    footage_detail::append(payload, s.payload);
    duration_90k += s.duration_90k;
  }
  for (const FootageSample& s : audio) footage_detail::append(payload, s.payload);
  footage_detail::append(media_bytes, media::make_mdat_header(payload.size()));
  footage_detail::append(media_bytes, payload);

  media::FragmentRecord record;
  record.installation = installation;
  record.camera = camera;
  record.role = role;
  record.flags.starts_with_key = video.front().key;
  record.sequence = next_sequence++;
  record.wall_start = wall;
  record.media_start = media_time;
  record.duration_90k = duration_90k;
  record.init_generation = init_generation;
  record.media_bytes = static_cast<std::uint32_t>(media_bytes.size());
  record.previous_record_sha256 = previous;
  record.init_sha256 = init_sha256_;
  record.media_sha256 = base::sha256(media_bytes);
  footage_detail::append(bytes_, media::encode_fragment_record(record));
  footage_detail::append(bytes_, media_bytes);
  previous = record.record_sha256;
  wall = wall + base::Micros(base::us_from_90k(duration_90k));
  media_time.ticks_90k += duration_90k;
  decode_time_90k += duration_90k;
  return record;
}

inline media::FragmentRecord FootageMaker::add_gop(std::size_t frames) {
  std::vector<FootageSample> samples(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const std::uint32_t nal_bytes = i == 0 ? 400 : 80 + pattern_ % 7;
    base::ByteWriter writer(samples[i].payload);
    writer.u32(nal_bytes);
    writer.u8(i == 0 ? 0x65 : 0x41);
    while (writer.size() < nal_bytes + 4) writer.u8(static_cast<std::uint8_t>(pattern_ * 31 + writer.size() * 7));
    samples[i].key = i == 0;
    ++pattern_;
  }
  return add_fragment(samples);
}

inline void FootageMaker::skip(std::int64_t us) {
  wall = wall + base::Micros(us);
  media_time.ticks_90k += base::ticks_90k_from_us(us);
}

}  // namespace vonggac::test
