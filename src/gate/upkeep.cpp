#include "gate/upkeep.h"

#include "access/sessions.h"
#include "access/users.h"
#include "base/log.h"
#include "catalogue/places.h"

namespace vonggac::gate {

base::Status upkeep(Office& office) {
  store::Store& store = office.store();
  VG_TRY(store.write_quietly([](store::WriteSession& session) { return access::sweep_sessions(session).error(); }));
  VG_TRY(store.write([](store::WriteSession& session) -> base::Status {
    VG_ASSIGN(const std::int64_t suspended, access::suspend_idle_users(session));
    if (suspended > 0) base::log::info("gate", "{} accounts suspended: no login for 90 days", suspended);
    return {};
  }));
  return store.write_quietly([](store::WriteSession& session) { return catalogue::catch_up_places(session).error(); });
}

}  // namespace vonggac::gate
