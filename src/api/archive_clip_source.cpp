#include "api/archive_clip_source.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "ipc/messages.h"
#include "record/archive.h"
#include "record/clip_plan.h"

namespace vonggac::api {
namespace {

/// A browser asks for one clip in several ranges: the plan made for the first serves the others.
constexpr std::size_t kKeptClips = 16;
constexpr base::Micros kKeepClipsFor = base::Seconds(60);
/// A search over everything on a slow disk: then what was found so far is the answer.
constexpr base::Micros kSearchPatience = base::Seconds(5);

class ClipBody final : public BodySource {
 public:
  explicit ClipBody(std::unique_ptr<record::OpenClip> clip) : clip_(std::move(clip)) {}
  std::uint64_t size_bytes() const override { return clip_->size_bytes(); }
  base::Result<base::Bytes> read(std::uint64_t offset, std::size_t size) override {
    base::Bytes bytes(size);
    VG_TRY(clip_->read(offset, bytes));
    return bytes;
  }

 private:
  std::unique_ptr<record::OpenClip> clip_;
};

record::FootageFilter record_filter(const FootageFilter& filter) {
  record::FootageFilter out;
  out.camera = filter.camera;
  out.among = filter.among;
  out.except = filter.except;
  out.from = filter.from;
  out.to = filter.to;
  out.only_motion = filter.only_motion;
  out.only_alarms = filter.only_alarms;
  out.limit = filter.limit;
  return out;
}

EventRow event_row(record::StoredEvent&& stored) {
  EventRow row;
  row.id = stored.id;
  row.camera = stored.camera;
  row.start = stored.start;
  row.end = stored.end;
  row.ended = stored.ended;
  row.score = stored.score;
  row.box_x = stored.box_x;
  row.box_y = stored.box_y;
  row.box_w = stored.box_w;
  row.box_h = stored.box_h;
  row.zone = std::move(stored.zone);
  row.alarm = std::move(stored.alarm);
  row.alarm_at = stored.alarm_at;
  row.start_reason = ipc::motion_reason_name(static_cast<ipc::MotionReason>(stored.start_reason));
  row.end_reason = ipc::motion_reason_name(static_cast<ipc::MotionReason>(stored.end_reason));
  row.has_thumbnail = stored.has_thumbnail;
  row.labels = std::move(stored.labels);
  return row;
}

SearchHit search_hit(const record::MotionSpan& span) {
  SearchHit hit;
  hit.camera = span.camera;
  hit.start = span.first;
  hit.end = span.last;
  hit.score = span.score;
  hit.moving_seconds = span.seconds;
  hit.has_footage = span.has_footage;
  hit.event = span.event;
  hit.has_thumbnail = span.event_has_thumbnail;
  return hit;
}

ClipRow clip_row(record::Archive& archive, const record::ClipSpan& span) {
  ClipRow row;
  row.camera = span.stream.camera;
  row.start = span.start;
  row.end = span.end;
  row.size_bytes = span.size_bytes;
  row.codec = media::codec_name(span.video_codec);
  row.has_motion = span.has_motion;
  row.still_recording = span.still_recording;
  // A file that retention has just taken costs the size of its picture, not the whole list.
  if (const auto format = archive.video_format(span); format.ok()) {
    row.width = static_cast<int>(format->width);
    row.height = static_cast<int>(format->height);
  }
  return row;
}

class ArchiveClipSource final : public ClipSource {
 public:
  explicit ArchiveClipSource(std::string data_dir) : data_dir_(std::move(data_dir)) {}

  base::Result<std::vector<ClipRow>> clips(const FootageFilter& filter) override {
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    std::vector<ClipRow> rows;
    if (!archive) return rows;
    VG_ASSIGN(const std::vector<record::ClipSpan> spans, kept(archive->clips(record_filter(filter))));
    for (const record::ClipSpan& span : spans) rows.push_back(clip_row(*archive, span));
    return rows;
  }

  base::Result<std::vector<EventRow>> events(const FootageFilter& filter) override {
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    std::vector<EventRow> rows;
    if (!archive) return rows;
    VG_ASSIGN(std::vector<record::StoredEvent> stored, kept(archive->events(record_filter(filter))));
    for (record::StoredEvent& event : stored) rows.push_back(event_row(std::move(event)));
    return rows;
  }

  base::Result<std::vector<GapRow>> gaps(const FootageFilter& filter) override {
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    std::vector<GapRow> rows;
    if (!archive) return rows;
    VG_ASSIGN(std::vector<record::StoredGap> stored, kept(archive->gaps(record_filter(filter))));
    for (record::StoredGap& gap : stored) {
      rows.push_back({gap.stream.camera, gap.start, gap.end, record::gap_cause_name(gap.cause), std::move(gap.detail)});
    }
    return rows;
  }

