#include "record/clip_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "record/clip_holes.h"
#include "record/clip_timeline.h"

namespace vonggac::record {
namespace {

/// How far back a key frame is looked for: cameras with endless GOPs have one a minute at best.
constexpr std::int64_t kMaxLeadInUs = 120'000'000;
constexpr std::size_t kMaxOpenFiles = 8;

/// A segment of the range, read as far as needed.
struct SourceFile {
  const StoredSegment* segment = nullptr;
  std::uint32_t index = 0;
  OpenFile file;
  media::SegmentStart start;
};

bool agrees(const media::FragmentRecord& record, const FragmentEntry& entry, const StreamKey& stream) {
  return record.camera == stream.camera && record.role == stream.role && record.sequence == entry.seq &&
         record.wall_start.us == entry.start_us;
}

class Planner {
 public:
  Planner(Archive& archive, const ClipRequest& request)
      : archive_(archive), request_(request), timeline_(request.from, request.to) {}

  base::Result<ClipPlan> plan() {
    if (request_.to <= request_.from) return base::out_of_range("the range ends before it begins");
    if (request_.to.us - request_.from.us > kMaxClipUs) {
      return base::out_of_range("the range is longer than 24 hours: ask for a shorter one");
    }
    VG_ASSIGN(segments_, archive_.segments(request_.stream, request_.from, request_.to));
    VG_TRY(add_lead_in());
    for (const StoredSegment& segment : segments_) {
      VG_TRY(add_segment(segment));
      if (plan_.cut_at) break;
    }
    VG_ASSIGN(ClipTimeline clip, timeline_.finish());
    clip.movie.creation = clip.first_frame;
    VG_ASSIGN(plan_.file, media::make_progressive_mp4(clip.movie));
    take_over(clip);
    VG_TRY(explain_holes());
    return std::move(plan_);
  }

 private:
  /// A segment that begins without a key frame needs the one before it.
  base::Status add_lead_in() {
    while (!segments_.empty()) {
      const StoredSegment& first = segments_.front();
      const auto in_range = std::find_if(first.fragments.begin(), first.fragments.end(),
                                         [&](const FragmentEntry& e) { return e.end_us() > request_.from.us; });
      const bool has_key =
          std::any_of(first.fragments.begin(), in_range == first.fragments.end() ? in_range : in_range + 1,
                      [](const FragmentEntry& e) { return (e.flags & kFragmentKeyStart) != 0; });
      const bool too_far = first.start_us < request_.from.us - kMaxLeadInUs;
      if (has_key || too_far || first.fragments.front().seq <= 1) return {};
      auto before = archive_.segment_ending_with(request_.stream, first.fragments.front().seq - 1);
      if (!before) return before.error().kind() == base::ErrorKind::kNotFound ? base::Status() : before.error();
      if (before->parameters_id != first.parameters_id) return {};
      segments_.insert(segments_.begin(), std::move(*before));
    }
    return {};
  }

  base::Status add_segment(const StoredSegment& segment) {
    const auto [begin, end] = wanted(segment);
    if (begin == end) return {};
    if (plan_.video_codec == media::Codec::kNone) {
      plan_.video_codec = segment.video_codec;
      plan_.camera_offset_us = segment.camera_offset_us;
      parameters_id_ = segment.parameters_id;
    } else if (segment.video_codec != plan_.video_codec ||
               (request_.cut_at_new_parameters && segment.parameters_id != parameters_id_)) {
      plan_.cut_at = base::WallTime{segment.start_us};
      return {};
    }
    auto source = open_source(segment);
    if (!source) return unreadable(segment_path(segment.file), source.error());
    for (auto entry = begin; entry != end; ++entry) VG_TRY(add_fragment(*source, *entry));
    return {};
  }

  using Entries = std::vector<FragmentEntry>::const_iterator;

  /// The fragments to read: those that overlap the range, and before them back to a key frame.
  std::pair<Entries, Entries> wanted(const StoredSegment& segment) const {
    const std::vector<FragmentEntry>& all = segment.fragments;
    auto begin =
        std::find_if(all.begin(), all.end(), [&](const FragmentEntry& e) { return e.end_us() > request_.from.us; });
    const auto end =
        std::find_if(begin, all.end(), [&](const FragmentEntry& e) { return e.start_us >= request_.to.us; });
    if (!plan_.fragments.empty()) {
      begin = all.begin();
    } else {
      if (begin == all.end() && &segment == &segments_.back()) return {begin, begin};
      while (begin != all.begin() && (begin == all.end() || (begin->flags & kFragmentKeyStart) == 0)) --begin;
    }
    return {begin, std::max(begin, end)};
  }

  base::Result<SourceFile> open_source(const StoredSegment& segment) {
    VG_ASSIGN(OpenFile file, archive_.files()->open_file(segment_path(segment.file)));
    VG_ASSIGN(media::SegmentStart start, media::read_segment_start(file.source));
    if (start.header.camera != request_.stream.camera || start.header.role != request_.stream.role) {
      return base::data_loss("the file belongs to another camera");
    }
    SourceFile source{&segment, static_cast<std::uint32_t>(plan_.sources.size()), std::move(file), std::move(start)};
    plan_.sources.push_back(segment.file);
    return source;
  }

