#include "gate/owner_accounts.h"

namespace vonggac::gate {

base::Status link_owner_account(store::WriteSession& session, const base::Uuid& party, const base::Uuid& user) {
  VG_TRY(session.run("delete from owner_account where party = $1", {party}).error());
  VG_TRY(session
             .run("insert into owner_account (party, app_user, made_at_us) values ($1, $2, $3)",
                  {party, user, session.now()})
             .error());
  return session.tell("party.account", party, "{}");
}

base::Result<std::optional<base::Uuid>> account_of_party(store::Reader& session, const base::Uuid& party) {
  VG_ASSIGN(const store::Rows rows, session.query("select app_user from owner_account where party = $1", {party}));
  return rows.empty() ? std::optional<base::Uuid>() : std::optional<base::Uuid>(rows[0].id(0));
}

base::Result<std::vector<OwnCamera>> cameras_of_owner(store::Reader& session, const base::Uuid& user) {
  // Who gave an older agreement and has sold the house since sees nothing of it any more.
  VG_ASSIGN(
      const store::Rows rows,
      session.query(
          "select c.id, c.name, c.code from camera c where c.owner in (select party from owner_account where "
          "app_user = $1) or exists (select 1 from agreement_camera g join agreement a on a.id = g.agreement join "
          "owner_account o on o.party = a.giver where g.camera = c.id and o.app_user = $1 and not exists (select 1 "
          "from agreement_camera n where n.camera = g.camera and n.number > g.number)) order by c.name, c.id",
          {user}));
  std::vector<OwnCamera> cameras;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    cameras.push_back({base::CameraId{rows[i].id(0)}, rows[i].text(1), rows[i].text(2)});
  }
  return cameras;
}

}  // namespace vonggac::gate
