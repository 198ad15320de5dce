/// What a person does about their own account: password, second factor, tokens of programs, purposes.
#include "access/passwords.h"
#include "access/purposes.h"
#include "access/sessions.h"
#include "access/tokens.h"
#include "access/totp.h"
#include "api/handler_parts.h"
#include "api/handlers.h"
#include "base/digest.h"
#include "catalogue/areas.h"
#include "catalogue/typed_text.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

json::array actions_json(access::Actions actions) {
  json::array codes;
  for (const access::ActionName& name : access::action_names()) {
    if (access::allows(actions, name.action)) codes.push_back(json::value(name.code));
  }
  return codes;
}

/// Asks for the password once more. Nothing: it is right.
std::optional<HttpReply> wrong_password(const PoolServices& services, const Call& call, const base::Secret& password) {
  const auto fits = services.desk.confirm(call.admission.caller.user, password, call.request.address);
  if (!fits) return logged_problem("password", fits.error());
  if (const gate::Refusal* refusal = std::get_if<gate::Refusal>(&*fits)) return refusal_reply(*refusal);
  return std::get<bool>(*fits) ? std::nullopt : std::optional(refusal_reply(gate::wrong_login()));
}

/// Who has a second factor shows it before they get another one: a stolen session and password are not enough.
std::optional<HttpReply> without_present_code(const PoolServices& services, const Call& call, const std::string& code) {
  const auto fits = services.desk.confirm_code(call.admission.caller.user, code, call.request.address);
  if (!fits) return logged_problem("second factor", fits.error());
  if (const gate::Refusal* refusal = std::get_if<gate::Refusal>(&*fits)) return refusal_reply(*refusal);
  return std::get<bool>(*fits) ? std::nullopt : std::optional(refusal_reply(gate::wrong_login()));
}

HttpReply unfit_password(const access::PasswordFault& fault) {
  catalogue::Problems problems;
  problems.refuse("", "password", fault.vi, fault.en);
  return problems_reply(problems);
}

/// A change of one's own account that begins a new session: the old ones are over.
HttpReply with_new_session(const PoolServices& services, const Call& call, bool second_factor,
                           const std::function<base::Status(store::WriteSession&)>& work) {
  std::string token;
  const base::Status written = services.office.store().write([&](store::WriteSession& session) -> base::Status {
    VG_TRY(work(session));
    VG_ASSIGN(token, access::begin_session(session, call.admission.caller.user, second_factor, call.request.address));
    return gate::note_done(session, call.admission, call.row->demand.name, "{}");
  });
  if (!written.ok()) return logged_problem(call.row->demand.name, written);
  HttpReply reply = no_content();
  reply.headers.push_back(session_cookie(token));
  return reply;
}

base::Result<json::array> grants_json(store::Reader& session, const access::UserId& user, base::WallTime now) {
  json::array list;
  VG_ASSIGN(const std::vector<access::Grant> grants, access::grants_of(session, user, now));
  for (const access::Grant& grant : grants) {
    const access::Role* role = access::find_role(grant.role);
    json::object one{{"id", grant.id.to_string()}, {"role", grant.role}};
    if (role != nullptr) one["role_name"] = json::object{{"vi", role->vi}, {"en", role->en}};
    one["area"] = json_or_null(grant.area);
    one["until"] = grant.to == access::kNoEnd ? json::value() : json::value(base::to_iso8601(grant.to));
    if (grant.area) {
      VG_ASSIGN(const auto area, catalogue::area_on(session, catalogue::AreaId{*grant.area}, catalogue::Day::at(now)));
      if (area) one["area_name"] = area->full_name();
    }
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

HttpReply answer_me(const PoolServices& services, const Call& call) {
  const gate::Caller& caller = call.admission.caller;
  return read_register(services, "me", [&](store::Reader& session) -> base::Result<json::object> {
    json::object me{{"id", caller.user.to_string()},
                    {"login", caller.login},
                    {"name", caller.name},
                    {"locked", caller.locked},
                    {"must_change_password", caller.must_change_password},
                    {"must_set_second_factor", caller.must_set_second_factor},
                    {"actions", actions_json(caller.authority.actions())}};
    VG_ASSIGN(const auto user, access::user_by_id(session, caller.user));
    me["second_factor"] = user && user->totp_secret.has_value();
    VG_ASSIGN(me["grants"], grants_json(session, caller.user, services.office.clock().wall_now()));
    return me;
  });
}

HttpReply answer_password(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Secret old = form.secret("old"), fresh = form.secret("password");
    if (!form.finish()) return problems_reply(form.problems());
    if (auto wrong = wrong_password(services, call, old)) return std::move(*wrong);
    const gate::Caller& caller = call.admission.caller;
    if (const access::PasswordFault* fault = access::fault_of_password(fresh, caller.login))
      return unfit_password(*fault);
    const base::Result<std::string> hash = access::hash_password(fresh);
    if (!hash) return logged_problem("password", hash.error());
    const bool second_factor = caller.authority.needs_second_factor() && !caller.must_set_second_factor;
    return with_new_session(services, call, second_factor, [&](store::WriteSession& session) {
      return access::set_password(session, caller.user, *hash);
    });
  });
}

