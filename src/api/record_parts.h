/// What the handlers of the register's records share: fields that a form may leave as they are, codes with their words,
/// things named inside forms checked for reach, records that say which state of them was seen, places in lists.
/// Threads  called on pool threads.
/// Errors   as problems of the form; If-Match of another state: 412.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/handler_parts.h"
#include "catalogue/areas.h"
#include "catalogue/code_lists.h"
#include "catalogue/lifecycle.h"
#include "catalogue/parties.h"
#include "catalogue/scope_filter.h"
#include "gate/objects.h"

namespace vonggac::api {

template <typename Id>
boost::json::value id_or_null(const std::optional<Id>& id) {
  return id ? boost::json::value(id->to_string()) : boost::json::value();
}
boost::json::value day_or_null(const std::optional<catalogue::Day>& day);
boost::json::value real_or_null(const std::optional<double>& number);
/// The first day after; null for "until further notice".
boost::json::value end_or_null(catalogue::Day day);
template <typename Id>
boost::json::array id_array(const std::vector<Id>& ids) {
  boost::json::array list;
  for (const Id& id : ids) list.push_back(boost::json::value(id.to_string()));
  return list;
}
/// {"code","vi","en"}; null for nothing chosen.
boost::json::value coded(std::span<const catalogue::NamedCode> list, std::string_view code);
boost::json::value coded(const catalogue::CodeList& list, std::string_view code);
boost::json::value coded(const catalogue::StateMachine& machine, std::string_view code);
boost::json::array coded_list(std::span<const catalogue::NamedCode> list);
/// "area", and "in": what it lies in, in words.
base::Status add_place(store::Reader& session, boost::json::object& out, const catalogue::AreaId& area,
                       catalogue::Day today);

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
/// A field that is not in the form leaves `to` as it was; null or empty clears it.
void set_text(Form& form, std::string_view field, std::string& to, std::size_t most = 200);
void set_flag(Form& form, std::string_view field, bool& to);
void set_day(Form& form, std::string_view field, std::optional<catalogue::Day>& to);
void set_real(Form& form, std::string_view field, std::optional<double>& to, double low, double high);
void set_number(Form& form, std::string_view field, std::optional<std::int64_t>& to, std::int64_t low,
                std::int64_t high);
template <typename Id>
void set_id(Form& form, std::string_view field, std::optional<Id>& to) {
  if (form.has(field)) to = typed_id<Id>(form.maybe_id(field));
}

catalogue::ScopeFilter scope_of(const Call& call);
catalogue::Day today_of(const PoolServices& services);
/// `day` of the query; today where there is none.
base::Result<catalogue::Day> day_asked(const PoolServices& services, const Query& query);
/// All that the caller reaches, or the one area that the query names within it.
base::Result<catalogue::ScopeFilter> scope_asked(store::Reader& session, const Call& call,
                                                 const std::optional<base::Uuid>& area, const PoolServices& services);

/// The row's action must be allowed for the thing named at `field` too. Foreign and nonexistent get the same words.
base::Status check_reach(store::WriteSession& session, const Call& call, gate::ObjectKind kind,
                         const std::optional<base::Uuid>& id, std::string_view field, catalogue::Problems& problems);
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

/// Records whose ETag is the time of the last change by a person: what is shown with them (health, pictures) changes by
/// itself, and that must refuse nobody.
enum class RecordTable { kSite, kCamera, kRecorder };
HttpReply read_record(const PoolServices& services, const Call& call, RecordTable table, const ReadWork& work);
HttpReply amend_record(const PoolServices& services, const Call& call, RecordTable table, const ChangeWork& work);

}  // namespace vonggac::api
