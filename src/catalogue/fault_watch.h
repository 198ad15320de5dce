/// From health to repair: a fault that lasts opens a ticket, one that changes is added to it, one that goes is noted.
/// Never two tickets for one camera, none during planned maintenance, none for what nobody was looking at.
/// Flow     every few minutes -> watch_faults -> maintenance_ticket
/// Threads  within a write of room store.
#pragma once

#include "base/units.h"
#include "store/store.h"

namespace vonggac::catalogue {

struct FaultRules {
  base::Micros after{7'200'000'000};  ///< 2 h
};
struct FaultReport {
  std::int64_t opened = 0, added = 0, recovered = 0;
};
base::Result<FaultReport> watch_faults(store::WriteSession& session, const FaultRules& rules = {});

}  // namespace vonggac::catalogue
