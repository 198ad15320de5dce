/// Repair tickets: what is broken, who looks after it, who pays, how long it takes. Waiting for funds is a state of its
/// own and counts apart: most broken cameras wait for money, not for a mechanic.
/// Flow     a person or watch_faults (fault_watch.h) -> open_ticket -> step_ticket -> ... -> accepted back or written
/// off Threads  within a transaction of room store. Errors   Problems; kNotFound: no such ticket, camera, recorder or
/// site.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/cameras.h"
#include "catalogue/lifecycle.h"
#include "catalogue/scope.h"

namespace vonggac::catalogue {

struct TicketId : base::Uuid {};

struct TicketForm {
  std::string subject_kind = "camera";  ///< or "recorder", "site"
  base::Uuid subject;
  std::string fault;  ///< code of fault_kinds()
  std::string note, who;
  std::optional<base::Uuid> custodian;           ///< a party
  bool by_machine = false;                       ///< opened by the health of a camera
  std::optional<base::WallTime> broken_since{};  ///< as far as it is known
};

struct TicketCost {
  std::optional<base::Uuid> custodian, vendor;  ///< parties
  std::optional<std::int64_t> cost_vnd;
  std::string payer;  ///< code of payers(), or empty
  std::string parts;
  std::string fault;  ///< the cause as the mechanic found it; empty: as it was
};

struct Ticket {
  TicketId id;
  std::string code, subject_kind;
  base::Uuid subject;
  std::optional<SiteId> site;
  std::string state, opened_by;
  bool by_machine = false;
  std::optional<base::WallTime> broken_since, accepted, fixed, ended, recovered, waiting_since;
  base::WallTime reported;
  base::Micros waited{0};  ///< for funds, without the time since waiting_since
  TicketCost cost;
};

base::Result<TicketId> open_ticket(store::WriteSession& session, const TicketForm& form, Problems& problems);
struct TicketStepForm {
  std::string to, who, note;
  bool funds_request = false;  ///< the request for funds has been handed in
};
/// Steps of ticket_life(). What was repaired, or why not, stands in the note.
base::Status step_ticket(store::WriteSession& session, const TicketId& ticket, const TicketStepForm& step,
                         Problems& problems);
base::Status set_ticket_cost(store::WriteSession& session, const TicketId& ticket, const TicketCost& cost,
                             Problems& problems);
base::Status add_ticket_note(store::WriteSession& session, const TicketId& ticket, std::string_view who,
                             std::string_view note);

base::Result<std::optional<Ticket>> ticket_of(store::Reader& session, const TicketId& ticket);
base::Result<std::optional<Ticket>> ticket_by_code(store::Reader& session, std::string_view code);
/// The oldest that has not ended.
base::Result<std::optional<Ticket>> open_ticket_of(store::Reader& session, const base::Uuid& subject);
struct TicketStep {
  std::string from, to, who, note;
  base::WallTime at;
};
base::Result<std::vector<TicketStep>> ticket_history(store::Reader& session, const TicketId& ticket);

/// How fast it should go; a province sets it.
struct TicketTerms {
  std::int64_t accept_hours = 24, fix_hours = 72;
};
struct TicketClocks {
  base::Micros to_accept{0};  ///< from the report until somebody accepted it, or now
  base::Micros to_fix{0};     ///< from the report until it was fixed, or now, without waiting for funds
  base::Micros waited{0};     ///< for funds
  bool accept_overdue = false, fix_overdue = false;
};
TicketClocks ticket_clocks(const Ticket& ticket, const TicketTerms& terms, base::WallTime now);

struct TicketFilter {
  std::optional<AreaId> area;
  std::string state;  ///< empty: any
  bool open_only = false;
};
struct TicketPage {
  std::vector<Ticket> rows;
  std::string next;
};
/// By code. `after`: `next` of the page before.
base::Result<TicketPage> list_tickets(store::Reader& session, const ScopeFilter& scope, const TicketFilter& filter,
                                      std::string_view after, std::size_t most, Day today);

/// I16 of an area.
struct RepairFigures {
  std::int64_t fixed = 0;                                  ///< within the time
  std::optional<double> mean_hours;                        ///< from report to repair
  std::optional<double> mean_working_hours;                ///< the same without waiting for funds
  std::int64_t open = 0, overdue = 0, awaiting_funds = 0;  ///< now
};
base::Result<RepairFigures> repair_figures(store::Reader& session, const AreaId& area, base::WallTime from,
                                           base::WallTime to, const TicketTerms& terms, base::WallTime now);

}  // namespace vonggac::catalogue
