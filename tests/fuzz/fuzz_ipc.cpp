/// Messages between processes: whatever decode() accepts, encode() writes again byte for byte.
#include <cstdint>
#include <cstdlib>

#include "ipc/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const base::Result<ipc::Message> message = ipc::decode({data, size});
  if (!message) return 0;
  base::Bytes again;
  ipc::encode(*message, again);
  if (again != base::Bytes(data, data + size)) std::abort();
  return 0;
}
