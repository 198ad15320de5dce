/// Looking at the cameras of an import before they are registered: begun once, left, found again, cancelled. A few
/// cameras at a time, so that a person who looks at one of their own is not kept waiting.
/// Flow     rows with a stream address -> begin() -> camera.probe, .view, .still (core) -> kept here -> progress(),
///          sheet(), still()
/// Threads  bound to the web worker's loop.
/// Owns     what was found, in memory and nowhere else: pictures of streets and yards that nobody has agreed to yet go
///          into no register, no backup and no other machine, and are gone with the worker. At most kMostRows rows in
///          each of kMostRuns runs and kMostStills stills of 40 kB in all; forgotten two hours after the end.
/// Errors   begin: kOutOfRange: too many rows; kUnavailable: too many runs. What is wrong with a camera stands in its
///          row. No password is sent: a file holds none.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "api/core_link.h"
#include "gate/permits.h"
#include "intake/imports.h"

namespace vonggac::api {

class ImportProbes {
 public:
  static constexpr std::size_t kAtOnce = 3;  ///< core looks at four: one place stays for who looks at one camera
  static constexpr std::size_t kMostRows = 2'000, kMostRuns = 4, kMostStills = 1'000;
  static constexpr std::size_t kMostFindings = 12;
  static constexpr base::Micros kKeptFor = base::Seconds(2LL * 3600);
  static constexpr base::Micros kLookEvery = base::Millis(500);
  static constexpr base::Micros kWaitWhenBusy = base::Seconds(2);

  ImportProbes(const base::Clock& clock, CoreLink& core) : clock_(clock), core_(core) {}

  /// A run under way goes on as it is; one that is over is begun anew. Ends when the permit does.
  base::Status begin(const base::Uuid& import, std::vector<intake::RowStream> rows,
                     std::shared_ptr<const gate::Permit> permit);
  /// What was found stays. False: nothing was under way.
  bool cancel(const base::Uuid& import);
  /// Null: never begun, or forgotten.
  boost::json::value progress(const base::Uuid& import) const;
  /// Rows behind `after` that were looked at or are being: {"stills", "next_after"}.
  boost::json::object sheet(const base::Uuid& import, std::uint32_t after, std::size_t most) const;
  /// JPEG; none: no such row, or no picture of it.
  std::shared_ptr<const std::string> still(const base::Uuid& import, std::uint32_t row) const;
  /// About every 100 ms.
  void tick();

 private:
  enum class Step { kWaiting, kAsked, kLooking, kDone, kFailed };
  struct Row {
    intake::RowStream stream;
    Step step = Step::kWaiting;
    std::string probe;       ///< core's id while it looks
    bool view_open = false;  ///< a question about it has no answer yet
    base::MonoTime next_look;
    boost::json::object found;
    std::shared_ptr<const std::string> still;
    bool still_left_out = false, needs_login = false;
  };
  enum class State { kRunning, kDone, kCancelled };
  struct Run {
    State state = State::kRunning;
    std::vector<Row> rows;
    std::size_t next = 0;  ///< the first row that nobody has begun
    std::shared_ptr<const gate::Permit> permit;
    base::WallTime begun_at, ended_at;
    base::MonoTime ended, not_before;
  };
  using RunPlace = std::weak_ptr<Run>;

  bool make_room();
  void forget_old();
  void end(Run& run, State state);
  void advance(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t& busy);
  void ask_for(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t row);
  void look_at(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t row);
  void fetch_still(const base::Uuid& import, const std::shared_ptr<Run>& run, std::size_t row, std::int64_t stream);
  void on_asked(const base::Uuid& import, Run& run, Row& row, const base::Result<std::string>& reply);
  void forget_in_core(const base::Uuid& import, Row& row);
  std::size_t stills_kept() const;
  boost::json::object about(const base::Uuid& import, const char* op, const Row& row) const;
  static std::size_t busy_rows(const Run& run);
  void fail(Row& row, const base::Status& why);
  static boost::json::object row_json(const base::Uuid& import, const Row& row);

  const base::Clock& clock_;
  CoreLink& core_;
  std::map<base::Uuid, std::shared_ptr<Run>> runs_;
};

}  // namespace vonggac::api
