/// Weekly schedules as people write them: "mon-fri 18:00-06:00 continuous; * 06:00-18:00 motion".
/// Entries are separated by ';', later ones win; days are mon..sun, ranges, commas or '*'; times are half hours of
/// Asia/Ho_Chi_Minh (UTC+7, no DST), an end at or before the start runs into the next day, 24:00 ends a day.
/// Threads  pure functions.
/// Errors   kInvalidArgument naming the entry.
#pragma once

#include <bitset>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "record/policy.h"

namespace vonggac::core {

/// Half hours that no entry covers get `otherwise` (the camera's own mode).
base::Result<record::WeeklySchedule> parse_schedule(std::string_view text, record::RecordMode otherwise);

/// Half hours of a week, from Monday 00:00 in Viet Nam.
using WeekHours = std::bitset<336>;
/// Times without a mode, as watch zones have them: "22:00-06:00" each day, "mon-fri 22:00-06:00; sat,sun 00:00-24:00".
base::Result<WeekHours> parse_hours(std::string_view text);
bool in_hours(const WeekHours& hours, base::WallTime t);

/// "continuous", "motion", "off".
const char* record_mode_name(record::RecordMode mode);
base::Result<record::RecordMode> parse_record_mode(std::string_view name);

}  // namespace vonggac::core
