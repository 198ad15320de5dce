/// Replies to requests that made something, kept for a day: a request that is sent again with the same key, because the
/// line broke before the reply came, makes nothing twice.
/// Flow     Idempotency-Key -> kept_reply() before the work, keep_reply() after it, in one transaction.
/// Threads  within a write of room store.
/// Errors   those of the store; kDataLoss: the reply cannot be unsealed.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gate/seal.h"
#include "store/store.h"

namespace vonggac::gate {

inline constexpr base::Seconds kReplyLife{24LL * 3600};
inline constexpr std::size_t kLongestRequestKey = 80;

/// Bodies are sealed: a reply may hold a password that is shown once.
inline constexpr std::string_view kKeptReplySchema = R"(
create table kept_reply (
  id bytea not null primary key,
  app_user bytea not null references app_user (id) deferrable initially deferred,
  request_key text not null,
  request_hash text not null,
  status bigint not null,
  body bytea not null,
  made_at_us bigint not null
);
create unique index kept_reply_key on kept_reply (app_user, request_key);
create index kept_reply_age on kept_reply (made_at_us);
)";

struct KeptReply {
  unsigned status = 0;
  std::string body;
};
struct OtherRequest {};  ///< the key was used for something else
using Repeat = std::variant<std::monostate, KeptReply, OtherRequest>;

/// 1 to 80 visible ASCII characters.
bool is_request_key(std::string_view key);
base::Result<Repeat> kept_reply(store::Reader& session, const Seal& seal, const base::Uuid& user, std::string_view key,
                                std::string_view hash, base::WallTime now);
/// Takes away those that are too old too.
base::Status keep_reply(store::WriteSession& session, const Seal& seal, const base::Uuid& user, std::string_view key,
                        std::string_view hash, const KeptReply& reply);

}  // namespace vonggac::gate
