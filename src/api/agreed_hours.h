/// Lists of footage cut to the hours that owners agreed to: what was filmed outside of them is not told of. A clip is
/// told in its agreed parts, an event or a hit by the first of them, without what may show the rest.
/// Threads  stateless.
#pragma once

#include <map>
#include <vector>

#include "api/clip_source.h"
#include "catalogue/agreement_terms.h"

namespace vonggac::api {

using AgreedHours = std::map<base::CameraId, std::vector<catalogue::HourSpan>>;

std::vector<ClipRow> in_agreed_hours(std::vector<ClipRow> rows, const AgreedHours& hours);
std::vector<EventRow> in_agreed_hours(std::vector<EventRow> rows, const AgreedHours& hours);
std::vector<SearchHit> in_agreed_hours(std::vector<SearchHit> rows, const AgreedHours& hours);
/// That nothing is recorded, or that a camera is covered, is no footage.
inline std::vector<GapRow> in_agreed_hours(std::vector<GapRow> rows, const AgreedHours&) { return rows; }
inline std::vector<TamperRow> in_agreed_hours(std::vector<TamperRow> rows, const AgreedHours&) { return rows; }

}  // namespace vonggac::api
