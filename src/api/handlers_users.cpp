/// Accounts and grants, as an administrator keeps them. Who manages users in one area reaches those whose grants lie in
/// it, and gives grants there.
#include <algorithm>

#include <fmt/format.h>

#include "access/passwords.h"
#include "api/handler_parts.h"
#include "api/handlers.h"
#include "gate/objects.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

json::object user_json(const access::User& user) {
  return {{"id", user.id.to_string()},
          {"login", user.login},
          {"name", user.name},
          {"must_change_password", user.must_change},
          {"second_factor", user.totp_secret.has_value()},
          {"suspended", json_or_null(user.suspended_reason)},
          {"last_login", json_or_null(user.last_login)}};
}

json::object grant_json(const access::Grant& grant) {
  return {{"id", grant.id.to_string()},
          {"role", grant.role},
          {"area", json_or_null(grant.area)},
          {"from", base::to_iso8601(grant.from)},
          {"until", grant.to == access::kNoEnd ? json::value() : json::value(base::to_iso8601(grant.to))}};
}

base::Result<json::object> user_with_grants(store::Reader& session, const access::User& user, base::WallTime now) {
  json::object out = user_json(user);
  json::array list;
  VG_ASSIGN(const std::vector<access::Grant> grants, access::grants_of(session, user.id, now));
  for (const access::Grant& grant : grants) list.push_back(grant_json(grant));
  out["grants"] = std::move(list);
  return out;
}

struct GrantForm {
  std::string role;
  std::optional<base::Uuid> area;
  std::optional<base::WallTime> until;
};

GrantForm read_grant(Form& form) {
  GrantForm grant{form.text("role", 20), form.maybe_id("area"), form.maybe_time("until")};
  if (!grant.role.empty() && access::find_role(grant.role) == nullptr) {
    form.problems().refuse("", form.name_of("role"), "Không có vai trò này.", "There is no such role.");
  }
  return grant;
}

/// Nobody gives what lies outside their own reach, or a role to manage users wider than theirs.
base::Status give(store::WriteSession& session, const Call& call, const access::UserId& user, const GrantForm& grant,
                  catalogue::Problems& problems) {
  std::vector<base::Uuid> areas;
  if (grant.area) {
    VG_ASSIGN(const auto object, gate::load_object(session, gate::ObjectKind::kArea, *grant.area, session.now()));
    if (object) areas = object->areas;
    if (!object) problems.refuse("", "area", "Không có địa bàn này.", "There is no such area.");
  }
  if (!call.admission.caller.authority.may(access::Action::kUserManage, areas)) {
    problems.refuse("", "area", "Bạn chỉ được cấp quyền trong địa bàn mình quản lý.",
                    "You may give grants only in the areas you manage.");
  }
  if (problems.refused()) return problems.status();
  const base::WallTime until = grant.until.value_or(access::kNoEnd);
  if (until <= session.now()) {
    problems.refuse("", "until", "Thời hạn đã qua.", "This time is past.");
    return problems.status();
  }
  return access::give_grant(session, user, grant.role, grant.area, session.now(), until, call.admission.caller.user)
      .error();
}

}  // namespace

HttpReply answer_roles(const PoolServices&, const Call&) {
  json::array roles, actions;
  for (const access::ActionName& name : access::action_names()) {
    actions.push_back(json::object{{"code", name.code}, {"vi", name.vi}, {"en", name.en}});
  }
  for (const access::Role& role : access::roles()) {
    json::array codes;
    for (const access::ActionName& name : access::action_names()) {
      if (access::allows(role.actions, name.action)) codes.push_back(json::value(name.code));
    }
    roles.push_back(json::object{{"code", role.code},
                                 {"vi", role.vi},
                                 {"en", role.en},
                                 {"needs_second_factor", role.needs_second_factor},
                                 {"actions", std::move(codes)}});
  }
  return json_reply(json::object{{"roles", std::move(roles)}, {"actions", std::move(actions)}});
}

HttpReply answer_users(const PoolServices& services, const Call& call) {
  const auto limit = call.query.number("limit", 1, 200);
  if (!limit) return problem_reply(400, {"Tham số trên địa chỉ không hợp lệ.", "the query is not valid"});
  const std::int64_t most = limit->value_or(100);
  const base::WallTime now = services.office.clock().wall_now();
  return read_register(services, "users", [&](store::Reader& session) -> base::Result<json::object> {
    json::array list;
    std::string after = call.query.text("after").value_or("");
    bool more = true;
    while (more && static_cast<std::int64_t>(list.size()) < most) {
      VG_ASSIGN(const std::vector<access::User> users, access::list_users(session, after, most));
      more = static_cast<std::int64_t>(users.size()) == most;
      for (const access::User& user : users) {
        if (static_cast<std::int64_t>(list.size()) == most) {
          more = true;
          break;
        }
        after = user.login;
        VG_ASSIGN(const auto object, gate::load_object(session, gate::ObjectKind::kUser, user.id, now));
        if (!object || !call.admission.caller.authority.may(access::Action::kUserManage, object->areas)) continue;
        VG_ASSIGN(json::object one, user_with_grants(session, user, now));
        list.push_back(std::move(one));
      }
    }
    return json::object{{"users", std::move(list)}, {"next_after", more ? json::value(after) : json::value()}};
  });
}

