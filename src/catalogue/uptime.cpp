#include "catalogue/uptime.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "catalogue/list_conditions.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kVietNamUs = 7LL * 3600 * 1'000'000, kMicrosPerDay = 86'400LL * 1'000'000;
/// A state that lasts is known until a while after the camera was seen last.
constexpr std::int64_t kKnownAfterUs = 600'000'000;

std::string lesser(const std::string& a, const std::string& b) {
  return fmt::format("(case when {0} < {1} then {0} else {1} end)", a, b);
}
std::string greater(const std::string& a, const std::string& b) {
  return fmt::format("(case when {0} > {1} then {0} else {1} end)", a, b);
}

/// Per camera: how long it was in service, and of that how long it was known and well.
class UptimeSums {
 public:
  UptimeSums(store::Reader& session, base::WallTime from, base::WallTime to)
      : session_(session), from_(from), to_(to) {}

  /// `condition`: of table c, with values from "$3" on.
  base::Status add(const std::string& condition, const store::Value& value) {
    const store::Parameters values{from_, to_, value};
    const std::string service = fmt::format(
        "select s.camera, cast(sum({} - {}) as bigint) from camera c join camera_service s on s.camera = c.id where {} "
        "and s.from_us < $2 and s.to_us > $1 group by s.camera",
        lesser("s.to_us", "$2"), greater("s.from_us", "$1"), condition);
    const store::Reader::Visitor take_service = [&](const store::Row& row) -> base::Status {
      sums_[row.id(0)].service_us += row.integer(1);
      return {};
    };
    VG_TRY(session_.visit(service, std::span<const store::Value>(values), take_service));
    const std::string end = lesser("s.to_us", lesser("t.end_us", "$2")),
                      begin = greater("s.from_us", greater("t.from_us", "$1"));
    const std::string health = fmt::format(
        "select s.camera, t.state, cast(sum({} - {}) as bigint) from camera c join camera_service s on s.camera = c.id "
        "join (select h.camera, h.from_us, h.state, case when h.to_us = {} then k.last_us + {} else h.to_us end as "
        "end_us from camera_health_span h join camera_health k on k.camera = h.camera) t on t.camera = c.id where {} "
        "and s.from_us < $2 and s.to_us > $1 and t.from_us < $2 and t.end_us > $1 and t.from_us < s.to_us and t.end_us "
        "> s.from_us group by s.camera, t.state",
        end, begin, INT64_MAX, kKnownAfterUs, condition);
    const store::Reader::Visitor take_health = [&](const store::Row& row) -> base::Status {
      Uptime& one = sums_[row.id(0)];
      one.known_us += row.integer(2);
      if (row.text(1) == "CO_TIN_HIEU") one.up_us += row.integer(2);
      return {};
    };
    return session_.visit(health, std::span<const store::Value>(values), take_health);
  }
  const std::map<base::Uuid, Uptime>& sums() const { return sums_; }

 private:
  store::Reader& session_;
  base::WallTime from_, to_;
  std::map<base::Uuid, Uptime> sums_;
};

base::Result<ScopeAreas> areas_of(store::Reader& session, const AreaId& area, Day today) {
  return narrow_scope(session, {true, {}}, area, today);
}

Eyes eyes_from(const store::Row& row) {
  Eyes eyes;
  if (!row.is_null(0)) eyes.commune = AreaId{row.id(0)};
  if (!row.is_null(1)) eyes.residential = AreaId{row.id(1)};
  eyes.registered = row.integer(2);
  eyes.installed = row.integer(3);
  eyes.in_service = row.integer(4);
  eyes.working = row.integer(5);
  eyes.recording = row.integer(6);
  return eyes;
}

}  // namespace

