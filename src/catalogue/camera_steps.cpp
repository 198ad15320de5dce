/// The life of a camera: steps with their evidence, acceptance, the password's attestation (cameras.h).
#include <fmt/format.h>

#include "catalogue/camera_references.h"
#include "catalogue/camera_rows.h"
#include "catalogue/form_checks.h"
#include "catalogue/site_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::string_view kInService = "HOAT_DONG";

CameraFacts facts_for_step(const Camera& camera, const Site& site, const CameraStepForm& step,
                           const std::string& reason) {
  CameraFacts facts;
  facts.surveyed = site.facts.surveyed.has_value();
  facts.public_place = site.facts.public_place;
  facts.agreement_in_force = step.agreement_in_force;
  facts.decision = !step.decision_number.empty() && step.decision_day.has_value();
  facts.accepted = camera.accepted_at.has_value();
  facts.sign_photo = !site.facts.sign_photo.empty();
  facts.own_password = camera.password_at.has_value();
  facts.homes_visible = site.facts.homes_visible;
  facts.masks_drawn = camera.facts.masks_drawn;
  facts.reason = reason;
  return facts;
}

std::string evidence_of(const CameraFacts& facts, const CameraStepForm& step, const Site& site, const Camera& camera) {
  const auto yes_no = [](bool flag) { return flag ? std::string_view("yes") : std::string_view("no"); };
  return json_object({{"reason", facts.reason},
                      {"decision", step.decision_number},
                      {"decision_day", step.decision_day ? step.decision_day->iso() : std::string()},
                      {"agreement_in_force", yes_no(facts.agreement_in_force)},
                      {"public_place", yes_no(facts.public_place)},
                      {"public_basis", site.facts.public_basis},
                      {"surveyed", yes_no(facts.surveyed)},
                      {"sign_photo", site.facts.sign_photo},
                      {"password_by", camera.password_by},
                      {"accepted_by", camera.accepted_by},
                      {"homes_visible", yes_no(facts.homes_visible)},
                      {"masks_drawn", yes_no(facts.masks_drawn)}});
}

/// When a camera was in service, for uptime: spans that end when it leaves.
base::Status note_service(store::WriteSession& session, const Camera& before, std::string_view to) {
  if (before.life == kInService) {
    return session
        .run("update camera_service set to_us = $2 where camera = $1 and to_us > $2", {before.id, session.now()})
        .error();
  }
  if (to != kInService) return {};
  return session
      .run(
          "insert into camera_service (camera, from_us, to_us) values ($1, $2, $3) on conflict (camera, from_us) do "
          "update set to_us = excluded.to_us",
          {before.id, session.now(), INT64_MAX})
      .error();
}

}  // namespace

base::Status write_camera_step(store::WriteSession& session, const Camera& before, std::string_view to,
                               std::string_view who, std::string_view evidence) {
  VG_ASSIGN(const store::Rows last,
            session.query("select coalesce(max(number), 0) from camera_step where camera = $1", {before.id}));
  VG_TRY(insert_row(session, "camera_step",
                    {{"camera", before.id},
                     {"number", last[0].integer(0) + 1},
                     {"from_state", before.life},
                     {"to_state", to},
                     {"at_us", session.now()},
                     {"who", who},
                     {"evidence", evidence}}));
  VG_TRY(note_service(session, before, to));
  VG_TRY(update_row(session, "camera", "id", before.id,
                    {{"life", to}, {"life_since_us", session.now()}, {"changed_at_us", session.now()}}));
  return session.tell("camera.life", before.id,
                      json_object({{"code", before.code}, {"from", before.life}, {"to", to}}));
}

base::Status step_camera(store::WriteSession& session, const base::CameraId& camera, const CameraStepForm& step,
                         Problems& problems) {
  VG_ASSIGN(const Camera before, camera_to_change(session, camera, problems));
  VG_ASSIGN(const Site site, site_must_be_there(session, before.facts.site));
  const std::string reason = typed_line("reason", step.reason, 0, 400, problems);
  const std::string who = typed_line("who", step.who, 1, 120, problems);
  const CameraFacts facts = facts_for_step(before, site, step, reason);
  check_camera_step(before.life, step.to, facts, problems);
  if (problems.refused()) return problems.status();
  return write_camera_step(session, before, step.to, who, evidence_of(facts, step, site, before));
}

base::Result<std::vector<CameraStep>> camera_history(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select from_state, to_state, who, evidence, at_us from camera_step where camera = $1 order "
                          "by number",
                          {camera}));
  std::vector<CameraStep> steps;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    steps.push_back({rows[i].text(0), rows[i].text(1), rows[i].text(2), rows[i].text(3), rows[i].time(4)});
  }
  return steps;
}

base::Status attest_own_password(store::WriteSession& session, const base::CameraId& camera, std::string_view who,
                                 Problems& problems) {
  VG_TRY(camera_to_change(session, camera, problems).error());
  const std::string name = typed_line("who", who, 1, 120, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(update_row(session, "camera", "id", camera,
                    {{"password_by", name}, {"password_at_us", session.now()}, {"changed_at_us", session.now()}}));
  return session.tell("camera.password_attested", camera, json_object({{"who", name}}));
}

base::Status accept_camera(store::WriteSession& session, const base::CameraId& camera, const Acceptance& acceptance,
                           Problems& problems) {
  VG_ASSIGN(const Camera before, camera_to_change(session, camera, problems));
  const std::string who = typed_line("who", acceptance.who, 1, 120, problems);
  const auto need = [&](bool there, const char* field, const char* vi, const char* en) {
    if (!there) problems.refuse("V11", field, vi, en);
  };
  VG_ASSIGN(const std::optional<Reference> day, reference_of(session, camera, "NGAY"));
  VG_ASSIGN(const std::optional<Reference> night, reference_of(session, camera, "DEM"));
  need(day && acceptance.day_picture_good, "day_picture", "Nghiệm thu cần ảnh ban ngày đạt yêu cầu.",
       "Acceptance needs a good picture by day.");
  need(night && acceptance.night_picture_good, "night_picture", "Nghiệm thu cần ảnh ban đêm đạt yêu cầu.",
       "Acceptance needs a good picture by night.");
  need(acceptance.clock_right, "clock", "Nghiệm thu cần đồng hồ camera đúng giờ.",
       "Acceptance needs a camera whose clock is right.");
  if (problems.refused()) return problems.status();
  VG_TRY(update_row(session, "camera", "id", camera,
                    {{"accepted_at_us", session.now()}, {"accepted_by", who}, {"changed_at_us", session.now()}}));
  return session.tell("camera.accepted", camera, json_object({{"code", before.code}, {"who", who}}));
}

}  // namespace vonggac::catalogue
