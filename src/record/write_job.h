/// What waits in RAM for the disk, in order: fragments, ends of segments, and causes for footage that will be missing.
/// Owns     a job owns its fragment (and so the payloads) until the disk has it for certain.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "record/prepared_fragment.h"
#include "record/recorder.h"

namespace vonggac::record {

struct WriteJob {
  enum class Kind : std::uint8_t {
    kFragment,
    kSealSegment,  ///< no more fragments of this stream for now
    kDropped,      ///< was a fragment; RAM ran out before the disk took it
  };
  Kind kind = Kind::kFragment;
  StreamKey stream;
  std::shared_ptr<const SegmentPlan> plan;
  std::shared_ptr<const PreparedFragment> fragment;
  base::WallTime start, end;  ///< of the fragment, also once it is dropped
  std::uint32_t epoch = 0;
  std::uint8_t attempts = 0;  ///< failed writes or syncs so far
};

}  // namespace vonggac::record
