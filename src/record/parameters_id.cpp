#include "record/parameters_id.h"

#include "base/digest.h"

namespace vonggac::record {

std::int64_t parameters_id(media::InitDescription init) {
  init.creation = {};
  const base::Result<base::Bytes> bytes = media::make_init_segment(init);
  if (!bytes) return 0;
  const base::Sha256Digest digest = base::sha256(*bytes);
  base::ByteReader reader(digest);
  return static_cast<std::int64_t>(reader.u64() >> 1);
}

}  // namespace vonggac::record
