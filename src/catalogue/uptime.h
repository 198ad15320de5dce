/// How much of its time in service a camera worked, and how many eyes really work today.
/// Flow     camera_service and camera_health_span -> these functions -> reports R15, R16, indicators I11 to I14
/// Threads  within a transaction of room store.
/// Units    microseconds; percentages are not rounded, so that targets are compared as they are.
/// Source   docs of the domain, section 3.5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "catalogue/areas.h"
#include "catalogue/scope.h"

namespace vonggac::catalogue {

/// 31.326... of 1,519 and 4,849; none of nothing.
std::optional<double> percent_of(std::int64_t part, std::int64_t whole);
/// "31,3 %", as it is written in Viet Nam.
std::string percent_text(std::optional<double> percent);

struct Uptime {
  std::int64_t service_us = 0;  ///< it should have worked
  std::int64_t up_us = 0;       ///< it was seen working
  std::int64_t known_us = 0;    ///< somebody was looking
  std::optional<double> percent() const { return percent_of(up_us, service_us); }
};
base::Result<Uptime> camera_uptime(store::Reader& session, const base::CameraId& camera, base::WallTime from,
                                   base::WallTime to);

struct AreaUptime {
  Uptime total;
  std::int64_t cameras = 0;            ///< that were in service at any time of it
  std::optional<double> mean_percent;  ///< of the cameras, each counted alike (I12)
};
base::Result<AreaUptime> area_uptime(store::Reader& session, const AreaId& area, base::WallTime from, base::WallTime to,
                                     Day today);
/// A month of Viet Nam's calendar.
struct TimeSpan {
  base::WallTime from, to;
};
TimeSpan month_of(int year, int month);

/// I11 and I12 of one area, or of what lies directly in a commune.
struct Eyes {
  std::optional<AreaId> commune, residential;
  std::int64_t registered = 0;  ///< neither refused nor retired
  std::int64_t installed = 0;   ///< hung up and not taken down: accepted, in service, under repair, paused
  std::int64_t in_service = 0, working = 0, recording = 0;
  std::optional<double> percent_working() const { return percent_of(working, installed); }
  Eyes& operator+=(const Eyes& other);
};
enum class EyesBy { kResidential, kCommune };
/// One row for each residential area that has cameras, and one without `residential` for each commune's own; or one for
/// each commune. One statement.
base::Result<std::vector<Eyes>> eyes_in(store::Reader& session, const AreaId& area, Day today,
                                        EyesBy by = EyesBy::kResidential);
Eyes sum_of(const std::vector<Eyes>& rows);

struct Cover {
  std::int64_t covered = 0, all = 0;
  std::optional<double> percent() const { return percent_of(covered, all); }
};
/// I13: residential areas with at least `least` cameras that work.
base::Result<Cover> residential_cover(store::Reader& session, const AreaId& area, Day today, std::int64_t least = 1);
/// I14: critical points with a camera that works.
base::Result<Cover> critical_cover(store::Reader& session, const AreaId& area, Day today);

}  // namespace vonggac::catalogue
