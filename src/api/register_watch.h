/// What the recorder does, brought into the register every ten seconds: the health of its cameras, tickets for what
/// stays broken, and recording paused where the owner of a camera has not agreed to it (V31), sound switched off (V12).
/// Flow     tick() -> status of core -> WatchRounds::take (pool, one transaction) -> camera.set -> core.
/// Threads  RegisterWatch is bound to the web worker's loop; a round runs on the pool, one at a time.
/// Errors   logged; the next round tries again.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "api/core_link.h"
#include "api/file_pool.h"
#include "catalogue/health.h"
#include "gate/office.h"

namespace vonggac::api {

/// What core is to be told of one camera.
struct AgreementOrder {
  base::CameraId camera;
  std::optional<bool> pause;
  bool silence = false;
  bool operator==(const AgreementOrder&) const = default;
};

/// How a camera of core's status looks to the register.
catalogue::HealthSample health_sample(const boost::json::object& camera, base::WallTime now);

/// The rounds without the loop. Used by one thread at a time.
class WatchRounds {
 public:
  explicit WatchRounds(gate::Office& office) : office_(office) {}
  /// `status`: core's reply to {"op":"status"}. Gives what core is to be told.
  base::Result<std::vector<AgreementOrder>> take(const std::string& status);

 private:
  struct Look {
    std::string state, tamper;
    base::WallTime changed, fed;
  };
  bool is_news(const base::CameraId& camera, const catalogue::HealthSample& sample);
  base::Status feed(store::WriteSession& session, const base::CameraId& camera, const catalogue::HealthSample& sample);

  base::Result<AgreementOrder> order_for(store::WriteSession& session, const base::CameraId& camera,
                                         const boost::json::object& seen);

  gate::Office& office_;
  std::set<base::CameraId> silenced_;  ///< and noted in the audit
  std::map<base::CameraId, Look> looks_;
  base::WallTime faults_watched_{0};
};

class RegisterWatch {
 public:
  struct Parts {
    const base::Clock& clock;
    CoreLink& core;
    FilePool& files;
    gate::Office& office;
  };
  static constexpr base::Micros kEvery = base::Seconds(10);
  explicit RegisterWatch(const Parts& parts) : parts_(parts), rounds_(std::make_shared<WatchRounds>(parts.office)) {}
  /// About every 100 ms.
  void tick();

 private:
  void take(const std::string& status);
  void tell(const std::vector<AgreementOrder>& orders);

  Parts parts_;
  std::shared_ptr<WatchRounds> rounds_;
  base::MonoTime next_{0};
  bool under_way_ = false;
};

}  // namespace vonggac::api
