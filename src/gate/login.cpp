#include "gate/login.h"

#include <fmt/format.h>

#include "access/audit.h"
#include "access/grants.h"
#include "access/passwords.h"
#include "access/sessions.h"
#include "access/totp.h"
#include "base/log.h"

namespace vonggac::gate {
namespace {

int seconds_up(base::Micros wait) { return static_cast<int>((wait.count() + 999'999) / 1'000'000); }

access::AuditEntry login_entry(const char* action, bool allowed, const std::string& login, const std::string& address) {
  access::AuditEntry entry;
  entry.actor_name = login;
  entry.action = action;
  entry.allowed = allowed;
  entry.address = address;
  return entry;
}

/// One account is one account, however its login is written; whatever can be no login counts as one.
std::string brake_name(const std::string& typed) { return access::clean_login(typed).value_or(""); }

}  // namespace

/// What was typed as a login is kept only if it is one: people type passwords into the wrong field.
base::Result<LoginOutcome> LoginDesk::refuse(const LoginForm& form, const std::optional<access::User>& user,
                                             access::LoginTry& running, const char* why) {
  running.failed(office_.clock().mono_now());
  access::AuditEntry entry = login_entry("login", false, user ? user->login : "", form.address);
  entry.detail = fmt::format(R"({{"why":"{}"}})", why);
  VG_TRY(office_.store().write_quietly([&](store::WriteSession& s) { return access::write_audit(s, entry); }));
  return LoginOutcome(wrong_login());
}

std::optional<Refusal> LoginDesk::closed_to(const std::string& address) {
  const base::Micros wait = brake_.wait_of_address(address, office_.clock().mono_now());
  return wait.count() > 0 ? std::optional(too_many_tries(seconds_up(wait))) : std::nullopt;
}

base::Result<LoginOutcome> LoginDesk::log_in(const LoginForm& form) {
  access::LoginTry running(brake_, brake_name(form.login), form.address, office_.clock().mono_now());
  if (!running.may_go_on()) return LoginOutcome(too_many_tries(seconds_up(running.wait())));
  std::optional<access::User> user;
  const base::Status read = office_.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(user, access::user_by_login(session, form.login));
    return {};
  });
  VG_TRY(read);
  // Computed for nobody as well: time must not tell which accounts exist.
  const bool fits = access::password_fits(form.password, user ? user->password_hash : std::string());
  if (!user || !fits) return refuse(form, user, running, "password");
  if (user->suspended_reason) return refuse(form, user, running, "suspended");
  return admit_user(*user, form, running);
}

base::Result<LoginOutcome> LoginDesk::admit_user(const access::User& user, const LoginForm& form,
                                                 access::LoginTry& running) {
  std::optional<std::int64_t> step;
  if (user.totp_secret) {
    if (form.code.empty()) return LoginOutcome(second_factor_code_needed());
    VG_ASSIGN(const base::Bytes secret, office_.seal().open(*user.totp_secret, user.id));
    step = access::totp_step_of(secret, form.code, office_.clock().wall_now(), user.totp_last_step);
    if (!step) return refuse(form, user, running, "second_factor");
  }
  std::string token;
  bool used_before = false;
  const base::Status written = office_.store().write_quietly([&](store::WriteSession& session) -> base::Status {
    used_before = false;
    if (step) {
      const base::Status noted = access::note_totp_step(session, user.id, *step);
      used_before = noted.kind() == base::ErrorKind::kPermissionDenied;
      if (used_before) return {};
      VG_TRY(noted);
    }
    VG_ASSIGN(token, access::begin_session(session, user.id, step.has_value(), form.address));
    access::AuditEntry entry = login_entry("login", true, user.login, form.address);
    entry.actor = user.id;
    return access::write_audit(session, entry);
  });
  VG_TRY(written);
  if (used_before) return refuse(form, user, running, "code_used_before");
  running.succeeded();
  return LoginOutcome(std::move(token));
}

namespace {

Refusal wrong_setup_code() {
  return {403,
          "wrong_setup_code",
          {"Mã thiết lập không đúng hoặc đã dùng. Chạy “vonggac user setup-code” trên máy chủ để lấy mã mới.",
           "The setup code is wrong or was used. Run “vonggac user setup-code” on the server for a new one."}};
}

}  // namespace

base::Result<LoginOutcome> LoginDesk::set_up(const SetupForm& form) {
  // All tries at the code count together, wherever they come from; no login can be written like this.
  access::LoginTry running(brake_, "setup code", form.address, office_.clock().mono_now());
  if (!running.may_go_on()) return LoginOutcome(too_many_tries(seconds_up(running.wait())));
  VG_ASSIGN(const bool needed, setup_needed());
  if (!needed) {
    running.failed(office_.clock().mono_now());
    return LoginOutcome(wrong_setup_code());
  }
  if (const access::PasswordFault* fault = access::fault_of_password(form.password, form.login)) {
    return LoginOutcome(Refusal{422, "unfit_password", {fault->vi, fault->en}});
  }
  if (!access::clean_login(form.login) || form.name.empty()) {
    return LoginOutcome(
        Refusal{422,
                "unfit_login",
                {"Tên đăng nhập gồm 3 đến 40 chữ cái không dấu, chữ số, dấu chấm, gạch nối; cần cả họ tên.",
                 "A login has 3 to 40 letters without marks, digits, dots or hyphens; a name is needed too."}});
  }
  VG_ASSIGN(const std::string hash, access::hash_password(form.password));
  std::string token;
  bool code_fits = false;
  const base::Status written = office_.store().write([&](store::WriteSession& session) -> base::Status {
    VG_ASSIGN(code_fits, access::take_setup_code(session, form.code));
    if (!code_fits) return {};
    VG_ASSIGN(const access::UserId id, access::add_user(session, form.login, form.name, hash, false));
    VG_TRY(
        access::give_grant(session, id, "QUAN_TRI", std::nullopt, session.now(), access::kNoEnd, std::nullopt).error());
    VG_ASSIGN(token, access::begin_session(session, id, false, form.address));
    access::AuditEntry entry = login_entry("setup", true, form.login, form.address);
    entry.actor = id;
    return access::write_audit(session, entry);
  });
  VG_TRY(written);
  if (code_fits) return LoginOutcome(std::move(token));
  running.failed(office_.clock().mono_now());
  return LoginOutcome(wrong_setup_code());
}

base::Result<bool> LoginDesk::setup_needed() {
  bool needed = false;
  const base::Status read = office_.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(const store::Rows rows, session.query("select 1 from app_user limit 1"));
    needed = rows.empty();
    return {};
  });
  VG_TRY(read);
  return needed;
}

