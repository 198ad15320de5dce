/// What the handlers of people, agreements, documents and models share: things named inside forms checked for reach,
/// codes with their words, records with an ETag, places in lists.
/// Threads  called on pool threads.
/// Errors   as problems of the form; If-Match of another state: 412.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/handler_parts.h"
#include "catalogue/named_code.h"
#include "catalogue/parties.h"
#include "gate/objects.h"

namespace vonggac::api {

template <typename Id>
boost::json::value id_or_null(const std::optional<Id>& id) {
  return id ? boost::json::value(id->to_string()) : boost::json::value();
}
boost::json::value iso_or_null(const std::optional<catalogue::Day>& day);
/// The first day after; null for "until further notice".
boost::json::value end_or_null(catalogue::Day day);
template <typename Id>
boost::json::array id_array(const std::vector<Id>& ids) {
  boost::json::array list;
  for (const Id& id : ids) list.push_back(boost::json::value(id.to_string()));
  return list;
}
/// {"code","vi","en"}; null for nothing.
boost::json::value named(std::span<const catalogue::NamedCode> list, std::string_view code);
boost::json::array named_list(std::span<const catalogue::NamedCode> list);

template <typename Id>
std::optional<Id> typed_id(const std::optional<base::Uuid>& id) {
  return id ? std::optional<Id>(Id{*id}) : std::nullopt;
}
template <typename Id>
std::vector<Id> typed_ids(const std::vector<base::Uuid>& ids) {
  std::vector<Id> out;
  for (const base::Uuid& id : ids) out.push_back(Id{id});
  return out;
}
/// A field that is in the form replaces `to`; null clears it.
void take_text(Form& form, std::string_view field, std::string& to, std::size_t most);
template <typename Id>
void take_id(Form& form, std::string_view field, std::optional<Id>& to) {
  if (form.has(field)) to = typed_id<Id>(form.maybe_id(field));
}

catalogue::PartyScope party_scope(const Call& call);
catalogue::Day day_now(const PoolServices& services);

/// The row's action must be allowed for the thing named at `field` too. Foreign and nonexistent get the same words.
base::Status check_named(store::Reader& session, const Call& call, gate::ObjectKind kind,
                         const std::optional<base::Uuid>& id, std::string_view field, base::WallTime now,
                         catalogue::Problems& problems);
base::Result<bool> is_reached(store::Reader& session, const Call& call, gate::ObjectKind kind, const base::Uuid& id,
                              base::WallTime now);

/// Where a page ended, as text of the query: id, a dot, path.
std::string mark_text(const catalogue::PageMark& mark);
std::optional<catalogue::PageMark> mark_of(const std::optional<std::string>& text);
boost::json::value next_mark(const std::optional<catalogue::PageMark>& mark);
/// `after` and `limit` of a list.
struct PageAsked {
  catalogue::PageMark after;
  std::size_t most = 100;
};
std::optional<PageAsked> page_asked(const Query& query);
HttpReply wrong_query();

/// One thing as JSON. Its ETag is a digest of that.
using RecordRead = std::function<base::Result<boost::json::object>(store::Reader& session)>;
HttpReply read_record(const PoolServices& services, const Call& call, const RecordRead& show);
/// 412 if the request names another state; the reply is the record as it is now.
HttpReply amend_record(const PoolServices& services, const Call& call, const RecordRead& show,
                       const std::function<base::Status(store::WriteSession&, catalogue::Problems&)>& work);

}  // namespace vonggac::api
