#include "gate/permits.h"

#include <map>
#include <string>
#include <tuple>

#include "base/log.h"

namespace vonggac::gate {

std::shared_ptr<Permit> Permits::issue(const Demand& demand, Asked asked) {
  auto permit = std::make_shared<Permit>(demand, std::move(asked));
  const std::lock_guard lock(mutex_);
  permits_.push_back(permit);
  return permit;
}

std::size_t Permits::count() const {
  const std::lock_guard lock(mutex_);
  return permits_.size();
}

std::vector<std::shared_ptr<Permit>> Permits::held() {
  std::vector<std::shared_ptr<Permit>> permits;
  const std::lock_guard lock(mutex_);
  for (auto one = permits_.begin(); one != permits_.end();) {
    if (auto permit = one->lock(); permit && permit->valid()) {
      permits.push_back(std::move(permit));
      ++one;
    } else {
      one = permits_.erase(one);
    }
  }
  return permits;
}

void Permits::recheck() {
  const std::vector<std::shared_ptr<Permit>> permits = held();
  std::vector<std::shared_ptr<Permit>> revoked;
  const base::WallTime now = office_.clock().wall_now();
  // A wall of 36 tiles asks 36 times the same of one session for 36 cameras: each pair once.
  using Question = std::tuple<std::string, std::string, std::string_view, std::optional<base::Uuid>>;
  std::map<Question, bool> answers;
  const base::Status read = office_.store().read([&](store::Reader& session) -> base::Status {
    answers.clear();
    revoked.clear();
    for (const std::shared_ptr<Permit>& permit : permits) {
      const Asked& asked = permit->asked_;
      const Question question{asked.credentials.session, asked.credentials.token, permit->demand_.name, asked.object};
      auto known = answers.find(question);
      if (known == answers.end()) {
        VG_ASSIGN(const bool admitted, still_admitted(session, permit->demand_, asked, now));
        known = answers.emplace(question, admitted).first;
      }
      if (!known->second) revoked.push_back(permit);
    }
    return {};
  });
  const base::MonoTime mono = office_.clock().mono_now();
  if (read.ok()) {
    answered_ = mono;
  } else {
    base::log::warning("gate", "open pictures and downloads cannot be asked again: {}", read.to_string());
    revoked = mono - answered_ > kTrustFor ? permits : std::vector<std::shared_ptr<Permit>>();
  }
  for (const std::shared_ptr<Permit>& permit : revoked) permit->valid_.store(false, std::memory_order_relaxed);
}

}  // namespace vonggac::gate
