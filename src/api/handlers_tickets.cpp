/// Repair tickets, recorders that others own, and how many eyes work today.
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/recorders.h"
#include "catalogue/tickets.h"
#include "catalogue/uptime.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::Problems;
using catalogue::Ticket;
using catalogue::TicketId;

std::optional<gate::ObjectKind> subject_kind_of(std::string_view name) {
  if (name == "camera") return gate::ObjectKind::kRegisteredCamera;
  if (name == "recorder") return gate::ObjectKind::kRecorder;
  if (name == "site") return gate::ObjectKind::kSite;
  return std::nullopt;
}

json::object ticket_json(const Ticket& ticket, base::WallTime now) {
  const catalogue::TicketClocks clocks = catalogue::ticket_clocks(ticket, {}, now);
  const auto hours = [](base::Micros span) { return static_cast<double>(span.count()) / 3.6e9; };
  return {{"id", ticket.id.to_string()},
          {"code", ticket.code},
          {"subject_kind", ticket.subject_kind},
          {"subject", ticket.subject.to_string()},
          {"site", json_or_null(ticket.site ? std::optional<base::Uuid>(*ticket.site) : std::nullopt)},
          {"state", coded(catalogue::ticket_life(), ticket.state)},
          {"fault", coded(catalogue::fault_kinds(), ticket.cost.fault)},
          {"opened_by", ticket.opened_by},
          {"by_machine", ticket.by_machine},
          {"broken_since", json_or_null(ticket.broken_since)},
          {"reported", base::to_iso8601(ticket.reported)},
          {"accepted", json_or_null(ticket.accepted)},
          {"fixed", json_or_null(ticket.fixed)},
          {"ended", json_or_null(ticket.ended)},
          {"recovered", json_or_null(ticket.recovered)},
          {"waiting_since", json_or_null(ticket.waiting_since)},
          {"custodian", json_or_null(ticket.cost.custodian)},
          {"vendor", json_or_null(ticket.cost.vendor)},
          {"cost_vnd", json_or_null(ticket.cost.cost_vnd)},
          {"payer", coded(catalogue::payers(), ticket.cost.payer)},
          {"parts", ticket.cost.parts},
          {"hours_to_accept", hours(clocks.to_accept)},
          {"hours_to_fix", hours(clocks.to_fix)},
          {"hours_awaiting_funds", hours(clocks.waited)},
          {"accept_overdue", clocks.accept_overdue},
          {"fix_overdue", clocks.fix_overdue}};
}

json::object recorder_json(const catalogue::Recorder& recorder) {
  const catalogue::RecorderForm& facts = recorder.facts;
  return {{"id", recorder.id.to_string()},      {"code", recorder.code},
          {"site", facts.site.to_string()},     {"brand", facts.brand},
          {"device_model", facts.device_model}, {"serial", facts.serial},
          {"channels", facts.channels},         {"disk_days", json_or_null(facts.disk_days)},
          {"location", facts.location}};
}

void read_recorder_facts(Form& form, catalogue::RecorderForm& recorder) {
  set_text(form, "brand", recorder.brand, 80);
  set_text(form, "device_model", recorder.device_model, 80);
  set_text(form, "serial", recorder.serial, 80);
  if (form.has("channels")) recorder.channels = form.maybe_integer("channels", 1, 1024).value_or(0);
  set_number(form, "disk_days", recorder.disk_days, 0, 3650);
  set_text(form, "location", recorder.location);
}

json::object eyes_json(const catalogue::Eyes& eyes) {
  return {{"registered", eyes.registered}, {"installed", eyes.installed},
          {"in_service", eyes.in_service}, {"working", eyes.working},
          {"recording", eyes.recording},   {"percent_working", real_or_null(eyes.percent_working())}};
}

json::object cover_json(const catalogue::Cover& cover) {
  return {{"covered", cover.covered}, {"all", cover.all}, {"percent", real_or_null(cover.percent())}};
}

