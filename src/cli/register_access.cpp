#include "cli/register_access.h"

#include "core/config.h"

namespace vonggac::cli {

void add_register_options(CLI::App& command, RegisterOptions& options, Session& session) {
  add_data_option(command, options.data_dir);
  add_json_option(command, session);
  command
      .add_option("--config", options.config_path,
                  tr({"Configuration file of the service, if it names a database server (catalogue.database)",
                      "Tệp cấu hình của dịch vụ, nếu có đặt máy chủ cơ sở dữ liệu (catalogue.database)"}))
      ->type_name("FILE");
}

base::Result<gate::OfficeOptions> office_options(const RegisterOptions& options) {
  gate::OfficeOptions office{options.data_dir, ""};
  if (!options.config_path.empty()) {
    VG_ASSIGN(const core::ServiceConfig config, core::load_config(options.config_path));
    office.database = config.catalogue.database;
  }
  return office;
}

base::Result<std::unique_ptr<gate::Office>> open_office(const RegisterOptions& options, const base::Clock& clock) {
  VG_ASSIGN(const gate::OfficeOptions office, office_options(options));
  return gate::Office::open(office, clock);
}

}  // namespace vonggac::cli
