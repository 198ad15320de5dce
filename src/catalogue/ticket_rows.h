/// Rows of maintenance_ticket, inside this room.
#pragma once

#include <string_view>
#include <vector>

#include "catalogue/tickets.h"

namespace vonggac::catalogue {

/// `rest`: "where ..." of our own, of table t; `joined`: "join ..." before it.
base::Result<std::vector<Ticket>> read_tickets(store::Reader& session, std::string_view joined, std::string_view rest,
                                               const store::Parameters& values);
base::Status write_ticket_step(store::WriteSession& session, const TicketId& ticket, std::string_view from,
                               std::string_view to, std::string_view who, std::string_view note);

}  // namespace vonggac::catalogue
