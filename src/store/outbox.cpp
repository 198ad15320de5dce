#include "store/outbox.h"

namespace vonggac::store {

base::Result<base::Uuid> ensure_node(Store& store, const base::Clock& clock) {
  base::Uuid id;
  const base::Status written = store.write_quietly([&](WriteSession& session) -> base::Status {
    VG_ASSIGN(const Rows known, session.query("select id from node"));
    id = known.empty() ? base::Uuid::make_v7(clock) : known[0].id(0);
    if (!known.empty()) return {};
    return session.run("insert into node (id, made_at_us, outbox_seq) values ($1, $2, 0)", {id, session.now()}).error();
  });
  VG_TRY(written);
  return id;
}

base::Result<std::vector<OutboxRow>> read_outbox(Reader& session, std::int64_t after_seq, std::int64_t limit) {
  VG_ASSIGN(const Rows rows,
            session.query("select seq, at_us, topic, subject, body from outbox where seq > $1 order by seq limit $2",
                          {after_seq, limit}));
  std::vector<OutboxRow> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    found.push_back({row.integer(0), row.time(1), row.text(2), row.id(3), row.text(4)});
  }
  return found;
}

base::Result<std::int64_t> prune_outbox(Store& store, base::WallTime older_than, std::int64_t limit) {
  std::int64_t gone = 0;
  const base::Status deleted = store.write_quietly([&](WriteSession& session) -> base::Status {
    VG_ASSIGN(gone,
              session.run("delete from outbox where seq < (select max(seq) from outbox) and seq <= (select "
                          "coalesce(max(seq), 0) from (select seq, at_us from outbox order by seq limit $2) as oldest "
                          "where at_us < $1)",
                          {older_than.us, limit}));
    return {};
  });
  VG_TRY(deleted);
  return gone;
}

}  // namespace vonggac::store
