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
#include <utility>

#include "base/units.h"

namespace vonggac::access {

class LoginBrake {
 public:
  static constexpr int kTries = 5;
  static constexpr base::Seconds kWindow{30}, kFirstPause{300}, kLongestPause{3600};
  static constexpr std::size_t kMostKeys = 20'000;

  /// How long this account, from this address, must wait still; 0: may try.
  base::Micros wait(std::string_view login, std::string_view address, base::MonoTime now);
  /// Of the address alone, whatever the account.
  base::Micros wait_of_address(std::string_view address, base::MonoTime now);
  /// The same as wait(), and counts the try that begins: tries at the same time are together no more than tries one
  /// after the other. After 0, end() must be called, whatever came out.
  base::Micros begin(std::string_view login, std::string_view address, base::MonoTime now);
  void end(std::string_view login, std::string_view address);
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
    int running = 0;
  };
  static constexpr base::Seconds kTurn{1};  ///< to wait while others try
  base::Micros wait_of(const std::string& key, base::MonoTime now) const;
  /// The tries of this key, without those that are long ago.
  Tries& tries_of(const std::string& key, base::MonoTime now);
  void end_one(const std::string& key);
  void note(const std::string& key, base::MonoTime now);
  void forget_oldest();

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Tries> keys_;
};

/// A try that was begun, for as long as it runs.
class LoginTry {
 public:
  LoginTry(LoginBrake& brake, std::string login, std::string address, base::MonoTime now)
      : brake_(brake),
        login_(std::move(login)),
        address_(std::move(address)),
        wait_(brake.begin(login_, address_, now)) {}
  ~LoginTry() {
    if (may_go_on()) brake_.end(login_, address_);
  }
  LoginTry(const LoginTry&) = delete;
  LoginTry& operator=(const LoginTry&) = delete;
  bool may_go_on() const { return wait_.count() == 0; }
  base::Micros wait() const { return wait_; }
  void failed(base::MonoTime now) { brake_.failed(login_, address_, now); }
  void succeeded() { brake_.succeeded(login_); }

 private:
  LoginBrake& brake_;
  std::string login_, address_;
  base::Micros wait_;
};

}  // namespace vonggac::access
