/// tamper_clips CLIP...: whether any of the clips is called covered, defocused, moved, black or frozen. None of those
/// of the motion test set is. Exit code 1 if one is, 77 if there is no clip.
#include <cstdio>

#include "media/av/decoder.h"
#include "media/av/file_demuxer.h"
#include "motion/tamper_watch.h"

namespace {

using namespace vonggac;

/// The number of tamper states that began, each told on stdout.
int tampers_in(const char* path) {
  int count = 0;
  motion::TamperWatch watch(0, 0, [&](const ipc::Message& message) {
    const auto* report = std::get_if<ipc::TamperReport>(&message);
    if (report == nullptr || !report->active) return;
    ++count;
    std::printf("%s: %s since %.1f s\n", path, ipc::tamper_kind_name(report->kind),
                static_cast<double>(report->since.us) / 1e6);
  });
  const auto file = media::av::FileDemuxer::open(path, {.skip_loop_filter = true});
  if (!file) {
    std::printf("%s: %s\n", path, file.error().message().c_str());
    return 1;
  }
  std::int64_t last_us = 0;
  for (;;) {
    const auto picture = (*file)->next();
    if (!picture || !*picture) return count;
    // As key pictures come, however the file has them.
    const std::int64_t time_us = (*picture)->time_us() + 1;
    if (last_us != 0 && time_us - last_us < motion::TamperWatch::kCloselyUs) continue;
    last_us = time_us;
    const media::av::LumaView luma = (*picture)->luma();
    watch.look({luma.data, luma.width, luma.height, luma.stride}, time_us, true);
  }
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kSkipped = 77;
  if (argc < 2 || !media::av::warm_up().ok()) return kSkipped;
  int tampers = 0;
  for (int i = 1; i < argc; ++i) tampers += tampers_in(argv[i]);
  std::printf("%d clips, %d tamper states\n", argc - 1, tampers);
  return tampers == 0 ? 0 : 1;
}
