/// What waits in RAM for the disk, in order: fragments, ends of segments, and causes for footage that will be missing.
/// Owns     a job owns its fragment (and so the payloads) until the disk has it for certain.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "record/index_ops.h"
#include "record/prepared_fragment.h"

namespace vonggac::record {

struct WriteJob {
  enum class Kind : std::uint8_t {
    kFragment,
    kSealSegment,  ///< no more fragments of this stream for now
    kDropped,      ///< was a fragment; RAM ran out before the disk took it
    kIndexOp,      ///< a gap: must not overtake the fragments before it, nor be overtaken by those after it
  };
  Kind kind = Kind::kFragment;
  StreamKey stream;
  std::shared_ptr<const SegmentPlan> plan;
  std::shared_ptr<const PreparedFragment> fragment;
  base::WallTime start, end;  ///< of the fragment, also once it is dropped
  std::uint32_t epoch = 0;
  std::shared_ptr<const IndexOp> op;
  std::uint8_t attempts = 0;  ///< failed writes or syncs so far
};

}  // namespace vonggac::record
