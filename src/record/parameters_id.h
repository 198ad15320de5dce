/// The number by which segments with equal init parameters are recognised (column segment.parameters_id): 63 bits of
/// the SHA-256 of the init segment without its creation time.
#pragma once

#include <cstdint>

#include "media/fmp4_writer.h"

namespace vonggac::record {

/// 0 when no init segment can be made of it.
std::int64_t parameters_id(media::InitDescription init);

}  // namespace vonggac::record