/// The areas whose eyes are counted: the one asked for, or all that the person reaches. Nothing: not theirs.
base::Result<std::optional<std::vector<AreaId>>> areas_counted(store::Reader& session, const Call& call,
                                                               const std::optional<base::Uuid>& asked,
                                                               base::WallTime now) {
  std::vector<AreaId> areas;
  const catalogue::Day today = catalogue::Day::at(now);
  if (asked) {
    VG_ASSIGN(const auto object, gate::load_object(session, gate::ObjectKind::kArea, *asked, now));
    if (!object || !call.admission.caller.authority.may(call.row->demand.action, object->areas)) {
      return std::optional<std::vector<AreaId>>();
    }
    return std::optional(std::vector<AreaId>{AreaId{*asked}});
  }
  VG_ASSIGN(const catalogue::ScopeAreas scope, catalogue::resolve_scope(session, scope_of(call), today));
  for (const catalogue::ScopeArea& one : scope.areas) areas.push_back(one.area);
  if (scope.everywhere) {
    VG_ASSIGN(const auto top, catalogue::areas_at_top(session, today));
    for (const catalogue::AreaVersion& one : top) areas.push_back(one.area);
  }
  return std::optional(std::move(areas));
}

base::Result<json::object> eyes_of_area(store::Reader& session, const AreaId& area, catalogue::Day today) {
  VG_ASSIGN(const std::vector<catalogue::Eyes> rows, catalogue::eyes_in(session, area, today));
  json::array parts;
  for (const catalogue::Eyes& one : rows) {
    json::object part = eyes_json(one);
    part["commune"] = json_or_null(one.commune ? std::optional<base::Uuid>(*one.commune) : std::nullopt);
    part["residential"] = json_or_null(one.residential ? std::optional<base::Uuid>(*one.residential) : std::nullopt);
    parts.push_back(std::move(part));
  }
  json::object out{
      {"area", area.to_string()}, {"total", eyes_json(catalogue::sum_of(rows))}, {"parts", std::move(parts)}};
  VG_ASSIGN(const catalogue::Cover residential, catalogue::residential_cover(session, area, today));
  VG_ASSIGN(const catalogue::Cover critical, catalogue::critical_cover(session, area, today));
  out["residential_areas"] = cover_json(residential);
  out["critical_points"] = cover_json(critical);
  return out;
}

}  // namespace

HttpReply answer_eyes(const PoolServices& services, const Call& call) {
  const auto area = call.query.id("area");
  const catalogue::Day today = today_of(services);
  const auto day = catalogue::Day::parse(call.query.text("day").value_or(today.iso()));
  if (!area || !day || *day != today) {
    return problem_reply(400, {"Chỉ đếm được camera hoạt động của hôm nay; ngày trước xem tỉ lệ hoạt động.",
                               "eyes are counted for today; for earlier days see uptime"});
  }
  bool theirs = true;
  const HttpReply reply = read_register(services, "eyes", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto areas, areas_counted(session, call, *area, services.office.clock().wall_now()));
    theirs = areas.has_value();
    json::array list;
    for (const AreaId& one : areas.value_or(std::vector<AreaId>())) {
      VG_ASSIGN(json::object counted, eyes_of_area(session, one, today));
      list.push_back(std::move(counted));
    }
    return json::object{{"day", today.iso()}, {"areas", std::move(list)}};
  });
  return theirs ? reply : refusal_reply(gate::not_there());
}

HttpReply answer_tickets(const PoolServices& services, const Call& call) {
  const auto area = call.query.id("area");
  const auto limit = call.query.number("limit", 1, 200);
  const auto open = call.query.flag("open");
  if (!area || !limit || !open)
    return problem_reply(400, {"Tham số không đúng.", "area is an id, limit 1 to 200, open 0 or 1"});
  catalogue::TicketFilter filter;
  if (*area) filter.area = AreaId{**area};
  filter.state = call.query.text("state").value_or("");
  filter.open_only = *open;
  const base::WallTime now = services.office.clock().wall_now();
  return read_register(services, "tickets", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const catalogue::TicketPage page,
              catalogue::list_tickets(session, scope_of(call), filter, call.query.text("after").value_or(""),
                                      static_cast<std::size_t>(limit->value_or(50)), today_of(services)));
    json::array tickets;
    for (const Ticket& one : page.rows) tickets.push_back(ticket_json(one, now));
    return json::object{{"tickets", std::move(tickets)},
                        {"next_after", page.next.empty() ? json::value() : json::value(page.next)}};
  });
}

