/// Asks the object classifier what moved things are: crops of all cameras of a shard wait a moment, so that one call
/// answers for several, and classifying never takes more than its share of the processor.
/// Flow     CameraAnalyser -> submit() -> work() -> LabelResult -> CameraAnalyser::take_label()
/// Budget   kCpuShare of one core; a queue of kMaxWaiting crops. What does not fit drops its oldest: a later crop of
/// the
///          same thing says the same.
/// Threads  one thread at a time.
/// Errors   the classifier's: counted; after kErrorsInARow failed() says why, and nothing is asked any more.
/// Units    microseconds.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "base/units.h"
#include "motion/plugin_host.h"

namespace vonggac::motion {

struct LabelRequest {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint64_t event = 0;
  media::av::RgbCrop crop;
};
struct LabelResult {
  std::uint16_t slot = 0;
  std::uint32_t generation = 0;
  std::uint64_t event = 0;
  media::ObjectLabel label;
};

class ObjectLabeller {
 public:
  static constexpr base::Micros kGather{200'000};  ///< how long a crop waits for company
  static constexpr std::size_t kMaxWaiting = 32;
  static constexpr double kCpuShare = 0.25;
  static constexpr int kErrorsInARow = 5;

  using CpuClock = std::function<std::int64_t()>;  ///< microseconds of CPU this thread has used
  ObjectLabeller(Classifier& classifier, CpuClock cpu_us);

  void submit(LabelRequest request, base::MonoTime now);
  bool waiting() const { return !waiting_.empty(); }
  /// One batch, if it is full or old enough and the budget allows it.
  std::vector<LabelResult> work(base::MonoTime now);
  /// Why the classifier is not asked any more; empty while it is.
  const std::string& failed() const { return failed_; }
  std::uint64_t asked() const { return asked_; }      ///< crops
  std::uint64_t dropped() const { return dropped_; }  ///< crops

 private:
  struct Waiting {
    LabelRequest request;
    base::MonoTime since;
  };
  bool due(base::MonoTime now);

  Classifier& classifier_;
  CpuClock cpu_us_;
  std::deque<Waiting> waiting_;
  base::MonoTime paid_until_;  ///< the next batch may not begin before: the CPU of the last ones, over kCpuShare
  int errors_ = 0;             ///< in a row
  std::string failed_;
  std::uint64_t asked_ = 0, dropped_ = 0;
};

}  // namespace vonggac::motion
