#include <array>

#include <fmt/format.h>

#include "intake/import_rows.h"

namespace vonggac::intake {
namespace {

struct Use {
  std::string_view question, vi;
};
/// What depends on a camera that was registered: any row of these keeps it.
constexpr std::array<Use, 9> kUses{{
    {"select 1 from camera_step where camera = $1 limit 1", "đã chuyển trạng thái"},
    {"select 1 from camera_reference where camera = $1 limit 1", "đã có ảnh chuẩn"},
    {"select 1 from camera_health where camera = $1 limit 1", "đã được theo dõi tình trạng"},
    {"select 1 from maintenance_ticket where subject = $1 limit 1", "đã có phiếu sửa chữa"},
    {"select 1 from agreement_camera where camera = $1 limit 1", "đã có bản đồng thuận"},
    {"select 1 from model_camera where camera = $1 limit 1", "đã thuộc một mô hình"},
    {"select 1 from maintenance_plan where camera = $1 limit 1", "đã có kế hoạch bảo trì"},
    {"select 1 from camera where merged_into = $1 limit 1", "đã có camera khác gộp vào"},
    {"select 1 from camera a join camera b on b.site = a.site and b.id <> a.id where a.id = $1 limit 1",
     "vị trí đã có camera khác"},
}};
/// What keeps the owner that was made with a row.
constexpr std::array<std::string_view, 6> kOwnerUses{
    "select 1 from camera where owner = $1 limit 1",
    "select 1 from agreement where giver = $1 limit 1",
    "select 1 from owner_account where party = $1 limit 1",
    "select 1 from model where proposer = $1 or lead_organisation = $1 or coordinator = $1 limit 1",
    "select 1 from model_point where unit = $1 limit 1",
    "select 1 from document_recipient where organisation = $1 limit 1"};

base::Result<bool> any_row(store::Reader& session, std::string_view question, const base::Uuid& id) {
  VG_ASSIGN(const store::Rows rows, session.query(question, {id}));
  return !rows.empty();
}

/// Why it must stay; empty: it may go.
base::Result<std::string> why_kept(store::Reader& session, const Import& import, const ImportRow& row) {
  if (!row.site) return std::string("đã gộp vào một camera có sẵn: sửa trực tiếp camera đó");
  VG_ASSIGN(const std::optional<catalogue::Camera> camera, catalogue::camera_of(session, *row.camera));
  if (!camera) return std::string("không còn trong sổ");
  VG_ASSIGN(const store::Rows times,
            session.query("select c.changed_at_us, s.changed_at_us from camera c join camera_site s on s.id = c.site "
                          "where c.id = $1 and s.id = $2",
                          {*row.camera, *row.site}));
  const std::int64_t applied = import.applied_at->us;
  const bool untouched = !times.empty() && times[0].integer(0) == applied && times[0].integer(1) == applied;
  if (!untouched) return std::string("đã được sửa sau khi nhập");
  for (const Use& use : kUses) {
    VG_ASSIGN(const bool used, any_row(session, use.question, *row.camera));
    if (used) return std::string(use.vi);
  }
  return std::string();
}

base::Status remove_all(store::WriteSession& session, std::initializer_list<std::string_view> statements,
                        const base::Uuid& id) {
  for (const std::string_view sql : statements) VG_TRY(session.run(sql, {id}).error());
  return {};
}

base::Status remove_owner(store::WriteSession& session, const base::Uuid& party, base::WallTime applied) {
  for (const std::string_view use : kOwnerUses) {
    VG_ASSIGN(const bool used, any_row(session, use, party));
    if (used) return {};
  }
  VG_ASSIGN(const store::Rows rows, session.query("select changed_at_us from party where id = $1", {party}));
  if (rows.empty() || rows[0].integer(0) != applied.us) return {};
  return remove_all(session,
                    {"delete from name_term where subject = $1", "delete from household where party = $1",
                     "delete from unit where party = $1", "delete from party where id = $1"},
                    party);
}

base::Status remove_camera(store::WriteSession& session, const ImportRow& row) {
  VG_TRY(remove_all(session,
                    {"delete from camera_term where camera = $1", "delete from camera_stream where camera = $1",
                     "delete from camera_device where camera = $1", "delete from camera_service where camera = $1",
                     "delete from camera where id = $1"},
                    *row.camera));
  return remove_all(session, {"delete from area_member where subject = $1", "delete from camera_site where id = $1"},
                    *row.site);
}

}  // namespace

base::Result<Undone> undo_import(store::WriteSession& session, const ImportId& id, catalogue::Problems& problems) {
  VG_ASSIGN(const Import import, import_must_be_there(session, id));
  if (import.state != "applied") {
    problems.refuse("", "state", "Chỉ hoàn tác được lần nhập đã ghi vào sổ.",
                    "Only an import that was applied can be undone.");
    return problems.status();
  }
  VG_ASSIGN(const std::vector<ImportRow> rows, all_rows(session, id));
  Undone undone;
  std::vector<store::Parameters> fates;
  std::vector<base::Uuid> owners;
  for (const ImportRow& row : rows) {
    if (!row.camera) continue;
    VG_ASSIGN(const std::string why, why_kept(session, import, row));
    if (why.empty()) VG_TRY(remove_camera(session, row));
    ++(why.empty() ? undone.removed : undone.kept);
    const std::string fate = why.empty() ? "removed" : fmt::format("Giữ lại: {}.", why);
    fates.push_back({id, static_cast<std::int64_t>(row.number), fate});
    if (row.party) owners.push_back(*row.party);
  }
  // Owners last: one may own cameras of several rows.
  for (const base::Uuid& party : owners) VG_TRY(remove_owner(session, party, *import.applied_at));
  VG_TRY(session.run_many("update import_row set fate = $3 where import = $1 and number = $2", fates));
  VG_TRY(
      session.run("update import set state = 'undone', undone_at_us = $2 where id = $1", {id, session.now()}).error());
  VG_TRY(session.tell("import.undone", id, fmt::format(R"({{"removed":{},"kept":{}}})", undone.removed, undone.kept)));
  return undone;
}

}  // namespace vonggac::intake
