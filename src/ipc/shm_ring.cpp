#include "ipc/shm_ring.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace vonggac::ipc {
namespace {

constexpr std::uint32_t kMagic = 0x56475232;  // "VGR2": with a base
constexpr std::size_t kHeaderBytes = 4096;
constexpr std::size_t kMinCapacity = 1U << 20;
constexpr std::size_t kMaxCapacity = 256U << 20;
constexpr std::size_t kRecordLengthBytes = 4;

/// Everything of a MediaUnit before its payload: type, slot, generation, track, pts, capture, four flags, length.
constexpr std::size_t kUnitHeadBytes = 2 + 2 + 4 + 1 + 8 + 8 + 4 + 4;

}  // namespace

/// Producer and consumer positions on cache lines of their own. Lock-free 64-bit atomics work across processes.
struct ShmRing::Header {
  std::uint32_t magic;
  std::uint32_t reserved;
  alignas(64) std::atomic<std::uint64_t> head;
  std::atomic<std::uint64_t> base;  ///< changed by the producer only while the ring is empty
  alignas(64) std::atomic<std::uint64_t> tail;
  alignas(64) std::atomic<std::uint32_t> consumer_sleeps;
};

base::Status ShmRing::map(std::size_t size) {
  static_assert(sizeof(Header) <= kHeaderBytes);
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
  if (memory == MAP_FAILED) return base::from_errno(errno, "map the media ring");
  mapped_ = size;
  capacity_ = size - kHeaderBytes;
  header_ = static_cast<Header*>(memory);
  data_ = static_cast<std::uint8_t*>(memory) + kHeaderBytes;
  return {};
}

base::Result<std::unique_ptr<ShmRing>> ShmRing::create(std::size_t capacity_bytes) {
  const std::size_t capacity = std::bit_ceil(std::clamp(capacity_bytes, kMinCapacity, kMaxCapacity));
  std::unique_ptr<ShmRing> ring(new ShmRing);
  ring->memory_.reset(memfd_create("vonggac-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!ring->memory_.valid()) return base::from_errno(errno, "make the media ring");
  const std::size_t size = capacity + kHeaderBytes;
  if (ftruncate(ring->memory_.get(), static_cast<off_t>(size)) != 0)
    return base::from_errno(errno, "size the media ring");
  // Neither side may shrink it under the other's feet (SIGBUS).
  if (fcntl(ring->memory_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return base::from_errno(errno, "seal the media ring");
  }
  ring->doorbell_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!ring->doorbell_.valid()) return base::from_errno(errno, "make the ring's doorbell");
  VG_TRY(ring->map(size));
  ring->header_->magic = kMagic;
  ring->header_->consumer_sleeps.store(1);
  return ring;
}

base::Result<std::unique_ptr<ShmRing>> ShmRing::attach(base::UniqueFd memory, base::UniqueFd doorbell) {
  struct stat info {};
  if (fstat(memory.get(), &info) != 0) return base::from_errno(errno, "look at the media ring");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size < kHeaderBytes + kMinCapacity || size > kHeaderBytes + kMaxCapacity ||
      !std::has_single_bit(size - kHeaderBytes)) {
    return base::invalid_argument("media ring of an impossible size");
  }
  std::unique_ptr<ShmRing> ring(new ShmRing);
  ring->memory_ = std::move(memory);
  ring->doorbell_ = std::move(doorbell);
  VG_TRY(ring->map(size));
  if (ring->header_->magic != kMagic) return base::invalid_argument("not a media ring");
  return ring;
}

ShmRing::~ShmRing() {
  if (header_ != nullptr) munmap(header_, mapped_);
}

bool ShmRing::has_room(std::size_t payload_bytes) const {
  const std::uint64_t used = local_ - header_->tail.load(std::memory_order_acquire);
  return used <= capacity_ && capacity_ - used >= kRecordLengthBytes + kUnitHeadBytes + payload_bytes;
}

void ShmRing::copy_in(std::uint64_t at, base::ByteSpan bytes) {
  if (bytes.empty()) return;  // a unit without payload has no address that memcpy may be given
  const std::size_t offset = offset_of(at);
  const std::size_t first = std::min(bytes.size(), capacity_ - offset);
  std::memcpy(data_ + offset, bytes.data(), first);
  if (first < bytes.size()) std::memcpy(data_, bytes.data() + first, bytes.size() - first);
}

void ShmRing::copy_out(std::uint64_t at, std::span<std::uint8_t> bytes) const {
  if (bytes.empty()) return;
  const std::size_t offset = offset_of(at);
  const std::size_t first = std::min(bytes.size(), capacity_ - offset);
  std::memcpy(bytes.data(), data_ + offset, first);
  if (first < bytes.size()) std::memcpy(bytes.data() + first, data_, bytes.size() - first);
}

base::Status ShmRing::write(const Message& message, bool ring_bell) {
  scratch_.clear();
  scratch_.resize(kRecordLengthBytes);
  base::ByteSpan payload;
  if (const auto* unit = std::get_if<MediaUnit>(&message); unit != nullptr && unit->unit.payload) {
    // The payload goes straight into the ring; only its head is encoded here.
    payload = *unit->unit.payload;
    MediaUnit head = *unit;
    head.unit.payload = nullptr;
    encode(head, scratch_);
    base::ByteWriter(scratch_).patch_u32(scratch_.size() - 4, static_cast<std::uint32_t>(payload.size()));
  } else {
    encode(message, scratch_);
  }
  const std::size_t total = scratch_.size() + payload.size();
  base::ByteWriter(scratch_).patch_u32(0, static_cast<std::uint32_t>(total - kRecordLengthBytes));
  const std::uint64_t used = local_ - header_->tail.load(std::memory_order_acquire);
  if (used > capacity_) return base::data_loss("the ring's reader broke the ring");
  if (capacity_ - used < total) return base::no_space("media ring is full");
  if (used == 0) {
    // The consumer reads base after it has seen a head beyond its tail, and until then this ring is empty for it.
    base_ = local_;
    header_->base.store(base_, std::memory_order_relaxed);
  }
  copy_in(local_, scratch_);
  copy_in(local_ + scratch_.size(), payload);
  local_ += total;
  header_->head.store(local_, std::memory_order_release);
  if (ring_bell) ring();
  return {};
}

void ShmRing::ring() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (header_->consumer_sleeps.exchange(0) != 0) {
    const std::uint64_t one = 1;
    (void)!::write(doorbell_.get(), &one, sizeof one);
  }
}

