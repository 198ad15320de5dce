#include "catalogue/health.h"

#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalogue/camera_rows.h"
#include "catalogue/form_checks.h"

namespace vonggac::catalogue {
namespace {

/// How often it is written that nothing has changed.
constexpr std::int64_t kHeartbeatUs = 60'000'000;

std::vector<std::int64_t> flips_from(std::string_view text) {
  std::vector<std::int64_t> flips;
  while (!text.empty()) {
    std::int64_t us = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), us);
    if (error != std::errc()) break;
    flips.push_back(us);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);
  }
  return flips;
}

struct KeptHealth {
  HealthMachine machine;
  std::string tamper;
  std::int64_t bad_since_us = 0;
  bool there = false;
};

base::Result<KeptHealth> kept_health(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select state, since_us, raw, raw_since_us, last_us, flips, tamper, bad_since_us from "
                          "camera_health where camera = $1",
                          {camera}));
  KeptHealth kept;
  if (rows.empty()) return kept;
  const store::Row row = rows[0];
  kept.machine.state = row.text(0);
  kept.machine.since = row.time(1);
  kept.machine.raw = row.text(2);
  kept.machine.raw_since = row.time(3);
  kept.machine.last = row.time(4);
  kept.machine.flips_us = flips_from(row.text(5));
  kept.tamper = row.text(6);
  kept.bad_since_us = row.integer(7);
  kept.there = true;
  return kept;
}

base::Status keep(store::WriteSession& session, const base::CameraId& camera, const KeptHealth& kept,
                  const std::optional<std::int64_t>& skew_ms) {
  const HealthMachine& m = kept.machine;
  return session
      .run(
          "insert into camera_health (camera, state, since_us, raw, raw_since_us, last_us, flips, tamper, skew_ms, "
          "bad_since_us, noted_state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '') on conflict (camera) do "
          "update set state = excluded.state, since_us = excluded.since_us, raw = excluded.raw, raw_since_us = "
          "excluded.raw_since_us, last_us = excluded.last_us, flips = excluded.flips, tamper = excluded.tamper, "
          "skew_ms = excluded.skew_ms, bad_since_us = excluded.bad_since_us",
          {camera, m.state, m.since, m.raw, m.raw_since, m.last, fmt::format("{}", fmt::join(m.flips_us, ",")),
           kept.tamper, skew_ms, kept.bad_since_us})
      .error();
}

/// The span before ends where the new state begins, or where it was last seen; then the new one lasts.
base::Status turn_span(store::WriteSession& session, const base::CameraId& camera, std::string_view from,
                       const HealthMachine& now, const HealthMachine::Change& change) {
  const base::WallTime end = change.known_until.value_or(now.since);
  VG_TRY(
      session.run("update camera_health_span set to_us = $2 where camera = $1 and to_us = $3", {camera, end, INT64_MAX})
          .error());
  VG_TRY(session.run("delete from camera_health_span where camera = $1 and to_us <= from_us", {camera}).error());
  VG_TRY(session
             .run("insert into camera_health_span (camera, from_us, to_us, state) values ($1, $2, $3, $4)",
                  {camera, now.since, INT64_MAX, now.state})
             .error());
  VG_TRY(update_row(session, "camera", "id", camera, {{"health", now.state}}));
  return session.tell("camera.health", camera, json_object({{"from", from}, {"to", now.state}}));
}

void note_bad(KeptHealth& kept) {
  if (!health_is_bad(kept.machine.state)) {
    kept.bad_since_us = 0;
  } else if (kept.bad_since_us == 0) {
    kept.bad_since_us = kept.machine.since.us;
  }
}

}  // namespace

base::Result<bool> note_health(store::WriteSession& session, const base::CameraId& camera, const HealthSample& sample,
                               const HealthRules& rules) {
  VG_ASSIGN(KeptHealth kept, kept_health(session, camera));
  if (!kept.there) VG_TRY(camera_must_be_there(session, camera).error());
  const KeptHealth before = kept;
  const std::optional<HealthMachine::Change> change = kept.machine.take(sample, rules);
  if (sample.at <= before.machine.last && kept.there) return false;
  kept.tamper = sample.tamper;
  note_bad(kept);
  const bool same = !change && kept.machine.raw == before.machine.raw && kept.tamper == before.tamper &&
                    kept.machine.flips_us == before.machine.flips_us &&
                    sample.at.us - before.machine.last.us < kHeartbeatUs;
  if (same) return false;
  VG_TRY(keep(session, camera, kept, sample.skew_ms));
  if (!change) return false;
  // After a silence the state may be the one it was: a span of its own, but no news.
  VG_TRY(turn_span(session, camera, before.machine.state, kept.machine, *change));
  return kept.machine.state != before.machine.state;
}

base::Result<std::int64_t> expire_silent(store::WriteSession& session, const HealthRules& rules) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select camera from camera_health where last_us < $1 and state not in ('MAT_TIN_HIEU', "
                          "'CHUA_CAU_HINH')",
                          {(session.now() - rules.silence).us}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const base::CameraId camera{rows[i].id(0)};
    VG_ASSIGN(KeptHealth kept, kept_health(session, camera));
    const std::string from = kept.machine.state;
    kept.machine.state = "MAT_TIN_HIEU";
    kept.machine.raw.clear();  // nobody has seen it so
    kept.machine.since = std::max(kept.machine.since, kept.machine.last);
    kept.machine.flips_us.clear();
    note_bad(kept);
    VG_TRY(keep(session, camera, kept, std::nullopt));
    VG_TRY(turn_span(session, camera, from, kept.machine, {}));
  }
  return static_cast<std::int64_t>(rows.size());
}

base::Result<std::optional<HealthNow>> health_now(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select state, tamper, since_us, last_us, skew_ms from camera_health where camera = $1", {camera}));
  if (rows.empty()) return std::optional<HealthNow>();
  const store::Row row = rows[0];
  return std::optional<HealthNow>(HealthNow{row.text(0), row.text(1), row.time(2), row.time(3), row.maybe_integer(4)});
}

base::Result<std::vector<HealthSpan>> health_spans(store::Reader& session, const base::CameraId& camera,
                                                   base::WallTime from, base::WallTime to) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select state, from_us, to_us from camera_health_span where camera = $1 and from_us < $3 and "
                          "to_us > $2 order by from_us",
                          {camera, from, to}));
  std::vector<HealthSpan> spans;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    HealthSpan span{rows[i].text(0), rows[i].time(1), std::nullopt};
    if (rows[i].integer(2) != INT64_MAX) span.to = rows[i].time(2);
    spans.push_back(std::move(span));
  }
  return spans;
}

base::Result<base::Uuid> plan_maintenance(store::WriteSession& session, const MaintenanceForm& form,
                                          Problems& problems) {
  VG_ASSIGN(const Camera camera, camera_must_be_there(session, form.camera));
  const std::string reason = typed_line("reason", form.reason, 1, 400, problems);
  const std::string who = typed_line("who", form.who, 1, 120, problems);
  if (form.to <= form.from) {
    problems.refuse("", "to", "Giờ kết thúc phải sau giờ bắt đầu.", "It must end after it begins.");
  }
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(insert_row(session, "maintenance_plan",
                    {{"id", id},
                     {"camera", form.camera},
                     {"from_us", form.from},
                     {"to_us", form.to},
                     {"reason", reason},
                     {"who", who}}));
  VG_TRY(session.tell("camera.maintenance_planned", form.camera, json_object({{"code", camera.code}})));
  return id;
}

}  // namespace vonggac::catalogue
