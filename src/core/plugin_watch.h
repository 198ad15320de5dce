/// Which parts of the analyse shards are in use, what they report, and which crashed so often that they are left out.
/// Flow     configuration -> setup() -> shard -> on_report(); a shard's death -> on_crash() -> status page
/// Threads  bound to core's main thread.
/// Errors   none.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/units.h"
#include "core/config.h"
#include "ipc/messages.h"

namespace vonggac::core {

/// For the status report.
struct PartView {
  std::string part;  ///< "detector", "classifier", "hardware_decode"
  std::string name;  ///< of the plug-in, "va-api"
  std::string version;
  std::string state;  ///< starting, running, off, failed, disabled
  std::string detail;
  std::uint32_t crashes = 0;  ///< processes that ended in its code
};

class PluginWatch {
 public:
  static constexpr std::uint32_t kCrashesBeforeOff = 3;
  static constexpr base::Seconds kCrashWindow{600};

  PluginWatch(const AnalyseConfig& analyse, const PluginConfig& plugins);
  /// What a shard that starts now is to load.
  ipc::AnalyseSetup setup() const;
  void on_report(const ipc::AnalysePartReport& report);
  /// A shard ended (`how`) while the part's code ran. True: this was once too often, the part is left out from now on.
  bool on_crash(ipc::AnalysePart part, const std::string& how, base::MonoTime now);
  /// Those that are configured.
  std::vector<PartView> views() const;

 private:
  struct Part {
    bool wanted = false, disabled = false;
    ipc::AnalysePartReport report;
    bool reported = false;
    std::uint32_t crashes = 0, crashes_in_window = 0;
    base::MonoTime first_crash;
  };
  static constexpr std::size_t kParts = 4;  ///< indexed by ipc::AnalysePart
  Part& part(ipc::AnalysePart which) { return parts_[static_cast<std::size_t>(which)]; }
  const Part& part(ipc::AnalysePart which) const { return parts_[static_cast<std::size_t>(which)]; }

  ipc::AnalyseSetup configured_;
  std::array<Part, kParts> parts_;
};

}  // namespace vonggac::core
