/// A real PostgreSQL for tests: a cluster of its own in a temporary folder, reached over a socket in that folder, ended
/// with the test program. Root cannot run PostgreSQL, so as root it runs as the package's user.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/result.h"
#include "store/postgres_session.h"

namespace vonggac::test {

class PostgresServer {
 public:
  /// Small and quick for tests; benchmarks ask for what Debian's package comes with.
  struct Settings {
    const char* shared_buffers = "32MB";
    const char* fsync = "off";
  };
  /// Started when first asked for, with the settings of then.
  static PostgresServer& shared(const Settings& settings) {
    static PostgresServer server(settings);
    return server;
  }
  static PostgresServer& shared() { return shared(Settings{}); }
  /// A URL of a database of its own, empty.
  std::string make_database() {
    const std::string name = "t" + std::to_string(++databases_);
    const auto session = store::PostgresSession::open(url("postgres"));
    if (!session) throw std::runtime_error(session.error().message());
    const base::Status made = (*session)->script("create database " + name);
    if (!made.ok()) throw std::runtime_error(made.message());
    return url(name);
  }
  std::string url(const std::string& database) const {
    return "postgresql://vonggac@/" + database + "?host=" + folder_;
  }
  /// Ends all connections, as a server that is started again would.
  void cut_connections() const {
    const auto session = store::PostgresSession::open(url("postgres"));
    if (!session) throw std::runtime_error(session.error().message());
    const auto rows = (*session)->query(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = "
        "'client backend'");
    if (!rows) throw std::runtime_error(rows.error().message());
  }

  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

 private:
  explicit PostgresServer(const Settings& settings) {
    char name[] = "/tmp/vonggac-pg-XXXXXX";
    if (::mkdtemp(name) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    if (const passwd* user = ::getpwnam("postgres"); ::geteuid() == 0 && user != nullptr) {
      user_ = user->pw_uid;
      group_ = user->pw_gid;
      if (::chown(name, user_, group_) != 0) throw std::runtime_error("chown failed");
    }
    const std::string bin = "/usr/lib/postgresql/15/bin/";
    int state = 0;
    const pid_t init = start({bin + "initdb", "-D", folder_ + "/data", "-A", "trust", "-U", "vonggac", "-E", "UTF8",
                              "--locale=C.UTF-8", "--no-sync", "--no-instructions"});
    if (::waitpid(init, &state, 0) != init || state != 0) {
      throw std::runtime_error("initdb failed: is the package postgresql-15 installed?");
    }
    server_ = start({bin + "postgres", "-D", folder_ + "/data", "-k", folder_, "-c", "listen_addresses=", "-c",
                     std::string("fsync=") + settings.fsync, "-c", "log_min_messages=fatal", "-c",
                     std::string("shared_buffers=") + settings.shared_buffers});
    for (int i = 0; i < 600; ++i) {
      if (store::PostgresSession::open(url("postgres"))) return;
      ::usleep(50'000);
    }
    throw std::runtime_error("PostgreSQL does not answer");
  }
  ~PostgresServer() {
    ::kill(server_, SIGINT);  // "fast": without waiting for connections
    ::waitpid(server_, nullptr, 0);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  pid_t start(const std::vector<std::string>& arguments) const {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    if (user_ != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGINT);
    if (::chdir("/") != 0) ::_exit(126);
    if (std::freopen((folder_ + "/log").c_str(), "a", stdout) == nullptr) ::_exit(126);
    ::dup2(::fileno(stdout), 2);
    std::vector<char*> raw;
    for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
    raw.push_back(nullptr);
    ::execv(raw[0], raw.data());
    ::_exit(127);
  }

  std::string folder_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace vonggac::test
