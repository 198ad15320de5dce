/// A camera without a network: plausible H.264 access units, captured when the given clock says.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "media/access_unit.h"
#include "support/sample_parameters.h"

namespace vonggac::test {

class SyntheticCamera {
 public:
  explicit SyntheticCamera(const base::Clock& clock) : clock_(clock) {}

  int fps = 15;
  int gop_frames = 30;            ///< 0: never another key frame after the first
  std::size_t frame_bytes = 700;  ///< a key frame has four times as many
  bool b_pictures = false;        ///< decode order I P B B P B B ...
  std::int64_t pts_origin_90k = 12'345'678;

  static media::TrackParameters parameters() { return h264_1080p(); }

  /// The next unit in decode order, captured now.
  media::AccessUnit next() {
    media::AccessUnit unit;
    const std::int64_t shown = b_pictures ? display_index(in_gop_) : in_gop_;
    unit.pts = {pts_origin_90k + (gop_start_ + shown) * 90'000 / fps};
    unit.capture = clock_.mono_now();
    unit.key = in_gop_ == 0;
    unit.payload = payload(unit.key);
    ++count_;
    if (++in_gop_ == gop_frames && gop_frames > 0) {
      gop_start_ += in_gop_;
      in_gop_ = 0;
    }
    return unit;
  }
  void skip_to_mid_gop() { in_gop_ = 1; }
  std::int64_t frame_us() const { return 1'000'000 / fps; }
  std::uint64_t count() const { return count_; }

 private:
  /// 0 3 1 2 6 4 5 ...: every P is decoded before the two B pictures that are shown before it.
  static std::int64_t display_index(std::int64_t i) {
    if (i == 0) return 0;
    const std::int64_t group = (i - 1) / 3 * 3, place = (i - 1) % 3;
    return group + (place == 0 ? 3 : place);
  }
  media::SharedBytes payload(bool key) const {
    const std::size_t size = key ? frame_bytes * 4 : frame_bytes;
    auto bytes = std::make_shared<base::Bytes>(size + 4);
    base::Bytes& b = *bytes;
    for (std::size_t i = 0; i < 4; ++i) b[i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
    b[4] = key ? 0x65 : 0x41;
    for (std::size_t i = 5; i < b.size(); ++i) b[i] = static_cast<std::uint8_t>(i * 31 + count_ * 7 + 1);
    return bytes;
  }

  const base::Clock& clock_;
  std::int64_t gop_start_ = 0, in_gop_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace vonggac::test
