/// What somebody was let in to and goes on: a live picture, a download. Each is asked again about once a second, so
/// that a grant that was revoked, a session that ended or an agreement that was withdrawn cuts it within two seconds.
/// Flow     admit() -> Permits::issue -> the connection looks at valid() at each step; recheck() on the pool.
/// Threads  issue() and the permits: any; recheck(): one thread at a time.
/// Errors   recheck: those of the store; permits then stay as they were, and after kTrustFor without an answer all of
///          them end: what cannot be asked is not allowed.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>

#include "gate/admission.h"

namespace vonggac::gate {

class Permit {
 public:
  Permit(const Demand& demand, Asked asked) : demand_(demand), asked_(std::move(asked)) {}
  bool valid() const { return valid_.load(std::memory_order_relaxed); }

 private:
  friend class Permits;
  Demand demand_;
  Asked asked_;
  std::atomic<bool> valid_{true};
};

class Permits {
 public:
  static constexpr base::Micros kTrustFor = base::Seconds(30);
  explicit Permits(Office& office) : office_(office), answered_(office.clock().mono_now()) {}
  /// Lives as long as somebody holds it.
  std::shared_ptr<Permit> issue(const Demand& demand, Asked asked);
  void recheck();
  std::size_t count() const;

 private:
  std::vector<std::shared_ptr<Permit>> held();

  Office& office_;
  mutable std::mutex mutex_;
  std::list<std::weak_ptr<Permit>> permits_;
  base::MonoTime answered_;
};

}  // namespace vonggac::gate
