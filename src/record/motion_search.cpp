#include "record/motion_search.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/log.h"
#include "record/clip_query.h"
#include "record/index_schema.h"
#include "record/motion_scan.h"
#include "record/motion_span_details.h"

namespace vonggac::record {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kNoLimitUs = std::numeric_limits<std::int64_t>::max() / 4;
constexpr std::uint64_t kAskEvery = 64;  // segments between two questions whether to give up

/// Gathers seconds, newest first, into spans.
class SpanBuilder {
 public:
  SpanBuilder(const MotionSearch& search, base::CameraId camera, std::vector<MotionSpan>& out)
      : search_(search), camera_(camera), out_(out) {}

  void add(const MovedSecond& moved) {
    if (open_ && moved.second < first_ - 1 - search_.join_seconds) close();
    if (!open_) {
      open_ = true;
      first_ = last_ = moved.second;
      cells_ = 0;
      seconds_ = 0;
      counted_ = kNoLimitUs;
    }
    first_ = std::min(first_, moved.second);
    last_ = std::max(last_, moved.second);
    cells_ = std::max(cells_, moved.cells);
    if (moved.second != counted_) ++seconds_;
    counted_ = moved.second;
  }
  void close() {
    if (!open_) return;
    open_ = false;
    if (last_ - first_ + 1 < search_.min_seconds) return;
    MotionSpan span;
    span.camera = camera_;
    span.first = {first_ * kSecondUs};
    span.last = {(last_ + 1) * kSecondUs};
    span.cells = cells_;
    span.seconds = seconds_;
    span.score = static_cast<double>(cells_) / std::max(1, search_.region.size());
    out_.push_back(span);
    ++found_;
  }
  std::size_t found() const { return found_; }

 private:
  const MotionSearch& search_;
  base::CameraId camera_;
  std::vector<MotionSpan>& out_;
  bool open_ = false;
  std::int64_t first_ = 0, last_ = 0, seconds_ = 0, counted_ = 0;
  std::int32_t cells_ = 0;
  std::size_t found_ = 0;
};

class Searcher {
 public:
  Searcher(const SqliteDb& db, const MotionSearch& search, MotionSearchResult& result)
      : db_(db),
        search_(search),
        result_(result),
        from_us_(search.from ? search.from->us : -kNoLimitUs),
        to_us_(search.to ? search.to->us : kNoLimitUs) {}

  base::Status run(const std::vector<base::CameraId>& cameras) {
    VG_TRY(prepare());
    VG_TRY(load_tail());
    for (const base::CameraId& camera : cameras) {
      VG_TRY(search_camera(camera));
      if (!result_.complete) break;
    }
    std::stable_sort(result_.spans.begin(), result_.spans.end(),
                     [](const MotionSpan& a, const MotionSpan& b) { return b.first < a.first; });
    if (result_.spans.size() > search_.limit) {
      result_.spans.resize(search_.limit);
      result_.more = true;
    }
    return details_.add(result_.spans);
  }

 private:
  base::Status prepare() {
    // An open statement keeps the read lock: without it each of the many thousand small ones would take and give it.
    VG_ASSIGN(open_, Statement::prepare(db_, "SELECT name FROM sqlite_schema"));
    if (const base::Result<bool> locked = open_.step(); !locked) return locked.error();
    VG_ASSIGN(summaries_,
              Statement::prepare(db_,
                                 "SELECT start_us, segment, cells FROM motion_summary WHERE camera = ?1 AND "
                                 "start_us < ?3 AND start_us > ?2 - ?4 ORDER BY start_us DESC, segment DESC"));
    VG_ASSIGN(table_, Statement::prepare(db_, "SELECT seconds FROM motion_table WHERE segment = ?"));
    VG_ASSIGN(details_, MotionSpanDetails::prepare(db_));
    return {};
  }

  bool in_range(std::int64_t second) const {
    return second > from_us_ / kSecondUs - 1 && second < kNoLimitUs / kSecondUs && second * kSecondUs < to_us_ &&
           (second + 1) * kSecondUs > from_us_;
  }

