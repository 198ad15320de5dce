#include "access/login_brake.h"

#include <algorithm>

namespace vonggac::access {
namespace {

std::string account_key(std::string_view login) { return "u:" + std::string(login); }
std::string address_key(std::string_view address) { return "a:" + std::string(address); }

}  // namespace

base::Micros LoginBrake::wait_of(const std::string& key, base::MonoTime now) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return base::Micros(0);
  return std::max(base::Micros(0), found->second.closed_until - now);
}

base::Micros LoginBrake::wait(std::string_view login, std::string_view address, base::MonoTime now) {
  const std::lock_guard lock(mutex_);
  return std::max(wait_of(account_key(login), now), wait_of(address_key(address), now));
}

base::Micros LoginBrake::wait_of_address(std::string_view address, base::MonoTime now) {
  const std::lock_guard lock(mutex_);
  return wait_of(address_key(address), now);
}

base::Micros LoginBrake::begin(std::string_view login, std::string_view address, base::MonoTime now) {
  const std::lock_guard lock(mutex_);
  const std::string account = account_key(login), place = address_key(address);
  const base::Micros closed = std::max(wait_of(account, now), wait_of(place, now));
  if (closed.count() > 0) return closed;
  for (const std::string* key : {&account, &place}) {
    const Tries& tries = tries_of(*key, now);
    if (tries.wrong.size() + static_cast<std::size_t>(tries.running) >= kTries) return kTurn;
  }
  ++tries_of(account, now).running;
  ++tries_of(place, now).running;
  return base::Micros(0);
}

void LoginBrake::end(std::string_view login, std::string_view address) {
  const std::lock_guard lock(mutex_);
  end_one(account_key(login));
  end_one(address_key(address));
}

void LoginBrake::end_one(const std::string& key) {
  const auto found = keys_.find(key);
  if (found != keys_.end() && found->second.running > 0) --found->second.running;
}

void LoginBrake::failed(std::string_view login, std::string_view address, base::MonoTime now) {
  const std::lock_guard lock(mutex_);
  note(account_key(login), now);
  note(address_key(address), now);
}

void LoginBrake::succeeded(std::string_view login) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(account_key(login));
  if (found == keys_.end()) return;
  found->second.wrong.clear();
  found->second.pause = base::Micros(0);
  found->second.closed_until = {};
}

LoginBrake::Tries& LoginBrake::tries_of(const std::string& key, base::MonoTime now) {
  if (keys_.size() >= kMostKeys && keys_.count(key) == 0) forget_oldest();
  Tries& tries = keys_[key];
  tries.last = now;
  while (!tries.wrong.empty() && now - tries.wrong.front() > kWindow) tries.wrong.pop_front();
  return tries;
}

void LoginBrake::note(const std::string& key, base::MonoTime now) {
  Tries& tries = tries_of(key, now);
  tries.wrong.push_back(now);
  if (tries.wrong.size() < kTries) return;
  tries.pause =
      tries.pause.count() == 0 ? base::Micros(kFirstPause) : std::min(tries.pause * 2, base::Micros(kLongestPause));
  tries.closed_until = now + tries.pause;
  tries.wrong.clear();
}

/// The tenth that was quiet longest: a flood of made-up names must not fill the memory.
void LoginBrake::forget_oldest() {
  std::vector<base::MonoTime> times;
  times.reserve(keys_.size());
  for (const auto& [key, tries] : keys_) times.push_back(std::max(tries.last, tries.closed_until));
  const auto tenth = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 10);
  std::nth_element(times.begin(), tenth, times.end());
  const base::MonoTime limit = *tenth;
  std::erase_if(keys_, [&](const auto& entry) {
    return entry.second.running == 0 && std::max(entry.second.last, entry.second.closed_until) <= limit;
  });
}

}  // namespace vonggac::access
