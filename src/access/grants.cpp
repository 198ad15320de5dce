#include "access/grants.h"

#include <algorithm>

namespace vonggac::access {
namespace {

Grant grant_row(const store::Row& row) {
  return {row.id(0), UserId{row.id(1)}, row.text(2), row.maybe_id(3), row.time(4), row.time(5)};
}

}  // namespace

base::Result<base::Uuid> give_grant(store::WriteSession& session, const UserId& user, std::string_view role,
                                    const std::optional<base::Uuid>& area, base::WallTime from, base::WallTime to,
                                    const std::optional<UserId>& given_by) {
  if (find_role(role) == nullptr) return base::invalid_argument("there is no such role");
  if (to <= from) return base::invalid_argument("the grant ends before it begins");
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into user_grant (id, app_user, role, area, valid_from_us, valid_to_us, given_by) "
                  "values ($1, $2, $3, "
                  "$4, $5, $6, $7)",
                  {id, user, role, area, from, to, given_by})
             .error());
  VG_TRY(session.tell("grant.given", user, "{}"));
  return id;
}

base::Status revoke_grant(store::WriteSession& session, const base::Uuid& grant) {
  VG_ASSIGN(const store::Rows rows,
            session.query(
                "update user_grant set revoked_at_us = $2 where id = $1 and revoked_at_us is null returning app_user",
                {grant, session.now()}));
  if (rows.empty()) return base::not_found("there is no such grant, or it was revoked already");
  return session.tell("grant.revoked", rows[0].id(0), "{}");
}

base::Result<std::optional<Grant>> grant_by_id(store::Reader& session, const base::Uuid& grant) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select id, app_user, role, area, valid_from_us, valid_to_us from user_grant where id = $1 "
                          "and revoked_at_us is null",
                          {grant}));
  return rows.empty() ? std::optional<Grant>() : std::optional(grant_row(rows[0]));
}

base::Result<std::vector<Grant>> grants_of(store::Reader& session, const UserId& user, base::WallTime now) {
  VG_ASSIGN(const store::Rows rows,
            session.query(
                "select id, app_user, role, area, valid_from_us, valid_to_us from user_grant where app_user = $1 and "
                "revoked_at_us is null and valid_from_us <= $2 and valid_to_us > $2 order by id",
                {user, now}));
  std::vector<Grant> grants;
  for (std::size_t i = 0; i < rows.size(); ++i) grants.push_back(grant_row(rows[i]));
  return grants;
}

base::Result<Authority> Authority::of(store::Reader& session, const UserId& user, base::WallTime now) {
  VG_ASSIGN(const std::vector<Grant> grants, grants_of(session, user, now));
  Authority authority;
  for (const Grant& grant : grants) {
    // What a role allows is asked from the program, not from the row: a role that was narrowed is narrow at once.
    const Role* role = find_role(grant.role);
    if (role == nullptr) continue;
    authority.reaches_.push_back({role->actions, grant.area});
    authority.needs_second_factor_ = authority.needs_second_factor_ || role->needs_second_factor;
  }
  return authority;
}

bool Authority::may(Action action, const std::vector<base::Uuid>& lineage) const {
  return std::any_of(reaches_.begin(), reaches_.end(), [&](const Reach& reach) {
    if (!allows(reach.actions, action)) return false;
    return !reach.area || std::find(lineage.begin(), lineage.end(), *reach.area) != lineage.end();
  });
}

bool Authority::may_anywhere(Action action) const {
  return std::any_of(reaches_.begin(), reaches_.end(),
                     [&](const Reach& reach) { return allows(reach.actions, action); });
}

Authority Authority::narrowed_to(Actions actions) const {
  Authority narrow = *this;
  for (Reach& reach : narrow.reaches_) reach.actions &= actions;
  return narrow;
}

Actions Authority::actions() const {
  Actions all = 0;
  for (const Reach& reach : reaches_) all |= reach.actions;
  return all;
}

Authority::Scope Authority::scope(Action action) const {
  Scope scope;
  for (const Reach& reach : reaches_) {
    if (!allows(reach.actions, action)) continue;
    if (!reach.area) {
      scope.everywhere = true;
    } else if (std::find(scope.roots.begin(), scope.roots.end(), *reach.area) == scope.roots.end()) {
      scope.roots.push_back(*reach.area);
    }
  }
  return scope;
}

}  // namespace vonggac::access
