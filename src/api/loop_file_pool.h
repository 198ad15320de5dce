/// The file pool on threads of its own. Internal to the room.
/// Threads  see FilePool. Start it after the sandbox: a namespace can only be entered by a single thread.
#pragma once

#include <atomic>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/file_pool.h"

namespace vonggac::api {

class LoopFilePool final : public FilePool {
 public:
  /// At most `capacity` pieces of work wait or run at a time.
  LoopFilePool(boost::asio::io_context& loop, std::size_t threads, std::size_t capacity)
      : loop_(loop), capacity_(capacity), threads_(threads) {}
  ~LoopFilePool() override;
  bool run(std::function<void()> work, std::function<void()> then) override;

 private:
  boost::asio::io_context& loop_;
  const std::size_t capacity_;
  std::atomic<std::size_t> waiting_{0};
  boost::asio::thread_pool threads_;
};

}  // namespace vonggac::api