HttpReply answer_ticket(const PoolServices& services, const Call& call) {
  return read_register(services, "ticket", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const std::optional<Ticket> ticket, catalogue::ticket_of(session, TicketId{call.id}));
    if (!ticket) return base::not_found("no such ticket");
    json::object out = ticket_json(*ticket, services.office.clock().wall_now());
    json::array steps;
    VG_ASSIGN(const auto history, catalogue::ticket_history(session, ticket->id));
    for (const catalogue::TicketStep& step : history) {
      steps.push_back(json::object{{"from", coded(catalogue::ticket_life(), step.from)},
                                   {"to", coded(catalogue::ticket_life(), step.to)},
                                   {"who", step.who},
                                   {"note", step.note},
                                   {"at", base::to_iso8601(step.at)}});
    }
    out["steps"] = std::move(steps);
    return out;
  });
}

HttpReply answer_ticket_open(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::TicketForm ticket;
    ticket.subject_kind = form.text("subject_kind", 20);
    ticket.subject = form.id("subject");
    ticket.fault = form.text("fault", 40);
    ticket.note = form.maybe_text("note", 2000).value_or("");
    ticket.custodian = form.maybe_id("custodian");
    ticket.broken_since = form.maybe_time("broken_since");
    ticket.who = call.admission.caller.name;
    const auto kind = subject_kind_of(ticket.subject_kind);
    if (!kind && !ticket.subject_kind.empty()) {
      form.problems().refuse("", "subject_kind", "Phiếu sửa chữa dành cho camera, đầu ghi hoặc vị trí.",
                             "A ticket is about a camera, a recorder or a site.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201, [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, *kind, ticket.subject, "subject", problems));
          VG_TRY(check_reach(session, call, gate::ObjectKind::kParty, ticket.custodian, "custodian", problems));
          VG_ASSIGN(const TicketId id, catalogue::open_ticket(session, ticket, problems));
          VG_ASSIGN(const auto made, catalogue::ticket_of(session, id));
          return json::object{{"id", id.to_string()}, {"code", made ? made->code : ""}};
        });
  });
}

HttpReply answer_ticket_step(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::TicketStepForm step;
    step.to = form.text("to", 40);
    step.note = form.maybe_text("note", 2000).value_or("");
    step.funds_request = form.flag("funds_request");
    step.who = call.admission.caller.name;
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(services, call, 200,
                           [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                             VG_TRY(catalogue::step_ticket(session, TicketId{call.id}, step, problems));
                             return json::object{{"id", call.id.to_string()}};
                           });
  });
}

HttpReply answer_ticket_note(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string note = form.text("note", 1000);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200, [&](store::WriteSession& session, Problems&) -> base::Result<json::object> {
          VG_TRY(catalogue::add_ticket_note(session, TicketId{call.id}, call.admission.caller.name, note));
          return json::object{{"id", call.id.to_string()}};
        });
  });
}