HttpReply answer_user(const PoolServices& services, const Call& call) {
  const base::WallTime now = services.office.clock().wall_now();
  return read_register(services, "user", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const std::optional<access::User> user, access::user_by_id(session, access::UserId{call.id}));
    if (!user) return base::not_found("there is no such user");
    return user_with_grants(session, *user, now);
  });
}

HttpReply answer_user_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string login = form.text("login", 40), name = form.text("name", 120);
    if (!login.empty() && !access::clean_login(login)) {
      form.problems().refuse("", "login", "Tên đăng nhập gồm 3 đến 40 chữ cái không dấu, chữ số, dấu chấm, gạch nối.",
                             "A login has 3 to 40 letters without marks, digits, dots or hyphens.");
    }
    std::vector<GrantForm> grants;
    for (Form& inner : form.forms("grants", 20)) {
      grants.push_back(read_grant(inner));
      inner.finish();
      form.adopt(inner);
    }
    // A person without a grant can do nothing and would be out of everybody's reach but the highest.
    if (grants.empty()) form.problems().refuse("", "grants", "Cần ít nhất một quyền.", "At least one grant is needed.");
    if (!form.finish()) return problems_reply(form.problems());
    const std::string password = access::make_one_time_password();
    const base::Result<std::string> hash = access::hash_password(base::Secret(password));
    if (!hash) return logged_problem("password", hash.error());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_ASSIGN(const auto there, access::user_by_login(session, login));
          if (there) {
            problems.refuse("", "login", "Tên đăng nhập này đã có người dùng: mỗi người một tài khoản.",
                            "This login is taken: every person has an account of their own.");
            return problems.status();
          }
          VG_ASSIGN(const access::UserId id, access::add_user(session, login, name, *hash, true));
          for (const GrantForm& grant : grants) VG_TRY(give(session, call, id, grant, problems));
          return json::object{{"id", id.to_string()}, {"one_time_password", password}};
        });
  });
}

HttpReply answer_user_change(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::optional<std::string> name = form.maybe_text("name", 120);
    const bool changes_suspension = form.has("suspended");
    const std::optional<std::string> suspended = form.maybe_text("suspended", 200);
    if (name && name->empty()) form.problems().refuse("", "name", "Cần họ tên.", "A name is needed.");
    if (changes_suspension && call.id == call.admission.caller.user) {
      form.problems().refuse("", "suspended", "Không tự khóa tài khoản của mình.",
                             "Nobody suspends their own account.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(services, call, 200,
                           [&](store::WriteSession& session, catalogue::Problems&) -> base::Result<json::object> {
                             const access::UserId id{call.id};
                             if (name) VG_TRY(access::rename_user(session, id, *name));
                             if (changes_suspension) VG_TRY(access::suspend(session, id, suspended));
                             VG_ASSIGN(const auto user, access::user_by_id(session, id));
                             return user ? user_json(*user) : json::object{};
                           });
  });
}

HttpReply answer_user_reset(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const bool second_factor_too = form.flag("second_factor");
    if (!form.finish()) return problems_reply(form.problems());
    const std::string password = access::make_one_time_password();
    const base::Result<std::string> hash = access::hash_password(base::Secret(password));
    if (!hash) return logged_problem("password", hash.error());
    return change_register(services, call, 200,
                           [&](store::WriteSession& session, catalogue::Problems&) -> base::Result<json::object> {
                             const access::UserId id{call.id};
                             VG_TRY(access::reset_password(session, id, *hash));
                             if (second_factor_too) VG_TRY(access::set_totp(session, id, std::nullopt));
                             return json::object{{"one_time_password", password}};
                           });
  });
}

HttpReply answer_grant_give(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const GrantForm grant = read_grant(form);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(give(session, call, access::UserId{call.id}, grant, problems));
          return json::object{};
        });
  });
}

HttpReply answer_grant_revoke(const PoolServices& services, const Call& call) {
  return change_register(
      services, call, 200,
      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
        VG_TRY(access::revoke_grant(session, call.id));
        VG_ASSIGN(const store::Rows left,
                  session.query("select 1 from user_grant where role = 'QUAN_TRI' and area is null and "
                                "revoked_at_us is null and valid_to_us > $1 limit 1",
                                {session.now()}));
        if (left.empty()) {
          problems.refuse("", "", "Đây là quản trị viên cuối cùng: hãy cấp quyền cho người khác trước.",
                          "This is the last administrator: give the grant to somebody else first.");
          return problems.status();
        }
        return json::object{};
      });
}

}  // namespace vonggac::api
