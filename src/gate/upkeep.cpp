#include "gate/upkeep.h"

#include "access/sessions.h"
#include "access/users.h"
#include "base/log.h"
#include "catalogue/places.h"
#include "store/outbox.h"

namespace vonggac::gate {
namespace {

constexpr base::Seconds kOutboxKept{90LL * 24 * 3600};
constexpr std::int64_t kPrunedAtOnce = 2'000;  // some milliseconds in which others wait
constexpr int kMostPrunings = 50;              // the rest an hour later

base::Status prune(Office& office) {
  const base::WallTime older_than = office.clock().wall_now() - kOutboxKept;
  for (int i = 0; i < kMostPrunings; ++i) {
    VG_ASSIGN(const std::int64_t gone, store::prune_outbox(office.store(), older_than, kPrunedAtOnce));
    if (gone < kPrunedAtOnce) break;
  }
  return {};
}

}  // namespace

base::Status upkeep(Office& office) {
  store::Store& store = office.store();
  VG_TRY(store.write_quietly([](store::WriteSession& session) { return access::sweep_sessions(session).error(); }));
  VG_TRY(store.write([](store::WriteSession& session) -> base::Status {
    VG_ASSIGN(const std::int64_t suspended, access::suspend_idle_users(session));
    if (suspended > 0) base::log::info("gate", "{} accounts suspended: no login for 90 days", suspended);
    return {};
  }));
  VG_TRY(store.write_quietly([](store::WriteSession& session) { return catalogue::catch_up_places(session).error(); }));
  return prune(office);
}

}  // namespace vonggac::gate
