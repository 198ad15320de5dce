/// Slows guessing: after five wrong logins within 30 s, of one account or from one address, nothing is tried for five
/// minutes, then for twice as long each time, up to an hour. In memory: a restart forgets, and costs the guesser more
/// than it gives. Threads  any. Source   Decision 724 asks for five tries in 30 s; quality API-09.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/units.h"

namespace vonggac::access {

class LoginBrake {
 public:
  static constexpr int kTries = 5;
  static constexpr base::Seconds kWindow{30}, kFirstPause{300}, kLongestPause{3600};
  static constexpr std::size_t kMostKeys = 20'000;

  /// How long this account, from this address, must wait still; 0: may try.
  base::Micros wait(std::string_view login, std::string_view address, base::MonoTime now);
  void failed(std::string_view login, std::string_view address, base::MonoTime now);
  /// Forgets the account's wrong tries, not those of the address: one known password must not wash off guesses at
  /// others.
  void succeeded(std::string_view login);

 private:
  struct Tries {
    std::deque<base::MonoTime> wrong;
    base::MonoTime closed_until;
    base::Micros pause{0};
    base::MonoTime last;
  };
  base::Micros wait_of(const std::string& key, base::MonoTime now) const;
  void note(const std::string& key, base::MonoTime now);
  void forget_oldest();

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Tries> keys_;
};

}  // namespace vonggac::access
