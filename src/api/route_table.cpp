#include "api/route_table.h"

#include "api/handlers.h"
#include "api/routes.h"

namespace vonggac::api {
namespace {

using access::Action;
using gate::Demand;
using gate::ObjectKind;

/// Anybody who is logged in.
constexpr Demand person(std::string_view name) {
  Demand demand;
  demand.name = name;
  demand.any_person = true;
  demand.persons_only = true;
  return demand;
}

/// The same for who must first put something right, or whose screen is locked.
constexpr Demand person_at_the_door(std::string_view name) {
  Demand demand = person(name);
  demand.before_obstacles = true;
  demand.while_locked = true;
  return demand;
}

constexpr Demand may(std::string_view name, Action action, ObjectKind object = ObjectKind::kNone) {
  Demand demand;
  demand.name = name;
  demand.action = action;
  demand.object = object;
  return demand;
}

/// What the duty wall shows goes on while its screen is locked.
constexpr Demand on_the_wall(Demand demand) {
  demand.while_locked = true;
  return demand;
}

constexpr Demand by_persons(Demand demand) {
  demand.persons_only = true;
  return demand;
}

/// What somebody has sent in is theirs, and of those who reach the whole node.
constexpr Demand and_its_owner(Demand demand) {
  demand.owner_too = true;
  return demand;
}

constexpr Demand of_the_node(Demand demand) {
  demand.everywhere_only = true;
  return demand;
}

constexpr Demand of_footage(Demand demand) {
  demand.purpose = true;
  demand.footage = true;
  return demand;
}

/// What is somebody's own, whatever grants others have.
constexpr Demand by_its_owner(Demand demand) {
  demand.owner_only = true;
  return demand;
}

constexpr std::string_view kFootageQuery = "camera,from,to,limit";

constexpr RouteRow kRoutes[] = {
    // The page and its parts, and what says whether the service lives.
    {"GET", "/", Door::kOpen, {}, "*", nullptr, &Routes::answer_page},
    {"GET", "/assets/{asset}", Door::kOpen, {}, "*", nullptr, &Routes::answer_asset},
    {"GET", "/healthz", Door::kOpen, {}, "", nullptr, &Routes::answer_health},
    {"GET", "/readyz", Door::kOpen, {}, "", nullptr, &Routes::answer_ready},
    {"GET", "/api/v1/openapi.json", Door::kOpen, {}, "", nullptr, &Routes::answer_openapi},
    {"GET", "/metrics", Door::kAdmitted, of_the_node(may("metrics", Action::kSystemConfigure)), "", nullptr,
     &Routes::answer_metrics},

    // Coming in.
    {"GET", "/api/v1/setup", Door::kOpenLogin, {}, "", answer_setup_state, nullptr},
    {"POST", "/api/v1/setup", Door::kOpenLogin, {}, "", answer_setup, nullptr},
    {"POST", "/api/v1/login", Door::kOpenLogin, {}, "", answer_login, nullptr},
    {"POST", "/api/v1/logout", Door::kAdmitted, person_at_the_door("logout"), "", answer_logout, nullptr},
    {"GET", "/api/v1/me", Door::kAdmitted, person_at_the_door("me"), "", answer_me, nullptr},
    {"POST", "/api/v1/me/lock", Door::kAdmitted, person_at_the_door("lock"), "", answer_lock, nullptr},
    {"POST", "/api/v1/me/unlock", Door::kAdmittedLogin, person_at_the_door("unlock"), "", answer_unlock, nullptr},
    {"POST", "/api/v1/me/password", Door::kAdmittedLogin, person_at_the_door("password"), "", answer_password, nullptr},
    {"POST", "/api/v1/me/second-factor", Door::kAdmittedLogin, person_at_the_door("second_factor"), "",
     answer_second_factor, nullptr},
    {"POST", "/api/v1/me/second-factor/confirm", Door::kAdmitted, person_at_the_door("second_factor"), "",
     answer_second_factor_confirm, nullptr},
    {"POST", "/api/v1/me/end-other-sessions", Door::kAdmitted, person("end_other_sessions"), "", answer_end_others,
     nullptr},
    {"GET", "/api/v1/me/tokens", Door::kAdmitted, person("tokens"), "", answer_tokens, nullptr},
    {"POST", "/api/v1/me/tokens", Door::kAdmitted, person("token.make"), "", answer_token_make, nullptr},
    {"DELETE", "/api/v1/me/tokens/{token}", Door::kAdmitted, person("token.revoke"), "", answer_token_revoke, nullptr},
    {"POST", "/api/v1/purposes", Door::kAdmitted, by_persons(may("purpose", Action::kPlayback)), "", answer_purpose,
     nullptr},

    // What the cameras do and have done.
    {"GET", "/api/v1/status", Door::kAdmitted, on_the_wall(may("status", Action::kStatusRead)), "", nullptr,
     &Routes::answer_status},
    {"GET", "/api/v1/cameras", Door::kAdmitted, on_the_wall(may("cameras", Action::kStatusRead)), "", nullptr,
     &Routes::answer_cameras},
    {"GET", "/api/v1/clips", Door::kAdmitted, may("clips", Action::kPlayback), "camera,from,to,limit,motion",
     answer_clips, nullptr},
    {"GET", "/api/v1/events", Door::kAdmitted, on_the_wall(may("events", Action::kLiveView)),
     "camera,from,to,limit,alarm", answer_events, nullptr},
    {"GET", "/api/v1/gaps", Door::kAdmitted, on_the_wall(may("gaps", Action::kStatusRead)), kFootageQuery, answer_gaps,
     nullptr},
    {"GET", "/api/v1/tampers", Door::kAdmitted, on_the_wall(may("tampers", Action::kStatusRead)), kFootageQuery,
     answer_tampers, nullptr},
    {"GET", "/api/v1/search", Door::kAdmitted, may("search", Action::kPlayback),
     "camera,region,from,to,min_cells,min_seconds,limit", answer_search, nullptr},
    {"GET", "/api/v1/events/{event}/thumbnail.jpg", Door::kAdmitted,
     on_the_wall(may("thumbnail", Action::kLiveView, ObjectKind::kCamera)), "", answer_thumbnail, nullptr},
    {"GET", "/api/v1/cameras/{camera}/snapshot.jpg", Door::kAdmitted,
     on_the_wall(may("snapshot", Action::kLiveView, ObjectKind::kCamera)), "", nullptr, &Routes::answer_snapshot},
    {"GET", "/api/v1/cameras/{camera}/clip.mp4", Door::kAdmitted,
     of_footage(may("playback", Action::kPlayback, ObjectKind::kCamera)), "from,to,download,purpose", answer_clip_file,
     nullptr},
    {"GET", "/api/v1/cameras/{camera}/tune", Door::kAdmitted, may("tune", Action::kCameraConnect, ObjectKind::kCamera),
     "sensitivity,minutes", nullptr, &Routes::answer_tune},
    {"GET", "/api/v1/cameras/{camera}/audit", Door::kAdmitted, may("audit", Action::kAuditRead, ObjectKind::kCamera),
     "before,limit", answer_object_audit, nullptr},
    {"GET", "/api/v1/live", Door::kAdmitted, on_the_wall(may("live", Action::kLiveView)), "", nullptr,
     &Routes::answer_live_without_upgrade},

    // Accounts and grants.
    {"GET", "/api/v1/roles", Door::kAdmitted, person("roles"), "", answer_roles, nullptr},
    {"GET", "/api/v1/users", Door::kAdmitted, may("users", Action::kUserManage), "after,limit", answer_users, nullptr},
    {"POST", "/api/v1/users", Door::kAdmittedLogin, by_persons(may("user.add", Action::kUserManage)), "",
     answer_user_add, nullptr},
    {"GET", "/api/v1/users/{user}", Door::kAdmitted, may("user", Action::kUserManage, ObjectKind::kUser), "",
     answer_user, nullptr},
    {"PATCH", "/api/v1/users/{user}", Door::kAdmitted,
     by_persons(may("user.change", Action::kUserManage, ObjectKind::kUser)), "", answer_user_change, nullptr},
    {"POST", "/api/v1/users/{user}/reset-password", Door::kAdmittedLogin,
     by_persons(may("user.reset_password", Action::kUserManage, ObjectKind::kUser)), "", answer_user_reset, nullptr},
    {"POST", "/api/v1/users/{user}/grants", Door::kAdmitted,
     by_persons(may("grant.give", Action::kUserManage, ObjectKind::kUser)), "", answer_grant_give, nullptr},
    {"DELETE", "/api/v1/grants/{grant}", Door::kAdmitted,
     by_persons(may("grant.revoke", Action::kUserManage, ObjectKind::kGrant)), "", answer_grant_revoke, nullptr},
    {"GET", "/api/v1/audit", Door::kAdmitted, of_the_node(may("audit", Action::kAuditRead)), "before,limit",
     answer_audit, nullptr},

    // Sites, cameras, recorders, repair tickets.
    {"GET", "/api/v1/code-lists", Door::kAdmitted, person("code_lists"), "", answer_code_lists, nullptr},
    {"GET", "/api/v1/sites", Door::kAdmitted, may("sites", Action::kRegisterRead), "area,after,limit", answer_sites,
     nullptr},
    {"POST", "/api/v1/sites", Door::kAdmitted, by_persons(may("site.add", Action::kRegisterWrite)), "", answer_site_add,
     nullptr},
    {"GET", "/api/v1/sites/{site}", Door::kAdmitted, may("site", Action::kRegisterRead, ObjectKind::kSite), "",
     answer_site, nullptr},
    {"PATCH", "/api/v1/sites/{site}", Door::kAdmitted,
     by_persons(may("site.amend", Action::kRegisterWrite, ObjectKind::kSite)), "", answer_site_amend, nullptr},
    {"POST", "/api/v1/sites/{site}/move", Door::kAdmitted,
     by_persons(may("site.move", Action::kRegisterWrite, ObjectKind::kSite)), "", answer_site_move, nullptr},
    {"POST", "/api/v1/sites/{site}/close", Door::kAdmitted,
     by_persons(may("site.close", Action::kRegisterWrite, ObjectKind::kSite)), "", answer_site_close, nullptr},
    {"GET", "/api/v1/register/cameras", Door::kAdmitted, may("register.cameras", Action::kRegisterRead),
     "q,area,life,health,kind,brand,sort,after,limit", answer_register_cameras, nullptr},
    {"POST", "/api/v1/register/cameras", Door::kAdmitted,
     by_persons(may("register.camera.add", Action::kRegisterWrite)), "", answer_register_camera_add, nullptr},
    {"GET", "/api/v1/register/cameras/{registered}", Door::kAdmitted,
     may("register.camera", Action::kRegisterRead, ObjectKind::kRegisteredCamera), "", answer_register_camera, nullptr},
    {"PATCH", "/api/v1/register/cameras/{registered}", Door::kAdmitted,
     by_persons(may("register.camera.amend", Action::kRegisterWrite, ObjectKind::kRegisteredCamera)), "",
     answer_register_camera_amend, nullptr},
    {"POST", "/api/v1/register/cameras/{registered}/steps", Door::kAdmitted,
     by_persons(may("register.camera.step", Action::kRegisterWrite, ObjectKind::kRegisteredCamera)), "",
     answer_camera_step, nullptr},
    {"POST", "/api/v1/register/cameras/{registered}/swap", Door::kAdmitted,
     by_persons(may("register.camera.swap", Action::kRegisterWrite, ObjectKind::kRegisteredCamera)), "",
     answer_camera_swap, nullptr},
    {"POST", "/api/v1/register/cameras/{registered}/password-attested", Door::kAdmitted,
     by_persons(may("register.camera.password", Action::kRegisterWrite, ObjectKind::kRegisteredCamera)), "",
     answer_camera_password, nullptr},
    {"POST", "/api/v1/register/cameras/{registered}/acceptance", Door::kAdmitted,
     by_persons(may("register.camera.accept", Action::kRegisterWrite, ObjectKind::kRegisteredCamera)), "",
     answer_camera_acceptance, nullptr},
    {"POST", "/api/v1/register/cameras/{registered}/merge", Door::kAdmitted,
     by_persons(may("register.camera.merge", Action::kRegisterWrite, ObjectKind::kRegisteredCamera)), "",
     answer_camera_merge, nullptr},
    {"GET", "/api/v1/register/cameras/{registered}/reference", Door::kAdmitted,
     may("reference", Action::kLiveView, ObjectKind::kRegisteredCamera), "light", answer_reference, nullptr},
    {"POST", "/api/v1/register/cameras/{registered}/reference", Door::kAdmitted,
     by_persons(may("reference.put", Action::kRegisterWrite, ObjectKind::kRegisteredCamera)), "light",
     answer_reference_put, nullptr},
    {"GET", "/api/v1/register/cameras/{registered}/health", Door::kAdmitted,
     on_the_wall(may("camera.health", Action::kStatusRead, ObjectKind::kRegisteredCamera)), "from,to",
     answer_camera_health, nullptr},
    {"GET", "/api/v1/register/cameras/{registered}/uptime", Door::kAdmitted,
     on_the_wall(may("camera.uptime", Action::kStatusRead, ObjectKind::kRegisteredCamera)), "month",
     answer_camera_uptime, nullptr},
    {"POST", "/api/v1/register/cameras/{registered}/connection", Door::kAdmitted,
     by_persons(may("camera.connect", Action::kCameraConnect, ObjectKind::kRegisteredCamera)), "", nullptr,
     &Routes::answer_connection},
    {"POST", "/api/v1/register/duplicates", Door::kAdmitted, may("duplicates", Action::kRegisterRead), "",
     answer_duplicates, nullptr},
    {"GET", "/api/v1/register/map", Door::kAdmitted, on_the_wall(may("register.map", Action::kStatusRead)), "bbox",
     answer_register_map, nullptr},
    {"GET", "/api/v1/recorders", Door::kAdmitted, may("recorders", Action::kRegisterRead), "after,limit",
     answer_recorders, nullptr},
    {"POST", "/api/v1/recorders", Door::kAdmitted, by_persons(may("recorder.add", Action::kRegisterWrite)), "",
     answer_recorder_add, nullptr},
    {"GET", "/api/v1/recorders/{recorder}", Door::kAdmitted,
     may("recorder", Action::kRegisterRead, ObjectKind::kRecorder), "", answer_recorder, nullptr},
    {"PATCH", "/api/v1/recorders/{recorder}", Door::kAdmitted,
     by_persons(may("recorder.amend", Action::kRegisterWrite, ObjectKind::kRecorder)), "", answer_recorder_amend,
     nullptr},
    {"GET", "/api/v1/eyes", Door::kAdmitted, on_the_wall(may("eyes", Action::kStatusRead)), "area,day", answer_eyes,
     nullptr},
    {"GET", "/api/v1/tickets", Door::kAdmitted, may("tickets", Action::kTicketRead), "area,state,open,after,limit",
     answer_tickets, nullptr},
    {"POST", "/api/v1/tickets", Door::kAdmitted, by_persons(may("ticket.open", Action::kTicketWrite)), "",
     answer_ticket_open, nullptr},
    {"GET", "/api/v1/tickets/{ticket}", Door::kAdmitted, may("ticket", Action::kTicketRead, ObjectKind::kTicket), "",
     answer_ticket, nullptr},
    {"PATCH", "/api/v1/tickets/{ticket}", Door::kAdmitted,
     by_persons(may("ticket.cost", Action::kTicketWrite, ObjectKind::kTicket)), "", answer_ticket_cost, nullptr},
    {"POST", "/api/v1/tickets/{ticket}/steps", Door::kAdmitted,
     by_persons(may("ticket.step", Action::kTicketWrite, ObjectKind::kTicket)), "", answer_ticket_step, nullptr},
    {"POST", "/api/v1/tickets/{ticket}/notes", Door::kAdmitted,
     by_persons(may("ticket.note", Action::kTicketWrite, ObjectKind::kTicket)), "", answer_ticket_note, nullptr},

    // Areas in time.
    {"GET", "/api/v1/areas", Door::kAdmitted, may("areas", Action::kStatusRead), "q,parent,day,limit", answer_areas,
     nullptr},
    {"POST", "/api/v1/areas", Door::kAdmitted, by_persons(may("area.add", Action::kRegisterWrite)), "", answer_area_add,
     nullptr},
    {"GET", "/api/v1/areas/{area}", Door::kAdmitted, may("area", Action::kStatusRead, ObjectKind::kArea), "day",
     answer_area, nullptr},
    {"PATCH", "/api/v1/areas/{area}", Door::kAdmitted,
     by_persons(may("area.amend", Action::kRegisterWrite, ObjectKind::kArea)), "", answer_area_amend, nullptr},
    {"POST", "/api/v1/areas/{area}/end", Door::kAdmitted,
     by_persons(may("area.end", Action::kRegisterWrite, ObjectKind::kArea)), "", answer_area_end, nullptr},
    {"POST", "/api/v1/area-changes", Door::kAdmitted, by_persons(may("area.change", Action::kRegisterWrite)), "",
     answer_area_change, nullptr},
    {"GET", "/api/v1/reassignments", Door::kAdmitted, may("reassignments", Action::kRegisterRead), "",
     answer_reassignments, nullptr},
    {"POST", "/api/v1/reassignments/{reassignment}", Door::kAdmitted,
     by_persons(may("reassignment.settle", Action::kRegisterWrite, ObjectKind::kReassignment)), "",
     answer_reassignment_settle, nullptr},

    // People and bodies.
    {"GET", "/api/v1/party-codes", Door::kAdmitted, person("party_codes"), "", answer_party_codes, nullptr},
    {"GET", "/api/v1/parties", Door::kAdmitted, may("parties", Action::kRegisterRead), "kind,q,after,limit",
     answer_parties, nullptr},
    {"POST", "/api/v1/parties", Door::kAdmitted, by_persons(may("party.add", Action::kRegisterWrite)), "",
     answer_party_add, nullptr},
    {"GET", "/api/v1/parties/{party}", Door::kAdmitted, may("party", Action::kRegisterRead, ObjectKind::kParty), "",
     answer_party, nullptr},
    {"PATCH", "/api/v1/parties/{party}", Door::kAdmitted,
     by_persons(may("party.amend", Action::kRegisterWrite, ObjectKind::kParty)), "", answer_party_amend, nullptr},
    {"POST", "/api/v1/parties/{party}/account", Door::kAdmitted,
     by_persons(may("party.account", Action::kUserManage, ObjectKind::kParty)), "", answer_party_account, nullptr},

    // Agreements with owners of cameras.
    {"GET", "/api/v1/agreements", Door::kAdmitted, may("agreements", Action::kRegisterRead), "camera,ending",
     answer_agreements, nullptr},
    {"GET", "/api/v1/cameras-without-agreement", Door::kAdmitted, may("agreements.missing", Action::kRegisterRead),
     "after,limit", answer_cameras_without_agreement, nullptr},
    {"POST", "/api/v1/agreements", Door::kAdmitted, by_persons(may("agreement.add", Action::kRegisterWrite)), "",
     answer_agreement_add, nullptr},
    {"GET", "/api/v1/agreements/{agreement}", Door::kAdmitted,
     may("agreement", Action::kRegisterRead, ObjectKind::kAgreement), "", answer_agreement, nullptr},
    {"POST", "/api/v1/agreements/{agreement}/withdraw", Door::kAdmitted,
     by_persons(may("agreement.withdraw", Action::kRegisterWrite, ObjectKind::kAgreement)), "",
     answer_agreement_withdraw, nullptr},
    {"GET", "/api/v1/me/cameras", Door::kAdmitted, by_persons(may("me.cameras", Action::kAgreementWithdraw)), "",
     answer_own_cameras, nullptr},
    {"POST", "/api/v1/me/agreements/{agreement}/withdraw", Door::kAdmitted,
     by_its_owner(by_persons(may("agreement.withdraw", Action::kAgreementWithdraw, ObjectKind::kAgreement))), "",
     answer_own_withdraw, nullptr},

    // Documents.
    {"GET", "/api/v1/document-codes", Door::kAdmitted, person("document_codes"), "", answer_document_codes, nullptr},
    {"GET", "/api/v1/documents", Door::kAdmitted, may("documents", Action::kRegisterRead), "q,after,limit",
     answer_documents, nullptr},
    {"POST", "/api/v1/documents", Door::kAdmitted, by_persons(may("document.add", Action::kRegisterWrite)), "",
     answer_document_add, nullptr},
    {"GET", "/api/v1/documents/{document}", Door::kAdmitted,
     may("document", Action::kRegisterRead, ObjectKind::kDocument), "", answer_document, nullptr},
    {"PATCH", "/api/v1/documents/{document}", Door::kAdmitted,
     by_persons(may("document.amend", Action::kRegisterWrite, ObjectKind::kDocument)), "", answer_document_amend,
     nullptr},
    {"POST", "/api/v1/documents/{document}/links", Door::kAdmitted,
     by_persons(may("document.link", Action::kRegisterWrite, ObjectKind::kDocument)), "", answer_document_link,
     nullptr},
    {"POST", "/api/v1/documents/{document}/recipients", Door::kAdmitted,
     by_persons(may("document.recipient", Action::kRegisterWrite, ObjectKind::kDocument)), "",
     answer_document_recipient, nullptr},

    // Models (mô hình).
    {"GET", "/api/v1/model-types", Door::kAdmitted, person("model_types"), "", answer_model_types, nullptr},
    {"GET", "/api/v1/models", Door::kAdmitted, may("models", Action::kRegisterRead),
     "q,type,state,category,after,limit", answer_models, nullptr},
    {"POST", "/api/v1/models", Door::kAdmitted, by_persons(may("model.add", Action::kRegisterWrite)), "",
     answer_model_add, nullptr},
    {"GET", "/api/v1/models/{model}", Door::kAdmitted, may("model", Action::kRegisterRead, ObjectKind::kModel), "",
     answer_model, nullptr},
    {"PATCH", "/api/v1/models/{model}", Door::kAdmitted,
     by_persons(may("model.amend", Action::kRegisterWrite, ObjectKind::kModel)), "", answer_model_amend, nullptr},
    {"POST", "/api/v1/models/{model}/steps", Door::kAdmitted,
     by_persons(may("model.step", Action::kRegisterWrite, ObjectKind::kModel)), "", answer_model_step, nullptr},
    {"GET", "/api/v1/models/{model}/points", Door::kAdmitted,
     may("model.points", Action::kRegisterRead, ObjectKind::kModel), "", answer_model_points, nullptr},
    {"POST", "/api/v1/models/{model}/points", Door::kAdmitted,
     by_persons(may("model.point.add", Action::kRegisterWrite, ObjectKind::kModel)), "", answer_model_point_add,
     nullptr},
    {"GET", "/api/v1/models/{model}/events", Door::kAdmitted,
     may("model.events", Action::kRegisterRead, ObjectKind::kModel), "", answer_model_events, nullptr},
    {"POST", "/api/v1/models/{model}/events", Door::kAdmitted,
     by_persons(may("model.event.add", Action::kRegisterWrite, ObjectKind::kModel)), "", answer_model_event_add,
     nullptr},
    {"GET", "/api/v1/models/{model}/funding", Door::kAdmitted,
     may("model.funding", Action::kRegisterRead, ObjectKind::kModel), "", answer_model_funding, nullptr},
    {"POST", "/api/v1/models/{model}/funding", Door::kAdmitted,
     by_persons(may("model.funding.add", Action::kRegisterWrite, ObjectKind::kModel)), "", answer_model_funding_add,
     nullptr},
    {"GET", "/api/v1/model-figures", Door::kAdmitted, may("model_figures", Action::kRegisterRead), "area,day,category",
     answer_model_figures, nullptr},

    // Looking at cameras before they are connected. A probe is known to core by its person, and to nobody else.
    {"GET", "/api/v1/camera-brands", Door::kAdmitted, may("camera.brands", Action::kCameraConnect), "", nullptr,
     &Routes::answer_camera_brands},
    {"POST", "/api/v1/probes", Door::kAdmitted, by_persons(may("probe", Action::kCameraConnect)), "", nullptr,
     &Routes::answer_probe_start},
    {"GET", "/api/v1/probes/{probe}", Door::kAdmitted, by_persons(may("probe.view", Action::kCameraConnect)), "",
     nullptr, &Routes::answer_probe},
    {"GET", "/api/v1/probes/{probe}/still.jpg", Door::kAdmitted, by_persons(may("probe.still", Action::kCameraConnect)),
     "stream", nullptr, &Routes::answer_probe_still},
    {"DELETE", "/api/v1/probes/{probe}", Door::kAdmitted, by_persons(may("probe.end", Action::kCameraConnect)), "",
     nullptr, &Routes::answer_probe_end},
    {"POST", "/api/v1/discoveries", Door::kAdmitted, by_persons(may("discovery", Action::kCameraConnect)), "", nullptr,
     &Routes::answer_discovery_start},
    {"GET", "/api/v1/discoveries/{discovery}", Door::kAdmitted,
     by_persons(may("discovery.view", Action::kCameraConnect)), "", nullptr, &Routes::answer_discovery},
    {"POST", "/api/v1/recorders/{recorder}/channels/connect", Door::kAdmitted,
     by_persons(may("recorder.connect", Action::kCameraConnect, ObjectKind::kRecorder)), "", nullptr,
     &Routes::answer_channels_connect},

    // Somebody sits at the page: what a wall asks by itself keeps no screen unlocked.
    {"POST", "/api/v1/me/seen", Door::kAdmitted, person("seen"), "", answer_seen, nullptr},

    // Forces, committees, what works in a model, figures that were declared.
    {"GET", "/api/v1/force-teams", Door::kAdmitted, may("force_teams", Action::kRegisterRead), "day,after,limit",
     answer_force_teams, nullptr},
    {"POST", "/api/v1/force-teams", Door::kAdmitted, by_persons(may("force_team.add", Action::kRegisterWrite)), "",
     answer_force_team_add, nullptr},
    {"GET", "/api/v1/force-teams/{force_team}", Door::kAdmitted,
     may("force_team", Action::kRegisterRead, ObjectKind::kForceTeam), "", answer_force_team, nullptr},
    {"POST", "/api/v1/force-teams/{force_team}/headcounts", Door::kAdmitted,
     by_persons(may("force_team.count", Action::kRegisterWrite, ObjectKind::kForceTeam)), "", answer_force_headcount,
     nullptr},
    {"POST", "/api/v1/force-teams/{force_team}/members", Door::kAdmitted,
     by_persons(may("force_team.member.add", Action::kRegisterWrite, ObjectKind::kForceTeam)), "",
     answer_force_member_add, nullptr},
    {"POST", "/api/v1/force-teams/{force_team}/member-ends", Door::kAdmitted,
     by_persons(may("force_team.member.end", Action::kRegisterWrite, ObjectKind::kForceTeam)), "",
     answer_force_member_end, nullptr},
    {"POST", "/api/v1/force-teams/{force_team}/end", Door::kAdmitted,
     by_persons(may("force_team.end", Action::kRegisterWrite, ObjectKind::kForceTeam)), "", answer_force_team_end,
     nullptr},
    {"GET", "/api/v1/force-counts", Door::kAdmitted, may("force_counts", Action::kRegisterRead), "area,day",
     answer_force_counts, nullptr},
    {"POST", "/api/v1/committees", Door::kAdmitted, by_persons(may("committee.add", Action::kRegisterWrite)), "",
     answer_committee_add, nullptr},
    {"GET", "/api/v1/committees/{party}", Door::kAdmitted, may("committee", Action::kRegisterRead, ObjectKind::kParty),
     "", answer_committee, nullptr},
    {"POST", "/api/v1/committees/{party}/members", Door::kAdmitted,
     by_persons(may("committee.member.add", Action::kRegisterWrite, ObjectKind::kParty)), "",
     answer_committee_member_add, nullptr},
    {"GET", "/api/v1/committee-counts", Door::kAdmitted, may("committee_counts", Action::kRegisterRead), "area,day",
     answer_committee_counts, nullptr},
    {"GET", "/api/v1/models/{model}/teams", Door::kAdmitted,
     may("model.teams", Action::kRegisterRead, ObjectKind::kModel), "", answer_model_teams, nullptr},
    {"POST", "/api/v1/models/{model}/teams", Door::kAdmitted,
     by_persons(may("model.team.add", Action::kRegisterWrite, ObjectKind::kModel)), "", answer_model_team_add, nullptr},
    {"GET", "/api/v1/models/{model}/cameras", Door::kAdmitted,
     may("model.cameras", Action::kRegisterRead, ObjectKind::kModel), "", answer_model_cameras, nullptr},
    {"POST", "/api/v1/models/{model}/cameras", Door::kAdmitted,
     by_persons(may("model.camera.change", Action::kRegisterWrite, ObjectKind::kModel)), "", answer_model_camera_change,
     nullptr},
    {"GET", "/api/v1/models/{model}/evaluations", Door::kAdmitted,
     may("model.evaluations", Action::kRegisterRead, ObjectKind::kModel), "", answer_model_evaluations, nullptr},
    {"POST", "/api/v1/models/{model}/evaluations", Door::kAdmitted,
     by_persons(may("model.evaluation.add", Action::kRegisterWrite, ObjectKind::kModel)), "",
     answer_model_evaluation_add, nullptr},
    {"GET", "/api/v1/declared-figures", Door::kAdmitted, may("declared_figures", Action::kRegisterRead), "from,to",
     answer_declared_figures, nullptr},
    {"POST", "/api/v1/declared-figures", Door::kAdmitted,
     by_persons(may("declared_figure.add", Action::kRegisterWrite)), "", answer_declared_figure_add, nullptr},
    {"POST", "/api/v1/documents/{document}/reports", Door::kAdmitted,
     by_persons(may("document.report", Action::kRegisterWrite, ObjectKind::kDocument)), "", answer_document_report,
     nullptr},
    {"GET", "/api/v1/overdue-reports", Door::kAdmitted, may("overdue_reports", Action::kRegisterRead), "",
     answer_overdue_reports, nullptr},

    // Inventories of cameras as files. A person's own, and for those who read the whole register everybody's.
    {"GET", "/api/v1/imports", Door::kAdmitted, may("imports", Action::kRegisterRead), "after,limit", answer_imports,
     nullptr},
    {"POST", "/api/v1/imports", Door::kAdmittedLong, by_persons(may("import.start", Action::kRegisterWrite)),
     "file_name,sheet,encoding,day,area", answer_import_add, nullptr, kMostUploadBytes},
    {"GET", "/api/v1/imports/{import}", Door::kAdmitted,
     and_its_owner(may("import", Action::kRegisterRead, ObjectKind::kImport)), "", nullptr, &Routes::answer_import},
    {"GET", "/api/v1/imports/{import}/rows", Door::kAdmitted,
     and_its_owner(may("import.rows", Action::kRegisterRead, ObjectKind::kImport)), "outcome,after,limit",
     answer_import_rows, nullptr},
    {"POST", "/api/v1/imports/{import}/rows/{row}/choice", Door::kAdmitted,
     by_persons(and_its_owner(may("import.choose", Action::kRegisterWrite, ObjectKind::kImport))), "",
     answer_import_choice, nullptr},
    {"POST", "/api/v1/imports/{import}/skip", Door::kAdmitted,
     by_persons(and_its_owner(may("import.skip", Action::kRegisterWrite, ObjectKind::kImport))), "", answer_import_skip,
     nullptr},
    {"POST", "/api/v1/imports/{import}/apply", Door::kAdmittedLong,
     by_persons(and_its_owner(may("import.apply", Action::kRegisterWrite, ObjectKind::kImport))), "",
     answer_import_apply, nullptr},
    {"POST", "/api/v1/imports/{import}/undo", Door::kAdmittedLong,
     by_persons(and_its_owner(may("import.undo", Action::kRegisterWrite, ObjectKind::kImport))), "", answer_import_undo,
     nullptr},
    {"GET", "/api/v1/imports/{import}/report.csv", Door::kAdmittedLong,
     and_its_owner(may("import.report", Action::kRegisterRead, ObjectKind::kImport)), "", answer_import_report,
     nullptr},
    {"POST", "/api/v1/imports/{import}/probe", Door::kAdmitted,
     by_persons(and_its_owner(may("import.probe", Action::kCameraConnect, ObjectKind::kImport))), "", nullptr,
     &Routes::answer_import_probe},
    {"DELETE", "/api/v1/imports/{import}/probe", Door::kAdmitted,
     by_persons(and_its_owner(may("import.probe.end", Action::kCameraConnect, ObjectKind::kImport))), "", nullptr,
     &Routes::answer_import_probe_end},
    {"GET", "/api/v1/imports/{import}/stills", Door::kAdmitted,
     by_persons(and_its_owner(may("import.stills", Action::kCameraConnect, ObjectKind::kImport))), "after,limit",
     nullptr, &Routes::answer_import_stills},
    {"GET", "/api/v1/imports/{import}/rows/{row}/still.jpg", Door::kAdmitted,
     by_persons(and_its_owner(may("import.still", Action::kCameraConnect, ObjectKind::kImport))), "", nullptr,
     &Routes::answer_import_still},
    {"GET", "/api/v1/import-template.xlsx", Door::kAdmitted, person("import_template"), "", answer_import_template_xlsx,
     nullptr},
    {"GET", "/api/v1/import-template.csv", Door::kAdmitted, person("import_template"), "", answer_import_template_csv,
     nullptr},
};

/// Every row has exactly one handler, and a demand with a name unless its door is open.
[[maybe_unused]] constexpr bool rows_are_whole() {
  for (const RouteRow& row : kRoutes) {
    if ((row.on_pool == nullptr) == (row.on_loop == nullptr)) return false;
    const bool open = row.door == Door::kOpen || row.door == Door::kOpenLogin;
    if (open != row.demand.name.empty()) return false;
    const bool has_pool = row.door != Door::kOpen && row.door != Door::kAdmitted;
    if (has_pool && row.on_pool == nullptr) return false;
    if (row.demand.object != ObjectKind::kNone && row.path.find('{') == std::string_view::npos) return false;
    if (row.method != "GET" && row.method != "POST" && row.method != "PATCH" && row.method != "DELETE") return false;
  }
  return true;
}
#if !defined(__SANITIZE_ADDRESS__)  // with UBSan g++ 12 takes no comparison of pointers for a constant
static_assert(rows_are_whole());
#endif

}  // namespace

std::span<const RouteRow> route_table() { return kRoutes; }

PathVariable variable_of(const RouteRow& row) {
  if (row.path.find('{') == std::string_view::npos) return PathVariable::kNone;
  if (row.path.find("{asset}") != std::string_view::npos) return PathVariable::kName;
  if (row.path.find("{event}") != std::string_view::npos) return PathVariable::kEvent;
  return PathVariable::kId;
}

}  // namespace vonggac::api
