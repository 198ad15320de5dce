#include "ipc/shm_ring.h"

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

namespace vonggac::ipc {
namespace {

struct Ends {
  Ends() : producer(std::move(*ShmRing::create(1U << 20))) {
    auto other =
        ShmRing::attach(base::UniqueFd(dup(producer->memory_fd())), base::UniqueFd(dup(producer->doorbell_fd())));
    EXPECT_TRUE(other.has_value());
    consumer = std::move(*other);
  }
  std::unique_ptr<ShmRing> producer, consumer;
};

MediaUnit unit_of(std::size_t size, std::uint8_t fill) {
  MediaUnit m;
  m.slot = 3;
  m.unit.pts.ticks_90k = 1234;
  m.unit.key = true;
  m.unit.loss_before = true;
  m.unit.payload = std::make_shared<const base::Bytes>(size, fill);
  return m;
}

TEST(ShmRing, CarriesUnitsAndParametersInOrder) {
  Ends ends;
  MediaParameters parameters;
  parameters.parameters.sps = {{9, 9}};
  ASSERT_TRUE(ends.producer->write(parameters).ok());
  ASSERT_TRUE(ends.producer->write(unit_of(1000, 7)).ok());
  EXPECT_EQ(std::get<MediaParameters>(*ends.consumer->read()).parameters.sps[0], (base::Bytes{9, 9}));
  const auto back = std::get<MediaUnit>(*ends.consumer->read());
  EXPECT_EQ(*back.unit.payload, base::Bytes(1000, 7));
  EXPECT_TRUE(back.unit.key);
  EXPECT_TRUE(back.unit.loss_before);
  EXPECT_FALSE(back.unit.damaged);
  EXPECT_FALSE(back.unit.discontinuity);
  EXPECT_EQ(back.unit.pts.ticks_90k, 1234);
  EXPECT_EQ(ends.consumer->read().error().kind(), base::ErrorKind::kNotFound);
}

TEST(ShmRing, WrapsAroundManyTimesWithoutLosingAByte) {
  Ends ends;
  for (int i = 0; i < 5000; ++i) {
    const auto size = static_cast<std::size_t>(i * 37 % 9000);
    ASSERT_TRUE(ends.producer->write(unit_of(size, static_cast<std::uint8_t>(i))).ok());
    const auto back = ends.consumer->read();
    ASSERT_TRUE(back.has_value());
    ASSERT_EQ(*std::get<MediaUnit>(*back).unit.payload, base::Bytes(size, static_cast<std::uint8_t>(i)));
  }
}

TEST(ShmRing, BeginsAtTheFrontAgainWhenTheReaderHasCaughtUp) {
  Ends ends;
  for (int i = 0; i < 1000; ++i) {
    for (int n = 0; n < 3; ++n) ASSERT_TRUE(ends.producer->write(unit_of(10'000, 5)).ok());
    for (int n = 0; n < 3; ++n) ASSERT_EQ(std::get<MediaUnit>(*ends.consumer->read()).unit.payload->size(), 10'000U);
  }
  constexpr std::size_t kUsed = 4096 + 40'000, kSize = 4096 + (1U << 20);
  const auto* memory =
      static_cast<std::uint8_t*>(mmap(nullptr, kSize, PROT_READ, MAP_SHARED, ends.producer->memory_fd(), 0));
  ASSERT_NE(memory, MAP_FAILED);
  EXPECT_TRUE(std::all_of(memory + kUsed, memory + kSize, [](std::uint8_t byte) { return byte == 0; }));
  munmap(const_cast<std::uint8_t*>(memory), kSize);
}

TEST(ShmRing, PayloadsOfOneStreamLieBehindEachOtherAndOutliveTheRing) {
  std::vector<media::SharedBytes> payloads;
  {
    Ends ends;
    for (std::uint8_t i = 0; i < 8; ++i) {
      ASSERT_TRUE(ends.producer->write(unit_of(6'000, i)).ok());
      MediaUnit other = unit_of(6'000, 99);
      other.slot = 4;
      ASSERT_TRUE(ends.producer->write(other).ok());
    }
    while (const auto message = ends.consumer->read()) {
      const auto& unit = std::get<MediaUnit>(*message);
      if (unit.slot == 3) payloads.push_back(unit.unit.payload);
    }
  }
  ASSERT_EQ(payloads.size(), 8U);
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    EXPECT_EQ(*payloads[i], base::Bytes(6'000, static_cast<std::uint8_t>(i)));
    EXPECT_EQ(payloads[i]->data(), payloads[0]->data() + i * 6'000);
  }
}

TEST(ShmRing, UnitOfAnImpossibleSlotIsRefused) {
  Ends ends;
  MediaUnit unit = unit_of(100, 1);
  unit.slot = kMaxSlots;
  ASSERT_TRUE(ends.producer->write(unit).ok());
  EXPECT_EQ(ends.consumer->read().error().kind(), base::ErrorKind::kDataLoss);
}

TEST(ShmRing, FullRingRefusesAndKeepsWhatIsInside) {
  Ends ends;
  int written = 0;
  while (ends.producer->write(unit_of(100'000, 1)).ok()) ++written;
  EXPECT_GE(written, 10);
  EXPECT_FALSE(ends.producer->has_room(100'000));
  int read = 0;
  while (ends.consumer->read().has_value()) ++read;
  EXPECT_EQ(read, written);
  EXPECT_TRUE(ends.producer->write(unit_of(100'000, 1)).ok());
}

TEST(ShmRing, BellRingsOnlyForASleepingReader) {
  Ends ends;
  pollfd poll_bell{ends.consumer->doorbell_fd(), POLLIN, 0};
  ASSERT_TRUE(ends.producer->write(Shutdown{}).ok());
  EXPECT_EQ(poll(&poll_bell, 1, 0), 1);
  ends.consumer->clear_bell();
  ASSERT_TRUE(ends.producer->write(Shutdown{}).ok());  // the reader has not said that it sleeps again
  EXPECT_EQ(poll(&poll_bell, 1, 0), 0);
  while (ends.consumer->read().has_value()) {
  }
  ASSERT_TRUE(ends.producer->write(Shutdown{}).ok());
  EXPECT_EQ(poll(&poll_bell, 1, 0), 1);
}

TEST(ShmRing, HostileLengthAndPositionsAreRefused) {
  for (int kind = 0; kind < 4; ++kind) {
    Ends ends;
    ASSERT_TRUE(ends.producer->write(unit_of(100, 1)).ok());
    auto* memory = static_cast<std::uint8_t*>(
        mmap(nullptr, 4096 + 64, PROT_READ | PROT_WRITE, MAP_SHARED, ends.producer->memory_fd(), 0));
    ASSERT_NE(memory, MAP_FAILED);
    if (kind == 0) std::memset(memory + 4096, 0xff, 4);  // record length
    if (kind == 1) std::memset(memory + 64, 0xee, 8);    // head far beyond the ring
    if (kind == 2) memory[4096 + 5] = 0xee;              // message type
    if (kind == 3) std::memset(memory + 72, 0x5a, 8);    // base: the reader then looks at another place
    const auto result = ends.consumer->read();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind(), base::ErrorKind::kDataLoss) << kind;
    munmap(memory, 4096 + 64);
  }
}

TEST(ShmRing, MemoryCannotBeShrunkUnderTheReader) {
  Ends ends;
  EXPECT_NE(ftruncate(ends.producer->memory_fd(), 4096), 0);
}

TEST(ShmRing, TwoThreadsPassAHundredThousandMessages) {
  Ends ends;
  constexpr std::uint32_t kCount = 100'000;
  std::thread writer([&] {
    for (std::uint32_t i = 0; i < kCount;) {
      if (ends.producer->write(StopStream{1, i}).ok()) ++i;
    }
  });
  std::uint32_t expected = 0;
  while (expected < kCount) {
    auto message = ends.consumer->read();
    if (!message) continue;
    ASSERT_EQ(std::get<StopStream>(*message).generation, expected++);
  }
  writer.join();
}

}  // namespace
}  // namespace vonggac::ipc
