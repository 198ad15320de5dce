#include "api/loop_file_pool.h"

#include <exception>
#include <utility>

#include <sys/prctl.h>

#include <boost/asio/post.hpp>

#include "base/log.h"

namespace vonggac::api {
namespace {

void name_this_thread() {
  static thread_local bool named = false;
  if (!std::exchange(named, true)) prctl(PR_SET_NAME, "web-files");
}

}  // namespace

LoopFilePool::~LoopFilePool() {
  threads_.stop();
  threads_.join();
}

bool LoopFilePool::run(std::function<void()> work, std::function<void()> then) {
  if (waiting_.load() >= capacity_) return false;
  waiting_.fetch_add(1);
  boost::asio::post(threads_, [this, work = std::move(work), then = std::move(then)]() mutable {
    name_this_thread();
    try {
      work();
    } catch (const std::exception& error) {
      base::log::error("api", "file work failed: {}", error.what());
    }
    waiting_.fetch_sub(1);
    // Both functions are handed back, so that what they hold is freed by the loop's thread.
    boost::asio::post(loop_, [work = std::move(work), then = std::move(then)] { then(); });
  });
  return true;
}

}  // namespace vonggac::api
