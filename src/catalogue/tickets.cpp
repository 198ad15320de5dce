#include "catalogue/tickets.h"

#include <chrono>

#include <fmt/format.h>

#include "catalogue/code_lists.h"
#include "catalogue/form_checks.h"
#include "catalogue/human_codes.h"
#include "catalogue/places.h"
#include "catalogue/row_writing.h"
#include "catalogue/ticket_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kMostCostVnd = 1'000'000'000'000;

/// Where the broken thing is.
base::Result<std::optional<base::Uuid>> site_of_subject(store::Reader& session, const TicketForm& form) {
  std::string_view sql;
  if (form.subject_kind == "camera") sql = "select site from camera where id = $1";
  if (form.subject_kind == "recorder") sql = "select site from recorder where id = $1";
  if (form.subject_kind == "site") sql = "select id from camera_site where id = $1";
  if (sql.empty()) return base::invalid_argument("a ticket is for a camera, a recorder or a site");
  VG_ASSIGN(const store::Rows rows, session.query(sql, {form.subject}));
  if (rows.empty())
    return base::not_found(fmt::format("there is no {} {}", form.subject_kind, form.subject.to_string()));
  return rows[0].maybe_id(0);
}

base::Result<Ticket> ticket_must_be_there(store::Reader& session, const TicketId& ticket) {
  VG_ASSIGN(std::optional<Ticket> found, ticket_of(session, ticket));
  if (!found) return base::not_found(fmt::format("there is no ticket {}", ticket.to_string()));
  return std::move(*found);
}

/// What a step means for the clocks.
Columns clocks_of_step(const Ticket& before, std::string_view to, base::WallTime now) {
  Columns columns{{"state", to}};
  if (to == "TIEP_NHAN" && !before.accepted) columns.emplace_back("accepted_us", now);
  if (to == "CHO_KINH_PHI") columns.emplace_back("waiting_since_us", now);
  if (before.state == "CHO_KINH_PHI" && before.waiting_since) {
    columns.emplace_back("waiting_since_us", nullptr);
    columns.emplace_back("waited_us", (before.waited + (now - *before.waiting_since)).count());
  }
  if (to == "DA_SUA") columns.emplace_back("fixed_us", now);
  if (to == "DANG_SUA" && before.fixed) columns.emplace_back("fixed_us", nullptr);  // it was not fixed after all
  if (ticket_life().is_end(to)) columns.emplace_back("ended_us", now);
  return columns;
}

}  // namespace

base::Result<TicketId> open_ticket(store::WriteSession& session, const TicketForm& form, Problems& problems) {
  VG_ASSIGN(const std::optional<base::Uuid> site, site_of_subject(session, form));
  check_choice(fault_kinds(), form.fault, "fault", false, problems);
  const std::string note = typed_line("note", form.note, 0, 1000, problems);
  const std::string who = typed_line("who", form.who, form.by_machine ? 0 : 1, 120, problems);
  if (problems.refused()) return problems.status();
  VG_ASSIGN(const std::optional<Ticket> open, open_ticket_of(session, form.subject));
  if (open) {
    problems.warn("", "subject", fmt::format("Đã có phiếu {} chưa xong cho thiết bị này.", open->code),
                  fmt::format("The ticket {} for it has not ended yet.", open->code));
  }
  const std::string year = today_of(session).iso().substr(0, 4);
  VG_ASSIGN(const std::string code, next_code(session, "BT", year, 5));
  const TicketId id{session.new_id()};
  VG_TRY(insert_row(session, "maintenance_ticket",
                    {{"id", id},
                     {"code", code},
                     {"subject_kind", form.subject_kind},
                     {"subject", form.subject},
                     {"site", site},
                     {"fault", form.fault},
                     {"state", ticket_life().first()},
                     {"by_machine", form.by_machine},
                     {"opened_by", who},
                     {"broken_since_us", form.broken_since},
                     {"reported_us", session.now()},
                     {"waited_us", 0},
                     {"custodian", form.custodian},
                     {"payer", ""},
                     {"parts", ""}}));
  VG_TRY(write_ticket_step(session, id, "", ticket_life().first(), who, note));
  VG_TRY(session.tell("ticket.opened", id, json_object({{"code", code}, {"fault", form.fault}})));
  return id;
}

