// A command on the WebSocket of the feed of events.
#include <cstddef>
#include <cstdint>

#include "api/feed_command.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto command = vonggac::api::parse_feed_command(vonggac::base::as_text({data, size}));
  if (command) (void)command->wants_topic("camera.changed");
  return 0;
}