std::optional<double> percent_of(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return std::nullopt;
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent_text(std::optional<double> percent) {
  if (!percent) return "–";
  std::string text = fmt::format("{:.1f} %", *percent);
  std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

base::Result<Uptime> camera_uptime(store::Reader& session, const base::CameraId& camera, base::WallTime from,
                                   base::WallTime to) {
  UptimeSums sums(session, from, to);
  VG_TRY(sums.add("c.id = $3", camera));
  const auto found = sums.sums().find(camera);
  return found == sums.sums().end() ? Uptime{} : found->second;
}

base::Result<AreaUptime> area_uptime(store::Reader& session, const AreaId& area, base::WallTime from, base::WallTime to,
                                     Day today) {
  VG_ASSIGN(const ScopeAreas areas, areas_of(session, area, today));
  UptimeSums sums(session, from, to);
  for (const ScopeArea& one : areas.areas) VG_TRY(sums.add(fmt::format("c.{} = $3", one.column), one.area));
  AreaUptime result;
  double percents = 0;
  for (const auto& [camera, one] : sums.sums()) {
    if (one.service_us <= 0) continue;
    ++result.cameras;
    result.total.service_us += one.service_us;
    result.total.up_us += one.up_us;
    result.total.known_us += one.known_us;
    percents += *one.percent();
  }
  if (result.cameras > 0) result.mean_percent = percents / static_cast<double>(result.cameras);
  return result;
}

TimeSpan month_of(int year, int month) {
  const Day first = Day::of(year, month, 1);
  const Day next = month == 12 ? Day::of(year + 1, 1, 1) : Day::of(year, month + 1, 1);
  return {{first.number * kMicrosPerDay - kVietNamUs}, {next.number * kMicrosPerDay - kVietNamUs}};
}

Eyes& Eyes::operator+=(const Eyes& other) {
  registered += other.registered;
  installed += other.installed;
  in_service += other.in_service;
  working += other.working;
  recording += other.recording;
  return *this;
}

Eyes sum_of(const std::vector<Eyes>& rows) {
  Eyes sum;
  for (const Eyes& row : rows) sum += row;
  return sum;
}

base::Result<std::vector<Eyes>> eyes_in(store::Reader& session, const AreaId& area, Day today, EyesBy by) {
  VG_ASSIGN(const ScopeAreas areas, areas_of(session, area, today));
  Conditions conditions;
  add_scope(conditions, areas);
  std::vector<Eyes> found;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    found.push_back(eyes_from(row));
    return {};
  };
  VG_TRY(session.visit(
      fmt::format(
          "select c.commune, {}, count(*), cast(sum(case when c.life in ('NGHIEM_THU', 'HOAT_DONG', "
          "'BAO_TRI', 'TAM_NGUNG') then 1 else 0 end) as bigint), cast(sum(case when c.life = 'HOAT_DONG' then 1 else "
          "0 end) as bigint), cast(sum(case when c.life = 'HOAT_DONG' and c.health = 'CO_TIN_HIEU' then 1 else 0 end) "
          "as bigint), cast(sum(case when c.life = 'HOAT_DONG' and c.kind = 'GHI_TAI_DAY' and c.health in "
          "('CO_TIN_HIEU', 'CHAP_CHON', 'BI_CHE_MO', 'LECH_GIO') then 1 else 0 end) as bigint) from camera c where "
          "c.merged_into is null and c.life not in ('TU_CHOI', 'NGUNG') and {} group by c.commune{}",
          by == EyesBy::kCommune ? "null" : "c.residential", conditions.text(),
          by == EyesBy::kCommune ? "" : ", c.residential"),
      std::span<const store::Value>(conditions.values()), take));
  return found;
}

base::Result<Cover> residential_cover(store::Reader& session, const AreaId& area, Day today, std::int64_t least) {
  VG_ASSIGN(const std::vector<Eyes> rows, eyes_in(session, area, today));
  VG_ASSIGN(
      const store::Rows all,
      session.query("with recursive below (area, kind) as (select v.area, v.kind from area_version v where v.area = $1 "
                    "and v.valid_from <= $2 and v.valid_to > $2 union all select v.area, v.kind from area_version v "
                    "join below b on v.parent = b.area where v.valid_from <= $2 and v.valid_to > $2) select count(*) "
                    "from below where kind = $3",
                    {area, today.number, static_cast<int>(AreaKind::kResidential)}));
  Cover cover{0, all[0].integer(0)};
  cover.covered =
      std::count_if(rows.begin(), rows.end(), [&](const Eyes& row) { return row.residential && row.working >= least; });
  return cover;
}

base::Result<Cover> critical_cover(store::Reader& session, const AreaId& area, Day today) {
  VG_ASSIGN(const ScopeAreas areas, areas_of(session, area, today));
  Cover cover;
  for (const ScopeArea& one : areas.areas) {
    VG_ASSIGN(
        const store::Rows rows,
        session.query(
            fmt::format("select count(*), cast(coalesce(sum(case when exists (select 1 from camera c where c.site "
                        "= s.id and c.merged_into is null and c.life = 'HOAT_DONG' and c.health = 'CO_TIN_HIEU') "
                        "then 1 else 0 end), 0) as bigint) from camera_site s where s.{} = $1 and "
                        "s.critical_point <> '' and s.closed_day is null",
                        one.column),
            {one.area}));
    cover.all += rows[0].integer(0);
    cover.covered += rows[0].integer(1);
  }
  return cover;
}

}  // namespace vonggac::catalogue
