#include "live/viewer_queue.h"

#include <algorithm>
#include <utility>

namespace vonggac::live {
namespace {

std::size_t size_of(const QueueItem& item) {
  return item.kind == ItemKind::kUnit && item.unit.payload ? item.unit.payload->size() : 0;
}

}  // namespace

void ViewerQueue::push_text(std::uint8_t tile, std::string text, base::MonoTime now) {
  note_waiting(now);
  QueueItem item;
  item.kind = ItemKind::kText;
  item.tile = tile;
  item.text = std::move(text);
  item.queued = now;
  items_.push_back(std::move(item));
  ++texts_;
}

void ViewerQueue::push_parameters(std::uint8_t tile, std::shared_ptr<const media::TrackParameters> parameters,
                                  base::MonoTime now) {
  note_waiting(now);
  // What follows new parameters can only be decoded from its own first key frame.
  streaming_.erase(tile);
  // A camera may change them with every picture: only the newest of those that wait without a unit in between stay.
  if (!items_.empty() && items_.back().kind == ItemKind::kParameters && items_.back().tile == tile) {
    items_.pop_back();
  }
  QueueItem item;
  item.kind = ItemKind::kParameters;
  item.tile = tile;
  item.parameters = std::move(parameters);
  item.queued = now;
  items_.push_back(std::move(item));
}

void ViewerQueue::push_unit(std::uint8_t tile, const media::AccessUnit& unit, base::MonoTime now) {
  QueueItem item;
  item.kind = ItemKind::kUnit;
  item.tile = tile;
  item.unit = unit;
  item.queued = now;
  if (!unit.key && !streaming_.contains(tile)) {
    if (had_drop_.contains(tile)) ++stats_.units_dropped;
    return;
  }
  note_waiting(now);
  streaming_.insert(tile);
  item.after_drop = had_drop_.erase(tile) > 0;
  unit_bytes_ += size_of(item);
  items_.push_back(std::move(item));
  enforce(now);
}

std::optional<QueueItem> ViewerQueue::pop(base::MonoTime now) {
  enforce(now);
  if (items_.empty()) {
    if (!writing_) waiting_since_.reset();
    return std::nullopt;
  }
  QueueItem item = std::move(items_.front());
  items_.pop_front();
  unit_bytes_ -= size_of(item);
  if (item.kind == ItemKind::kText) --texts_;
  writing_ = true;
  if (!waiting_since_) waiting_since_ = now;
  if (item.kind == ItemKind::kUnit) ++stats_.units_sent;
  return item;
}

void ViewerQueue::sent(base::MonoTime now) {
  writing_ = false;
  waiting_since_.reset();
  if (!items_.empty()) waiting_since_ = now;
}

void ViewerQueue::forget_tile(std::uint8_t tile) {
  std::deque<QueueItem> kept;
  for (QueueItem& item : items_) {
    if (item.tile == tile && item.kind != ItemKind::kText) {
      unit_bytes_ -= size_of(item);
    } else {
      kept.push_back(std::move(item));
    }
  }
  items_ = std::move(kept);
  streaming_.erase(tile);
  had_drop_.erase(tile);
  if (items_.empty() && !writing_) waiting_since_.reset();
}

bool ViewerQueue::must_cut(base::MonoTime now) const {
  if (texts_ > limits_.max_texts) return true;
  return waiting_since_ && now - *waiting_since_ > limits_.cut_after;
}

bool ViewerQueue::over_limits(base::MonoTime now) const {
  std::size_t units = 0;
  bool too_old = false;
  for (const QueueItem& item : items_) {
    if (item.kind != ItemKind::kUnit) continue;
    if (units == 0) too_old = now - item.queued > limits_.max_age;
    ++units;
    if (units > 1) break;
  }
  return too_old || (units > 1 && unit_bytes_ > limits_.max_bytes);
}

void ViewerQueue::enforce(base::MonoTime now) {
  if (!over_limits(now)) return;
  ++stats_.drop_events;
  keep_from_newest_keys();
  if (over_limits(now)) drop_all_units();
}

void ViewerQueue::keep_from_newest_keys() {
  struct Newest {
    std::optional<std::size_t> parameters;
    std::optional<std::size_t> key;
    std::optional<std::size_t> key_parameters;  ///< those the newest key frame is decoded with
  };
  std::map<std::uint8_t, Newest> newest;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    Newest& tile = newest[items_[i].tile];
    if (items_[i].kind == ItemKind::kParameters) tile.parameters = i;
    if (items_[i].kind == ItemKind::kUnit && items_[i].unit.key) {
      tile.key = i;
      tile.key_parameters = tile.parameters;
    }
  }
  std::deque<QueueItem> kept;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    QueueItem& item = items_[i];
    Newest& tile = newest[item.tile];
    const bool before_key = tile.key && i < *tile.key;
    if (before_key && item.kind == ItemKind::kUnit) {
      unit_bytes_ -= size_of(item);
      ++stats_.units_dropped;
      items_[*tile.key].after_drop = true;
      continue;
    }
    if (before_key && item.kind == ItemKind::kParameters && tile.key_parameters != i) continue;
    kept.push_back(std::move(item));
  }
  items_ = std::move(kept);
}

void ViewerQueue::drop_all_units() {
  std::map<std::uint8_t, std::size_t> newest_parameters;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].kind == ItemKind::kParameters) newest_parameters[items_[i].tile] = i;
  }
  std::deque<QueueItem> kept;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    QueueItem& item = items_[i];
    if (item.kind == ItemKind::kUnit) {
      ++stats_.units_dropped;
      had_drop_.insert(item.tile);
      streaming_.erase(item.tile);
    } else if (item.kind == ItemKind::kText || newest_parameters[item.tile] == i) {
      kept.push_back(std::move(item));
    }
  }
  items_ = std::move(kept);
  unit_bytes_ = 0;
}

void ViewerQueue::note_waiting(base::MonoTime now) {
  if (!waiting_since_) waiting_since_ = now;
}

}  // namespace vonggac::live
