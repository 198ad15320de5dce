/// Lists and figures of repair tickets (tickets.h).
#include <algorithm>

#include <fmt/format.h>

#include "catalogue/list_conditions.h"
#include "catalogue/ticket_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kMostTicketsAPage = 500;
constexpr double kUsPerHour = 3.6e9;

}  // namespace

base::Result<TicketPage> list_tickets(store::Reader& session, const ScopeFilter& scope, const TicketFilter& filter,
                                      std::string_view after, std::size_t most, Day today) {
  most = std::clamp<std::size_t>(most, 1, kMostTicketsAPage);
  VG_ASSIGN(const ScopeAreas areas, scope_of_list(session, scope, filter.area, today));
  Conditions conditions;
  conditions.add("t.code > {}", after);
  if (!filter.state.empty()) conditions.add("t.state = {}", filter.state);
  if (filter.open_only) conditions.add("t.ended_us is null");
  add_scope(conditions, areas);
  const std::string limit = conditions.place(static_cast<std::int64_t>(most + 1));
  TicketPage page;
  // The site is called c here, as conditions of a scope have it.
  VG_ASSIGN(page.rows, read_tickets(session, areas.everywhere ? "" : "join camera_site c on c.id = t.site",
                                    fmt::format("where {} order by t.code limit {}", conditions.text(), limit),
                                    conditions.values()));
  if (page.rows.size() > most) {
    page.rows.resize(most);
    page.next = page.rows.back().code;
  }
  return page;
}

base::Result<RepairFigures> repair_figures(store::Reader& session, const AreaId& area, base::WallTime from,
                                           base::WallTime to, const TicketTerms& terms, base::WallTime now) {
  VG_ASSIGN(const ScopeAreas areas, narrow_scope(session, {true, {}}, area, Day::at(now)));
  Conditions conditions;
  add_scope(conditions, areas);
  const std::string first = conditions.place(from), last = conditions.place(to);
  VG_ASSIGN(const std::vector<Ticket> tickets,
            read_tickets(session, "join camera_site c on c.id = t.site",
                         fmt::format("where {} and (t.ended_us is null or (t.fixed_us >= {} and t.fixed_us < {}))",
                                     conditions.text(), first, last),
                         conditions.values()));
  RepairFigures figures;
  double hours = 0, working_hours = 0;
  for (const Ticket& ticket : tickets) {
    const TicketClocks clocks = ticket_clocks(ticket, terms, now);
    if (!ticket.ended) {
      ++figures.open;
      if (ticket.state == "CHO_KINH_PHI") ++figures.awaiting_funds;
      if (!ticket.fixed && clocks.fix_overdue) ++figures.overdue;
    }
    if (!ticket.fixed || *ticket.fixed < from || *ticket.fixed >= to) continue;
    ++figures.fixed;
    hours += static_cast<double>((*ticket.fixed - ticket.reported).count()) / kUsPerHour;
    working_hours += static_cast<double>(clocks.to_fix.count()) / kUsPerHour;
  }
  if (figures.fixed > 0) {
    figures.mean_hours = hours / static_cast<double>(figures.fixed);
    figures.mean_working_hours = working_hours / static_cast<double>(figures.fixed);
  }
  return figures;
}

}  // namespace vonggac::catalogue
