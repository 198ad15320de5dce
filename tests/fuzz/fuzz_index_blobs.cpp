// The blobs of index.db: what decodes must encode to something that decodes to the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "record/fragment_table.h"
#include "record/motion_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  if (size == 0) return 0;
  const base::ByteSpan blob(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto entries = record::decode_fragment_table(blob);
    if (!entries) return 0;
    const auto again = record::decode_fragment_table(record::encode_fragment_table(*entries));
    if (!again || *again != *entries) std::abort();
    return 0;
  }
  const auto seconds = record::decode_motion_table(blob);
  if (!seconds) return 0;
  const auto again = record::decode_motion_table(record::encode_motion_table(*seconds));
  if (!again || *again != *seconds) std::abort();
  return 0;
}
