/// The register as a running program has it: the database opened, its schema brought up to date after a backup, the
/// node's identity made, and, while there is no user, the code that lets the first administrator in.
/// Flow     configuration -> Office::open -> the rooms that read and write.
/// Threads  any, through Store.
/// Owns     the database's connections, and the key that seals second factors (register.key beside the data).
/// Errors   those of the store; kInvalidArgument: an address that is none, a schema newer than the program; kDataLoss:
///          register.key is damaged or of another length.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "gate/denials.h"
#include "gate/seal.h"
#include "store/store.h"

namespace vonggac::gate {

struct OfficeOptions {
  std::string data_dir;
  std::string database;  ///< empty: DATA/register.db; or postgresql://...
};

/// Where the register of a data directory lies.
base::Result<store::StoreAddress> register_address(const OfficeOptions& options);

class Office {
 public:
  /// Opens and migrates. A backup DATA/backups/register-<version>-<time>.db is written before the first step.
  static base::Result<std::unique_ptr<Office>> open(const OfficeOptions& options, const base::Clock& clock);

  store::Store& store() { return *store_; }
  const base::Clock& clock() const { return clock_; }
  const Seal& seal() const { return seal_; }
  Denials& denials() { return denials_; }
  /// Whether sessions may be noted as used: not for a while after that could not be written.
  bool notes_uses() const { return clock_.mono_now() >= no_uses_until_.load(std::memory_order_relaxed); }
  void rest_from_noting_uses() { no_uses_until_.store(clock_.mono_now() + kRest, std::memory_order_relaxed); }
  /// A new code each time it is asked, while there is no user; it is told once, on the machine itself.
  base::Result<std::optional<std::string>> setup_code();
  /// Passes over to what changed: the newest number of the outbox.
  base::Result<std::int64_t> newest_change();

 private:
  Office(std::unique_ptr<store::Store> store, const base::Clock& clock, Seal seal)
      : store_(std::move(store)), clock_(clock), seal_(std::move(seal)) {}
  std::unique_ptr<store::Store> store_;
  const base::Clock& clock_;
  Seal seal_;
  Denials denials_;
  static constexpr base::Seconds kRest{30};
  std::atomic<base::MonoTime> no_uses_until_{base::MonoTime{}};
};

}  // namespace vonggac::gate
