/// Byte-different but equal parameter sets, for the verb `flip`.
/// Threads  pure functions.
/// Errors   an SPS that cannot be rewritten comes back as it is (never a broken one).
#pragma once

#include "base/bytes.h"
#include "media/access_unit.h"

namespace vonggac::camsim {

/// Another spelling of the same SPS. H.264: a VUI field that was absent is written with the value the standard
/// infers for it (E.2.1), or a VUI without fields is added. H.265: an empty extension field is added (7.3.2.2).
base::Bytes respelled_sps(base::ByteSpan sps, media::Codec codec);

}  // namespace vonggac::camsim
