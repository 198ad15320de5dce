#include "access/tokens.h"

#include <array>

#include <fmt/format.h>
#include <sodium.h>

#include "access/roles.h"
#include "base/bytes.h"
#include "base/digest.h"

namespace vonggac::access {
namespace {

constexpr std::int64_t kNoteUseEveryUs = 60'000'000;
constexpr std::size_t kLongestTokenName = 80;
constexpr std::string_view kTokenColumns =
    "t.id, t.app_user, t.name, t.actions, t.made_at_us, t.ends_at_us, t.used_at_us";

ApiToken token_row(const store::Row& row) {
  return {row.id(0),   UserId{row.id(1)}, row.text(2),      static_cast<Actions>(row.integer(3)),
          row.time(4), row.time(5),       row.maybe_time(6)};
}

base::Bytes hash_of_api_token(std::string_view token) {
  const base::Sha256Digest digest = base::sha256(base::as_bytes(token));
  return {digest.begin(), digest.end()};
}

}  // namespace

base::Result<NewToken> make_token(store::WriteSession& session, const UserId& user, std::string_view name,
                                  Actions actions, base::WallTime ends) {
  if (name.empty() || name.size() > kLongestTokenName) return base::invalid_argument("a token needs a short name");
  if (actions == 0 || (actions & ~all_actions()) != 0) return base::invalid_argument("a token needs known actions");
  if (ends <= session.now() || ends > session.now() + kLongestTokenLife) {
    return base::invalid_argument("a token ends in the future, within a year");
  }
  std::array<std::uint8_t, 32> random{};
  randombytes_buf(random.data(), random.size());
  NewToken made{session.new_id(), std::string(kTokenPrefix) + base::to_hex(random)};
  VG_TRY(session
             .run("insert into api_token (id, app_user, name, token_hash, actions, made_at_us, ends_at_us) values ($1, "
                  "$2, $3, $4, $5, $6, $7)",
                  {made.id, user, name, hash_of_api_token(made.token), actions, session.now(), ends})
             .error());
  VG_TRY(session.tell("token.made", user, "{}"));
  return made;
}

base::Result<std::optional<ApiToken>> token_of(store::Reader& session, std::string_view token, base::WallTime now) {
  if (!token.starts_with(kTokenPrefix)) return std::optional<ApiToken>();
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from api_token t join app_user u on u.id = t.app_user where "
                                      "t.token_hash = $1 and t.revoked_at_us is null and t.ends_at_us > $2 and "
                                      "t.made_at_us <= $3 and u.suspended_reason is null",
                                      kTokenColumns),
                          {hash_of_api_token(token), now, now.us + kNoteUseEveryUs}));
  return rows.empty() ? std::optional<ApiToken>() : std::optional(token_row(rows[0]));
}

base::Result<std::vector<ApiToken>> tokens_of(store::Reader& session, const UserId& user, base::WallTime now) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query(fmt::format("select {} from api_token t where t.app_user = $1 and t.revoked_at_us is null and "
                                "t.ends_at_us > $2 order by t.id",
                                kTokenColumns),
                    {user, now}));
  std::vector<ApiToken> tokens;
  for (std::size_t i = 0; i < rows.size(); ++i) tokens.push_back(token_row(rows[i]));
  return tokens;
}

base::Status touch_token(store::WriteSession& session, const base::Uuid& id) {
  return session
      .run("update api_token set used_at_us = $2 where id = $1 and coalesce(used_at_us, 0) < $3",
           {id, session.now(), session.now().us - kNoteUseEveryUs})
      .error();
}

base::Status revoke_token(store::WriteSession& session, const UserId& user, const base::Uuid& id) {
  VG_ASSIGN(
      const std::int64_t rows,
      session.run("update api_token set revoked_at_us = $3 where id = $1 and app_user = $2 and revoked_at_us is null",
                  {id, user, session.now()}));
  if (rows == 0) return base::not_found("there is no such token");
  return session.tell("token.revoked", user, "{}");
}

}  // namespace vonggac::access
