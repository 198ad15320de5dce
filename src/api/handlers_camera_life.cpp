/// What happens to a camera of the register: steps of its life, another device, the attested password, acceptance with
/// reference pictures, one that was registered twice; and how it has worked.
#include <charconv>

#include "api/device_form.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/agreements.h"
#include "catalogue/camera_references.h"
#include "catalogue/duplicates.h"
#include "catalogue/health.h"
#include "catalogue/uptime.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::Problems;

json::object id_json(const base::Uuid& id) { return {{"id", id.to_string()}}; }

/// "2026-11".
std::optional<catalogue::TimeSpan> month_asked(const std::string& text) {
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  int year = 0, month = 0;
  const auto first = std::from_chars(text.data(), text.data() + 4, year);
  const auto second = std::from_chars(text.data() + 5, text.data() + 7, month);
  const bool read = first.ec == std::errc() && first.ptr == text.data() + 4 && second.ec == std::errc() &&
                    second.ptr == text.data() + 7;
  if (!read || year < 2000 || year > 2200 || month < 1 || month > 12) return std::nullopt;
  return catalogue::month_of(year, month);
}

/// "NGAY" or "DEM".
std::string light_of(const Call& call) {
  const std::string light = call.query.text("light").value_or("NGAY");
  return light == "NGAY" || light == "DEM" ? light : "";
}

HttpReply no_such_light() {
  return problem_reply(400, {"Chọn ảnh ban ngày (NGAY) hoặc ban đêm (DEM).", "light is NGAY or DEM"});
}

}  // namespace

HttpReply answer_camera_step(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::CameraStepForm step;
    step.to = form.text("to", 40);
    step.reason = form.maybe_text("reason", 500).value_or("");
    step.decision_number = form.maybe_text("decision_number", 60).value_or("");
    step.decision_day = form.maybe_day("decision_day");
    step.who = call.admission.caller.name;
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kCamera,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          catalogue::CameraStepForm now = step;
                          VG_ASSIGN(const auto without,
                                    catalogue::cameras_without_agreement(session, {call.id}, session.now()));
                          now.agreement_in_force = without.empty();
                          VG_TRY(catalogue::step_camera(session, base::CameraId{call.id}, now, problems));
                          return id_json(call.id);
                        });
  });
}

HttpReply answer_camera_swap(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::SwapForm swap;
    read_device_facts(form, swap.device);
    swap.day = form.maybe_day("day").value_or(today_of(services));
    swap.reason = form.text("reason", 500);
    swap.who = call.admission.caller.name;
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kCamera,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          VG_TRY(catalogue::swap_device(session, base::CameraId{call.id}, swap, problems));
                          return id_json(call.id);
                        });
  });
}

HttpReply answer_camera_password(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    if (!form.flag("changed")) {
      form.problems().refuse("", "changed", "Hãy xác nhận đã đổi mật khẩu mặc định của hãng.",
                             "Confirm that the maker's password was changed.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kCamera,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          VG_TRY(catalogue::attest_own_password(session, base::CameraId{call.id},
                                                                call.admission.caller.name, problems));
                          return id_json(call.id);
                        });
  });
}

HttpReply answer_camera_acceptance(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::Acceptance acceptance;
    acceptance.day_picture_good = form.flag("day_picture_good");
    acceptance.night_picture_good = form.flag("night_picture_good");
    acceptance.clock_right = form.flag("clock_right");
    acceptance.who = call.admission.caller.name;
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kCamera,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          VG_TRY(catalogue::accept_camera(session, base::CameraId{call.id}, acceptance, problems));
                          return id_json(call.id);
                        });
  });
}

HttpReply answer_camera_merge(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::CameraId survivor{form.id("survivor")};
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(
        services, call, RecordTable::kCamera,
        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, gate::ObjectKind::kRegisteredCamera, survivor, "survivor", problems));
          VG_TRY(catalogue::merge_cameras(session, survivor, base::CameraId{call.id}, call.admission.caller.name,
                                          problems));
          return id_json(survivor);
        });
  });
}