HttpReply answer_second_factor(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Secret password = form.secret("password");
    const std::string code = form.maybe_text("code", 12).value_or("");
    if (!form.finish()) return problems_reply(form.problems());
    if (auto wrong = wrong_password(services, call, password)) return std::move(*wrong);
    if (auto refused = without_present_code(services, call, code)) return std::move(*refused);
    const base::Bytes secret = access::make_totp_secret();
    const base::Uuid& user = call.admission.caller.user;
    const base::Bytes sealed = services.office.seal().close(secret, user);
    // Not yet the account's: only once a code of it was typed. Sealed, so that it may travel there and back.
    return json_reply(json::object{{"uri", access::totp_uri(secret, "Vong Gac", call.admission.caller.login)},
                                   {"sealed", base::to_hex(sealed)}});
  });
}

HttpReply answer_second_factor_confirm(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string code = form.text("code", 12), sealed_hex = form.text("sealed", 400);
    if (!form.finish()) return problems_reply(form.problems());
    const base::Result<base::Bytes> sealed = base::from_hex(sealed_hex);
    const base::Uuid& user = call.admission.caller.user;
    const auto secret = sealed ? services.office.seal().open(*sealed, user) : base::invalid_argument("not sealed");
    if (!secret || secret->size() != 20)
      return problem_reply(400, {"Yêu cầu không hợp lệ.", "the request is not valid"});
    const auto step = access::totp_step_of(*secret, code, services.office.clock().wall_now(), 0);
    if (!step) return refusal_reply(gate::wrong_login());
    return with_new_session(services, call, true, [&](store::WriteSession& session) -> base::Status {
      VG_TRY(access::set_totp(session, call.admission.caller.user, *sealed));
      return access::note_totp_step(session, call.admission.caller.user, *step);
    });
  });
}

HttpReply answer_end_others(const PoolServices& services, const Call& call) {
  const base::Status written = services.office.store().write_quietly([&](store::WriteSession& session) -> base::Status {
    const gate::Caller& caller = call.admission.caller;
    VG_TRY(access::end_other_sessions(session, caller.user, caller.credentials.session));
    return gate::note_done(session, call.admission, call.row->demand.name, "{}");
  });
  return written.ok() ? no_content() : logged_problem("sessions", written);
}

HttpReply answer_tokens(const PoolServices& services, const Call& call) {
  return read_register(services, "tokens", [&](store::Reader& session) -> base::Result<json::object> {
    json::array list;
    VG_ASSIGN(const std::vector<access::ApiToken> tokens,
              access::tokens_of(session, call.admission.caller.user, services.office.clock().wall_now()));
    for (const access::ApiToken& token : tokens) {
      list.push_back(json::object{{"id", token.id.to_string()},
                                  {"name", token.name},
                                  {"actions", actions_json(token.actions)},
                                  {"made", base::to_iso8601(token.made)},
                                  {"ends", base::to_iso8601(token.ends)},
                                  {"used", json_or_null(token.used)}});
    }
    return json::object{{"tokens", std::move(list)}};
  });
}

HttpReply answer_token_make(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string name = form.text("name", 40);
    const std::vector<std::string> codes = form.texts("actions", 40);
    const std::int64_t days = form.maybe_integer("days", 1, 366).value_or(90);
    access::Actions actions = 0;
    for (const std::string& code : codes) {
      const access::ActionName* action = access::find_action(code);
      if (action == nullptr) {
        form.problems().refuse("", "actions", "Không có việc này.", "There is no such action.");
      } else {
        actions = actions | action->action;
      }
    }
    if (actions == 0) form.problems().refuse("", "actions", "Chọn ít nhất một việc.", "Choose at least one action.");
    // Narrower than its owner: what they may not do they cannot pass on.
    if ((actions & ~call.admission.caller.authority.actions()) != 0) {
      form.problems().refuse("", "actions", "Chỉ chọn được việc mà chính bạn được làm.",
                             "Only what you may do yourself.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(services, call, 201,
                           [&](store::WriteSession& session, catalogue::Problems&) -> base::Result<json::object> {
                             VG_ASSIGN(const access::NewToken token,
                                       access::make_token(session, call.admission.caller.user, name, actions,
                                                          session.now() + base::Micros(base::Seconds(days * 86'400))));
                             return json::object{{"id", token.id.to_string()}, {"token", token.token}};
                           });
  });
}

HttpReply answer_token_revoke(const PoolServices& services, const Call& call) {
  return change_register(services, call, 200,
                         [&](store::WriteSession& session, catalogue::Problems&) -> base::Result<json::object> {
                           VG_TRY(access::revoke_token(session, call.admission.caller.user, call.id));
                           return json::object{};
                         });
}

HttpReply answer_purpose(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string words = form.text("words", 200);
    if (!words.empty() && catalogue::character_count(words) < access::kLeastPurposeLength) {
      form.problems().refuse("", "words", "Hãy viết rõ mục đích, ít nhất 5 ký tự.",
                             "Say what it is for, in 5 characters or more.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    json::object done;
    const base::Status written =
        services.office.store().write_quietly([&](store::WriteSession& session) -> base::Status {
          VG_ASSIGN(const access::Purpose purpose, access::state_purpose(session, call.admission.caller.user, words));
          done = {{"id", purpose.id.to_string()}, {"ends", base::to_iso8601(purpose.ends)}};
          return {};
        });
    return written.ok() ? json_reply(done, 201) : logged_problem("purpose", written);
  });
}

}  // namespace vonggac::api