base::Status step_ticket(store::WriteSession& session, const TicketId& ticket, const TicketStepForm& step,
                         Problems& problems) {
  VG_ASSIGN(const Ticket before, ticket_must_be_there(session, ticket));
  const std::string note = typed_line("note", step.note, 0, 1000, problems);
  const std::string who = typed_line("who", step.who, 1, 120, problems);
  TicketFacts facts;
  facts.fix_report = !note.empty();
  facts.reason = note;
  facts.funds_request = step.funds_request;
  check_ticket_step(before.state, step.to, facts, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(update_row(session, "maintenance_ticket", "id", ticket, clocks_of_step(before, step.to, session.now())));
  VG_TRY(write_ticket_step(session, ticket, before.state, step.to, who, note));
  return session.tell("ticket.step", ticket,
                      json_object({{"code", before.code}, {"from", before.state}, {"to", step.to}}));
}

base::Status set_ticket_cost(store::WriteSession& session, const TicketId& ticket, const TicketCost& cost,
                             Problems& problems) {
  VG_ASSIGN(const Ticket before, ticket_must_be_there(session, ticket));
  check_whole_number("cost_vnd", cost.cost_vnd, 0, kMostCostVnd, problems);
  check_choice(payers(), cost.payer, "payer", true, problems);
  check_choice(fault_kinds(), cost.fault, "fault", true, problems);
  const std::string parts = typed_line("parts", cost.parts, 0, 1000, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(update_row(session, "maintenance_ticket", "id", ticket,
                    {{"custodian", cost.custodian},
                     {"vendor", cost.vendor},
                     {"cost_vnd", cost.cost_vnd},
                     {"payer", cost.payer},
                     {"parts", parts},
                     {"fault", cost.fault.empty() ? before.cost.fault : cost.fault}}));
  return session.tell("ticket.cost", ticket, json_object({{"code", before.code}}));
}

base::Status add_ticket_note(store::WriteSession& session, const TicketId& ticket, std::string_view who,
                             std::string_view note) {
  VG_ASSIGN(const Ticket before, ticket_must_be_there(session, ticket));
  Problems problems;
  const std::string text = typed_line("note", note, 1, 1000, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(write_ticket_step(session, ticket, before.state, before.state, who, text));
  return session.tell("ticket.note", ticket, json_object({{"code", before.code}}));
}

base::Result<std::optional<Ticket>> ticket_of(store::Reader& session, const TicketId& ticket) {
  VG_ASSIGN(std::vector<Ticket> found, read_tickets(session, "", "where t.id = $1", {ticket}));
  if (found.empty()) return std::optional<Ticket>();
  return std::optional<Ticket>(std::move(found.front()));
}

base::Result<std::optional<Ticket>> ticket_by_code(store::Reader& session, std::string_view code) {
  VG_ASSIGN(std::vector<Ticket> found, read_tickets(session, "", "where t.code = $1", {normal_code(code)}));
  if (found.empty()) return std::optional<Ticket>();
  return std::optional<Ticket>(std::move(found.front()));
}

base::Result<std::optional<Ticket>> open_ticket_of(store::Reader& session, const base::Uuid& subject) {
  VG_ASSIGN(
      std::vector<Ticket> found,
      read_tickets(session, "", "where t.subject = $1 and t.ended_us is null order by t.code limit 1", {subject}));
  if (found.empty()) return std::optional<Ticket>();
  return std::optional<Ticket>(std::move(found.front()));
}

base::Result<std::vector<TicketStep>> ticket_history(store::Reader& session, const TicketId& ticket) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select from_state, to_state, who, note, at_us from ticket_step where ticket = $1 order by "
                          "number",
                          {ticket}));
  std::vector<TicketStep> steps;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    steps.push_back({rows[i].text(0), rows[i].text(1), rows[i].text(2), rows[i].text(3), rows[i].time(4)});
  }
  return steps;
}

TicketClocks ticket_clocks(const Ticket& ticket, const TicketTerms& terms, base::WallTime now) {
  TicketClocks clocks;
  clocks.waited = ticket.waited;
  if (ticket.waiting_since) clocks.waited += now - *ticket.waiting_since;
  clocks.to_accept = ticket.accepted.value_or(ticket.ended.value_or(now)) - ticket.reported;
  clocks.to_fix = ticket.fixed.value_or(ticket.ended.value_or(now)) - ticket.reported - clocks.waited;
  clocks.accept_overdue = clocks.to_accept > std::chrono::hours(terms.accept_hours);
  clocks.fix_overdue = clocks.to_fix > std::chrono::hours(terms.fix_hours);
  return clocks;
}

}  // namespace vonggac::catalogue
