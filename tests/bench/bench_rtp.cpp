// CPU time and allocations per packet of TrackReceiver: a 1080p15 H.264 stream of 2 Mbit/s, GOP 30, over TCP.
// Prints one JSON line. Usage: bench_rtp [packets]
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>
#include <vector>

#include <sys/resource.h>

#include "ingest/track_receiver.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}
void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {
using namespace vonggac;

struct TimedPacket {
  base::Bytes bytes;
  std::int64_t arrival_us = 0;
};

class Stream {
 public:
  /// One GOP; its bytes look like coded video: random, without start codes.
  std::vector<TimedPacket> make_gop() {
    for (int picture = 0; picture < 30; ++picture) {
      if (picture == 0) {
        add({0x67, 0x42, 0x00, 0x1F, 0x95, 0xA8}, false);
        add({0x68, 0xCE, 0x3C, 0x80}, false);
      }
      add_picture(picture == 0, picture == 0 ? 80'000 : 14'500);
      timestamp_ += 6'000;
      now_us_ += 66'667;
    }
    return std::move(packets_);
  }

 private:
  void add_picture(bool key, std::size_t size) {
    for (std::size_t sent = 0; sent < size; sent += 1'400) {
      const bool last = sent + 1'400 >= size;
      base::Bytes payload = {static_cast<std::uint8_t>(key ? 0x7C : 0x5C),
                             static_cast<std::uint8_t>((sent == 0 ? 0x80 : 0) | (last ? 0x40 : 0) | (key ? 5 : 1)),
                             0x88};
      while (payload.size() < 1'400) payload.push_back(next_byte());
      add(payload, last);
    }
  }
  std::uint8_t next_byte() {
    const auto byte = static_cast<std::uint8_t>(random_());
    zeros_ = byte == 0 && zeros_ < 1 ? zeros_ + 1 : 0;
    return byte == 0 && zeros_ == 0 ? std::uint8_t{9} : byte;
  }
  void add(const base::Bytes& payload, bool marker) {
    TimedPacket packet;
    base::ByteWriter writer(packet.bytes);
    writer.u8(0x80);
    writer.u8(static_cast<std::uint8_t>((marker ? 0x80 : 0) | 96));
    writer.u16(0);
    writer.u32(timestamp_);
    writer.u32(1);
    writer.raw(payload);
    packet.arrival_us = now_us_;
    packets_.push_back(std::move(packet));
  }
  std::mt19937 random_{1};
  int zeros_ = 0;
  std::uint32_t timestamp_ = 0;
  std::int64_t now_us_ = 0;
  std::vector<TimedPacket> packets_;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}
}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
  std::vector<TimedPacket> gop = Stream().make_gop();
  ingest::TrackDescription track;
  track.codec = media::Codec::kH264;
  auto receiver = std::move(ingest::TrackReceiver::create(track, {})).value();
  std::vector<ingest::TrackOutput> outputs;

  std::uint16_t sequence = 0;
  std::uint64_t packets = 0;
  std::uint64_t units = 0;
  std::uint64_t bytes = 0;
  const std::uint64_t allocations_before = allocations.load();
  const double begin = cpu_seconds();
  for (std::uint32_t round = 0; packets < wanted; ++round) {
    for (TimedPacket& packet : gop) {
      packet.bytes[2] = static_cast<std::uint8_t>(sequence >> 8);
      packet.bytes[3] = static_cast<std::uint8_t>(sequence);
      ++sequence;
      receiver->on_rtp(packet.bytes, base::MonoTime{1'000'000'000 + packet.arrival_us});
      packet.arrival_us += 2'000'000;
      base::ByteReader reader(base::ByteSpan(packet.bytes).subspan(4, 4));
      const std::uint32_t next = reader.u32() + 180'000;
      for (std::size_t i = 0; i < 4; ++i) packet.bytes[4 + i] = static_cast<std::uint8_t>(next >> (24 - 8 * i));
      receiver->take_outputs(outputs);
      for (const ingest::TrackOutput& output : outputs) {
        if (!output.unit) continue;
        ++units;
        bytes += output.unit->payload->size();
      }
      outputs.clear();
    }
    packets += gop.size();
  }
  const double cpu = cpu_seconds() - begin;
  const double media_seconds = static_cast<double>(units) / 15;
  std::printf(
      "{\"packets\":%llu,\"units\":%llu,\"ns_per_packet\":%.1f,\"allocations_per_unit\":%.4f,"
      "\"mbit_per_s\":%.2f,\"core_percent_per_camera\":%.5f,\"damaged\":%llu}\n",
      static_cast<unsigned long long>(packets), static_cast<unsigned long long>(units),
      cpu * 1e9 / static_cast<double>(packets),
      static_cast<double>(allocations.load() - allocations_before) / static_cast<double>(units),
      static_cast<double>(bytes) * 8e-6 / media_seconds, cpu / media_seconds * 100,
      static_cast<unsigned long long>(receiver->stats().damaged_units));
  return 0;
}
