#include "gate/office.h"

#include <cerrno>

#include <fmt/format.h>
#include <sys/stat.h>

#include "access/users.h"
#include "catalogue/model_types.h"
#include "gate/schema.h"
#include "store/backup.h"
#include "store/migrations.h"
#include "store/outbox.h"

namespace vonggac::gate {
namespace {

/// "20261127T140509".
std::string stamp_of(base::WallTime t) {
  std::string out;
  for (const char c : base::to_iso8601(t).substr(0, 19)) {
    if (c != '-' && c != ':') out.push_back(c);
  }
  return out;
}

base::Status back_up_before_steps(store::Store& store, const std::string& data_dir, const base::Clock& clock) {
  const std::string folder = data_dir + "/backups";
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return base::from_errno(errno, "make " + folder);
  const std::string path =
      fmt::format("{}/register-before-{}-{}.db", folder, schema_steps().back().version, stamp_of(clock.wall_now()));
  return store::back_up(store, schema_steps(), clock, path).error();
}

/// The types of models that come with the program, into a register that has none yet.
base::Status ship_types(store::Store& store) {
  return store.write([](store::WriteSession& session) -> base::Status {
    VG_ASSIGN(const std::vector<catalogue::ModelType> there, catalogue::model_types(session));
    return there.empty() ? catalogue::ship_model_types(session) : base::Status();
  });
}

}  // namespace

base::Result<store::StoreAddress> register_address(const OfficeOptions& options) {
  if (!options.database.empty()) return store::StoreAddress::parse(options.database);
  return store::StoreAddress{store::Engine::kSqlite, options.data_dir + "/register.db"};
}

base::Result<std::unique_ptr<Office>> Office::open(const OfficeOptions& options, const base::Clock& clock) {
  VG_ASSIGN(const store::StoreAddress address, register_address(options));
  VG_ASSIGN(Seal seal, Seal::load(options.data_dir + "/register.key"));
  VG_ASSIGN(std::unique_ptr<store::Store> store, store::Store::open(address, {}, clock));
  VG_TRY(store::migrate(*store, schema_steps(), clock, [&] {
           return back_up_before_steps(*store, options.data_dir, clock);
         }).error());
  VG_TRY(store::ensure_node(*store, clock).error());
  VG_TRY(ship_types(*store));
  return std::unique_ptr<Office>(new Office(std::move(store), clock, std::move(seal)));
}

base::Result<std::optional<std::string>> Office::setup_code() {
  std::optional<std::string> code;
  const base::Status made = store_->write_quietly([&](store::WriteSession& session) -> base::Status {
    VG_ASSIGN(code, access::make_setup_code(session));
    return {};
  });
  VG_TRY(made);
  return code;
}

base::Result<std::int64_t> Office::newest_change() {
  std::int64_t newest = 0;
  const base::Status read = store_->read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(const store::Rows rows, session.query("select outbox_seq from node"));
    if (!rows.empty()) newest = rows[0].integer(0);
    return {};
  });
  VG_TRY(read);
  return newest;
}

}  // namespace vonggac::gate
