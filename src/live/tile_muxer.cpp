#include "live/tile_muxer.h"

#include <algorithm>
#include <cstdlib>

#include "media/fmp4_writer.h"
#include "media/video_format.h"

namespace vonggac::live {
namespace {

constexpr std::uint32_t kMinDuration90k = 90;  // 1 ms
constexpr std::uint32_t kMaxDuration90k = 2 * 90'000;
constexpr std::int64_t kFarthestPts90k = 1LL << 60;  // so that sums of two cannot overflow

}  // namespace

base::Result<LiveInit> TileMuxer::set_parameters(const media::TrackParameters& parameters) {
  LiveInit init;
  VG_ASSIGN(const media::VideoFormat format, media::parse_video_format(parameters));
  VG_ASSIGN(init.codecs, media::codec_string(parameters));
  init.codec = parameters.codec;
  init.width = format.width;
  init.height = format.height;
  media::InitDescription description;
  description.video = parameters;
  VG_ASSIGN(init.bytes, media::make_init_segment(description));
  return init;
}

LiveFragment TileMuxer::fragment(const media::AccessUnit& unit, bool cut_before) {
  const std::int64_t pts = std::clamp(unit.pts.ticks_90k, -kFarthestPts90k, kFarthestPts90k);
  const std::int64_t step = last_pts_ ? pts - *last_pts_ : 0;
  const std::int64_t longest_step = kMaxDuration90k + 4 * static_cast<std::int64_t>(last_duration_);
  const bool re_anchor = cut_before || unit.discontinuity || std::abs(step) > longest_step;
  if (!last_pts_) {
    axis_offset_ = -pts;
  } else if (re_anchor) {
    axis_offset_ = last_decode_ + last_duration_ - pts;
  } else if (step > 0) {
    last_duration_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(step, kMinDuration90k, kMaxDuration90k));
  }
  const std::int64_t presented = pts + axis_offset_;
  // Reordered pictures are presented before one that was decoded earlier: decode times rise by the least step then.
  const std::int64_t decode = last_pts_ ? std::max(presented, last_decode_ + 1) : 0;
  last_pts_ = last_pts_ && !re_anchor ? std::max(*last_pts_, pts) : pts;
  last_decode_ = decode;

  media::FragmentSample sample;
  sample.size_bytes = static_cast<std::uint32_t>(unit.payload ? unit.payload->size() : 0);
  sample.duration_90k = last_duration_;
  sample.composition_offset_90k = static_cast<std::int32_t>(presented - decode);
  sample.key = unit.key;
  media::TrackFragment track;
  track.base_decode_time_90k = static_cast<std::uint64_t>(decode);
  track.samples.push_back(sample);
  LiveFragment fragment;
  fragment.head = media::make_moof(++sequence_, {&track, 1});
  const base::Bytes mdat = media::make_mdat_header(sample.size_bytes);
  fragment.head.insert(fragment.head.end(), mdat.begin(), mdat.end());
  fragment.payload = unit.payload;
  fragment.key = unit.key;
  return fragment;
}

}  // namespace vonggac::live
