/// What must be done from time to time whether anybody asks or not: sessions that ended are swept, people who have not
/// logged in for 90 days are suspended (V32), copies of today's areas follow changes that were decided before their
/// day, rows of the outbox go after 90 days.
/// Flow     start of the web process, then every hour -> upkeep() on the pool.
/// Threads  any; one transaction for each part.
/// Errors   those of the store; what failed is tried again the next time.
#pragma once

#include "gate/office.h"

namespace vonggac::gate {

inline constexpr base::Seconds kUpkeepEvery{3600};

base::Status upkeep(Office& office);

}  // namespace vonggac::gate
