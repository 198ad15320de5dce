#include "catalogue/area_members.h"

namespace vonggac::catalogue {

base::Status put_member(store::WriteSession& session, std::string_view kind, const base::Uuid& subject,
                        const AreaId& area, Day from) {
  VG_TRY(end_member(session, subject, from));
  return session.run_later(
      "insert into area_member (kind, subject, area, from_day, to_day) values ($1, $2, $3, $4, $5)",
      {kind, subject, area, from.number, kOpenEnd.number});
}

base::Status end_member(store::WriteSession& session, const base::Uuid& subject, Day day) {
  VG_TRY(session.run_later("delete from area_member where subject = $1 and from_day >= $2", {subject, day.number}));
  return session.run_later("update area_member set to_day = $2 where subject = $1 and from_day < $2 and to_day > $2",
                           {subject, day.number});
}

base::Result<std::optional<AreaId>> member_area(store::Reader& session, const base::Uuid& subject, Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select area from area_member where subject = $1 and from_day <= $2 and to_day > $2",
                          {subject, day.number}));
  if (rows.empty()) return std::optional<AreaId>();
  return std::optional<AreaId>(AreaId{rows[0].id(0)});
}

base::Result<std::int64_t> count_members(store::Reader& session, const AreaId& area, Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select count(*) from area_member where area = $1 and to_day > $2", {area, day.number}));
  return rows[0].integer(0);
}

base::Status move_members(store::WriteSession& session, const AreaId& from, const AreaId& to, Day day) {
  // The target comes from its table: a cast to bytea would be one to a number on SQLite.
  VG_TRY(session
             .run("insert into area_member (kind, subject, area, from_day, to_day) select m.kind, m.subject, t.id, "
                  "cast($3 as bigint), m.to_day from area_member m join area t on t.id = $2 where m.area = $1 and "
                  "m.from_day < $3 and m.to_day > $3",
                  {from, to, day.number})
             .error());
  VG_TRY(session
             .run("update area_member set to_day = $2 where area = $1 and from_day < $2 and to_day > $2",
                  {from, day.number})
             .error());
  VG_TRY(session.run("update area_member set area = $2 where area = $1 and from_day >= $3", {from, to, day.number})
             .error());
  return note_moved(session, to, day);
}

base::Status queue_members(store::WriteSession& session, const ChangeId& change, const AreaId& area, Day day) {
  VG_ASSIGN(const store::Rows members,
            session.query("select kind, subject from area_member where area = $1 and to_day > $2 order by subject",
                          {area, day.number}));
  std::vector<store::Parameters> rows;
  for (std::size_t i = 0; i < members.size(); ++i) {
    rows.push_back({session.new_id(), change, members[i].text(0), members[i].id(1), area});
  }
  return session.run_many(
      "insert into reassignment (id, change, subject_kind, subject, from_area) values ($1, $2, $3, $4, $5)", rows);
}

base::Status note_moved(store::WriteSession& session, const AreaId& area, Day day) {
  return session
      .run("insert into area_moved (area, day) values ($1, $2) on conflict (area, day) do nothing", {area, day.number})
      .error();
}

base::Result<AreaPlace> place_of(store::Reader& session, const AreaId& area, Day day) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("with recursive up (area, kind, parent) as (select v.area, v.kind, v.parent from area_version v "
                    "where v.area = $1 and v.valid_from <= $2 and v.valid_to > $2 union all select v.area, v.kind, "
                    "v.parent from area_version v join up on v.area = up.parent where v.valid_from <= $2 and "
                    "v.valid_to > $2) select area, kind from up",
                    {area, day.number}));
  AreaPlace place;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const AreaId found{rows[i].id(0)};
    const auto kind = area_kind_of(rows[i].integer(1));
    if (kind == AreaKind::kResidential) place.residential = found;
    if (kind == AreaKind::kCommune) place.commune = found;
    if (kind == AreaKind::kProvince) place.province = found;
  }
  return place;
}

base::Result<std::vector<AreaId>> areas_below(store::Reader& session, const AreaId& area, Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("with recursive below (area) as (select id from area where id = $1 union all select v.area "
                          "from area_version v join below b on v.parent = b.area where v.valid_from <= $2 and "
                          "v.valid_to > $2) select area from below",
                          {area, day.number}));
  std::vector<AreaId> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(AreaId{rows[i].id(0)});
  return found;
}

}  // namespace vonggac::catalogue
