// What a browser or an attacker controls in a request: target, Host, Origin and Range, one per line; Cookie and the
// body after them.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/byte_range.h"
#include "api/handler_parts.h"
#include "api/json_form.h"
#include "api/origin_check.h"
#include "api/query.h"
#include "api/route_table.h"
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
  for (const char* method : {"GET", "POST", "PATCH", "DELETE"}) {
    const api::RouteMatch route = api::find_route(method, lines[0].substr(0, mark));
    // Whatever the path was, an asset name is one plain path part.
    if (route.name.find('/') != std::string::npos) std::abort();
  }
  if (mark < lines[0].size()) {
    if (const auto query = api::Query::parse(lines[0].substr(mark + 1))) {
      (void)query->camera("camera");
      (void)query->time("from");
      (void)query->number("limit", 1, 1000);
      (void)query->flag("motion");
    }
  }
  if (api::is_own_host(lines[1], {8080, false, true, {}}) && lines[1].size() > 255) std::abort();
  (void)api::is_same_origin(lines[2], lines[1], false);
  if (api::session_token_of(lines[2]).size() > 128 || api::bearer_token_of(lines[3]).size() > 128) std::abort();
  api::HttpRequest request;
  request.content_type = "application/json";
  request.body = std::string(rest);
  if (auto parsed = api::Form::parse(request); auto* form = std::get_if<api::Form>(&parsed)) {
    (void)form->text("name", 80);
    (void)form->maybe_day("day");
    (void)form->ids("sources");
    (void)form->maybe_real("km2", 0, 1);
    (void)form->forms("parts");
    // What nobody asked for is refused: a form is never right and has fields left.
    (void)form->finish();
  }
  const std::uint64_t body = size * 1000;
  const api::RangeAnswer range = api::parse_range(lines[3], body);
  if (range.kind != api::RangeKind::kUnsatisfiable && (range.length > body || range.first > body - range.length)) {
    std::abort();
  }
  return 0;
}
