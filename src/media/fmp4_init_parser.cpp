#include "media/fmp4_init_parser.h"

#include "media/mp4_boxes.h"
#include "media/nal_units.h"
#include "media/video_format.h"

namespace vonggac::media {
namespace {

base::Status bad_init(const char* what) { return base::data_loss(std::string("unreadable movie header: ") + what); }

/// One NAL unit after a 16-bit length.
base::Status read_set(base::ByteReader& reader, std::vector<base::Bytes>& sets) {
  const std::size_t size = reader.u16();
  if (size > kMaxParameterSetBytes || sets.size() >= kMaxParameterSets) return bad_init("parameter sets");
  const base::ByteSpan bytes = reader.take(size);
  if (reader.failed()) return bad_init("parameter sets");
  sets.emplace_back(bytes.begin(), bytes.end());
  return base::Status::ok_status();
}

base::Status parse_avcc(base::ByteSpan body, TrackParameters& p) {
  base::ByteReader reader(body);
  if (reader.u8() != 1) return bad_init("avcC version");
  reader.skip(3);
  if ((reader.u8() & 3) != 3) return bad_init("avcC length size");
  const unsigned sps_count = reader.u8() & 31;
  for (unsigned i = 0; i < sps_count; ++i) VG_TRY(read_set(reader, p.sps));
  const unsigned pps_count = reader.u8();
  for (unsigned i = 0; i < pps_count; ++i) VG_TRY(read_set(reader, p.pps));
  return reader.failed() ? bad_init("avcC") : base::Status::ok_status();
}

base::Status parse_hvcc(base::ByteSpan body, TrackParameters& p) {
  base::ByteReader reader(body);
  if (reader.u8() != 1) return bad_init("hvcC version");
  reader.skip(20);
  if ((reader.u8() & 3) != 3) return bad_init("hvcC length size");
  const unsigned arrays = reader.u8();
  if (arrays > 8) return bad_init("hvcC arrays");
  for (unsigned i = 0; i < arrays; ++i) {
    const unsigned type = reader.u8() & 0x3F;
    const unsigned count = reader.u16();
    std::vector<base::Bytes>* sets = type == h265::kVps   ? &p.vps
                                     : type == h265::kSps ? &p.sps
                                     : type == h265::kPps ? &p.pps
                                                          : nullptr;
    if (sets == nullptr) return bad_init("hvcC array type");
    for (unsigned k = 0; k < count; ++k) VG_TRY(read_set(reader, *sets));
  }
  return reader.failed() ? bad_init("hvcC") : base::Status::ok_status();
}

base::Result<TrackParameters> parse_video_entry(std::uint32_t type, base::ByteSpan body) {
  constexpr std::size_t kVisualEntryFields = 78;
  if (body.size() < kVisualEntryFields) return bad_init("sample entry");
  const base::ByteSpan boxes = body.subspan(kVisualEntryFields);
  TrackParameters p;
  p.codec = type == fourcc("avc1") ? Codec::kH264 : Codec::kH265;
  const auto config = find_box(boxes, p.codec == Codec::kH264 ? fourcc("avcC") : fourcc("hvcC"));
  if (!config) return bad_init("no decoder configuration");
  VG_TRY(p.codec == Codec::kH264 ? parse_avcc(*config, p) : parse_hvcc(*config, p));
  return p;
}

/// The AudioSpecificConfig out of an esds with one-byte lengths, as write_esds() makes it.
base::Result<base::Bytes> parse_esds(base::ByteSpan body) {
  base::ByteReader reader(body);
  reader.skip(4 + 2 + 3);  // version and flags, ES descriptor
  if (reader.u8() != 4) return bad_init("esds");
  reader.skip(1 + 13);
  if (reader.u8() != 5) return bad_init("esds");
  const base::ByteSpan config = reader.take(reader.u8());
  if (reader.failed()) return bad_init("esds");
  return base::Bytes(config.begin(), config.end());
}

base::Result<TrackParameters> parse_audio_entry(std::uint32_t type, base::ByteSpan body) {
  base::ByteReader reader(body);
  reader.skip(16);
  TrackParameters p;
  const unsigned channels = reader.u16();
  if (channels == 0 || channels > 8) return bad_init("audio channels");
  p.channels = static_cast<std::uint8_t>(channels);
  reader.skip(6);
  p.clock_rate_hz = reader.u32() >> 16;
  p.codec = type == fourcc("mp4a") ? Codec::kAac : type == fourcc("ulaw") ? Codec::kG711Mu : Codec::kG711A;
  if (p.codec == Codec::kAac) {
    const auto esds = find_box(reader.rest(), fourcc("esds"));
    if (!esds) return bad_init("mp4a without esds");
    VG_ASSIGN(p.audio_config, parse_esds(*esds));
  }
  if (reader.failed()) return bad_init("audio sample entry");
  return p;
}

base::Result<TrackParameters> parse_sample_description(base::ByteSpan stsd) {
  base::ByteReader reader(stsd);
  reader.skip(4);
  if (reader.u32() != 1) return bad_init("sample description count");
  BoxReader entries(reader.rest());
  const auto entry = entries.next();
  if (!entry) return bad_init("no sample entry");
  switch (entry->type) {
    case fourcc("avc1"):
    case fourcc("hvc1"):
      return parse_video_entry(entry->type, entry->body);
    case fourcc("mp4a"):
    case fourcc("ulaw"):
    case fourcc("alaw"):
      return parse_audio_entry(entry->type, entry->body);
    default:
      return bad_init("unknown sample entry");
  }
}

struct Track {
  std::uint32_t id = 0;
  TrackParameters parameters;
};

base::Result<Track> parse_track(base::ByteSpan trak) {
  const auto tkhd = find_box(trak, fourcc("tkhd"));
  auto level = find_box(trak, fourcc("mdia"));
  if (!tkhd || !level) return bad_init("track without tkhd or mdia");
  const auto mdhd = find_box(*level, fourcc("mdhd"));
  if (!mdhd) return bad_init("track without mdhd");
  for (const std::uint32_t type : {fourcc("minf"), fourcc("stbl"), fourcc("stsd")}) {
    if (level) level = find_box(*level, type);
  }
  if (!level) return bad_init("track without stsd");
  base::ByteReader track_header(*tkhd);
  if (track_header.u8() != 1) return bad_init("tkhd version");
  track_header.skip(3 + 16);
  Track track;
  track.id = track_header.u32();
  base::ByteReader media_header(*mdhd);
  if (media_header.u8() != 1) return bad_init("mdhd version");
  media_header.skip(3 + 16);
  if (media_header.u32() != kTimescale) return bad_init("time scale");
  if (track_header.failed()) return bad_init("tkhd");
  VG_ASSIGN(track.parameters, parse_sample_description(*level));
  return track;
}

base::Result<base::WallTime> parse_creation(base::ByteSpan moov) {
  const auto mvhd = find_box(moov, fourcc("mvhd"));
  if (!mvhd) return bad_init("no mvhd");
  base::ByteReader reader(*mvhd);
  if (reader.u8() != 1) return bad_init("mvhd version");
  reader.skip(3);
  const std::uint64_t seconds = reader.u64();
  constexpr std::uint64_t kSecondsFrom1904To1970 = 2'082'844'800;
  constexpr std::uint64_t kFarFuture = 1ULL << 40;
  if (reader.failed() || seconds < kSecondsFrom1904To1970 || seconds > kFarFuture) return bad_init("mvhd");
  return base::WallTime{static_cast<std::int64_t>(seconds - kSecondsFrom1904To1970) * 1'000'000};
}

}  // namespace

std::optional<Box> BoxReader::next() {
  if (reader_.failed() || reader_.at_end()) return std::nullopt;
  const std::uint32_t size = reader_.u32();
  const std::uint32_t type = reader_.u32();
  // Below 8 the box could not hold its own header (0 and 1 mean "to the end" and "64 bits": never ours).
  const base::ByteSpan body = reader_.take(size < 8 ? SIZE_MAX : size - 8);
  if (reader_.failed()) return std::nullopt;
  return Box{type, body};
}

std::optional<base::ByteSpan> find_box(base::ByteSpan parent, std::uint32_t type) {
  BoxReader boxes(parent);
  while (const auto box = boxes.next()) {
    if (box->type == type) return box->body;
  }
  return std::nullopt;
}

base::Result<InitDescription> parse_movie(base::ByteSpan moov) {
  InitDescription init;
  VG_ASSIGN(init.creation, parse_creation(moov));
  if (!find_box(moov, fourcc("mvex"))) return bad_init("not fragmented");
  BoxReader boxes(moov);
  bool has_video = false;
  while (const auto box = boxes.next()) {
    if (box->type != fourcc("trak")) continue;
    VG_ASSIGN(Track track, parse_track(box->body));
    if (track.id == kVideoTrackId && is_video(track.parameters.codec) && !has_video) {
      init.video = std::move(track.parameters);
      has_video = true;
    } else if (track.id == kAudioTrackId && !is_video(track.parameters.codec) && !init.audio) {
      init.audio = std::move(track.parameters);
    } else {
      return bad_init("unexpected track");
    }
  }
  if (boxes.failed() || !has_video) return bad_init("no video track");
  return init;
}

}  // namespace vonggac::media
