#include "catalogue/area_changes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "catalogue/area_members.h"
#include "catalogue/area_rows.h"

namespace vonggac::catalogue {
namespace {

struct Part {
  std::optional<AreaId> from, to;
  bool whole = true;
  std::optional<std::int64_t> households = std::nullopt, population = std::nullopt;
  std::optional<double> km2 = std::nullopt;
};

base::Result<ChangeId> put_change(store::WriteSession& session, std::string_view kind, Day day, std::string_view basis,
                                  const std::vector<Part>& parts) {
  const ChangeId change{session.new_id()};
  VG_TRY(session
             .run("insert into area_change (id, day, kind, basis, made_at_us) values ($1, $2, $3, $4, $5)",
                  {change, day.number, kind, basis, session.now()})
             .error());
  std::vector<store::Parameters> rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    rows.push_back({change, static_cast<std::int64_t>(i), part.from, part.to, part.whole, part.households,
                    part.population, part.km2});
  }
  VG_TRY(session.run_many(
      "insert into area_change_part (change, number, from_area, to_area, whole, households, population, km2) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8)",
      rows));
  VG_TRY(session.tell("area.changed", change, fmt::format(R"({{"kind":"{}","day":"{}"}})", kind, day.iso())));
  return change;
}

base::Result<AreaVersion> must_be_there(store::Reader& session, const AreaId& area, Day day) {
  VG_ASSIGN(std::optional<AreaVersion> version, area_on(session, area, day));
  if (!version) return base::not_found(fmt::format("the area {} does not exist on {}", area.to_string(), day.iso()));
  return std::move(*version);
}

base::Result<AreaId> put_new_area(store::WriteSession& session, const AreaForm& form, AreaKind kind, Day day,
                                  Problems& problems) {
  const AreaId area{session.new_id()};
  const AreaVersion version = version_from(form, kind, area, day, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(session.run("insert into area (id, kind) values ($1, $2)", {area, static_cast<int>(kind)}).error());
  VG_TRY(put_version(session, version, problems));
  return area;
}

/// From this day on `child` lies in `parent`; all else stays.
base::Status move_to(store::WriteSession& session, const AreaVersion& child, const AreaId& parent, Day day,
                     std::string_view basis, Problems& problems) {
  AreaVersion moved = child;
  moved.parent = parent;
  moved.from = day;
  moved.basis = basis;
  VG_TRY(note_moved(session, child.area, day));
  if (child.from != day) return put_version(session, std::move(moved), problems);
  // It has begun that very day (a split on the day of another change): the version is mended.
  VG_TRY(session.run("update area_version set parent = $2 where id = $1", {child.id, parent}).error());
  return index_terms(session, moved);
}

base::Status move_all(store::WriteSession& session, const std::vector<AreaVersion>& children, const AreaId& parent,
                      Day day, std::string_view basis, Problems& problems) {
  for (const AreaVersion& child : children) VG_TRY(move_to(session, child, parent, day, basis, problems));
  return {};
}

base::Status put_waiting(store::WriteSession& session, const ChangeId& change, const std::vector<AreaVersion>& subjects,
                         const AreaId& from) {
  std::vector<store::Parameters> rows;
  for (const AreaVersion& subject : subjects) rows.push_back({session.new_id(), change, "area", subject.area, from});
  return session.run_many(
      "insert into reassignment (id, change, subject_kind, subject, from_area) values ($1, $2, $3, $4, $5)", rows);
}

bool named(const std::vector<AreaId>& list, const AreaId& area) {
  return std::find(list.begin(), list.end(), area) != list.end();
}

/// Named things must lie in the source on the day before.
base::Status check_named(const std::vector<AreaId>& list, const std::vector<AreaVersion>& children,
                         std::string_view field, Problems& problems) {
  for (const AreaId& area : list) {
    const bool there =
        std::any_of(children.begin(), children.end(), [&](const AreaVersion& c) { return c.area == area; });
    if (!there) {
      problems.refuse("", field, "Có khu dân cư không thuộc đơn vị này.",
                      "One of the residential areas does not lie in this area.");
    }
  }
  return problems.status();
}

/// A site lies in a residential area, or in the commune where it is outside of all of them (V5).
base::Status settle_member(store::WriteSession& session, std::string_view kind, const base::Uuid& subject,
                           const AreaId& area, Day day, Problems& problems) {
  VG_ASSIGN(const AreaVersion there, must_be_there(session, area, day));
  if (there.kind != AreaKind::kResidential && there.kind != AreaKind::kCommune) {
    problems.refuse("V5", "area", "Chọn một khu dân cư, hoặc xã nếu ngoài khu dân cư.",
                    "Choose a residential area, or the commune if it is outside of all of them.");
    return problems.status();
  }
  VG_TRY(put_member(session, kind, subject, area, day));
  return note_moved(session, area, day);
}

AreaForm form_of(const AreaVersion& version) {
  return {version.name,       version.type, version.code,  version.parent, version.households,
          version.population, version.km2,  version.basis, std::nullopt};
}

}  // namespace

base::Result<AreaId> add_area(store::WriteSession& session, const AreaForm& form, Day from, Problems& problems) {
  const AreaType* type = find_area_type(form.type);
  if (type == nullptr) {
    problems.refuse("", "type", "Chọn loại địa bàn.", "Choose the type of the area.");
    return problems.status();
  }
  VG_ASSIGN(const AreaId area, put_new_area(session, form, type->kind, from, problems));
  VG_TRY(put_change(session, "CREATE", from, form.basis, {{std::nullopt, area}}).error());
  return area;
}

base::Result<ChangeId> amend_area(store::WriteSession& session, const AreaId& area, const AreaAmendment& amendment,
                                  Day day, Problems& problems) {
  VG_ASSIGN(const AreaVersion before, must_be_there(session, area, day - 1));
  AreaForm form = form_of(before);
  form.name = amendment.name.value_or(form.name);
  form.type = amendment.type.value_or(form.type);
  form.code = amendment.code.value_or(form.code);
  if (amendment.parent) form.parent = amendment.parent;
  if (amendment.households) form.households = amendment.households;
  if (amendment.population) form.population = amendment.population;
  if (amendment.km2) form.km2 = amendment.km2;
  form.basis = amendment.basis;
  VG_TRY(put_version(session, version_from(form, before.kind, area, day, problems), problems));
  const char* kind = "AMEND";
  if (amendment.code) kind = "RECODE";
  if (amendment.type) kind = "RETYPE";
  if (amendment.name) kind = "RENAME";
  return put_change(session, kind, day, amendment.basis, {{area, area}});
}

base::Result<MergeResult> merge_areas(store::WriteSession& session, const MergeForm& form, Day day,
                                      Problems& problems) {
  const std::set<base::Uuid> different(form.sources.begin(), form.sources.end());
  if (different.size() != form.sources.size() || form.sources.empty() ||
      form.into.has_value() == form.form.has_value() || (form.sources.size() < 2 && !form.into) ||
      (form.into && named(form.sources, *form.into))) {
    problems.refuse("", "sources", "Chọn các đơn vị nhập và một đơn vị mới.",
                    "Choose the areas that merge, and what they become.");
    return problems.status();
  }
  std::vector<AreaVersion> sources;
  for (const AreaId& source : form.sources) {
    VG_ASSIGN(AreaVersion version, must_be_there(session, source, day - 1));
    sources.push_back(std::move(version));
  }
  std::vector<std::vector<AreaVersion>> children;
  for (const AreaVersion& source : sources) {
    VG_ASSIGN(std::vector<AreaVersion> in, areas_in(session, source.area, day - 1));
    children.push_back(std::move(in));
    VG_TRY(close_area(session, source.area, day));
  }
  AreaId target;
  if (form.into) {
    VG_ASSIGN(const AreaVersion there, must_be_there(session, *form.into, day - 1));
    target = there.area;
  } else {
    VG_ASSIGN(target, put_new_area(session, *form.form, sources.front().kind, day, problems));
  }
  std::vector<Part> parts;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    VG_TRY(move_all(session, children[i], target, day, form.basis, problems));
    VG_TRY(move_members(session, sources[i].area, target, day));
    parts.push_back({sources[i].area, target, true, sources[i].households, sources[i].population, sources[i].km2});
  }
  VG_ASSIGN(const ChangeId change, put_change(session, "MERGE", day, form.basis, parts));
  return MergeResult{change, target};
}

