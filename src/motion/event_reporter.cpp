#include "motion/event_reporter.h"

#include <algorithm>
#include <utility>

namespace vonggac::motion {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kBridgeSeconds = 4;  // seconds between two sparse pictures of one event, filled by both
constexpr std::size_t kMaxWatchHits = 16;
constexpr float kClearlyBetter = 1.05F;  // else the thumbnail would be made anew for nothing

const MovingBox* best_of(const EngineOutput& output) {
  const auto best = std::max_element(output.boxes.begin(), output.boxes.end(),
                                     [](const MovingBox& a, const MovingBox& b) { return a.score < b.score; });
  return best == output.boxes.end() ? nullptr : &*best;
}

}  // namespace

EventReporter::EventReporter(std::uint16_t slot, std::uint32_t generation, MessageSink sink)
    : slot_(slot), generation_(generation), sink_(std::move(sink)) {}

void EventReporter::begin(const EngineOutput& output) {
  open_ = {};
  open_.slot = slot_;
  open_.generation = generation_;
  open_.event = next_event_++;
  open_.start.us = output.event_start_us;
  open_.start_reason = output.start_reason;
  is_open_ = true;
  best_box_score_ = 0;
  last_thumbnail_us_ = 0;
  better_thumbnail_ = false;
}

void EventReporter::keep_best(const EngineOutput& output, std::int64_t time_us, const ThumbnailMaker& thumbnail) {
  const MovingBox* const best = best_of(output);
  if (best == nullptr || best->score < best_box_score_ * kClearlyBetter) return;
  if (!open_.thumbnail.empty() && time_us - last_thumbnail_us_ < kUpdateUs) return;
  base::Bytes jpeg = thumbnail();
  if (jpeg.empty()) return;
  best_box_score_ = best->score;
  open_.box_x = best->box.x;
  open_.box_y = best->box.y;
  open_.box_w = best->box.w;
  open_.box_h = best->box.h;
  open_.thumbnail = std::move(jpeg);
  last_thumbnail_us_ = time_us;
  better_thumbnail_ = true;
}

void EventReporter::add_to_grid(const EngineOutput& output, std::int64_t time_us) {
  const bool new_second = grid_open_ && time_us / kSecondUs != grid_.second.us / kSecondUs;
  if (new_second) {
    flush_grid();
    if (is_open_ && output.event_active) bridge(output, time_us);
  }
  if (std::all_of(output.grid.begin(), output.grid.end(), [](std::uint8_t cells) { return cells == 0; })) return;
  if (!grid_open_) {
    grid_ = {};
    grid_.slot = slot_;
    grid_.generation = generation_;
    grid_.second.us = time_us;
    grid_open_ = true;
  }
  for (std::size_t i = 0; i < grid_.cells.size(); ++i) grid_.cells[i] |= output.grid[i];
}

/// While an event is followed by key pictures alone, the seconds between two of them show the cells of both.
void EventReporter::bridge(const EngineOutput& output, std::int64_t time_us) {
  const std::int64_t from = grid_.second.us / kSecondUs + 1;
  const std::int64_t to = time_us / kSecondUs;
  if (to <= from || to - from > kBridgeSeconds) return;
  ipc::MotionGrid between = grid_;
  for (std::size_t i = 0; i < between.cells.size(); ++i) between.cells[i] |= output.grid[i];
  for (std::int64_t second = from; second < to; ++second) {
    between.second.us = second * kSecondUs + grid_.second.us % kSecondUs;
    sink_(between);
  }
}

void EventReporter::flush_grid() {
  if (grid_open_) sink_(grid_);
  grid_open_ = false;
}

void EventReporter::send(ipc::MotionPhase phase, bool with_thumbnail) {
  ipc::MotionReport message = open_;
  message.phase = phase;
  if (!with_thumbnail) message.thumbnail.clear();
  sink_(std::move(message));
}

void EventReporter::report(const EngineOutput& output, std::int64_t time_us, const ThumbnailMaker& thumbnail) {
  add_to_grid(output, time_us);
  if (output.event_ended) finish(output);
  if (output.event_started) begin(output);
  if (!is_open_ || !output.event_active) return;
  open_.start.us = std::min(open_.start.us, output.event_start_us);
  open_.end.us = output.event_end_us;
  open_.score = output.score;
  open_.zone = output.zone;
  const bool entered = note_watched(output, time_us);
  keep_best(output, time_us, thumbnail);
  if (output.event_started) {
    send(ipc::MotionPhase::kStart, false);
    last_sent_us_ = time_us;
  } else if (entered || time_us - last_sent_us_ >= kUpdateUs) {
    send(ipc::MotionPhase::kUpdate, better_thumbnail_);
    better_thumbnail_ = false;
    last_sent_us_ = time_us;
  }
}

/// True: a watch zone that the event had not been in. An alarm does not wait for the next update.
bool EventReporter::note_watched(const EngineOutput& output, std::int64_t time_us) {
  bool entered = false;
  for (const std::string& zone : output.watched) {
    const auto known = std::find_if(open_.watched.begin(), open_.watched.end(),
                                    [&zone](const ipc::WatchHit& hit) { return hit.zone == zone; });
    if (known != open_.watched.end()) {
      known->last.us = time_us;
    } else if (open_.watched.size() < kMaxWatchHits) {
      open_.watched.push_back({zone, {time_us}, {time_us}});
      entered = true;
    }
  }
  return entered;
}

void EventReporter::add_label(std::uint64_t event, const media::ObjectLabel& label) {
  if (!is_open_ || open_.event != event || label.object_class == media::ObjectClass::kNone) return;
  for (media::ObjectLabel& known : open_.labels) {
    if (known.object_class != label.object_class) continue;
    known.score = std::max(known.score, label.score);
    return;
  }
  open_.labels.push_back(label);
}

void EventReporter::finish(const EngineOutput& output) {
  flush_grid();
  if (!is_open_ || !output.event_ended) return;
  open_.end.us = output.event_end_us;
  open_.score = std::max(open_.score, output.score);
  open_.end_reason = output.end_reason;
  send(ipc::MotionPhase::kEnd, true);
  is_open_ = false;
}

}  // namespace vonggac::motion