void ShmRing::clear_bell() {
  std::uint64_t count = 0;
  (void)!::read(doorbell_.get(), &count, sizeof count);
}

base::Result<Message> ShmRing::read() {
  std::uint64_t head = header_->head.load(std::memory_order_acquire);
  if (head == local_) {
    header_->consumer_sleeps.store(1);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    head = header_->head.load(std::memory_order_acquire);
    if (head == local_) return base::not_found("media ring is empty");
  }
  const std::uint64_t available = head - local_;
  std::array<std::uint8_t, kRecordLengthBytes> length_field{};
  if (available > capacity_ || available < kRecordLengthBytes) {
    return base::data_loss("media ring with impossible positions");
  }
  base_ = header_->base.load(std::memory_order_relaxed);  // any value is safe: it only turns the ring
  copy_out(local_, length_field);
  const std::size_t length = base::ByteReader(length_field).u32();
  if (length > available - kRecordLengthBytes || length > kMaxAccessUnitBytes + (1U << 20)) {
    return base::data_loss("media ring record with an impossible length");
  }
  auto message = decode_record(local_ + kRecordLengthBytes, length);
  if (!message) return base::data_loss(message.error().message());
  local_ += kRecordLengthBytes + length;
  header_->tail.store(local_, std::memory_order_release);
  return message;
}

base::Result<Message> ShmRing::decode_record(std::uint64_t at, std::size_t length) {
  static const auto unit_type = static_cast<std::uint16_t>(Message(MediaUnit{}).index());
  std::array<std::uint8_t, kUnitHeadBytes> head{};
  if (length >= kUnitHeadBytes) {
    copy_out(at, head);
    if (base::ByteReader(head).u16() == unit_type) {
      // Decode the head with an empty payload, then copy the payload once into memory of our own.
      const std::size_t payload_bytes = base::ByteReader(base::ByteSpan(head).subspan(kUnitHeadBytes - 4)).u32();
      if (payload_bytes != length - kUnitHeadBytes || payload_bytes > kMaxAccessUnitBytes) {
        return base::invalid_argument("access unit with a wrong length");
      }
      std::fill(head.end() - 4, head.end(), std::uint8_t{0});
      auto message = decode(head);
      if (!message) return message;
      auto& unit = std::get<MediaUnit>(*message);
      if (unit.slot >= payloads_.size()) return base::invalid_argument("access unit of an impossible slot");
      PayloadBlocks::Place place = payloads_[unit.slot].take(payload_bytes);
      const std::span<std::uint8_t> bytes(place.bytes, payload_bytes);
      copy_out(at + kUnitHeadBytes, bytes);
      unit.unit.payload = media::SharedBytes(std::move(place.owner), bytes);
      return message;
    }
  }
  scratch_.resize(length);
  copy_out(at, scratch_);
  return decode(scratch_);
}

}  // namespace vonggac::ipc
