/// Memory for the payloads of one stream as they are taken out of a ring: small ones lie one behind the other in
/// blocks, so that a picture costs no allocation and a run of them is one piece for hashing and writing. Threads take()
/// on one thread; what it gives may be dropped on any thread. Owns     a share of the block that is being filled. Units
/// bytes. At most a block is held beyond what the payloads in use keep alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace vonggac::ipc {

class PayloadBlocks {
 public:
  struct Place {
    std::shared_ptr<const void> owner;
    std::uint8_t* bytes = nullptr;
  };
  /// Uninitialised room, to be filled before it is shown to anybody.
  Place take(std::size_t size) {
    if (size > kBlockBytes / 4) {
      auto own = std::make_shared_for_overwrite<std::uint8_t[]>(size);
      std::uint8_t* const bytes = own.get();
      return {std::move(own), bytes};
    }
    if (block_ == nullptr || kBlockBytes - used_ < size) {
      block_ = std::make_shared_for_overwrite<std::uint8_t[]>(kBlockBytes);
      used_ = 0;
    }
    std::uint8_t* const bytes = block_.get() + used_;
    used_ += size;
    return {block_, bytes};
  }

 private:
  static constexpr std::size_t kBlockBytes = (64U << 10) - 64;  ///< with its header just below 64 KiB
  std::shared_ptr<std::uint8_t[]> block_;
  std::size_t used_ = 0;
};

}  // namespace vonggac::ipc