  /// Seconds of segments that are still open. A small table without an index: read once for all cameras.
  base::Status load_tail() {
    VG_ASSIGN(Statement rows, Statement::prepare(db_, "SELECT camera, second, cells FROM motion_tail"));
    for (;;) {
      VG_ASSIGN(const bool more, rows.step());
      if (!more) break;
      const std::int64_t second = rows.integer(1);
      if (!in_range(second)) continue;
      const base::Result<std::int32_t> cells = scan_motion_cells(rows.blob(2), search_.region);
      if (!cells) ++result_.damaged;
      if (cells && *cells >= search_.min_cells) tail_[rows.camera(0)].push_back({second, *cells});
    }
    for (auto& [camera, seconds] : tail_) {
      std::sort(seconds.begin(), seconds.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    }
    return {};
  }

  base::Status search_camera(const base::CameraId& camera) {
    SpanBuilder spans(search_, camera, result_.spans);
    std::vector<MovedSecond> tail;
    if (const auto found = tail_.find(camera); found != tail_.end()) tail = std::move(found->second);
    summaries_.bind(camera).bind(from_us_).bind(to_us_).bind(kLongestSegmentUs);
    while (spans.found() <= search_.limit) {
      VG_ASSIGN(const bool more, summaries_.step());
      if (!more) {
        take(tail, std::numeric_limits<std::int64_t>::min(), spans);
        spans.close();
        return {};
      }
      ++result_.segments;
      if (search_.give_up && result_.segments % kAskEvery == 0 && search_.give_up()) {
        result_.complete = false;
        break;
      }
      if (!search_.region.meets(summaries_.blob(2))) continue;
      VG_TRY(read_table(summaries_.integer(1), tail));
      take(tail, summaries_.integer(0) / kSecondUs, spans);
    }
    summaries_.reset();
    spans.close();
    return {};
  }

  /// Adds the seconds of a segment to those that wait. `waiting` stays sorted, the newest last.
  base::Status read_table(std::int64_t segment, std::vector<MovedSecond>& waiting) {
    VG_ASSIGN(const bool there, table_.bind(segment).step());
    if (!there) return {};
    ++result_.segments_read;
    found_.clear();
    if (!scan_motion_table(table_.blob(0), search_.region, search_.min_cells, found_).ok()) {
      ++result_.damaged;
      found_.clear();
    }
    table_.reset();
    const bool in_order = waiting.empty();
    for (const MovedSecond& moved : found_) {
      if (in_range(moved.second)) waiting.push_back(moved);
    }
    if (!in_order) {
      std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    }
    return {};
  }

  /// Hands over what is not older than `second`: segments that follow (they are older) hold nothing newer.
  static void take(std::vector<MovedSecond>& waiting, std::int64_t second, SpanBuilder& spans) {
    while (!waiting.empty() && waiting.back().second >= second) {
      spans.add(waiting.back());
      waiting.pop_back();
    }
  }

  const SqliteDb& db_;
  const MotionSearch& search_;
  MotionSearchResult& result_;
  std::int64_t from_us_, to_us_;
  Statement open_, summaries_, table_;
  MotionSpanDetails details_;
  std::map<base::CameraId, std::vector<MovedSecond>> tail_;
  std::vector<MovedSecond> found_;
};

}  // namespace

base::Result<MotionSearchResult> search_motion(const SqliteDb& db, const MotionSearch& search) {
  if (search.min_cells < 1 || search.min_seconds < 1 || search.join_seconds < 0 || search.limit < 1) {
    return base::invalid_argument("at least one cell, one second and one span must be asked for");
  }
  if (search.region.size() == 0) return base::invalid_argument("the region is empty");
  if (search.from && search.to && *search.to <= *search.from) {
    return base::invalid_argument("the end of the time range is not after its beginning");
  }
  std::vector<base::CameraId> cameras = search.cameras;
  if (cameras.empty()) {
    VG_ASSIGN(cameras, query_cameras(db));
  }
  if (search.among) {
    std::erase_if(cameras, [&](const base::CameraId& camera) {
      return std::find(search.among->begin(), search.among->end(), camera) == search.among->end();
    });
  }
  std::erase_if(cameras, [&](const base::CameraId& camera) {
    return std::find(search.except.begin(), search.except.end(), camera) != search.except.end();
  });
  MotionSearchResult result;
  VG_TRY(Searcher(db, search, result).run(cameras));
  if (result.damaged > 0) {
    base::log::warning("record", "motion search: {} damaged motion tables passed over; run 'vonggac rebuild'",
                       result.damaged);
  }
  return result;
}

base::Status fill_motion_summary(SqliteDb& db) {
  VG_ASSIGN(Statement tables,
            Statement::prepare(db,
                               "SELECT s.camera, s.start_us, t.segment, t.seconds FROM motion_table t "
                               "JOIN segment s ON s.id = t.segment"));
  VG_ASSIGN(Statement put, Statement::prepare(db,
                                              "INSERT OR REPLACE INTO motion_summary(camera, start_us, segment, cells) "
                                              "VALUES(?,?,?,?)"));
  for (;;) {
    VG_ASSIGN(const bool more, tables.step());
    if (!more) return {};
    const base::Result<MotionSeconds> seconds = decode_motion_table(tables.blob(3));
    if (!seconds) continue;  // nothing can be found in it anyway
    const MotionCells cells = moved_cells(*seconds);
    put.bind(tables.camera(0)).bind(tables.integer(1)).bind(tables.integer(2));
    VG_TRY(put.bind(base::ByteSpan(cells)).run());
  }
}

}  // namespace vonggac::record
