#include "api/agreed_hours.h"

#include <utility>

namespace vonggac::api {
namespace {

using catalogue::Filmed;

void take_part(ClipRow& row, const Filmed& part) {
  const double share =
      static_cast<double>((part.to - part.from).count()) / static_cast<double>((row.end - row.start).count());
  row.still_recording = row.still_recording && part.to == row.end;
  row.size_bytes = static_cast<std::uint64_t>(static_cast<double>(row.size_bytes) * share);
  row.start = part.from;
  row.end = part.to;
}

void take_part(EventRow& row, const Filmed& part) {
  if (row.alarm_at < part.from || row.alarm_at >= part.to) {
    row.alarm.clear();
    row.alarm_at = {};
  }
  row.has_thumbnail = false;  // its moment is not known
  row.ended = row.ended || part.to < row.end;
  row.start = part.from;
  row.end = part.to;
}

void take_part(SearchHit& row, const Filmed& part) {
  row.event.reset();
  row.has_thumbnail = false;
  row.start = part.from;
  row.end = part.to;
}

template <typename Row>
std::vector<Row> cut(std::vector<Row>&& rows, const AgreedHours& hours, bool every_part) {
  std::vector<Row> kept;
  for (Row& row : rows) {
    const auto agreed = hours.find(row.camera);
    if (agreed == hours.end()) {
      kept.push_back(std::move(row));
      continue;
    }
    // What has no length yet is looked at as a moment.
    const Filmed filmed{row.start, std::max(row.end, row.start + base::Micros(1))};
    for (const Filmed& part : catalogue::agreed_parts(agreed->second, filmed)) {
      kept.push_back(row);
      if (part.from != filmed.from || part.to != filmed.to) take_part(kept.back(), part);
      if (!every_part) break;
    }
  }
  return kept;
}

}  // namespace

std::vector<ClipRow> in_agreed_hours(std::vector<ClipRow> rows, const AgreedHours& hours) {
  return cut(std::move(rows), hours, true);
}
std::vector<EventRow> in_agreed_hours(std::vector<EventRow> rows, const AgreedHours& hours) {
  return cut(std::move(rows), hours, false);
}
std::vector<SearchHit> in_agreed_hours(std::vector<SearchHit> rows, const AgreedHours& hours) {
  return cut(std::move(rows), hours, false);
}

}  // namespace vonggac::api
