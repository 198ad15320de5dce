/// How far a person reaches: everywhere, or some areas with all that lies in them on a day and all that was merged into
/// them before. A thing keeps the area it was registered in; after a merger it is found under what that area became.
/// Flow     access::Authority::scope -> ScopeFilter -> resolve_scope (columns of cameras) or ScopeSql (other lists).
/// Threads  a plain value.
#pragma once

#include <vector>

#include "base/ids.h"

namespace vonggac::catalogue {

struct ScopeFilter {
  bool everywhere = false;
  std::vector<base::Uuid> roots;
  static ScopeFilter all() { return {true, {}}; }
  static ScopeFilter of(const base::Uuid& area) { return {false, {area}}; }
};

}  // namespace vonggac::catalogue
