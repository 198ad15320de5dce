#include "gate/denials.h"

#include <utility>

#include <fmt/format.h>

namespace vonggac::gate {
namespace {

access::AuditEntry entry_of_more(const access::AuditEntry& newest, const std::map<std::string, std::int64_t>& more) {
  std::int64_t count = 0;
  std::string actions;
  for (const auto& [action, times] : more) {
    count += times;
    actions += fmt::format(R"({}"{}":{})", actions.empty() ? "" : ",", action, times);
  }
  access::AuditEntry entry;
  entry.actor = newest.actor;
  entry.actor_name = newest.actor_name;
  entry.action = "denied.more";
  entry.allowed = false;
  entry.detail = fmt::format(R"({{"count":{},"actions":{{{}}}}})", count, actions);
  entry.address = newest.address;
  return entry;
}

}  // namespace

base::Status Denials::note(store::Store& store, base::MonoTime now, const access::AuditEntry& entry) {
  VG_TRY(settle(store, now));
  {
    const std::lock_guard lock(mutex_);
    Minute& minute = minutes_[*entry.actor];
    if (minute.rows == 0) minute.began = now;
    minute.newest = entry;
    if (minute.rows >= kRowsAMinute) {
      ++minute.more[entry.action];
      return {};
    }
    ++minute.rows;
  }
  return store.write_quietly([&](store::WriteSession& session) { return access::write_audit(session, entry); });
}

base::Status Denials::settle(store::Store& store, base::MonoTime now, bool all) {
  std::vector<Minute> over = take_over(now, all);
  if (over.empty()) return {};
  const base::Status written = store.write_quietly([&](store::WriteSession& session) -> base::Status {
    for (const Minute& minute : over) VG_TRY(access::write_audit(session, entry_of_more(minute.newest, minute.more)));
    return {};
  });
  if (written.ok()) return {};
  const std::lock_guard lock(mutex_);
  for (Minute& minute : over) {
    const base::Uuid actor = *minute.newest.actor;
    for (const auto& [action, times] : minute.more) minutes_[actor].more[action] += times;
    minutes_[actor].rows = kRowsAMinute;
    minutes_[actor].began = now;
    minutes_[actor].newest = std::move(minute.newest);
  }
  return written;
}

std::vector<Denials::Minute> Denials::take_over(base::MonoTime now, bool all) {
  std::vector<Minute> over;
  const std::lock_guard lock(mutex_);
  for (auto one = minutes_.begin(); one != minutes_.end();) {
    if (!all && now - one->second.began < kMinute) {
      ++one;
      continue;
    }
    if (!one->second.more.empty()) over.push_back(std::move(one->second));
    one = minutes_.erase(one);
  }
  return over;
}

}  // namespace vonggac::gate
