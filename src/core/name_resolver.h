/// Turns names of cameras into addresses, off the event loop.
/// A name server that does not answer holds a thread for many seconds. So there are several threads, one name keeps at
/// most one of them busy, names that were slow before get at most half of them, and nobody waits at the end.
/// Flow     Connector -> resolve() -> "core-dns" threads -> callback on the loop's thread.
/// Threads  resolve() and the callbacks: the loop's thread.
/// Owns     the threads; one that is still inside a lookup when the resolver goes is left behind and ends by itself.
/// Errors   the answer is a sentence if there is no address. Lookups past their deadline are dropped without a word:
///          who asked has given up already.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <sys/socket.h>

#include "base/clock.h"
#include "base/result.h"
#include "core/event_loop.h"

namespace vonggac::core {

struct ResolvedAddress {
  sockaddr_storage address{};
  socklen_t length = 0;
};

class NameResolver {
 public:
  using Answer = base::Result<ResolvedAddress>;
  using Callback = std::function<void(const Answer&)>;
  /// Blocks; called on several threads at once. May be called after the resolver is gone.
  using Lookup = std::function<Answer(const std::string& host, std::uint16_t port)>;
  static constexpr std::size_t kThreads = 4;
  static constexpr std::size_t kMaxWaiting = 1024;

  /// `lookup` is getaddrinfo() but in tests.
  NameResolver(EventLoop& loop, const base::Clock& clock, Lookup lookup = system_lookup);
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;
  ~NameResolver();

  void resolve(const std::string& host, std::uint16_t port, base::MonoTime deadline, Callback callback);

  static Answer system_lookup(const std::string& host, std::uint16_t port);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace vonggac::core
