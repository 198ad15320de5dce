/// Sites: where cameras hang or could hang.
#include "api/area_forms.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/sites.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::Problems;
using catalogue::Site;
using catalogue::SiteForm;
using catalogue::SiteId;

void read_site_facts(Form& form, SiteForm& site) {
  set_text(form, "name", site.name);
  set_text(form, "address", site.address);
  set_text(form, "route", site.route);
  set_real(form, "lat", site.lat, -90, 90);
  set_real(form, "lon", site.lon, -180, 180);
  set_real(form, "azimuth_deg", site.azimuth_deg, 0, 360);
  set_real(form, "field_of_view_deg", site.field_of_view_deg, 0, 360);
  set_text(form, "mount", site.mount, 40);
  set_text(form, "power", site.power, 40);
  set_text(form, "uplink", site.uplink, 40);
  set_text(form, "critical_point", site.critical_point, 40);
  set_flag(form, "public_place", site.public_place);
  set_text(form, "public_basis", site.public_basis);
  set_flag(form, "homes_visible", site.homes_visible);
  set_text(form, "sign_text", site.sign_text, 500);
  set_text(form, "sign_photo", site.sign_photo);
  set_day(form, "sign_seen", site.sign_seen);
  set_day(form, "surveyed", site.surveyed);
  set_text(form, "surveyed_by", site.surveyed_by);
  set_text(form, "survey_light", site.survey_light);
  set_text(form, "survey_note", site.survey_note, 2000);
}

json::object site_json(const Site& site) {
  const SiteForm& facts = site.facts;
  return {{"id", site.id.to_string()},
          {"code", site.code},
          {"name", facts.name},
          {"address", facts.address},
          {"route", facts.route},
          {"area", site.area.to_string()},
          {"outside_residential", facts.outside_residential},
          {"lat", real_or_null(facts.lat)},
          {"lon", real_or_null(facts.lon)},
          {"azimuth_deg", real_or_null(facts.azimuth_deg)},
          {"field_of_view_deg", real_or_null(facts.field_of_view_deg)},
          {"mount", coded(catalogue::mounts(), facts.mount)},
          {"power", coded(catalogue::power_sources(), facts.power)},
          {"uplink", coded(catalogue::uplinks(), facts.uplink)},
          {"critical_point", coded(catalogue::critical_points(), facts.critical_point)},
          {"public_place", facts.public_place},
          {"public_basis", facts.public_basis},
          {"homes_visible", facts.homes_visible},
          {"sign_text", facts.sign_text},
          {"sign_photo", facts.sign_photo},
          {"sign_seen", day_or_null(facts.sign_seen)},
          {"surveyed", day_or_null(facts.surveyed)},
          {"surveyed_by", facts.surveyed_by},
          {"survey_light", facts.survey_light},
          {"survey_note", facts.survey_note},
          {"opened", facts.opened.iso()},
          {"closed", day_or_null(site.closed)}};
}

base::Result<Site> site_there(store::Reader& session, const base::Uuid& id) {
  VG_ASSIGN(std::optional<Site> site, catalogue::site_of(session, SiteId{id}));
  if (!site) return base::not_found("no such site");
  return *site;
}

}  // namespace

HttpReply answer_sites(const PoolServices& services, const Call& call) {
  const auto area = call.query.id("area");
  const auto limit = call.query.number("limit", 1, 200);
  if (!area || !limit) return problem_reply(400, {"Tham số không đúng.", "area is an id, limit from 1 to 200"});
  return read_register(services, "sites", [&](store::Reader& session) -> base::Result<json::object> {
    const auto within = *area ? std::optional(AreaId{**area}) : std::nullopt;
    VG_ASSIGN(const catalogue::SitePage page,
              catalogue::list_sites(session, scope_of(call), within, call.query.text("after").value_or(""),
                                    static_cast<std::size_t>(limit->value_or(50)), today_of(services)));
    json::array sites;
    for (const Site& site : page.rows) sites.push_back(site_json(site));
    return json::object{{"sites", std::move(sites)},
                        {"next_after", page.next.empty() ? json::value() : json::value(page.next)}};
  });
}

HttpReply answer_site(const PoolServices& services, const Call& call) {
  return read_record(services, call, RecordTable::kSite, [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const Site site, site_there(session, call.id));
    json::object out = site_json(site);
    VG_TRY(add_place(session, out, site.area, today_of(services)));
    return out;
  });
}

HttpReply answer_site_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    SiteForm site;
    read_site_facts(form, site);
    if (const auto area = form.maybe_id("area")) site.area = AreaId{*area};
    site.outside_residential = form.flag("outside_residential");
    site.opened = form.maybe_day("opened").value_or(today_of(services));
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(services, call, 201,
                           [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                             if (site.area) {
                               VG_TRY(check_reach(session, call, *site.area, "area", session.now(), problems));
                             }
                             VG_ASSIGN(const SiteId id, catalogue::add_site(session, site, problems));
                             VG_ASSIGN(const Site made, site_there(session, id));
                             return json::object{{"id", id.to_string()}, {"code", made.code}};
                           });
  });
}

HttpReply answer_site_amend(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const Form typed = form;
    SiteForm tried;
    read_site_facts(form, tried);
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kSite,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          VG_ASSIGN(Site site, site_there(session, call.id));
                          Form again = typed;
                          read_site_facts(again, site.facts);
                          VG_TRY(catalogue::amend_site(session, site.id, site.facts, problems));
                          return json::object{{"id", site.id.to_string()}};
                        });
  });
}

HttpReply answer_site_move(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const AreaId area{form.id("area")};
    const bool outside = form.flag("outside_residential");
    const catalogue::Day day = form.day("day");
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kSite,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          VG_TRY(check_reach(session, call, area, "area", session.now(), problems));
                          VG_TRY(catalogue::move_site(session, SiteId{call.id}, area, outside, day, problems));
                          return json::object{{"id", call.id.to_string()}};
                        });
  });
}

HttpReply answer_site_close(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const catalogue::Day day = form.day("day");
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kSite,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          VG_TRY(catalogue::close_site(session, SiteId{call.id}, day, problems));
                          return json::object{{"id", call.id.to_string()}};
                        });
  });
}

HttpReply answer_code_lists(const PoolServices&, const Call&) {
  json::array lists;
  const auto add = [&lists](std::string_view name, std::string_view vi, std::string_view en, const auto& values) {
    json::array words;
    for (const auto& one : values) words.push_back(json::object{{"code", one.code}, {"vi", one.vi}, {"en", one.en}});
    lists.push_back(json::object{{"name", name}, {"vi", vi}, {"en", en}, {"values", std::move(words)}});
  };
  for (const catalogue::CodeList& list : catalogue::code_lists()) add(list.name, list.vi, list.en, list.values);
  add("camera_life", "Vòng đời camera", "Life of a camera", catalogue::camera_life().states());
  add("ticket_life", "Trạng thái phiếu sửa chữa", "State of a repair ticket", catalogue::ticket_life().states());
  return json_reply(json::object{{"lists", std::move(lists)}});
}

}  // namespace vonggac::api
