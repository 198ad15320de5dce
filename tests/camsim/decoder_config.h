/// Parameter sets out of the decoder configuration records of MP4 (ISO/IEC 14496-15 5.3.3.1 avcC, 8.3.3.1 hvcC).
/// Errors   kInvalidArgument: not such a record, or without parameter sets.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "camsim/clip.h"

namespace vonggac::camsim {

/// Both return the number of bytes of a NAL unit's length in the samples.
base::Result<std::size_t> read_avc_config(base::ByteSpan record, ParameterSets& sets);
base::Result<std::size_t> read_hevc_config(base::ByteSpan record, ParameterSets& sets);

}  // namespace vonggac::camsim