base::Result<std::optional<access::User>> LoginDesk::user_of(const access::UserId& id) {
  std::optional<access::User> found;
  const base::Status read = office_.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(found, access::user_by_id(session, id));
    return {};
  });
  VG_TRY(read);
  return found;
}

base::Result<std::variant<bool, Refusal>> LoginDesk::confirm(const access::UserId& user, const base::Secret& password,
                                                             const std::string& address) {
  using Answer = std::variant<bool, Refusal>;
  VG_ASSIGN(const std::optional<access::User> found, user_of(user));
  if (!found) return Answer(false);
  access::LoginTry running(brake_, found->login, address, office_.clock().mono_now());
  if (!running.may_go_on()) return Answer(too_many_tries(seconds_up(running.wait())));
  const bool fits = access::password_fits(password, found->password_hash);
  if (fits) {
    running.succeeded();
    return Answer(true);
  }
  running.failed(office_.clock().mono_now());
  VG_TRY(note_wrong(*found, address, "password"));
  return Answer(false);
}

base::Result<std::variant<bool, Refusal>> LoginDesk::confirm_code(const access::UserId& user, const std::string& code,
                                                                  const std::string& address) {
  using Answer = std::variant<bool, Refusal>;
  VG_ASSIGN(const std::optional<access::User> found, user_of(user));
  if (!found || !found->totp_secret) return Answer(found.has_value());
  if (code.empty()) return Answer(second_factor_code_needed());
  // Counted apart from passwords: who knows the password would wash off wrong codes with it.
  access::LoginTry running(brake_, found->login + " code", address, office_.clock().mono_now());
  if (!running.may_go_on()) return Answer(too_many_tries(seconds_up(running.wait())));
  VG_ASSIGN(const base::Bytes secret, office_.seal().open(*found->totp_secret, found->id));
  const auto step = access::totp_step_of(secret, code, office_.clock().wall_now(), found->totp_last_step);
  if (!step) {
    running.failed(office_.clock().mono_now());
    VG_TRY(note_wrong(*found, address, "second_factor"));
    return Answer(false);
  }
  VG_TRY(office_.store().write_quietly(
      [&](store::WriteSession& session) { return access::note_totp_step(session, found->id, *step); }));
  running.succeeded();
  return Answer(true);
}

base::Status LoginDesk::note_wrong(const access::User& user, const std::string& address, const char* why) {
  access::AuditEntry entry = login_entry("confirm", false, user.login, address);
  entry.actor = user.id;
  entry.detail = fmt::format(R"({{"why":"{}"}})", why);
  return office_.store().write_quietly([&](store::WriteSession& s) { return access::write_audit(s, entry); });
}

}  // namespace vonggac::gate
