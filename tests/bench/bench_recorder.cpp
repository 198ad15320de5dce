/// What the recorder itself costs: 64 cameras of 2 Mbit/s from memory to disk, as fast as it goes, with its real
/// threads. Prints CPU microseconds per second of footage and camera, and bytes in index.db.
/// "write_bytes" is what the kernel wrote to the device for this process (/proc/self/io): only meaningful at the pace
/// of real cameras, which a fourth argument asks for.
/// Usage   bench_recorder DIR [media seconds = 60] [cameras = 64] [realtime]
/// Links   vonggac_record
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include "record/recorder.h"
#include "support/hand_clock.h"
#include "support/synthetic_camera.h"

namespace {

using namespace vonggac;

double cpu_us(const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); }

/// One GOP, made once, so that making test data is not measured.
std::vector<media::AccessUnit> make_gop(const base::Clock& clock) {
  test::SyntheticCamera source(clock);
  source.frame_bytes = 15'150;  // 33 frame sizes in 2 s = 500 kB = 2 Mbit/s
  std::vector<media::AccessUnit> gop;
  for (int i = 0; i < source.gop_frames; ++i) gop.push_back(source.next());
  return gop;
}

std::uint64_t device_bytes() {
  std::ifstream io("/proc/self/io");
  for (std::string key, value; io >> key >> value;) {
    if (key == "write_bytes:") return std::strtoull(value.c_str(), nullptr, 10);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_recorder DIR [media seconds] [cameras]\n");
    return 2;
  }
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 60;
  const int cameras = argc > 3 ? std::atoi(argv[3]) : 64;
  test::HandClock clock;
  record::RecorderConfig config;
  config.data_dir = argv[1];
  auto recorder = record::Recorder::create(clock, config);
  if (!recorder) {
    std::fprintf(stderr, "%s\n", recorder.error().message().c_str());
    return 1;
  }
  record::RecordPolicy policy;
  policy.mode = record::RecordMode::kContinuous;
  const std::vector<media::AccessUnit> gop = make_gop(clock);
  std::vector<record::CameraRecorder*> tracks;
  for (int i = 0; i < cameras; ++i) {
    const base::CameraId id{base::Uuid::make_v7(clock)};
    tracks.push_back(&(*recorder)->open_camera(id, policy));
    tracks.back()->on_parameters(media::TrackKind::kVideo, test::SyntheticCamera::parameters());
  }
  const bool realtime = argc > 4;
  const auto began = std::chrono::steady_clock::now();
  const std::uint64_t device_before = device_bytes();
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const int frames = seconds * 15;
  for (int frame = 0; frame < frames; ++frame) {
    media::AccessUnit unit = gop[static_cast<std::size_t>(frame) % gop.size()];
    unit.pts.ticks_90k = frame * 6000LL;
    unit.capture = clock.mono;
    for (record::CameraRecorder* track : tracks) track->on_unit(unit);
    clock.advance(base::Micros(66'667));
    if (frame % 2 == 0) (*recorder)->tick();
    if (realtime) std::this_thread::sleep_until(began + std::chrono::microseconds(66'667) * (frame + 1));
    // The queue must stay within its budget: the disk sets the pace.
    while ((*recorder)->health().queued_bytes > config.ram_budget_bytes / 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  (*recorder)->stop(record::GapCause::kServiceStopped, 120'000'000);
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  const double user = cpu_us(after.ru_utime) - cpu_us(before.ru_utime);
  const double kernel = cpu_us(after.ru_stime) - cpu_us(before.ru_stime);
  const double camera_seconds = static_cast<double>(seconds) * cameras;
  const record::RecorderHealth health = (*recorder)->health();
  std::printf(
      "{\"cameras\": %d, \"media_s\": %d, \"cpu_us_per_camera_second\": %.1f, \"user_us\": %.1f, "
      "\"kernel_us\": %.1f, \"percent_of_a_core\": %.4f, \"media_bytes\": %llu, \"fragments\": %llu, "
      "\"dropped\": %llu, \"index_bytes\": %llu, \"write_bytes_per_media_byte\": %.4f}\n",
      cameras, seconds, (user + kernel) / camera_seconds, user / camera_seconds, kernel / camera_seconds,
      (user + kernel) / camera_seconds / 1e4, static_cast<unsigned long long>(health.media_bytes_written),
      static_cast<unsigned long long>(health.fragments_acknowledged),
      static_cast<unsigned long long>(health.fragments_dropped),
      static_cast<unsigned long long>(std::filesystem::file_size(config.data_dir + "/index.db")),
      static_cast<double>(device_bytes() - device_before) / static_cast<double>(health.media_bytes_written));
  return health.fragments_dropped == 0 ? 0 : 1;
}