base::Result<SplitResult> split_area(store::WriteSession& session, const SplitForm& form, Day day, Problems& problems) {
  if (form.parts.size() < 2) {
    problems.refuse("", "parts", "Chia tách cần ít nhất hai đơn vị mới.", "A split needs at least two new areas.");
    return problems.status();
  }
  VG_ASSIGN(const AreaVersion source, must_be_there(session, form.source, day - 1));
  VG_ASSIGN(const std::vector<AreaVersion> children, areas_in(session, source.area, day - 1));
  for (const SplitForm::Part& part : form.parts) VG_TRY(check_named(part.residential, children, "parts", problems));
  VG_TRY(close_area(session, source.area, day));
  SplitResult result;
  std::vector<Part> parts;
  std::vector<AreaId> placed;
  for (const SplitForm::Part& part : form.parts) {
    VG_ASSIGN(const AreaId target, put_new_area(session, part.form, source.kind, day, problems));
    result.targets.push_back(target);
    parts.push_back({source.area, target, false, part.form.households, part.form.population, part.form.km2});
    for (const AreaVersion& child : children) {
      if (!named(part.residential, child.area) || named(placed, child.area)) continue;
      placed.push_back(child.area);
      VG_TRY(move_to(session, child, target, day, form.basis, problems));
    }
  }
  VG_ASSIGN(result.change, put_change(session, "SPLIT", day, form.basis, parts));
  std::vector<AreaVersion> left;
  for (const AreaVersion& child : children) {
    if (named(placed, child.area)) continue;
    // It must lie somewhere; the first part keeps it until a person has said where.
    VG_TRY(move_to(session, child, result.targets.front(), day, form.basis, problems));
    left.push_back(child);
  }
  VG_TRY(put_waiting(session, result.change, left, result.targets.front()));
  VG_TRY(move_members(session, source.area, result.targets.front(), day));
  VG_TRY(queue_members(session, result.change, result.targets.front(), day));
  return result;
}

