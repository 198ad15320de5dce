/// Parties: people, households, organisations, units and vendors, as little of each as the work needs. A party that
/// is over keeps its row with its last day; nothing is deleted, because agreements and decisions point to it.
/// Flow     form or import -> add/amend/end -> store; every change tells the outbox, without names or phones.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences (V27) and kInvalidArgument; kNotFound: no such party.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/areas.h"
#include "catalogue/party_codes.h"
#include "catalogue/scope_sql.h"

namespace vonggac::catalogue {

struct PartyId : base::Uuid {};

struct PartyForm {
  std::string name, phone, address, notes;
  std::optional<AreaId> area;
  std::optional<Day> from, to;  ///< from: today; to: until further notice
};

struct Party {
  PartyId id;
  std::string kind;  ///< of party_kinds()
  std::string name;
  std::optional<std::string> phone;  ///< 0xxxxxxxxx
  std::optional<AreaId> area;
  std::string address, notes;
  Day from, to;
  std::string path;  ///< folded name and address, for order and search
};

/// A person or a vendor. Households, organisations and units have more to say: households.h, organisations.h.
base::Result<PartyId> add_party(store::WriteSession& session, std::string_view kind, const PartyForm& form,
                                Problems& problems);
/// What the form says replaces what was there; `from` and `to` only if they are given.
base::Status amend_party(store::WriteSession& session, const PartyId& id, const PartyForm& form, Problems& problems);
/// The last day is the one before `day`.
base::Status end_party(store::WriteSession& session, const PartyId& id, Day day, Problems& problems);
base::Result<std::optional<Party>> party_by_id(store::Reader& session, const PartyId& id);

/// One kind, by name; `after` is where the page before ended.
struct PageMark {
  std::string path;
  base::Uuid id;
};
struct PartyPage {
  std::vector<Party> parties;
  std::optional<PageMark> next;  ///< none: that was the last page
};
base::Result<PartyPage> list_parties(store::Reader& session, std::string_view kind, const ScopeFilter& scope, Day day,
                                     const PageMark& after, std::size_t most);
/// By name or address however it is typed, or by phone number.
base::Result<std::vector<Party>> find_parties(store::Reader& session, std::string_view query, const ScopeFilter& scope,
                                              Day day, std::size_t most = 20);

}  // namespace vonggac::catalogue
