/// What belongs to spans that a motion search found: the best event that overlaps each, and whether footage is there.
/// Spans of a camera are asked about from the newest back, and events and segments are walked along with them: a month
/// of spans reads each row once. Where the next span is far away, the walk begins anew there. Threads  one thread at a
/// time per connection. Errors   as sqlite.h. Units    wall time UTC in microseconds.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "record/sqlite.h"

namespace vonggac::record {

struct MotionSpan;

class MotionSpanDetails {
 public:
  static base::Result<MotionSpanDetails> prepare(const SqliteDb& db);
  /// Fills in the details of all spans; they stand newest first.
  base::Status add(std::vector<MotionSpan>& spans);

 private:
  struct Event {
    std::int64_t id = 0, start_us = 0, end_us = 0;
    double score = 0;
    std::optional<bool> pictured;  ///< once it was asked
  };
  struct Segment {
    std::int64_t start_us = 0, end_us = 0;
    bool sealed = false;
  };

  base::Status add_best_event(MotionSpan& span);
  base::Status add_footage(MotionSpan& span);
  base::Result<bool> fetch_event();
  base::Result<bool> pictured(Event& event);

  Statement events_, thumbnail_, segments_;
  std::deque<Event> walked_;  ///< newest first; those that begin after the last span asked about are gone
  std::optional<Segment> segment_;
  bool events_open_ = false, segments_open_ = false;
};

}  // namespace vonggac::record
