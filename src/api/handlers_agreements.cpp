/// Agreements with owners of cameras: what was signed, what ends soon, which cameras have none; and withdrawing, by who
/// gave them or by the officer whom they told.
#include <fmt/format.h>

#include "access/audit.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/agreements.h"
#include "gate/owner_accounts.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::Agreement;
using catalogue::AgreementId;
using gate::ObjectKind;

constexpr std::int64_t kOpeningsShown = 50;

base::Result<json::object> agreement_json(store::Reader& session, const Agreement& agreement) {
  VG_ASSIGN(const std::vector<base::Uuid> cameras, catalogue::cameras_of_agreement(session, agreement.id));
  VG_ASSIGN(const auto giver, catalogue::party_by_id(session, agreement.giver));
  return json::object{{"id", agreement.id.to_string()},
                      {"number", agreement.number},
                      {"giver", agreement.giver.to_string()},
                      {"giver_name", giver ? giver->name : std::string()},
                      {"cameras", id_array(cameras)},
                      {"live", agreement.live},
                      {"playback", agreement.playback},
                      {"on_request_only", agreement.on_request_only},
                      {"health_only", agreement.health_only},
                      {"audio", agreement.audio},
                      {"hours", catalogue::hours_text(agreement.hours)},
                      {"masks", agreement.masks},
                      {"notice_shown", agreement.notice_shown},
                      {"form_reference", agreement.form_reference},
                      {"confirmation_reference", agreement.confirmation_reference},
                      {"text_version", agreement.text_version},
                      {"from", agreement.from.iso()},
                      {"last", end_or_null(agreement.last)},
                      {"made_at", base::to_iso8601(agreement.made_at)},
                      {"withdrawn_at", json_or_null(agreement.withdrawn_at)},
                      {"withdrawn_how", agreement.withdrawn_how}};
}

/// Those of `all` that this caller may read one by one as well.
base::Result<json::object> reached_agreements(store::Reader& session, const Call& call,
                                              const std::vector<Agreement>& all, base::WallTime now) {
  json::array list;
  for (const Agreement& one : all) {
    VG_ASSIGN(const bool reached, is_reached(session, call, ObjectKind::kAgreement, one.id, now));
    if (!reached) continue;
    VG_ASSIGN(json::object shown, agreement_json(session, one));
    list.push_back(std::move(shown));
  }
  return json::object{{"agreements", std::move(list)}};
}

catalogue::AgreementForm read_agreement(Form& form) {
  catalogue::AgreementForm agreement;
  agreement.giver = catalogue::PartyId{form.id("giver")};
  agreement.cameras = form.ids("cameras", 200);
  agreement.live = form.flag("live");
  agreement.playback = form.flag("playback");
  agreement.on_request_only = form.flag("on_request_only");
  agreement.health_only = form.flag("health_only");
  agreement.audio = form.flag("audio");
  const std::string hours = form.maybe_text("hours", 200).value_or("");
  const auto spans = catalogue::parse_hours(hours);
  if (!hours.empty() && !spans) {
    form.problems().refuse("", "hours", "Giờ viết như 22:00-05:00, 11:30-13:30.",
                           "Hours are like 22:00-05:00, 11:30-13:30.");
  }
  if (!hours.empty() && spans) agreement.hours = *spans;
  agreement.masks = form.maybe_text("masks", 500).value_or("");
  agreement.notice_shown = form.flag("notice_shown");
  agreement.form_reference = form.maybe_text("form_reference", 100).value_or("");
  agreement.confirmation_reference = form.maybe_text("confirmation_reference", 100).value_or("");
  agreement.text_version = form.maybe_text("text_version", 40).value_or("");
  agreement.from = form.maybe_day("from");
  agreement.last = form.maybe_day("last");
  return agreement;
}

HttpReply withdraw(const PoolServices& services, const Call& call, bool how_needed) {
  return with_form(call, [&](Form& form) {
    const std::string how = how_needed ? form.text("how", 200) : form.maybe_text("how", 200).value_or("");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(
              catalogue::withdraw_agreement(session, AgreementId{call.id}, call.admission.caller.user, how, problems));
          return json::object{{"id", call.id.to_string()}};
        });
  });
}

/// Who opened the owner's camera, without where they sat.
base::Result<json::array> openings(store::Reader& session, const base::Uuid& camera) {
  VG_ASSIGN(const std::vector<access::AuditRow> rows,
            access::audit_of_subject(session, camera, INT64_MAX, kOpeningsShown));
  json::array list;
  for (const access::AuditRow& row : rows) {
    list.push_back(json::object{{"at", base::to_iso8601(row.at)},
                                {"who", row.actor_name},
                                {"action", row.action},
                                {"allowed", row.allowed},
                                {"purpose", row.purpose}});
  }
  return list;
}

}  // namespace