HttpReply answer_ticket_cost(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const Form typed = form;
    const auto read = [](Form& from, catalogue::TicketCost& cost) {
      if (from.has("custodian")) cost.custodian = from.maybe_id("custodian");
      if (from.has("vendor")) cost.vendor = from.maybe_id("vendor");
      set_number(from, "cost_vnd", cost.cost_vnd, 0, 1'000'000'000'000);
      set_text(from, "payer", cost.payer, 40);
      set_text(from, "parts", cost.parts, 2000);
      set_text(from, "fault", cost.fault, 40);
    };
    catalogue::TicketCost tried;
    read(form, tried);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200, [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
          VG_ASSIGN(const std::optional<Ticket> ticket, catalogue::ticket_of(session, TicketId{call.id}));
          if (!ticket) return base::not_found("no such ticket");
          catalogue::TicketCost cost = ticket->cost;
          Form again = typed;
          read(again, cost);
          if (tried.custodian)
            VG_TRY(check_reach(session, call, gate::ObjectKind::kParty, tried.custodian, "custodian", problems));
          if (tried.vendor)
            VG_TRY(check_reach(session, call, gate::ObjectKind::kParty, tried.vendor, "vendor", problems));
          VG_TRY(catalogue::set_ticket_cost(session, ticket->id, cost, problems));
          return json::object{{"id", call.id.to_string()}};
        });
  });
}

HttpReply answer_recorders(const PoolServices& services, const Call& call) {
  const auto limit = call.query.number("limit", 1, 200);
  if (!limit) return problem_reply(400, {"Tham số không đúng.", "limit is 1 to 200"});
  return read_register(services, "recorders", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const catalogue::RecorderPage page,
              catalogue::list_recorders(session, scope_of(call), call.query.text("after").value_or(""),
                                        static_cast<std::size_t>(limit->value_or(50)), today_of(services)));
    json::array recorders;
    for (const catalogue::Recorder& one : page.rows) recorders.push_back(recorder_json(one));
    return json::object{{"recorders", std::move(recorders)},
                        {"next_after", page.next.empty() ? json::value() : json::value(page.next)}};
  });
}

HttpReply answer_recorder(const PoolServices& services, const Call& call) {
  return read_record(services, call, RecordTable::kRecorder, [&](store::Reader& session) -> base::Result<json::object> {
    const catalogue::RecorderId id{call.id};
    VG_ASSIGN(const auto recorder, catalogue::recorder_of(session, id));
    if (!recorder) return base::not_found("no such recorder");
    json::object out = recorder_json(*recorder);
    json::array cameras;
    VG_ASSIGN(const auto found, catalogue::cameras_of_recorder(session, id));
    for (const catalogue::Camera& one : found) {
      cameras.push_back(json::object{{"id", one.id.to_string()},
                                     {"code", one.code},
                                     {"name", one.facts.name},
                                     {"channel", json_or_null(one.facts.channel)}});
    }
    out["cameras"] = std::move(cameras);
    return out;
  });
}

HttpReply answer_recorder_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::RecorderForm recorder;
    recorder.site = catalogue::SiteId{form.id("site")};
    read_recorder_facts(form, recorder);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201, [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, gate::ObjectKind::kSite, recorder.site, "site", problems));
          VG_ASSIGN(const catalogue::RecorderId id, catalogue::add_recorder(session, recorder, problems));
          VG_ASSIGN(const auto made, catalogue::recorder_of(session, id));
          return json::object{{"id", id.to_string()}, {"code", made ? made->code : ""}};
        });
  });
}

HttpReply answer_recorder_amend(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const Form typed = form;
    catalogue::RecorderForm tried;
    read_recorder_facts(form, tried);
    const auto site = form.maybe_id("site");
    if (!form.finish()) return problems_reply(form.problems());
    return amend_record(services, call, RecordTable::kRecorder,
                        [&](store::WriteSession& session, Problems& problems) -> base::Result<json::object> {
                          VG_ASSIGN(std::optional<catalogue::Recorder> recorder,
                                    catalogue::recorder_of(session, catalogue::RecorderId{call.id}));
                          if (!recorder) return base::not_found("no such recorder");
                          Form again = typed;
                          read_recorder_facts(again, recorder->facts);
                          if (site) {
                            VG_TRY(check_reach(session, call, gate::ObjectKind::kSite, *site, "site", problems));
                            recorder->facts.site = catalogue::SiteId{*site};
                          }
                          VG_TRY(catalogue::amend_recorder(session, recorder->id, recorder->facts, problems));
                          return json::object{{"id", call.id.to_string()}};
                        });
  });
}

}  // namespace vonggac::api
