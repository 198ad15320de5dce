/// The reader of segment files, and that what it accepts is what the writer writes. The first byte chooses: a whole
/// file, a moof, or a moov (the latter two without the hashes that would stop a mutation early).
#include <cstdint>
#include <cstdlib>

#include "media/fmp4_init_parser.h"
#include "media/fmp4_reader.h"
#include "media/fmp4_writer.h"

namespace {

using namespace vonggac;

void check(bool holds) {
  if (!holds) std::abort();
}

void whole_file(base::ByteSpan bytes) {
  const media::MemorySource source(bytes);
  const auto scan = media::scan_segment(source, {true, true});
  if (!scan) return;
  check(scan->whole_end <= bytes.size());
  std::uint64_t at = scan->start.size_bytes;
  for (const media::Fragment& fragment : scan->fragments) {
    check(fragment.offset >= at && fragment.end_offset <= bytes.size());
    check(fragment.record.camera == scan->start.header.camera);
    for (const media::MoofTrack& track : fragment.moof.tracks) {
      std::uint64_t end = fragment.moof_offset + track.data_offset;
      for (const media::FragmentSample& sample : track.fragment.samples) end += sample.size_bytes;
      check(end <= fragment.end_offset);
    }
    at = fragment.end_offset;
  }
}

void moof_round_trip(base::ByteSpan bytes) {
  const auto moof = media::parse_moof(bytes);
  if (!moof) return;
  std::vector<media::TrackFragment> tracks;
  for (const media::MoofTrack& track : moof->tracks) tracks.push_back(track.fragment);
  const auto again = media::parse_moof(media::make_moof(moof->sequence, tracks));
  check(again.ok() && again->sequence == moof->sequence && again->tracks.size() == tracks.size());
  for (std::size_t i = 0; i < tracks.size(); ++i) check(again->tracks[i].fragment == tracks[i]);
}

void movie_round_trip(base::ByteSpan bytes) {
  const auto init = media::parse_movie(bytes);
  if (!init) return;
  const auto written = media::make_init_segment(*init);
  if (!written) return;
  media::BoxReader boxes(*written);
  check(boxes.next().has_value());
  const auto moov = boxes.next();
  check(moov.has_value());
  const auto again = media::parse_movie(moov->body);
  check(again.ok() && again->video == init->video && again->audio == init->audio && again->creation == init->creation);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const base::ByteSpan bytes(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      whole_file(bytes);
      break;
    case 1:
      moof_round_trip(bytes);
      break;
    default:
      movie_round_trip(bytes);
      break;
  }
  return 0;
}
