/// The engine compiled a second time, in a namespace of its own and without wide instructions (motion/wide.h).
/// Threads  plain functions.
#pragma once

#include <cstdint>
#include <vector>

namespace vonggac::narrow {

struct Picture {
  int width = 0, height = 0;
  std::int64_t time_us = 0;
  std::vector<std::uint8_t> luma;
};

/// All that an engine says of these pictures, as one row of numbers. The same for an engine of either namespace.
template <class Engine, class Settings, class Luma>
std::vector<double> trail_of(const std::vector<Picture>& pictures) {
  Settings settings;
  settings.explain = true;
  const auto engine = Engine::create(settings);
  std::vector<double> trail;
  for (const Picture& picture : pictures) {
    const Luma luma{picture.luma.data(), picture.width, picture.height, picture.width};
    const auto out = engine->look(luma, picture.time_us);
    trail.insert(trail.end(), {double(out.event_active), double(out.event_started), double(out.event_ended),
                               double(out.score), double(out.candidate), double(out.view.threshold_grey),
                               double(out.view.foreground), double(out.view.things)});
    for (const auto& track : out.tracks) {
      trail.insert(trail.end(), {double(track.box.x), double(track.box.y), double(track.box.w), double(track.box.h),
                                 double(track.travel), double(track.straightness), double(track.contrast),
                                 double(track.brighter), double(track.score)});
    }
    for (const std::uint8_t cells : out.grid) trail.push_back(cells);
  }
  return trail;
}

/// trail_of() the narrow engine.
std::vector<double> narrow_trail(const std::vector<Picture>& pictures);

}  // namespace vonggac::narrow
