// A command on the live WebSocket.
#include <cstddef>
#include <cstdint>

#include "api/live_control.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vonggac::api::parse_live_command(vonggac::base::as_text({data, size}));
  return 0;
}