HttpReply answer_agreements(const PoolServices& services, const Call& call) {
  const auto camera = call.query.id("camera");
  const auto days = call.query.number("ending", 0, 3660);
  if (!camera || !days || camera->has_value() == days->has_value()) return wrong_query();
  const base::WallTime now = services.office.clock().wall_now();
  return read_register(services, "agreements", [&](store::Reader& session) -> base::Result<json::object> {
    std::vector<Agreement> found;
    if (*camera) {
      VG_ASSIGN(found, catalogue::agreements_about(session, **camera));
    } else {
      VG_ASSIGN(found, catalogue::agreements_ending(session, scope_of(call), catalogue::Day::at(now), **days));
    }
    return reached_agreements(session, call, found, now);
  });
}

HttpReply answer_cameras_without_agreement(const PoolServices& services, const Call& call) {
  const auto after = call.query.id("after");
  const auto limit = call.query.number("limit", 1, 500);
  if (!after || !limit) return wrong_query();
  const std::int64_t most = limit->value_or(200);
  const base::WallTime now = services.office.clock().wall_now();
  return read_register(services, "agreements.missing", [&](store::Reader& session) -> base::Result<json::object> {
    store::Parameters parameters{after->value_or(base::Uuid{}), most};
    const catalogue::ScopeSql within(scope_of(call), catalogue::Day::at(now), parameters);
    VG_ASSIGN(
        const store::Rows rows,
        session.query(fmt::format("{}select c.id, c.code, c.name from camera c join camera_site s on s.id = c.site "
                                  "where (s.public_place = 0 or c.ownership = 'HO_CHIA_SE') and c.merged_into is null "
                                  "and c.id > $1 and ({} or {} or {}) order by c.id limit $2",
                                  within.with(), within.condition("c.area"), within.condition("c.commune"),
                                  within.condition("c.province")),
                      parameters));
    std::vector<base::Uuid> asked;
    for (std::size_t i = 0; i < rows.size(); ++i) asked.push_back(rows[i].id(0));
    VG_ASSIGN(const std::vector<base::Uuid> without, catalogue::cameras_without_agreement(session, asked, now));
    json::array list;
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size() && next < without.size(); ++i) {
      if (asked[i] != without[next]) continue;
      ++next;
      list.push_back(json::object{{"id", asked[i].to_string()}, {"code", rows[i].text(1)}, {"name", rows[i].text(2)}});
    }
    const bool more = static_cast<std::int64_t>(rows.size()) == most;
    return json::object{{"cameras", std::move(list)},
                        {"next_after", more ? json::value(asked.back().to_string()) : json::value()}};
  });
}

HttpReply answer_agreement(const PoolServices& services, const Call& call) {
  return read_record(services, call, [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto agreement, catalogue::agreement_by_id(session, AgreementId{call.id}));
    if (!agreement) return base::not_found("there is no such agreement");
    return agreement_json(session, *agreement);
  });
}

HttpReply answer_agreement_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const catalogue::AgreementForm agreement = read_agreement(form);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kParty, agreement.giver, "giver", problems));
          for (const base::Uuid& camera : agreement.cameras) {
            VG_TRY(check_reach(session, call, ObjectKind::kCamera, camera, "cameras", problems));
          }
          VG_ASSIGN(const AgreementId id,
                    catalogue::add_agreement(session, agreement, call.admission.caller.user, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_agreement_withdraw(const PoolServices& services, const Call& call) {
  return withdraw(services, call, true);
}
HttpReply answer_own_withdraw(const PoolServices& services, const Call& call) {
  return withdraw(services, call, false);
}

HttpReply answer_own_cameras(const PoolServices& services, const Call& call) {
  const base::WallTime now = services.office.clock().wall_now();
  return read_register(services, "me.cameras", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const std::vector<gate::OwnCamera> cameras, gate::cameras_of_owner(session, call.admission.caller.user));
    json::array list;
    for (const gate::OwnCamera& camera : cameras) {
      json::object one{
          {"id", camera.id.to_string()}, {"code", camera.code}, {"name", camera.name}, {"agreement", nullptr}};
      VG_ASSIGN(const auto agreement, catalogue::agreement_of_camera(session, camera.id, now));
      if (agreement) {
        VG_ASSIGN(one["agreement"], agreement_json(session, *agreement));
      }
      VG_ASSIGN(one["opened"], openings(session, camera.id));
      list.push_back(std::move(one));
    }
    return json::object{{"cameras", std::move(list)}};
  });
}

}  // namespace vonggac::api