  base::Result<std::vector<TamperRow>> tampers(const FootageFilter& filter) override {
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    std::vector<TamperRow> rows;
    if (!archive) return rows;
    VG_ASSIGN(const std::vector<record::StoredTamper> stored, kept(archive->tampers(record_filter(filter))));
    for (const record::StoredTamper& one : stored) {
      rows.push_back({one.id, one.camera, one.start, one.end,
                      ipc::tamper_kind_name(static_cast<ipc::TamperKind>(one.kind)),
                      record::tamper_end_name(one.ended_by)});
    }
    return rows;
  }

  base::Result<SearchHits> search(const SearchFilter& filter) override {
    record::MotionSearch search;
    search.cameras = filter.cameras;
    search.among = filter.among;
    search.except = filter.except;
    VG_ASSIGN(search.region, record::MotionRegion::parse(filter.region));
    search.from = filter.from;
    search.to = filter.to;
    search.min_cells = static_cast<std::int32_t>(filter.min_cells);
    search.min_seconds = filter.min_seconds;
    search.limit = filter.limit;
    const base::MonoTime until = clock_.mono_now() + kSearchPatience;
    search.give_up = [this, until] { return clock_.mono_now() > until; };
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    SearchHits out;
    if (!archive) return out;
    VG_ASSIGN(const record::MotionSearchResult found, kept(archive->search(search)));
    for (const record::MotionSpan& span : found.spans) out.hits.push_back(search_hit(span));
    out.more = found.more;
    out.complete = found.complete;
    return out;
  }

  base::Result<EventPlace> place_of_event(std::int64_t event) override {
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    if (!archive) return base::not_found("nothing has been recorded yet");
    VG_ASSIGN(const record::EventPlace place, kept(archive->place_of_event(event)));
    return EventPlace{place.camera, place.start, place.end};
  }

  base::Result<base::Bytes> thumbnail(std::int64_t event) override {
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    if (!archive) return base::not_found("nothing has been recorded yet");
    return kept(archive->thumbnail(event));
  }

  base::Result<std::shared_ptr<BodySource>> open_clip(const base::CameraId& camera, base::WallTime from,
                                                      base::WallTime to) override {
    if (auto planned = planned_clip(camera, from, to)) return planned;
    VG_ASSIGN(const std::shared_ptr<record::Archive> archive, open());
    if (!archive) return base::not_found("nothing has been recorded yet");
    record::ClipRequest request;
    request.stream = {camera, media::StreamRole::kMain};
    request.from = from;
    request.to = to;
    VG_ASSIGN(std::unique_ptr<record::OpenClip> clip,
              no_footage_is_not_found(record::OpenClip::open(*archive, request)));
    std::shared_ptr<BodySource> body = std::make_shared<ClipBody>(std::move(clip));
    const std::lock_guard lock(mutex_);
    planned_.push_front({camera, from, to, clock_.mono_now(), body});
    if (planned_.size() > kKeptClips) planned_.pop_back();
    return body;
  }

 private:
  struct Planned {
    base::CameraId camera;
    base::WallTime from, to;
    base::MonoTime made;
    std::shared_ptr<BodySource> body;
  };

  std::shared_ptr<BodySource> planned_clip(const base::CameraId& camera, base::WallTime from, base::WallTime to) {
    const std::lock_guard lock(mutex_);
    const base::MonoTime now = clock_.mono_now();
    std::erase_if(planned_, [now](const Planned& clip) { return now - clip.made > kKeepClipsFor; });
    const auto found = std::find_if(planned_.begin(), planned_.end(), [&](const Planned& clip) {
      return clip.camera == camera && clip.from == from && clip.to == to;
    });
    return found == planned_.end() ? nullptr : found->body;
  }

  /// The archive, or nothing while nothing has been recorded.
  base::Result<std::shared_ptr<record::Archive>> open() {
    const std::lock_guard lock(mutex_);
    if (archive_) return archive_;
    auto opened = record::Archive::open(data_dir_);
    if (opened) {
      archive_ = std::move(*opened);
    } else if (opened.error().kind() != base::ErrorKind::kNotFound) {
      return opened.error();
    }
    return archive_;
  }

  /// A damaged index is rebuilt under its name: the next call opens it again.
  template <typename Value>
  base::Result<Value> kept(base::Result<Value> result) {
    if (!result && result.error().kind() == base::ErrorKind::kDataLoss) {
      const std::lock_guard lock(mutex_);
      archive_.reset();
    }
    return result;
  }

  template <typename Value>
  static base::Result<Value> no_footage_is_not_found(base::Result<Value> result) {
    if (!result && result.error().kind() == base::ErrorKind::kOutOfRange) {
      return base::not_found(result.error().message());
    }
    return result;
  }

  const std::string data_dir_;
  base::SystemClock clock_;
  std::mutex mutex_;
  std::shared_ptr<record::Archive> archive_;
  std::deque<Planned> planned_;
};

}  // namespace

std::unique_ptr<ClipSource> make_archive_clip_source(const std::string& data_dir) {
  return std::make_unique<ArchiveClipSource>(data_dir);
}

}  // namespace vonggac::api
