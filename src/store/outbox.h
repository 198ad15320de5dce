/// The outbox: what changed, in order, without holes, kept in the transaction that made the change. Feeds, the audit's
/// copies and the way to a centre read it; rows that everybody has taken are pruned.
/// Threads  any (through Store).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "store/store.h"

namespace vonggac::store {

/// The first step of every schema: this node's identity and its outbox.
inline constexpr std::string_view kNodeAndOutbox = R"(
create table node (
  id bytea not null primary key,
  made_at_us bigint not null,
  outbox_seq bigint not null
);
create table outbox (
  seq bigint not null primary key,
  at_us bigint not null,
  topic text not null,
  subject bytea not null,
  body text not null
);
)";

struct OutboxRow {
  std::int64_t seq = 0;
  base::WallTime at;
  std::string topic;
  base::Uuid subject;
  std::string body;  ///< a JSON object
};

/// Gives the node its identity where it has none yet; once after migrate().
base::Result<base::Uuid> ensure_node(Store& store, const base::Clock& clock);
/// At most `limit` rows after `seq`, oldest first.
base::Result<std::vector<OutboxRow>> read_outbox(Reader& session, std::int64_t after_seq, std::int64_t limit);
/// Deletes rows written before `older_than`, oldest first, at most `limit` in this transaction: whoever comes later
/// must wait. The newest row stays, so that a check sees where the numbers are.
base::Result<std::int64_t> prune_outbox(Store& store, base::WallTime older_than, std::int64_t limit);

}  // namespace vonggac::store
