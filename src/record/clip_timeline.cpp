#include "record/clip_timeline.h"

#include <algorithm>

#include "media/mp4_boxes.h"

namespace vonggac::record {
namespace {

/// Index of `parameters` in the list, added where it is new.
std::uint16_t description_of(std::vector<media::TrackParameters>& list, const media::TrackParameters& parameters) {
  const auto known = std::find(list.begin(), list.end(), parameters);
  if (known != list.end()) return static_cast<std::uint16_t>(known - list.begin());
  list.push_back(parameters);
  return static_cast<std::uint16_t>(list.size() - 1);
}

const media::MoofTrack* find_track(const media::Moof& moof, std::uint32_t id) {
  for (const media::MoofTrack& track : moof.tracks) {
    if (track.fragment.track_id == id) return &track;
  }
  return nullptr;
}

/// When the first picture of a fragment is shown, from its first decode time on. 0 but where the fragment before ended
/// late, or pictures are shown before the key picture.
std::int64_t first_composition(const std::vector<media::FragmentSample>& samples) {
  std::int64_t decode = 0;
  std::int64_t first = samples.empty() ? 0 : samples.front().composition_offset_90k;
  for (const media::FragmentSample& sample : samples) {
    first = std::min(first, decode + sample.composition_offset_90k);
    decode += std::min(sample.duration_90k, media::kMaxSampleDuration90k);
  }
  return first;
}

/// Parameters of samples that were cut away are not needed.
void drop_unused_descriptions(media::ProgressiveTrack& track) {
  std::vector<media::TrackParameters> used;
  std::vector<std::optional<std::uint16_t>> renamed(track.descriptions.size());
  for (media::ProgressiveSample& sample : track.samples) {
    std::optional<std::uint16_t>& name = renamed[sample.description];
    if (!name) {
      name = static_cast<std::uint16_t>(used.size());
      used.push_back(track.descriptions[sample.description]);
    }
    sample.description = *name;
  }
  track.descriptions = std::move(used);
}

}  // namespace

void ClipTimelineBuilder::add(const TimelineFragment& fragment) {
  too_long_ = too_long_ || std::max(video_.size(), audio_.size()) > media::kMaxProgressiveSamples;
  if (too_long_) return;
  const media::MoofTrack* video = find_track(*fragment.moof, media::kVideoTrackId);
  if (video == nullptr) return;
  reach_wall_time(fragment.start_us, first_composition(video->fragment.samples));
  add_video(fragment, *video);
  const media::MoofTrack* audio = find_track(*fragment.moof, media::kAudioTrackId);
  if (audio != nullptr && fragment.audio != nullptr) add_audio(fragment, *video, *audio);
}

/// Moves the end of the video line so that what is shown `first_shown_90k` after it is shown at this wall time.
void ClipTimelineBuilder::reach_wall_time(std::int64_t start_us, std::int64_t first_shown_90k) {
  const std::int64_t line_start_us = start_us - base::us_from_90k(first_shown_90k);
  if (!zero_wall_us_) {
    zero_wall_us_ = line_start_us;
    return;
  }
  const std::int64_t wanted = base::ticks_90k_from_us(line_start_us - *zero_wall_us_);
  const std::int64_t difference = wanted - video_end_90k_;
  if (std::llabs(difference) <= kTolerance90k) return;
  Frame& last = video_.back();
  const std::int64_t longest = media::kMaxSampleDuration90k;
  const std::int64_t duration = std::clamp<std::int64_t>(last.sample.duration_90k + difference, 1, longest);
  // Seconds back, or a gap longer than a sample can last: the line goes on, wall time is counted anew.
  const bool reached = duration == last.sample.duration_90k + difference;
  if (!reached && (difference > 0 || difference < -std::int64_t{media::kTimescale})) {
    wall_time_kept_ = false;
    if (difference > 0) last.sample.duration_90k = static_cast<std::uint32_t>(duration);
    video_end_90k_ = last.decode_90k + last.sample.duration_90k;
    zero_wall_us_ = line_start_us - base::us_from_90k(video_end_90k_);
    return;
  }
  last.sample.duration_90k = static_cast<std::uint32_t>(duration);
  video_end_90k_ = last.decode_90k + duration;
}

void ClipTimelineBuilder::add_video(const TimelineFragment& fragment, const media::MoofTrack& track) {
  fragment_at_90k_ = video_end_90k_;
  const std::uint16_t description = description_of(video_descriptions_, *fragment.video);
  const std::int64_t first_shown = fragment_at_90k_ + first_composition(track.fragment.samples);
  std::uint64_t offset = fragment.moof_offset + track.data_offset;
  for (const media::FragmentSample& s : track.fragment.samples) {
    Frame frame;
    frame.sample = {
        fragment.source,          offset,      s.size_bytes, std::min(s.duration_90k, media::kMaxSampleDuration90k),
        s.composition_offset_90k, description, s.key};
    frame.decode_90k = video_end_90k_;
    frame.shown_90k = video_end_90k_ + s.composition_offset_90k;
    frame.wall_us = fragment.start_us + base::us_from_90k(frame.shown_90k - first_shown);
    video_.push_back(frame);
    video_end_90k_ += frame.sample.duration_90k;
    offset += s.size_bytes;
  }
}

void ClipTimelineBuilder::add_audio(const TimelineFragment& fragment, const media::MoofTrack& video,
                                    const media::MoofTrack& audio) {
  if (!audio_descriptions_.empty() && audio_descriptions_.front().codec != fragment.audio->codec) return;
  const std::uint16_t description = description_of(audio_descriptions_, *fragment.audio);
  const auto lead = static_cast<std::int64_t>(audio.fragment.base_decode_time_90k) -
                    static_cast<std::int64_t>(video.fragment.base_decode_time_90k);
  const std::int64_t at = fragment_at_90k_ + std::clamp<std::int64_t>(lead, -10 * 90'000, 10 * 90'000);
  if (audio_.empty()) {
    audio_end_90k_ = at;
  } else if (std::llabs(at - audio_end_90k_) > kTolerance90k) {
    Frame& last = audio_.back();
    const std::int64_t duration = std::clamp<std::int64_t>(at - last.decode_90k, 1, media::kMaxSampleDuration90k);
    last.sample.duration_90k = static_cast<std::uint32_t>(duration);
    audio_end_90k_ = last.decode_90k + duration;
  }
  std::uint64_t offset = fragment.moof_offset + audio.data_offset;
  for (const media::FragmentSample& s : audio.fragment.samples) {
    Frame frame;
    frame.sample = {fragment.source, offset, s.size_bytes, std::min(s.duration_90k, media::kMaxSampleDuration90k), 0,
                    description,     true};
    frame.decode_90k = frame.shown_90k = audio_end_90k_;
    audio_.push_back(frame);
    audio_end_90k_ += frame.sample.duration_90k;
    offset += s.size_bytes;
  }
}

base::Result<ClipTimeline> ClipTimelineBuilder::finish() {
  if (too_long_) return base::out_of_range("too many frames for one file: ask for a shorter range");
  ClipTimeline clip;
  std::optional<std::size_t> first, last;  // in decode order, of the shown ones
  const Frame* earliest = nullptr;
  const Frame* latest = nullptr;
  for (std::size_t i = 0; i < video_.size(); ++i) {
    const Frame& frame = video_[i];
    if (frame.wall_us < from_us_ || frame.wall_us >= to_us_) continue;
    ++clip.frames;
    if (!first) first = i;
    last = i;
    if (earliest == nullptr || frame.shown_90k < earliest->shown_90k) earliest = &frame;
    if (latest == nullptr || frame.shown_90k > latest->shown_90k) latest = &frame;
  }
  if (!first) return base::out_of_range("nothing is stored of this camera in this range");
  clip.first_frame = {earliest->wall_us};
  clip.last_frame = {latest->wall_us};
  clip.wall_time_kept = wall_time_kept_;

  const std::size_t kept = first_kept(*first);
  const std::int64_t zero = video_[kept].decode_90k;
  const std::int64_t start = std::max(earliest->shown_90k, zero);
  const std::int64_t end = presentation_end(latest->shown_90k, latest->wall_us);
  clip.end = clip.last_frame + base::Micros(base::us_from_90k(end - latest->shown_90k));
  clip.starts_with_key = video_[kept].sample.key;

  media::ProgressiveTrack& track = clip.movie.video;
  track.descriptions = video_descriptions_;
  track.presentation_start_90k = static_cast<std::uint64_t>(start - zero);
  track.presentation_duration_90k = static_cast<std::uint64_t>(std::max<std::int64_t>(1, end - start));
  track.samples.reserve(*last - kept + 1);
  for (std::size_t i = kept; i <= *last; ++i) track.samples.push_back(video_[i].sample);
  drop_unused_descriptions(track);
  cut_audio(clip, start, end);
  return clip;
}

/// The last key frame at or before the first shown sample; without one, all there is.
std::size_t ClipTimelineBuilder::first_kept(std::size_t first_shown) const {
  for (std::size_t i = first_shown + 1; i-- > 0;) {
    if (video_[i].sample.key) return i;
  }
  return 0;
}

/// Where the next frame would be shown, but not beyond the end of the range.
std::int64_t ClipTimelineBuilder::presentation_end(std::int64_t last_shown_90k, std::int64_t last_wall_us) const {
  std::int64_t end = video_end_90k_;
  for (const Frame& frame : video_) {
    if (frame.shown_90k > last_shown_90k) end = std::min(end, frame.shown_90k);
  }
  end = std::min(end, last_shown_90k + base::ticks_90k_from_us(to_us_ - last_wall_us));
  return std::max(end, last_shown_90k + 1);
}

void ClipTimelineBuilder::cut_audio(ClipTimeline& clip, std::int64_t start_90k, std::int64_t end_90k) {
  media::ProgressiveTrack track;
  std::int64_t first_90k = 0;
  for (const Frame& frame : audio_) {
    const std::int64_t frame_end = frame.decode_90k + frame.sample.duration_90k;
    if (frame_end <= start_90k || frame.decode_90k >= end_90k) continue;
    if (track.samples.empty()) first_90k = frame.decode_90k;
    track.samples.push_back(frame.sample);
  }
  if (track.samples.empty()) return;
  track.descriptions = audio_descriptions_;
  track.delay_90k = static_cast<std::uint64_t>(std::max<std::int64_t>(0, first_90k - start_90k));
  track.presentation_start_90k = static_cast<std::uint64_t>(std::max<std::int64_t>(0, start_90k - first_90k));
  track.presentation_duration_90k = static_cast<std::uint64_t>(end_90k - std::max(first_90k, start_90k));
  drop_unused_descriptions(track);
  clip.movie.audio = std::move(track);
}

}  // namespace vonggac::record