  base::Status add_fragment(const SourceFile& source, const FragmentEntry& entry) {
    base::Result<media::Fragment> fragment = media::read_fragment(source.file.source, entry.offset_bytes);
    if (fragment && !agrees(fragment->record, entry, request_.stream)) {
      fragment = base::data_loss("the file holds another fragment than the index says");
    }
    if (fragment && fragment->record.init_sha256 != source.start.init_sha256) {
      fragment = base::data_loss("the beginning of the file was altered");
    }
    if (!fragment) {
      return unreadable(fmt::format("fragment {} in {}", entry.seq, segment_path(source.segment->file)),
                        fragment.error());
    }
    TimelineFragment on_line;
    on_line.source = source.index;
    on_line.moof_offset = fragment->moof_offset;
    on_line.moof = &fragment->moof;
    on_line.start_us = entry.start_us;
    on_line.video = &source.start.init.video;
    on_line.audio = source.start.init.audio ? &*source.start.init.audio : nullptr;
    timeline_.add(on_line);
    covered_.push_back({entry.start_us, entry.end_us(), entry.seq});
    fragment->moof.tracks.clear();
    plan_.fragments.push_back({source.index, std::move(*fragment)});
    return {};
  }

  /// What cannot be read ends a strict plan; otherwise the clip has a hole there.
  base::Status unreadable(const std::string& what, const base::Status& why) {
    const std::string message = what + ": " + why.message();
    if (request_.strict) return base::data_loss(message + ". Run 'vonggac check --full'");
    base::log::warning("record", "{}", message);
    return {};
  }

  void take_over(const ClipTimeline& clip) {
    plan_.frames = clip.frames;
    plan_.first_frame = clip.first_frame;
    plan_.last_frame = clip.last_frame;
    plan_.end = clip.end;
    plan_.starts_with_key = clip.starts_with_key;
    plan_.wall_time_kept = clip.wall_time_kept;
    if (clip.movie.audio) plan_.audio_codec = clip.movie.audio->descriptions.front().codec;
  }

  base::Status explain_holes() {
    FootageFilter filter;
    filter.camera = request_.stream.camera;
    filter.role = request_.stream.role;
    filter.from = request_.from;
    filter.to = plan_.cut_at.value_or(request_.to);
    VG_ASSIGN(const std::vector<StoredGap> gaps, archive_.gaps(filter));
    plan_.holes = find_holes(covered_, gaps, request_.from, *filter.to);
    return {};
  }

  Archive& archive_;
  const ClipRequest& request_;
  ClipTimelineBuilder timeline_;
  std::vector<StoredSegment> segments_;
  std::vector<Coverage> covered_;
  std::int64_t parameters_id_ = 0;  ///< of the first segment
  ClipPlan plan_;
};

}  // namespace

base::Result<ClipPlan> plan_clip(Archive& archive, const ClipRequest& request) {
  return Planner(archive, request).plan();
}

base::Result<std::unique_ptr<OpenClip>> OpenClip::open(Archive& archive, const ClipRequest& request) {
  VG_ASSIGN(ClipPlan plan, plan_clip(archive, request));
  return std::unique_ptr<OpenClip>(new OpenClip(std::move(plan), archive.files()));
}

base::Result<std::shared_ptr<const OpenFile>> OpenClip::source(std::uint32_t index) {
  const std::lock_guard lock(mutex_);
  for (auto cached = open_.begin(); cached != open_.end(); ++cached) {
    if (cached->index != index) continue;
    const CachedFile found = *cached;
    open_.erase(cached);
    open_.push_front(found);
    return found.file;
  }
  VG_ASSIGN(OpenFile file, files_->open_file(segment_path(plan_.sources.at(index))));
  auto shared = std::make_shared<const OpenFile>(std::move(file));
  open_.push_front({index, shared});
  if (open_.size() > kMaxOpenFiles) open_.pop_back();
  return shared;
}

base::Status OpenClip::read(std::uint64_t position, std::span<std::uint8_t> out) {
  if (position > size_bytes() || out.size() > size_bytes() - position) {
    return base::out_of_range("read past the end of the clip");
  }
  for (const media::FilePiece& piece : media::pieces_of(plan_.file, position, out.size())) {
    const std::span<std::uint8_t> part = out.first(piece.size_bytes);
    if (piece.in_head) {
      const auto from = plan_.file.head.begin() + static_cast<std::ptrdiff_t>(piece.offset);
      std::copy(from, from + static_cast<std::ptrdiff_t>(piece.size_bytes), part.begin());
    } else {
      VG_ASSIGN(const std::shared_ptr<const OpenFile> file, source(piece.source));
      VG_TRY(file->source.read_at(piece.offset, part));
    }
    out = out.subspan(piece.size_bytes);
  }
  return {};
}

}  // namespace vonggac::record
