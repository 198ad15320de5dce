/// Decoding by the graphics processor (VA-API), where there is one. Opened once, before the sandbox shuts; each decoder
/// that uses it can go back to software at any picture.
/// Flow     open() -> DecoderLimits::hardware -> Decoder
/// Threads  one thread at a time.
/// Owns     the render node and its driver's state.
/// Errors   none: without a usable device there is a sentence that says why, and software decodes.
#pragma once

#include <functional>
#include <memory>
#include <string>

struct AVCodecContext;

namespace vonggac::media::av {

class HardwareDecode {
 public:
  struct Probed {
    std::unique_ptr<HardwareDecode> device;  ///< nullptr: there is none that works
    std::string detail;                      ///< the node in use, or why there is none
  };
  /// Tries each render node (renderD128, ...) of the folder.
  static Probed open(const std::string& folder = "/dev/dri");
  virtual ~HardwareDecode() = default;

  /// Lets a decoder that is not open yet decode here if it can.
  virtual void attach(AVCodecContext& context) = 0;
  /// Called with true before, and with false after, code of the graphics driver runs.
  std::function<void(bool)> in_hand = [](bool) {};

 protected:
  HardwareDecode() = default;
};

}  // namespace vonggac::media::av
