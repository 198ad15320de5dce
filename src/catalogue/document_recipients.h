/// Who a document goes to, until when they report, and whether they did.
/// Flow     form -> these functions -> document_recipient; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences and kInvalidArgument; kNotFound: no such document or recipient.
/// Source   seed S1.3: addressees with due days.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/documents.h"

namespace vonggac::catalogue {

/// CHO_BAO_CAO, DA_BAO_CAO, DE_BIET (for information: nothing is expected).
std::span<const NamedCode> recipient_states();

struct Recipient {
  base::Uuid id;
  DocumentId document;
  PartyId organisation;
  std::optional<Day> due;
  std::string state;
  std::optional<Day> reported;
  std::optional<DocumentId> reply;
  std::string note;
  bool overdue(Day today) const { return state == "CHO_BAO_CAO" && due && *due < today; }
};
/// Without a due day it is for information.
base::Result<base::Uuid> add_recipient(store::WriteSession& session, const DocumentId& document,
                                       const PartyId& organisation, std::optional<Day> due, Problems& problems);
/// They have reported; the reply may be a document of its own.
base::Status note_report(store::WriteSession& session, const base::Uuid& recipient, Day day,
                         const std::optional<DocumentId>& reply, std::string_view note, Problems& problems);
base::Result<std::vector<Recipient>> recipients_of(store::Reader& session, const DocumentId& document);
/// Not reported though due before `today`, longest overdue first; by the area of the organisation.
base::Result<std::vector<Recipient>> overdue_recipients(store::Reader& session, const ScopeFilter& scope, Day today);

}  // namespace vonggac::catalogue
