#include "cli/session.h"
#include "core/config.h"

namespace vonggac::cli {
namespace {

struct ServeOptions {
  std::string data_dir;
  std::string config_path;
  std::string listen;
};

base::Result<core::ServiceConfig> configuration(const ServeOptions& options) {
  core::ServiceConfig config;
  if (!options.config_path.empty()) {
    VG_ASSIGN(config, core::load_config(options.config_path));
  }
  return config;
}

ExitCode serve(const ServeOptions& options, Session& session) {
  base::Result<core::ServiceConfig> config = configuration(options);
  if (!config) {
    (void)report(session.output, config.error());
    return ExitCode::kConfiguration;
  }
  if (!options.listen.empty()) {
    base::Result<core::ListenAddress> listen = core::parse_listen(options.listen);
    if (!listen) {
      (void)report(session.output, base::invalid_argument("--listen: " + listen.error().message()));
      return ExitCode::kConfiguration;
    }
    config->server.listen = *listen;
  }
  return static_cast<ExitCode>(session.entries.serve(options.data_dir, *config));
}

}  // namespace

void declare_serve(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<ServeOptions>(app, "serve",
                                       {"Run the service until it is told to stop (SIGTERM, Ctrl-C)",
                                        "Chạy dịch vụ cho đến khi được dừng (SIGTERM, Ctrl-C)"},
                                       command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command
      ->add_option("--config", options->config_path,
                   tr({"Configuration file (see config/vonggac.toml)", "Tệp cấu hình (xem config/vonggac.toml)"}))
      ->type_name("FILE");
  command
      ->add_option("--listen", options->listen,
                   tr({"Address of the page (default 127.0.0.1:8080); others than loopback are served under TLS",
                       "Địa chỉ trang web (mặc định 127.0.0.1:8080); địa chỉ khác máy này luôn dùng TLS"}))
      ->type_name("ADDR:PORT");
  command->callback([options, &session] { session.chosen = [options, &session] { return serve(*options, session); }; });
}

}  // namespace vonggac::cli
