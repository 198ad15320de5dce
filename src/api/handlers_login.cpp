/// Coming in and going out: first start, login, logout, the locked screen.
#include "access/sessions.h"
#include "api/handler_parts.h"
#include "api/handlers.h"

namespace vonggac::api {
namespace {

HttpReply login_reply(const base::Result<gate::LoginOutcome>& outcome) {
  if (!outcome) return logged_problem("login", outcome.error());
  if (const gate::Refusal* refusal = std::get_if<gate::Refusal>(&*outcome)) return refusal_reply(*refusal);
  HttpReply reply = no_content();
  reply.headers.push_back(session_cookie(std::get<std::string>(*outcome)));
  return reply;
}

HttpReply lock_reply(const PoolServices& services, const Call& call, bool locked) {
  const base::Status written = services.office.store().write_quietly([&](store::WriteSession& session) -> base::Status {
    VG_TRY(access::lock_session(session, call.admission.caller.credentials.session, locked));
    return gate::note_done(session, call.admission, call.row->demand.name, "{}");
  });
  return written.ok() ? no_content() : logged_problem("lock", written);
}

}  // namespace

HttpReply answer_setup_state(const PoolServices& services, const Call&) {
  const base::Result<bool> needed = services.desk.setup_needed();
  return needed ? json_reply({{"needed", *needed}}) : logged_problem("setup", needed.error());
}

HttpReply answer_setup(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    gate::SetupForm setup;
    setup.code = form.text("code", 40);
    setup.login = form.text("login", 40);
    setup.name = form.text("name", 120);
    setup.password = form.secret("password");
    setup.address = call.request.address;
    return form.finish() ? login_reply(services.desk.set_up(setup)) : problems_reply(form.problems());
  });
}

HttpReply answer_login(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    gate::LoginForm login;
    login.login = form.text("login", 40);
    login.password = form.secret("password");
    login.code = form.maybe_text("code", 12).value_or("");
    login.address = call.request.address;
    return form.finish() ? login_reply(services.desk.log_in(login)) : problems_reply(form.problems());
  });
}

HttpReply answer_logout(const PoolServices& services, const Call& call) {
  const base::Status written = services.office.store().write_quietly([&](store::WriteSession& session) -> base::Status {
    VG_TRY(access::end_session(session, call.admission.caller.credentials.session));
    return gate::note_done(session, call.admission, "logout", "{}");
  });
  if (!written.ok()) return logged_problem("logout", written);
  HttpReply reply = no_content();
  reply.headers.push_back(no_session_cookie());
  reply.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  return reply;
}

/// Being let in is what is noted.
HttpReply answer_seen(const PoolServices&, const Call&) { return no_content(); }

HttpReply answer_lock(const PoolServices& services, const Call& call) { return lock_reply(services, call, true); }

HttpReply answer_unlock(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Secret password = form.secret("password");
    if (!form.finish()) return problems_reply(form.problems());
    const auto fits = services.desk.confirm(call.admission.caller.user, password, call.request.address);
    if (!fits) return logged_problem("unlock", fits.error());
    if (const gate::Refusal* refusal = std::get_if<gate::Refusal>(&*fits)) return refusal_reply(*refusal);
    return std::get<bool>(*fits) ? lock_reply(services, call, false) : refusal_reply(gate::wrong_login());
  });
}

}  // namespace vonggac::api
