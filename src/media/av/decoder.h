/// Decodes the H.264 / H.265 access units of one camera into pictures for analysis.
/// Flow     ipc::MediaUnit -> Decoder::decode() -> Picture -> motion::Engine
/// Threads  one thread at a time; libav runs on the caller's thread (threads = 1).
/// Owns     the codec context and its reference pictures (at most PictureBudget::kMaxBytes).
/// Errors   kOutOfRange: the stream asks for more than the caps allow. kDataLoss: this unit is broken; go on with the
///          next one. kUnavailable: too many broken units in a row. After kOutOfRange and kUnavailable the decoder has
///          given up and answers the same for ever. create() may already say kOutOfRange.
/// Units    times in microseconds of the caller's axis.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "media/access_unit.h"
#include "media/av/picture.h"

namespace vonggac::media::av {

class HardwareDecode;

struct DecoderLimits {
  int max_side_px = 4096;
  int max_errors_in_a_row = 60;  ///< 6 s of a 10 fps sub-stream
  bool skip_loop_filter = true;  ///< a sixth of the decoding time; thumbnails show it a little
  /// Used where the device can decode the stream; after trouble with it, software. Outlives the decoder.
  HardwareDecode* hardware = nullptr;
};

class Decoder {
 public:
  static base::Result<std::unique_ptr<Decoder>> create(const TrackParameters& parameters, DecoderLimits limits = {});
  virtual ~Decoder() = default;
  /// Decodes one unit of a run (begun by a key unit) and appends the pictures that come out.
  virtual base::Status decode(base::ByteSpan payload, std::int64_t time_us, std::vector<Picture>& out) = 0;
  /// Decodes a key unit by itself; the picture comes out at once. Forgets any run.
  virtual base::Status decode_alone(base::ByteSpan payload, std::int64_t time_us, std::vector<Picture>& out) = 0;
  /// Forgets reference pictures: call before a run that does not follow on the last unit.
  virtual void reset() = 0;
  /// Whether the last picture came from the graphics processor.
  virtual bool in_hardware() const = 0;
};

/// Loads and initialises everything libav does lazily (tables, CPU detection, scaler) and silences its own log, so
/// that nothing has to be opened once a sandbox stands. Errors: kInternal where this libav lacks a codec.
base::Status warm_up();

}  // namespace vonggac::media::av
