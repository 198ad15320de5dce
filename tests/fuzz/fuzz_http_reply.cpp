/// The answer of a camera's HTTP server: the same whether it comes at once or byte by byte, and bounded. Links
/// vonggac_onvif.
#include <cstdlib>

#include "onvif/http_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  onvif::HttpReply quick, slow;
  const base::Status at_once = quick.feed(text);
  base::Status by_bytes;
  for (std::size_t i = 0; i < size && by_bytes.ok(); ++i) by_bytes = slow.feed(text.substr(i, 1));
  if (at_once.ok() && by_bytes.ok() && (quick.done() != slow.done() || quick.body() != slow.body())) std::abort();
  if (quick.body().size() > onvif::kMaxHttpBodyBytes) std::abort();
  (void)quick.on_closed();
  (void)quick.keeps_alive();
  return 0;
}
