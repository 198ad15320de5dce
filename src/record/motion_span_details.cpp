#include "record/motion_span_details.h"

#include <map>
#include <utility>

#include "record/index_schema.h"
#include "record/motion_search.h"

namespace vonggac::record {
namespace {

constexpr int kEventsPassed = 3;  // that end before a span: those before them do too, but for a clock set back
constexpr int kRowsWalked = 32;   // towards a span before it is sought instead: about what a search in the tree costs

}  // namespace

base::Result<MotionSpanDetails> MotionSpanDetails::prepare(const SqliteDb& db) {
  MotionSpanDetails out;
  // Events and segments of a camera follow each other, so the newest that begin before a span's end are the ones.
  VG_ASSIGN(out.events_,
            Statement::prepare(db,
                               "SELECT id, start_us, end_us, score FROM motion_event INDEXED BY motion_event_time "
                               "WHERE camera = ?1 AND start_us < ?2 ORDER BY start_us DESC"));
  VG_ASSIGN(out.thumbnail_, Statement::prepare(db, "SELECT 1 FROM motion_thumbnail WHERE event = ?"));
  VG_ASSIGN(out.segments_, Statement::prepare(db,
                                              "SELECT start_us, end_us, flags FROM segment INDEXED BY segment_time "
                                              "WHERE camera = ?1 AND start_us < ?2 ORDER BY start_us DESC"));
  return out;
}

base::Status MotionSpanDetails::add(std::vector<MotionSpan>& spans) {
  std::map<base::CameraId, std::vector<MotionSpan*>> of_cameras;
  for (MotionSpan& span : spans) of_cameras[span.camera].push_back(&span);
  for (auto& [camera, own] : of_cameras) {
    walked_.clear();
    segment_.reset();
    events_open_ = segments_open_ = false;
    for (MotionSpan* const span : own) {
      VG_TRY(add_best_event(*span));
      VG_TRY(add_footage(*span));
    }
    events_.reset();
    segments_.reset();
  }
  return {};
}

base::Result<bool> MotionSpanDetails::fetch_event() {
  if (!events_open_) return false;
  VG_ASSIGN(const bool more, events_.step());
  events_open_ = more;
  if (more) walked_.push_back({events_.integer(0), events_.integer(1), events_.integer(2), events_.real(3), {}});
  return more;
}

base::Result<bool> MotionSpanDetails::pictured(Event& event) {
  if (!event.pictured) {
    VG_ASSIGN(event.pictured, thumbnail_.bind(event.id).step());
    thumbnail_.reset();
  }
  return *event.pictured;
}

base::Status MotionSpanDetails::add_best_event(MotionSpan& span) {
  const auto drop_later = [this, &span] {
    while (!walked_.empty() && walked_.front().start_us >= span.last.us) walked_.pop_front();
  };
  drop_later();
  for (int i = 0; walked_.empty() && events_open_ && i < kRowsWalked; ++i) {
    if (const base::Result<bool> more = fetch_event(); !more) return more.error();
    drop_later();
  }
  if (walked_.empty()) {
    events_.reset();
    events_.bind(span.camera).bind(span.last.us);
    events_open_ = true;
  }
  double best = -1;
  std::size_t at = 0;
  for (int passed = 0; passed < kEventsPassed; ++at) {
    if (at == walked_.size()) {
      VG_ASSIGN(const bool more, fetch_event());
      if (!more) break;
    }
    Event& event = walked_[at];
    if (event.end_us < span.first.us) {
      ++passed;
      continue;
    }
    VG_ASSIGN(const bool has_picture, pictured(event));
    const double worth = event.score + (has_picture ? 1 : 0);
    if (worth <= best) continue;
    best = worth;
    span.event = event.id;
    span.event_has_thumbnail = has_picture;
  }
  return {};
}

base::Status MotionSpanDetails::add_footage(MotionSpan& span) {
  for (int i = 0; segments_open_ && i < kRowsWalked && segment_ && segment_->start_us >= span.last.us; ++i) {
    VG_ASSIGN(segments_open_, segments_.step());
    segment_.reset();
    if (segments_open_)
      segment_ = {segments_.integer(0), segments_.integer(1), (segments_.integer(2) & kSegmentSealed) != 0};
  }
  if (!segment_ || segment_->start_us >= span.last.us) {
    segments_.reset();
    segments_.bind(span.camera).bind(span.last.us);
    VG_ASSIGN(segments_open_, segments_.step());
    segment_.reset();
    if (segments_open_)
      segment_ = {segments_.integer(0), segments_.integer(1), (segments_.integer(2) & kSegmentSealed) != 0};
  }
  if (segment_) span.has_footage = segment_->end_us > span.first.us || !segment_->sealed;
  return {};
}

}  // namespace vonggac::record