HttpReply answer_reference(const PoolServices& services, const Call& call) {
  const std::string light = light_of(call);
  if (light.empty()) return no_such_light();
  std::optional<catalogue::Reference> found;
  const base::Status read = services.office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(found, catalogue::reference_of(session, base::CameraId{call.id}, light));
    return {};
  });
  if (!read.ok()) return logged_problem("reference", read);
  if (!found) return problem_reply(404, {"Chưa có ảnh mẫu.", "there is no reference picture yet"}, "no_reference");
  HttpReply reply = text_reply(200, "image/jpeg", std::string(found->picture.begin(), found->picture.end()));
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("Vonggac-Taken-At", base::to_iso8601(found->taken_at));
  return reply;
}

HttpReply answer_reference_put(const PoolServices& services, const Call& call) {
  const std::string light = light_of(call);
  if (light.empty()) return no_such_light();
  if (call.request.content_type != "image/jpeg") {
    return problem_reply(415, {"Ảnh mẫu phải là JPEG.", "the body must be a JPEG (Content-Type: image/jpeg)"});
  }
  return change_register(services, call, 201,
                         [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                           const std::string& body = call.request.body;
                           const catalogue::Reference reference{light, session.now(), call.admission.caller.name,
                                                                base::Bytes(body.begin(), body.end())};
                           VG_TRY(catalogue::put_reference(session, base::CameraId{call.id}, reference, problems));
                           return id_json(call.id);
                         });
}

HttpReply answer_camera_health(const PoolServices& services, const Call& call) {
  const base::WallTime now = services.office.clock().wall_now();
  const auto from = call.query.time("from"), to = call.query.time("to");
  if (!from || !to) return problem_reply(400, {"Thời điểm không đúng.", "from and to are times in ISO 8601"});
  const base::WallTime until = to->value_or(now);
  const base::WallTime since = from->value_or(until - base::Seconds(7 * 24 * 3600));
  if (since > until) return problem_reply(400, {"Thời điểm bắt đầu sau thời điểm kết thúc.", "from lies after to"});
  return read_register(services, "camera.health", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto present, catalogue::health_now(session, base::CameraId{call.id}));
    json::object out{{"now", json::value()}};
    if (present) {
      out["now"] = json::object{{"state", coded(catalogue::health_states(), present->state)},
                                {"tamper", coded(catalogue::tamper_kinds(), present->tamper)},
                                {"since", base::to_iso8601(present->since)},
                                {"last_seen", base::to_iso8601(present->last)},
                                {"skew_ms", json_or_null(present->skew_ms)}};
    }
    json::array spans;
    VG_ASSIGN(const auto found, catalogue::health_spans(session, base::CameraId{call.id}, since, until));
    for (const catalogue::HealthSpan& span : found) {
      spans.push_back(json::object{{"state", coded(catalogue::health_states(), span.state)},
                                   {"from", base::to_iso8601(span.from)},
                                   {"to", json_or_null(span.to)}});
    }
    out["spans"] = std::move(spans);
    return out;
  });
}

HttpReply answer_camera_uptime(const PoolServices& services, const Call& call) {
  const std::string today = today_of(services).iso();
  const std::string asked = call.query.text("month").value_or(today.substr(0, 7));
  const auto month = month_asked(asked);
  if (!month) return problem_reply(400, {"Tháng viết như 2026-11.", "month is written like 2026-11"});
  // Of the month that runs, what has passed.
  const base::WallTime until = std::min(month->to, std::max(month->from, services.office.clock().wall_now()));
  return read_register(services, "camera.uptime", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const catalogue::Uptime uptime,
              catalogue::camera_uptime(session, base::CameraId{call.id}, month->from, until));
    return json::object{{"month", asked},
                        {"percent", real_or_null(uptime.percent())},
                        {"service_s", uptime.service_us / 1'000'000},
                        {"up_s", uptime.up_us / 1'000'000},
                        {"known_s", uptime.known_us / 1'000'000}};
  });
}

}  // namespace vonggac::api
