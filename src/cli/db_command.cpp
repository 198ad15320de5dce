/// db: the register's database - its schema, backups, and whether it is whole.
#include <ostream>

#include "access/audit.h"
#include "cli/register_access.h"
#include "gate/schema.h"
#include "store/backup.h"
#include "store/migrations.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

struct DbOptions : RegisterOptions {
  std::string file;
};

/// The database as it is, no step applied.
base::Result<std::unique_ptr<store::Store>> open_store(const DbOptions& options, const base::Clock& clock) {
  VG_ASSIGN(const gate::OfficeOptions office, office_options(options));
  VG_ASSIGN(const store::StoreAddress address, gate::register_address(office));
  return store::Store::open(address, {}, clock);
}

base::Result<store::MigrationState> state_of(store::Store& store) {
  store::MigrationState state;
  const base::Status read = store.read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(state, store::migration_state(session, gate::schema_steps()));
    return {};
  });
  VG_TRY(read);
  return state;
}

void print_state(const Output& output, const store::Store& store, const store::MigrationState& state) {
  json::array pending;
  for (const std::string& step : state.pending) pending.push_back(json::value(step));
  if (output.json) {
    print_json(output, json::object{{"engine", store::engine_name(store.engine())},
                                    {"schema", state.applied},
                                    {"known", state.known},
                                    {"pending", std::move(pending)}});
    return;
  }
  output.out << tr({"Engine: ", "Cơ sở dữ liệu: "}) << store::engine_name(store.engine()) << '\n'
             << tr({"Schema: ", "Phiên bản lược đồ: "}) << state.applied << " / " << state.known << '\n';
  for (const std::string& step : state.pending)
    output.out << tr({"Missing: ", "Còn thiếu: "}) << printable(step) << '\n';
}

base::Status show_db_status(const DbOptions& options, const Output& output) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<store::Store> store, open_store(options, clock));
  VG_ASSIGN(const store::MigrationState state, state_of(*store));
  print_state(output, *store, state);
  return {};
}

base::Status migrate_db(const DbOptions& options, const Output& output) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(options, clock));
  VG_ASSIGN(const store::MigrationState state, state_of(office->store()));
  print_state(output, office->store(), state);
  return {};
}

void print_backup(const Output& output, const store::BackupReport& done) {
  if (output.json) {
    print_json(output, json::object{
                           {"path", done.path}, {"schema", done.schema}, {"tables", done.tables}, {"rows", done.rows}});
    return;
  }
  output.out
      << printable(done.path) << ": " << done.tables << tr({" tables, ", " bảng, "}) << done.rows
      << tr({" rows", " dòng"}) << '\n'
      << tr({"Second factors open only with register.key of the data directory: keep it with the backup, safely.",
             "Mã xác thực hai bước chỉ mở được với tệp register.key trong thư mục dữ liệu: hãy cất giữ cùng bản sao."})
      << '\n';
}

base::Status back_up_db(const DbOptions& options, const Output& output) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<store::Store> store, open_store(options, clock));
  VG_ASSIGN(const store::BackupReport done, store::back_up(*store, gate::schema_steps(), clock, options.file));
  print_backup(output, done);
  return {};
}

base::Status restore_db(const DbOptions& options, const Output& output) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<store::Store> store, open_store(options, clock));
  VG_ASSIGN(const store::BackupReport done, store::restore(*store, gate::schema_steps(), clock, options.file));
  print_backup(output, done);
  return {};
}

base::Status check_db(const DbOptions& options, const Output& output) {
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<store::Store> store, open_store(options, clock));
  VG_ASSIGN(std::vector<std::string> faults, store::check_store(*store, gate::schema_steps()));
  const base::Status read = store->read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(const std::optional<std::string> fault, access::check_audit(session));
    if (fault) faults.push_back("audit: " + *fault);
    return {};
  });
  VG_TRY(read);
  if (output.json) {
    json::array list;
    for (const std::string& fault : faults) list.push_back(json::value(fault));
    print_json(output, json::object{{"ok", faults.empty()}, {"faults", std::move(list)}});
  } else {
    for (const std::string& fault : faults) output.out << printable(fault) << '\n';
    if (faults.empty()) output.out << tr({"The register is whole.", "Sổ đăng ký nguyên vẹn."}) << '\n';
  }
  return faults.empty() ? base::Status() : base::data_loss(tr({"the register is damaged", "sổ đăng ký bị hỏng"}));
}

using DbWork = base::Status (*)(const DbOptions&, const Output&);

void declare_db_part(CLI::App& db, Session& session, const char* name, const Phrase& what, DbWork work,
                     const Phrase* file_option = nullptr) {
  CLI::App* command = nullptr;
  auto options = declare<DbOptions>(db, name, what, command);
  add_register_options(*command, *options, session);
  if (file_option != nullptr) {
    command->add_option("--file", options->file, tr(*file_option))->required()->type_name("FILE");
  }
  command->callback([options, work, &session] {
    session.chosen = [options, work, &session] { return report(session.output, work(*options, session.output)); };
  });
}

}  // namespace

void declare_db(CLI::App& app, Session& session) {
  CLI::App* db = app.add_subcommand("db", tr({"The register's database", "Cơ sở dữ liệu của sổ đăng ký"}));
  db->require_subcommand(1);
  const Phrase backup_file{"File to write; must not exist", "Tệp sẽ ghi; không được có sẵn"};
  const Phrase restore_file{"Backup to read", "Bản sao lưu cần đọc"};
  declare_db_part(*db, session, "status", {"Show its version", "Xem phiên bản"}, show_db_status);
  declare_db_part(*db, session, "migrate",
                  {"Bring its schema up to date, after a backup", "Cập nhật lược đồ, sau khi tự sao lưu"}, migrate_db);
  declare_db_part(*db, session, "backup", {"Write a backup while the service runs", "Sao lưu trong khi dịch vụ chạy"},
                  back_up_db, &backup_file);
  declare_db_part(*db, session, "restore",
                  {"Fill an empty database from a backup", "Khôi phục một cơ sở dữ liệu trống từ bản sao lưu"},
                  restore_db, &restore_file);
  declare_db_part(
      *db, session, "check",
      {"Look whether it and the audit's chain are whole", "Kiểm tra dữ liệu và chuỗi nhật ký có nguyên vẹn"}, check_db);
}

}  // namespace vonggac::cli
