/// One ingest shard as the pool keeps it. Internal to IngestPool.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "core/ingest_pool.h"

namespace vonggac::core {

constexpr std::size_t kCamerasPerShard = ipc::kMaxSlots / 2;
/// 32 cameras x 4 Mbit/s for half a second of a busy core, and room for several 4K key frames at once.
constexpr std::size_t kShardRingBytes = 16U << 20;
constexpr std::size_t kQuarantineRingBytes = 16U << 20;

struct IngestPool::Shard {
  std::uint32_t index = 0;
  std::uint32_t ring_id = 0;  ///< a new one for every process, so that the router never mixes two
  bool quarantine = false;
  bool ready = false;
  std::uint32_t restarts = 0;
  base::MonoTime restart_at;
  base::MonoTime last_death;
  std::uint32_t quick_deaths = 0;
  std::string sandbox;
  std::unique_ptr<WorkerProcess> process;
  std::array<std::optional<base::CameraId>, kCamerasPerShard> slots;

  std::size_t cameras() const {
    std::size_t count = 0;
    for (const auto& slot : slots) count += slot ? 1 : 0;
    return count;
  }
  /// There is a free one: the pool asked cameras() first.
  std::uint16_t take_slot(const base::CameraId& id) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (slots[i]) continue;
      slots[i] = id;
      return static_cast<std::uint16_t>(i);
    }
    return 0;
  }
};

/// Stops watching a shard's descriptors; before its process object goes.
template <typename ShardType>
void unwatch(EventLoop& loop, ShardType& shard) {
  if (!shard.process) return;
  loop.remove(shard.process->control().fd());
  loop.remove(shard.process->pid_fd());
}

}  // namespace vonggac::core
