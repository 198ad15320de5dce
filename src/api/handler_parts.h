/// What the handlers share: reading a form, changing the register with its row in the audit, cookies, lists.
/// Threads  called on pool threads.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "api/json_form.h"
#include "api/route_table.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::api {

inline constexpr std::string_view kSessionCookie = "__Host-vonggac";

/// The session cookie, new or taken away. Secure always: browsers count loopback addresses as secure without TLS.
std::pair<std::string, std::string> session_cookie(const std::string& token);
std::pair<std::string, std::string> no_session_cookie();
/// The value of our cookie among those of a Cookie header.
std::string session_token_of(std::string_view cookie_header);
/// "Bearer TOKEN".
std::string bearer_token_of(std::string_view authorization);

HttpReply json_reply(const boost::json::object& object, unsigned status = 200);
HttpReply no_content();
/// Logs what is not the caller's doing; the reply holds general sentences.
HttpReply logged_problem(std::string_view what, const base::Status& status);

/// Calls `with` with the form of the request, or gives the refusal.
HttpReply with_form(const Call& call, const std::function<HttpReply(Form&)>& with);

/// A change of the register: `work` in a transaction, then one row of the audit in the same one. What `work` collects
/// in Problems is the reply where it refuses.
using ChangeWork =
    std::function<base::Result<boost::json::object>(store::WriteSession& session, catalogue::Problems& problems)>;
HttpReply change_register(const PoolServices& services, const Call& call, unsigned status_when_done,
                          const ChangeWork& work, const std::string& detail_json = "{}");

/// The same for a change of areas: what lies in them follows in the same transaction.
HttpReply change_areas(const PoolServices& services, const Call& call, unsigned status_when_done,
                       const ChangeWork& work);

/// What a reading gives, as JSON.
using ReadWork = std::function<base::Result<boost::json::object>(store::Reader& session)>;
HttpReply read_register(const PoolServices& services, std::string_view what, const ReadWork& work);

boost::json::value json_or_null(const std::optional<std::string>& text);
boost::json::value json_or_null(const std::optional<base::WallTime>& time);
boost::json::value json_or_null(const std::optional<base::Uuid>& id);
boost::json::value json_or_null(const std::optional<std::int64_t>& number);
boost::json::object sentence_json(const catalogue::Sentence& sentence);
boost::json::array problems_json(const catalogue::Problems& problems);

}  // namespace vonggac::api
