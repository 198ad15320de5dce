#include "base/clock.h"

#include <ctime>

namespace vonggac::base {
namespace {
std::int64_t read_us(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000 + t.tv_nsec / 1000;
}
}  // namespace

WallTime SystemClock::wall_now() const { return {read_us(CLOCK_REALTIME)}; }
MonoTime SystemClock::mono_now() const { return {read_us(CLOCK_MONOTONIC)}; }

}  // namespace vonggac::base
