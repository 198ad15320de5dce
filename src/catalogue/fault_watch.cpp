#include "catalogue/fault_watch.h"

#include <fmt/format.h>

#include "catalogue/code_lists.h"
#include "catalogue/health.h"
#include "catalogue/row_writing.h"
#include "catalogue/tickets.h"

namespace vonggac::catalogue {
namespace {

struct LastingFault {
  base::CameraId camera;
  std::string state, tamper;
  base::WallTime since, bad_since;
};

/// What a mechanic should look for first.
std::string_view fault_of(const LastingFault& fault) {
  if (fault.state == "LECH_GIO") return "SAI_GIO";
  if (fault.state == "BI_CHE_MO") {
    if (fault.tamper == "BI_CHE") return "BI_CHE";
    if (fault.tamper == "LECH_HUONG") return "LECH_HUONG";
    if (fault.tamper == "MO") return "MO_KINH";
  }
  return "CHUA_RO";
}

std::string local_time(base::WallTime time) {
  const std::int64_t minutes = time.us / 60'000'000 + 7 * 60;
  return fmt::format("{} {:02}:{:02}", Day::at(time).local(), minutes / 60 % 24, minutes % 60);
}

std::string note_of(const LastingFault& fault) {
  const NamedCode* state = health_states().find(fault.state);
  const NamedCode* tamper = tamper_kinds().find(fault.tamper);
  return fmt::format("{}{} từ {}.", state == nullptr ? fault.state : std::string(state->vi),
                     tamper == nullptr ? std::string() : fmt::format(" ({})", tamper->vi), local_time(fault.since));
}

/// Faults that have lasted, of cameras in service, that no ticket knows yet.
base::Result<std::vector<LastingFault>> lasting_faults(store::Reader& session, base::WallTime now,
                                                       const FaultRules& rules) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select h.camera, h.state, h.tamper, h.since_us, h.bad_since_us from camera_health h join "
                          "camera c on c.id = h.camera where h.bad_since_us > 0 and h.bad_since_us <= $1 and "
                          "h.noted_state <> h.state and (h.noted_state = '' or h.since_us <= $1) and h.raw <> '' and "
                          "c.life = 'HOAT_DONG' and c.merged_into is null "
                          "and not exists (select 1 from maintenance_plan p where p.camera = c.id and p.from_us <= $2 "
                          "and p.to_us > $2) order by h.bad_since_us, h.camera",
                          {now - rules.after, now}));
  std::vector<LastingFault> faults;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    faults.push_back({base::CameraId{row.id(0)}, row.text(1), row.text(2), row.time(3), row.time(4)});
  }
  return faults;
}

base::Status note_fault(store::WriteSession& session, const LastingFault& fault, FaultReport& report) {
  VG_ASSIGN(const std::optional<Ticket> open, open_ticket_of(session, fault.camera));
  if (open) {
    VG_TRY(add_ticket_note(session, open->id, "", note_of(fault)));
    VG_TRY(update_row(session, "maintenance_ticket", "id", open->id, {{"recovered_us", nullptr}}));
    ++report.added;
  } else {
    TicketForm form;
    form.subject = fault.camera;
    form.fault = fault_of(fault);
    form.note = note_of(fault);
    form.by_machine = true;
    form.broken_since = fault.bad_since;
    Problems problems;
    VG_TRY(open_ticket(session, form, problems).error());
    ++report.opened;
  }
  return update_row(session, "camera_health", "camera", fault.camera, {{"noted_state", fault.state}});
}

base::Status note_recoveries(store::WriteSession& session, FaultReport& report) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select h.camera, h.since_us from camera_health h where h.noted_state > '' and h.bad_since_us = "
                    "0 and h.state = 'CO_TIN_HIEU' order by h.camera"));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const base::Uuid camera = rows[i].id(0);
    VG_TRY(update_row(session, "camera_health", "camera", camera, {{"noted_state", ""}}));
    VG_TRY(session.tell("camera.recovered", camera, "{}"));
    VG_ASSIGN(const std::optional<Ticket> open, open_ticket_of(session, camera));
    if (!open) continue;
    const base::WallTime since = rows[i].time(1);
    VG_TRY(add_ticket_note(session, open->id, "", fmt::format("Có tín hiệu trở lại từ {}.", local_time(since))));
    VG_TRY(update_row(session, "maintenance_ticket", "id", open->id, {{"recovered_us", since}}));
    ++report.recovered;
  }
  return {};
}

}  // namespace

base::Result<FaultReport> watch_faults(store::WriteSession& session, const FaultRules& rules) {
  FaultReport report;
  VG_ASSIGN(const std::vector<LastingFault> faults, lasting_faults(session, session.now(), rules));
  for (const LastingFault& fault : faults) VG_TRY(note_fault(session, fault, report));
  VG_TRY(note_recoveries(session, report));
  return report;
}

}  // namespace vonggac::catalogue
