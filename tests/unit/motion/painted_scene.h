/// Pictures painted for tests: a textured street that never changes, things on it, noise, light and shake on demand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "motion/engine.h"

namespace vonggac::test {

/// The same number for the same input, on every machine.
inline std::uint32_t hash_of(std::uint32_t value) {
  value ^= value >> 16;
  value *= 0x7feb352dU;
  value ^= value >> 15;
  value *= 0x846ca68bU;
  return value ^ (value >> 16);
}

struct Painting {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
  motion::Luma luma() const { return {pixels.data(), width, height, width}; }
};

class PaintedScene {
 public:
  PaintedScene(int width, int height) : width_(width), height_(height) {}

  int shift_x = 0, shift_y = 0;  ///< camera shake, pixels
  double light = 1.0;
  int noise = 0;  ///< peak of uniform noise, grey levels

  /// Blocks of 8 px of different grey, like paving: structure everywhere, at every scale the engine uses.
  Painting street(std::uint32_t seed = 0) const {
    Painting out{width_, height_, {}};
    out.pixels.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        const auto u = static_cast<std::uint32_t>(x + shift_x + 512), v = static_cast<std::uint32_t>(y + shift_y + 512);
        const int grey = 70 + static_cast<int>(hash_of(u / 8 * 977 + v / 8) % 60);
        out.pixels[at(x, y)] = shade(grey, x, y, seed);
      }
    }
    return out;
  }
  /// A thing with stripes, so that it has structure of its own.
  void put(Painting& painting, int left, int top, int width, int height, std::uint32_t seed = 0) const {
    for (int y = std::max(0, top); y < std::min(height_, top + height); ++y) {
      for (int x = std::max(0, left); x < std::min(width_, left + width); ++x) {
        const int grey = (y - top) / 6 % 2 == 0 ? 210 : 30;
        painting.pixels[at(x, y)] = shade(grey, x, y, seed);
      }
    }
  }

 private:
  std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x);
  }
  std::uint8_t shade(int grey, int x, int y, std::uint32_t seed) const {
    int value = static_cast<int>(grey * light);
    if (noise > 0) {
      const std::uint32_t random = hash_of(seed * 7919 + static_cast<std::uint32_t>(y * width_ + x));
      value += static_cast<int>(random % static_cast<std::uint32_t>(2 * noise + 1)) - noise;
    }
    return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
  }

  int width_, height_;
};

}  // namespace vonggac::test