base::Result<ChangeId> transfer_part(store::WriteSession& session, const TransferForm& form, Day day,
                                     Problems& problems) {
  VG_ASSIGN(const AreaVersion source, must_be_there(session, form.source, day - 1));
  VG_ASSIGN(const AreaVersion target, must_be_there(session, form.target, day - 1));
  if (form.source == form.target || source.kind != target.kind) {
    problems.refuse("", "target", "Chọn một đơn vị khác cùng cấp.", "Choose another area of the same level.");
    return problems.status();
  }
  VG_ASSIGN(const std::vector<AreaVersion> children, areas_in(session, source.area, day - 1));
  VG_TRY(check_named(form.moved, children, "moved", problems));
  const auto adjusted = [&](const AreaVersion& version, int sign) {
    AreaForm changed = form_of(version);
    if (changed.households && form.households) *changed.households += sign * *form.households;
    if (changed.population && form.population) *changed.population += sign * *form.population;
    if (changed.km2 && form.km2) *changed.km2 += sign * *form.km2;
    changed.basis = form.basis;
    return version_from(changed, version.kind, version.area, day, problems);
  };
  VG_TRY(put_version(session, adjusted(source, -1), problems));
  VG_TRY(put_version(session, adjusted(target, 1), problems));
  std::vector<AreaVersion> left;
  for (const AreaVersion& child : children) {
    if (named(form.moved, child.area)) VG_TRY(move_to(session, child, target.area, day, form.basis, problems));
    if (form.moved.empty()) left.push_back(child);
  }
  VG_ASSIGN(const ChangeId change,
            put_change(session, "PARTIAL", day, form.basis,
                       {{source.area, target.area, false, form.households, form.population, form.km2}}));
  VG_TRY(put_waiting(session, change, left, source.area));
  VG_TRY(queue_members(session, change, source.area, day));
  return change;
}

