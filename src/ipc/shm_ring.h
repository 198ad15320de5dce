/// Single-producer single-consumer ring of messages in shared memory (memfd), for media between processes.
/// The consumer trusts nothing in the memory: positions and lengths are copied out once and checked, and
/// payloads are copied before they are parsed, so a hostile producer can only make itself be ended.
/// When the consumer has caught up, the producer begins at the front of the memory again: what is passed on stays in
/// the processor's cache, and only as much of the ring takes memory as a burst has ever needed. Flow     producer:
/// write() -> doorbell (eventfd) when the consumer sleeps. consumer: read() until empty. Threads  one producer thread,
/// one consumer thread. Owns     the mapping and both descriptors.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "base/unique_fd.h"
#include "ipc/messages.h"
#include "ipc/payload_blocks.h"

namespace vonggac::ipc {

class ShmRing {
 public:
  /// Makes the memory and the doorbell; capacity is rounded up to a power of two, 1 MiB .. 256 MiB.
  static base::Result<std::unique_ptr<ShmRing>> create(std::size_t capacity_bytes);
  /// Maps a ring that travelled here by descriptor; the size is checked against the memfd.
  static base::Result<std::unique_ptr<ShmRing>> attach(base::UniqueFd memory, base::UniqueFd doorbell);
  ~ShmRing();
  ShmRing(const ShmRing&) = delete;
  ShmRing& operator=(const ShmRing&) = delete;

  int memory_fd() const { return memory_.get(); }
  int doorbell_fd() const { return doorbell_.get(); }

  /// Producer. kNoSpace if it does not fit now (nothing was written). `ring_bell` false gathers: call ring() later.
  base::Status write(const Message& message, bool ring_bell = true);
  /// Producer: room for a message of this many payload bytes?
  bool has_room(std::size_t payload_bytes) const;
  void ring();

  /// Consumer: clears the doorbell; call once per wake-up before read().
  void clear_bell();
  /// Consumer: next message, kNotFound when empty, kDataLoss when the producer broke the format.
  base::Result<Message> read();

 private:
  struct Header;
  ShmRing() = default;
  base::Status map(std::size_t size);
  void copy_in(std::uint64_t at, base::ByteSpan bytes);
  void copy_out(std::uint64_t at, std::span<std::uint8_t> bytes) const;
  std::size_t offset_of(std::uint64_t at) const { return (at - base_) & (capacity_ - 1); }
  base::Result<Message> decode_record(std::uint64_t at, std::size_t length);

  base::UniqueFd memory_;
  base::UniqueFd doorbell_;
  Header* header_ = nullptr;
  std::uint8_t* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t mapped_ = 0;
  std::uint64_t local_ = 0;  ///< producer: our head; consumer: our tail. Never read back from shared memory.
  std::uint64_t base_ = 0;   ///< the position that lies at the beginning of the memory
  base::Bytes scratch_;
  std::array<PayloadBlocks, kMaxSlots> payloads_;  ///< consumer: by slot
};

}  // namespace vonggac::ipc
