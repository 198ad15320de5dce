#include "gate/kept_replies.h"

#include <algorithm>

namespace vonggac::gate {

bool is_request_key(std::string_view key) {
  return !key.empty() && key.size() <= kLongestRequestKey &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

base::Result<Repeat> kept_reply(store::Reader& session, const Seal& seal, const base::Uuid& user, std::string_view key,
                                std::string_view hash, base::WallTime now) {
  const base::WallTime oldest{now.us - base::Micros(kReplyLife).count()};
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select id, request_hash, status, body from kept_reply where app_user = $1 and request_key = $2 "
                    "and made_at_us > $3",
                    {user, key, oldest}));
  if (rows.empty()) return Repeat();
  if (rows[0].text(1) != hash) return Repeat(OtherRequest{});
  VG_ASSIGN(const base::Bytes body, seal.open(rows[0].bytes(3), rows[0].id(0)));
  return Repeat(KeptReply{static_cast<unsigned>(rows[0].integer(2)), std::string(body.begin(), body.end())});
}

base::Status keep_reply(store::WriteSession& session, const Seal& seal, const base::Uuid& user, std::string_view key,
                        std::string_view hash, const KeptReply& reply) {
  const base::WallTime oldest{session.now().us - base::Micros(kReplyLife).count()};
  VG_TRY(session.run_aside("delete from kept_reply where made_at_us <= $1", {oldest}).error());
  const base::Uuid id = session.new_id();
  const base::Bytes plain(reply.body.begin(), reply.body.end());
  return session
      .run_aside(
          "insert into kept_reply (id, app_user, request_key, request_hash, status, body, made_at_us) values ($1, $2, "
          "$3, "
          "$4, $5, $6, $7)",
          {id, user, key, hash, static_cast<std::int64_t>(reply.status), seal.close(plain, id), session.now()})
      .error();
}

}  // namespace vonggac::gate
