// What a browser or an attacker controls in a request: target, Host, Origin and Range, one per line.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/byte_range.h"
#include "api/origin_check.h"
#include "api/router.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  std::string_view rest = base::as_text({data, size});
  std::array<std::string_view, 4> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const std::size_t mark = std::min(lines[0].find('?'), lines[0].size());
  const api::Route route = api::route_of(lines[0].substr(0, mark));
  // Whatever the path was, an asset name is one plain path part.
  if (route.asset.find('/') != std::string::npos) std::abort();
  if (mark < lines[0].size()) {
    if (const auto query = api::Query::parse(lines[0].substr(mark + 1))) {
      (void)query->camera("camera");
      (void)query->time("from");
      (void)query->number("limit", 1, 1000);
      (void)query->flag("motion");
    }
  }
  if (api::is_loopback_host(lines[1], 8080) && lines[1].size() > 64) std::abort();
  (void)api::is_same_origin(lines[2], lines[1]);
  const std::uint64_t body = size * 1000;
  const api::RangeAnswer range = api::parse_range(lines[3], body);
  if (range.kind != api::RangeKind::kUnsatisfiable && (range.length > body || range.first > body - range.length)) {
    std::abort();
  }
  return 0;
}
