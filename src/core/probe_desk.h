/// All probes and rounds of discovery of this node: at most four probes look at once, each person has a few, results
/// are kept for half an hour in memory and nowhere else. Flow     camera.probe -> start() -> ProbeRun ... -> view(),
/// still() -> connection(): what camera.add needs, the
///          password that was typed included
/// Threads  bound to core's main thread.
/// Owns     the runs, a Connector of its own.
/// Errors   kInvalidArgument (request), kUnavailable (no table of brands, too many wait), kNotFound (no such probe, or
///          somebody else's).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/discovery_run.h"
#include "core/probe_run.h"

namespace vonggac::core {

class ProbeDesk {
 public:
  static constexpr std::size_t kAtOnce = 4;
  static constexpr std::size_t kWaiting = 16;
  static constexpr std::size_t kKeptOfOne = 20;  ///< finished ones of one person
  static constexpr std::size_t kKeptOfAll = 200;
  static constexpr std::size_t kOpenOfOne = 6;               ///< running or waiting
  static constexpr std::size_t kMostStillBytes = 32U << 20;  ///< of all kept results
  static constexpr base::Micros kKeptFor = base::Seconds(30 * 60);

  ProbeDesk(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config, base::Result<VendorFile> vendors);

  /// `wrong`: which part of the request is refused (kInvalidArgument).
  base::Result<base::Uuid> start(const boost::json::object& request, ProbeField* wrong = nullptr);
  base::Result<base::Uuid> discover(const boost::json::object& request);
  /// `owner`: empty: the command line, which sees all. Somebody else's is not there.
  base::Result<boost::json::object> view(const base::Uuid& id, const std::string& owner) const;
  base::Result<base::Bytes> still(const base::Uuid& id, const std::string& owner, std::size_t stream) const;
  base::Status cancel(const base::Uuid& id, const std::string& owner);
  /// {url, sub_url, user, password, transport} of streams that were found, for camera.add and camera.set. kNotFound: no
  /// such probe or stream; kInvalidArgument: one that gave no pictures, or a sub stream of another channel.
  base::Result<boost::json::object> connection(const base::Uuid& id, const std::string& owner, std::size_t stream,
                                               std::optional<std::size_t> sub) const;
  /// Main and sub stream of a channel that gave pictures. kInvalidArgument: its main stream gave none.
  base::Result<std::pair<std::size_t, std::optional<std::size_t>>> streams_of_channel(const base::Uuid& id,
                                                                                      const std::string& owner,
                                                                                      std::int64_t channel) const;
  /// What was measured of these streams and said of the device: {"main", "sub", "device"}, as in view(); null where
  /// there is none.
  boost::json::object measured(const base::Uuid& id, const std::string& owner, std::size_t stream,
                               std::optional<std::size_t> sub) const;
  /// About every 100 ms.
  void tick();
  void stop();
  /// The table of brands, or why there is none.
  const base::Result<VendorFile>& vendors() const { return vendors_; }

 private:
  ProbeRun* find(const base::Uuid& id, const std::string& owner) const;
  void begin_waiting();
  void forget_old();
  void bound_stills();
  base::Status make_room(const std::string& owner);

  EventLoop& loop_;
  const base::Clock& clock_;
  const ServiceConfig& config_;
  base::Result<VendorFile> vendors_;
  Connector connector_;
  std::map<base::Uuid, std::unique_ptr<ProbeRun>> probes_;  ///< by time: ids rise
  std::map<base::Uuid, std::unique_ptr<DiscoveryRun>> rounds_;
  std::uint32_t next_index_ = 0;
};

}  // namespace vonggac::core
