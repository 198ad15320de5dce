/// The command line on a register of its own, on either engine.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cli/command_line.h"
#include "core/data_files.h"
#include "store/store.h"
#include "support/postgres_server.h"
#include "support/temp_folder.h"

namespace vonggac::cli {

class RegisterCommands : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.file("data"));
    if (GetParam() != store::Engine::kPostgres) return;
    const std::string text = "[catalogue]\ndatabase = \"" + test::PostgresServer::shared().make_database() + "\"\n";
    ASSERT_TRUE(core::write_file_atomically(folder_.file("c.toml"), text, 0644).ok());
    config_ = folder_.file("c.toml");
  }
  ExitCode run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lang", language_});
    arguments.insert(arguments.end(), {"--data", folder_.file("data")});
    if (!config_.empty()) arguments.insert(arguments.end(), {"--config", config_});
    out_.str("");
    err_.str("");
    return run_command_line(arguments, entries_, out_, err_);
  }
  /// Standard output of a command that must succeed, without the last line break.
  std::string said(const std::vector<std::string>& arguments) {
    EXPECT_EQ(run(arguments), ExitCode::kOk) << err_.str();
    std::string text = out_.str();
    if (!text.empty()) text.pop_back();
    return text;
  }
  boost::json::object told(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    return boost::json::parse(said(arguments)).as_object();
  }
  /// Standard error of a command that must be refused.
  std::string refused(const std::vector<std::string>& arguments) {
    EXPECT_NE(run(arguments), ExitCode::kOk) << out_.str();
    return err_.str();
  }
  bool says(const std::string& text, const std::string& part) const { return text.find(part) != std::string::npos; }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_.file(name)) << text;
    return folder_.file(name);
  }
  void add_ward() {
    said({"area", "add", "--name", "Bạc Liêu", "--type", "TINH", "--code", "95", "--from", "2020-01-01"});
    said({"area", "add", "--name", "8", "--type", "PHUONG", "--code", "31823", "--parent", "95", "--from",
          "2020-01-01"});
  }

  test::TempFolder folder_;
  std::string language_ = "en", config_;
  std::ostringstream out_, err_;
  Entries entries_{[](const std::string&, const core::ServiceConfig&) { return 1; },
                   [](const std::vector<std::string>&) { return 1; },
                   []() -> base::Result<std::string> { return base::invalid_argument("nothing is typed"); }};
};

}  // namespace vonggac::cli
