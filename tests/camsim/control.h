/// The control socket: one JSON object per line in, one per line out. docs/reference/camsim.md lists the verbs.
/// Flow     Unix socket -> run_command() -> cameras
/// Threads  bound to the reactor's thread.
/// Errors   {"ok":false,"error":"..."}; nothing has changed then. A line over kMaxLineBytes ends the connection.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "base/unique_fd.h"
#include "camsim/reactor.h"
#include "camsim/world.h"

namespace vonggac::camsim {

inline constexpr std::size_t kMaxLineBytes = 64 * 1024;

/// Does what one line asks for.
boost::json::object run_command(World& world, std::string_view line);

class ControlSocket final : public Reactor::Handler {
 public:
  /// Binds `path`, replacing a socket left over there. Borrows the world.
  static base::Result<std::unique_ptr<ControlSocket>> create(World& world, const std::string& path);
  ~ControlSocket() override;

 private:
  class Peer;
  ControlSocket(World& world, std::string path, base::UniqueFd fd);
  void on_events(std::uint32_t events) override;

  World& world_;
  std::string path_;
  base::UniqueFd fd_;
  std::map<int, std::unique_ptr<Peer>> peers_;
};

}  // namespace vonggac::camsim