base::Result<ChangeId> end_area(store::WriteSession& session, const AreaId& area, std::string_view basis, Day day,
                                Problems& problems) {
  VG_ASSIGN(const AreaVersion version, must_be_there(session, area, day - 1));
  VG_ASSIGN(const std::vector<AreaVersion> children, areas_in(session, area, day));
  if (!children.empty()) {
    problems.refuse("", "area",
                    fmt::format("{} còn {} đơn vị bên trong: chuyển đi trước.", version.full_name(), children.size()),
                    fmt::format("{} still holds {} areas: move them first.", version.full_name(), children.size()));
    return problems.status();
  }
  VG_ASSIGN(const std::int64_t members, count_members(session, area, day));
  if (members > 0) {
    problems.refuse(
        "V5", "area", fmt::format("{} còn {} vị trí, hộ bên trong: chuyển đi trước.", version.full_name(), members),
        fmt::format("{} still holds {} sites or households: move them first.", version.full_name(), members));
    return problems.status();
  }
  VG_TRY(close_area(session, area, day));
  return put_change(session, "CLOSE", day, basis, {{area, std::nullopt}});
}

base::Result<std::vector<Waiting>> waiting_reassignments(store::Reader& session) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select id, change, subject_kind, subject, from_area, proposed_area from "
                          "reassignment where settled_at_us is null order by id"));
  std::vector<Waiting> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    Waiting waiting{row.id(0), ChangeId{row.id(1)}, row.text(2), row.id(3), AreaId{row.id(4)}, std::nullopt};
    if (!row.is_null(5)) waiting.proposed = AreaId{row.id(5)};
    found.push_back(std::move(waiting));
  }
  return found;
}

base::Status settle_reassignment(store::WriteSession& session, const base::Uuid& id, const AreaId& area,
                                 Problems& problems) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select r.subject, c.day, r.from_area, c.basis, r.subject_kind from reassignment r join "
                          "area_change c on c.id = r.change where r.id = $1 and r.settled_at_us is null",
                          {id}));
  if (rows.empty()) return base::not_found("nothing waits under this number: somebody may have settled it already");
  const Day day{rows[0].integer(1)};
  const AreaId subject{rows[0].id(0)};
  const std::string kind = rows[0].text(4);
  if (area != AreaId{rows[0].id(2)}) {
    if (kind == "area") {
      VG_ASSIGN(const AreaVersion child, must_be_there(session, subject, day));
      VG_TRY(move_to(session, child, area, day, rows[0].text(3), problems));
    } else {
      VG_TRY(settle_member(session, kind, subject, area, day, problems));
    }
    if (problems.refused()) return problems.status();
  }
  VG_TRY(
      session
          .run("update reassignment set settled_at_us = $2, settled_area = $3 where id = $1", {id, session.now(), area})
          .error());
  return session.tell("area.reassigned", subject, "{}");
}

base::Result<std::vector<AreaId>> successors(store::Reader& session, const AreaId& area, Day from, Day to) {
  std::vector<AreaId> todo{area}, found;
  std::set<base::Uuid> seen;
  while (!todo.empty()) {
    const AreaId next = todo.back();
    todo.pop_back();
    if (!seen.insert(next).second) continue;
    VG_ASSIGN(const std::optional<AreaVersion> there, area_on(session, next, to));
    if (there) {
      found.push_back(next);
      continue;
    }
    VG_ASSIGN(
        const store::Rows rows,
        session.query(
            "select p.to_area from area_change_part p join area_change c on c.id = p.change where p.from_area = $1 "
            "and c.kind in ('MERGE', 'SPLIT') and c.day > $2 and c.day <= $3",
            {next, from.number, to.number}));
    for (std::size_t i = 0; i < rows.size(); ++i) todo.push_back(AreaId{rows[i].id(0)});
  }
  return found;
}

base::Result<std::vector<AreaId>> merged_into(store::Reader& session, const AreaId& area, Day day) {
  std::vector<AreaId> found{area};
  for (std::size_t next = 0; next < found.size(); ++next) {
    VG_ASSIGN(
        const store::Rows rows,
        session.query(
            "select p.from_area from area_change_part p join area_change c on c.id = p.change where p.to_area = $1 "
            "and p.whole = 1 and c.kind = 'MERGE' and c.day <= $2",
            {found[next], day.number}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const AreaId source{rows[i].id(0)};
      if (!named(found, source)) found.push_back(source);
    }
  }
  return found;
}

}  // namespace vonggac::catalogue
