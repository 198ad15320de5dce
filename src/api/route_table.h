/// The one table of the HTTP interface: what addresses there are, what each asks of who calls, which object it is
/// about, and what answers. An address that is not in it does not exist; a handler that is not in it is never called,
/// and none is called before the demand of its row is met. The tests of access, the reference and the OpenAPI file
/// are checked against it.
/// Flow     method and path -> find_route() -> RouteRow -> gate::admit(row.demand) -> row.on_pool or row.on_loop.
/// Threads  constant data.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/http_types.h"
#include "api/query.h"
#include "base/ids.h"
#include "gate/admission.h"
#include "gate/login.h"

namespace vonggac::api {

class Routes;
class ClipSource;
struct RouteRow;

/// Who may come to an address at all.
enum class Door {
  kOpen,       ///< anybody
  kOpenLogin,  ///< anybody, on the pool that computes passwords
  kAdmitted,   ///< who meets the demand
  kAdmittedLogin,
  kAdmittedLong,  ///< who meets the demand, on the pool for work that takes seconds
};

/// A request that was let in.
struct Call {
  HttpRequest request;
  Query query;
  const RouteRow* row = nullptr;
  std::string name;           ///< the text of the path's variable, if it is no id
  std::int64_t number = 0;    ///< the same as a number (events), or the path's {row}
  base::Uuid id;              ///< the same as an id
  gate::Admission admission;  ///< empty for open doors
};

/// What handlers on the pool may use.
struct PoolServices {
  gate::Office& office;
  gate::LoginDesk& desk;
  ClipSource& clips;
};

using PoolAnswer = HttpReply (*)(const PoolServices&, const Call&);
using LoopAnswer = void (Routes::*)(const Call&, const ReplySink&);

enum class PathVariable { kNone, kId, kEvent, kName };

/// What is typed is short. A file that is sent in may be as long as its reader takes.
inline constexpr std::size_t kMostFormBytes = 64U << 10;
inline constexpr std::size_t kMostUploadBytes = 32U << 20;

struct RouteRow {
  std::string_view method;
  std::string_view path;  ///< "/api/v1/cameras/{camera}/clip.mp4"; one variable at most, and {row} behind an id
  Door door = Door::kAdmitted;
  gate::Demand demand;
  std::string_view query;  ///< names it takes, separated by commas; "*": whatever
  PoolAnswer on_pool = nullptr;
  LoopAnswer on_loop = nullptr;
  std::size_t most_body_bytes = kMostFormBytes;
};

std::span<const RouteRow> route_table();
/// What the (first) variable of a row's path is.
PathVariable variable_of(const RouteRow& row);

struct RouteMatch {
  const RouteRow* row = nullptr;  ///< none: no such address
  std::string allow;              ///< the address exists with these methods only: "GET, HEAD, POST"
  std::string name;
  std::int64_t number = 0;
  base::Uuid id;
};
/// `path` without the query. HEAD counts as GET.
RouteMatch find_route(std::string_view method, std::string_view path);

}  // namespace vonggac::api
