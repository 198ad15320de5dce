#include "core/name_resolver.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <netdb.h>
#include <pthread.h>

namespace vonggac::core {
namespace {

constexpr base::Seconds kSlowLookup{1};
constexpr std::size_t kMaxSlowNames = 1024;

}  // namespace

/// What the threads work on; the last of them, or the resolver, lets it go.
struct NameResolver::Shared {
  struct Job {
    std::string host;
    std::uint16_t port = 0;
    base::MonoTime deadline;
    Callback callback;
  };

  Shared(EventLoop& event_loop, const base::Clock& time, Lookup how)
      : loop(&event_loop), clock(&time), lookup(std::move(how)) {}

  void run();
  std::optional<Job> take(std::unique_lock<std::mutex>& lock);
  std::deque<Job>::iterator next_job();
  void finish(Job job, Answer answer, base::MonoTime began);

  std::mutex mutex;
  std::condition_variable work;
  EventLoop* loop;           ///< not to be touched once `stop` is set
  const base::Clock* clock;  ///< likewise
  const Lookup lookup;
  std::deque<Job> waiting;
  std::set<std::string> busy;
  std::set<std::string> slow;
  std::size_t slow_running = 0;
  bool stop = false;
};

NameResolver::NameResolver(EventLoop& loop, const base::Clock& clock, Lookup lookup)
    : shared_(std::make_shared<Shared>(loop, clock, std::move(lookup))) {
  for (std::size_t i = 0; i < kThreads; ++i) {
    std::thread thread([shared = shared_] { shared->run(); });
    pthread_setname_np(thread.native_handle(), "core-dns");
    thread.detach();
  }
}

NameResolver::~NameResolver() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    shared_->waiting.clear();
  }
  shared_->work.notify_all();
}

void NameResolver::resolve(const std::string& host, std::uint16_t port, base::MonoTime deadline, Callback callback) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->waiting.size() >= kMaxWaiting) return;  // the caller's deadline says so
    shared_->waiting.push_back({host, port, deadline, std::move(callback)});
  }
  shared_->work.notify_one();
}

std::deque<NameResolver::Shared::Job>::iterator NameResolver::Shared::next_job() {
  const base::MonoTime now = clock->mono_now();
  std::erase_if(waiting, [now](const Job& job) { return now >= job.deadline; });
  return std::find_if(waiting.begin(), waiting.end(), [this](const Job& job) {
    return !busy.contains(job.host) && (slow_running < kThreads / 2 || !slow.contains(job.host));
  });
}

std::optional<NameResolver::Shared::Job> NameResolver::Shared::take(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    if (stop) return std::nullopt;
    if (const auto found = next_job(); found != waiting.end()) {
      Job job = std::move(*found);
      waiting.erase(found);
      busy.insert(job.host);
      slow_running += slow.contains(job.host) ? 1 : 0;
      return job;
    }
    work.wait(lock);
  }
}

void NameResolver::Shared::run() {
  std::unique_lock lock(mutex);
  while (std::optional<Job> job = take(lock)) {
    const base::MonoTime began = clock->mono_now();
    lock.unlock();
    Answer answer = lookup(job->host, job->port);
    lock.lock();
    if (stop) return;
    finish(std::move(*job), std::move(answer), began);
  }
}

void NameResolver::Shared::finish(Job job, Answer answer, base::MonoTime began) {
  busy.erase(job.host);
  slow_running -= slow.contains(job.host) ? 1 : 0;
  const bool was_slow = clock->mono_now() - began >= kSlowLookup;
  if (!was_slow) slow.erase(job.host);
  if (was_slow && slow.size() < kMaxSlowNames) slow.insert(job.host);
  work.notify_all();  // what waited for this name, or for a place among the slow ones
  loop->post([callback = std::move(job.callback), answer = std::move(answer)] { callback(answer); });
}

NameResolver::Answer NameResolver::system_lookup(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0 || found == nullptr) {
    return base::not_found(std::string("the camera's name cannot be resolved: ") + gai_strerror(error));
  }
  ResolvedAddress resolved;
  resolved.length = std::min<socklen_t>(found->ai_addrlen, sizeof resolved.address);
  std::memcpy(&resolved.address, found->ai_addr, resolved.length);
  freeaddrinfo(found);
  return resolved;
}

}  // namespace vonggac::core
