#include "gate/caller.h"

#include "access/sessions.h"
#include "access/tokens.h"

namespace vonggac::gate {
namespace {

constexpr std::int64_t kNoteEveryUs = 60'000'000;

base::Result<std::optional<Caller>> caller_of_user(store::Reader& session, const access::UserId& id,
                                                   const Credentials& credentials, base::WallTime now) {
  VG_ASSIGN(const std::optional<access::User> user, access::user_by_id(session, id));
  if (!user || user->suspended_reason) return std::optional<Caller>();
  Caller caller;
  caller.user = id;
  caller.login = user->login;
  caller.name = user->name;
  caller.must_change_password = user->must_change;
  caller.credentials = credentials;
  VG_ASSIGN(caller.authority, access::Authority::of(session, id, now));
  return std::optional(std::move(caller));
}

base::Result<std::optional<Caller>> person(store::Reader& session, const Credentials& credentials, base::WallTime now) {
  VG_ASSIGN(const std::optional<access::LoginSession> login, access::session_of(session, credentials.session, now));
  if (!login) return std::optional<Caller>();
  VG_ASSIGN(std::optional<Caller> caller, caller_of_user(session, login->user, credentials, now));
  if (!caller) return caller;
  caller->seen = login->seen;
  caller->locked = login->locked;
  caller->must_set_second_factor = caller->authority.needs_second_factor() && !login->second_factor;
  return caller;
}

base::Result<std::optional<Caller>> program(store::Reader& session, const Credentials& credentials,
                                            base::WallTime now) {
  VG_ASSIGN(const std::optional<access::ApiToken> token, access::token_of(session, credentials.token, now));
  if (!token) return std::optional<Caller>();
  VG_ASSIGN(std::optional<Caller> caller, caller_of_user(session, token->user, credentials, now));
  if (!caller) return caller;
  caller->token = token->id;
  caller->seen = token->used.value_or(base::WallTime{});
  caller->authority = caller->authority.narrowed_to(token->actions);
  return caller;
}

}  // namespace

base::Result<std::optional<Caller>> identify(store::Reader& session, const Credentials& credentials,
                                             base::WallTime now) {
  // A token that is there is what counts: who sends both would else never learn that the token has ended.
  if (!credentials.token.empty()) return program(session, credentials, now);
  if (!credentials.session.empty()) return person(session, credentials, now);
  return std::optional<Caller>();
}

std::optional<Refusal> obstacle(const Caller& caller) {
  if (caller.must_change_password) return password_must_change();
  if (caller.must_set_second_factor) return second_factor_must_be_set();
  return std::nullopt;
}

base::Status note_use(store::Store& store, const Caller& caller, base::WallTime now) {
  if (now.us - caller.seen.us < kNoteEveryUs) return {};
  return store.write_quietly([&](store::WriteSession& session) {
    return caller.token ? access::touch_token(session, *caller.token)
                        : access::touch_session(session, caller.credentials.session);
  });
}

}  // namespace vonggac::gate
