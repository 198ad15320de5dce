#include "access/purposes.h"

namespace vonggac::access {

base::Result<Purpose> state_purpose(store::WriteSession& session, const UserId& user, std::string_view words) {
  if (words.size() < kLeastPurposeLength || words.size() > kLongestPurposeLength) {
    return base::invalid_argument("say in a few words what the footage is needed for");
  }
  const Purpose purpose{session.new_id(), std::string(words), session.now() + kPurposeLife};
  VG_TRY(session
             .run("insert into purpose (id, app_user, words, made_at_us, ends_at_us) values ($1, $2, $3, $4, $5)",
                  {purpose.id, user, words, session.now(), purpose.ends})
             .error());
  return purpose;
}

base::Result<std::optional<Purpose>> purpose_of(store::Reader& session, const UserId& user, const base::Uuid& id,
                                                base::WallTime now) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select id, words, ends_at_us from purpose where id = $1 and app_user = $2 and ends_at_us > "
                          "$3 and made_at_us <= $4",
                          {id, user, now, now + base::Micros(base::Seconds(60))}));
  if (rows.empty()) return std::optional<Purpose>();
  return std::optional(Purpose{rows[0].id(0), rows[0].text(1), rows[0].time(2)});
}

}  // namespace vonggac::access
