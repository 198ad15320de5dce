/// What the handlers of sites, cameras, recorders and tickets share: fields that a form may leave as they are, codes
/// with their words, things named inside forms checked for reach, and rows that say which state of them somebody has
/// seen.
/// Threads  called on pool threads.
/// Errors   as problems of the form; If-Match of another state: 412.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/handler_parts.h"
#include "catalogue/areas.h"
#include "catalogue/cameras.h"
#include "catalogue/code_lists.h"
#include "catalogue/lifecycle.h"
#include "catalogue/scope.h"
#include "gate/objects.h"

namespace vonggac::api {

/// A field that is not in the form leaves `to` as it was; null or empty clears it.
void set_text(Form& form, std::string_view field, std::string& to, std::size_t most = 200);
void set_flag(Form& form, std::string_view field, bool& to);
void set_day(Form& form, std::string_view field, std::optional<catalogue::Day>& to);
void set_real(Form& form, std::string_view field, std::optional<double>& to, double low, double high);
void set_number(Form& form, std::string_view field, std::optional<std::int64_t>& to, std::int64_t low,
                std::int64_t high);

/// {"code","vi","en"}; null for nothing chosen.
boost::json::value coded(const catalogue::CodeList& list, std::string_view code);
boost::json::value coded(const catalogue::StateMachine& machine, std::string_view code);
boost::json::value day_json(const std::optional<catalogue::Day>& day);
boost::json::value real_json(const std::optional<double>& number);
/// "area", "residential", "commune", "province", and "in": what it lies in, in words.
base::Status add_place(store::Reader& session, boost::json::object& out, const catalogue::AreaId& area,
                       catalogue::Day today);

/// The row's action must be allowed where the thing named at `field` stands. Foreign and nonexistent get the same
/// words.
base::Status check_thing_reach(store::WriteSession& session, const Call& call, gate::ObjectKind kind,
                               const base::Uuid& id, std::string_view field, catalogue::Problems& problems);
base::Status check_party_reach(store::WriteSession& session, const Call& call, const std::optional<base::Uuid>& party,
                               std::string_view field, catalogue::Problems& problems);

catalogue::ScopeFilter scope_of(const Call& call);
catalogue::Day today_of(const PoolServices& services);

/// Of a device: its marks, as a form names them and as they are shown.
void read_device_facts(Form& form, catalogue::DeviceFacts& device);
boost::json::object device_json(const catalogue::DeviceFacts& device);

/// Rows of these tables carry changed_at_us, which is their ETag.
enum class Tagged { kSite, kCamera, kRecorder };
HttpReply read_tagged(const PoolServices& services, const Call& call, Tagged table, const ReadWork& work);
HttpReply change_tagged(const PoolServices& services, const Call& call, Tagged table, const ChangeWork& work);

}  // namespace vonggac::api
