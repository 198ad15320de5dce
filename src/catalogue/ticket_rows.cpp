#include "catalogue/ticket_rows.h"

#include <fmt/format.h>

#include "catalogue/row_writing.h"

namespace vonggac::catalogue {
namespace {

constexpr std::string_view kTicketColumns =
    "t.id, t.code, t.subject_kind, t.subject, t.site, t.fault, t.state, t.by_machine, t.opened_by, t.broken_since_us, "
    "t.reported_us, t.accepted_us, t.fixed_us, t.ended_us, t.recovered_us, t.waiting_since_us, t.waited_us, "
    "t.custodian, t.vendor, t.cost_vnd, t.payer, t.parts";

Ticket ticket_from(const store::Row& row) {
  Ticket ticket;
  ticket.id = TicketId{row.id(0)};
  ticket.code = row.text(1);
  ticket.subject_kind = row.text(2);
  ticket.subject = row.id(3);
  if (!row.is_null(4)) ticket.site = SiteId{row.id(4)};
  ticket.cost.fault = row.text(5);
  ticket.state = row.text(6);
  ticket.by_machine = row.flag(7);
  ticket.opened_by = row.text(8);
  ticket.broken_since = row.maybe_time(9);
  ticket.reported = row.time(10);
  ticket.accepted = row.maybe_time(11);
  ticket.fixed = row.maybe_time(12);
  ticket.ended = row.maybe_time(13);
  ticket.recovered = row.maybe_time(14);
  ticket.waiting_since = row.maybe_time(15);
  ticket.waited = base::Micros(row.integer(16));
  ticket.cost.custodian = row.maybe_id(17);
  ticket.cost.vendor = row.maybe_id(18);
  ticket.cost.cost_vnd = row.maybe_integer(19);
  ticket.cost.payer = row.text(20);
  ticket.cost.parts = row.text(21);
  return ticket;
}

}  // namespace

base::Result<std::vector<Ticket>> read_tickets(store::Reader& session, std::string_view joined, std::string_view rest,
                                               const store::Parameters& values) {
  std::vector<Ticket> found;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    found.push_back(ticket_from(row));
    return {};
  };
  VG_TRY(session.visit(fmt::format("select {} from maintenance_ticket t {} {}", kTicketColumns, joined, rest),
                       std::span<const store::Value>(values), take));
  return found;
}

base::Status write_ticket_step(store::WriteSession& session, const TicketId& ticket, std::string_view from,
                               std::string_view to, std::string_view who, std::string_view note) {
  VG_ASSIGN(const store::Rows last,
            session.query("select coalesce(max(number), 0) from ticket_step where ticket = $1", {ticket}));
  return insert_row(session, "ticket_step",
                    {{"ticket", ticket},
                     {"number", last[0].integer(0) + 1},
                     {"from_state", from},
                     {"to_state", to},
                     {"at_us", session.now()},
                     {"who", who},
                     {"note", note}});
}

}  // namespace vonggac::catalogue
