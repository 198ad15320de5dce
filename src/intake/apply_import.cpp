#include <map>

#include <fmt/format.h>

#include "catalogue/camera_streams.h"
#include "catalogue/folding.h"
#include "catalogue/form_checks.h"
#include "catalogue/form_text.h"
#include "catalogue/organisations.h"
#include "intake/import_json.h"
#include "intake/import_rows.h"

namespace vonggac::intake {
namespace {

using catalogue::PartyId;

constexpr std::size_t kMostSaid = 50;

bool folded_says(std::string_view folded, std::initializer_list<std::string_view> words) {
  const std::string padded = fmt::format(" {} ", folded);
  for (const std::string_view word : words) {
    if (padded.find(fmt::format(" {} ", word)) != std::string::npos) return true;
  }
  return false;
}

/// Owners by name and phone, each made once.
class Owners {
 public:
  explicit Owners(store::WriteSession& session) : session_(session) {}

  struct Owner {
    std::optional<PartyId> id;
    bool made = false;
  };
  base::Result<Owner> of(const Judged& row, catalogue::Problems& problems) {
    const RowFacts& facts = row.facts;
    const std::string folded = catalogue::fold(facts.owner);
    if (folded.empty() || folded_says(folded, {"xa hoi hoa", "nhan dan dong gop"})) return Owner{};
    const std::string phone = catalogue::normal_phone(facts.phone).value_or("");
    const std::string key = fmt::format("{}\n{}\n{}", folded, phone, row.area->area.to_string());
    const auto known = known_.find(key);
    if (known != known_.end()) return Owner{known->second, false};
    VG_ASSIGN(const std::optional<PartyId> there, registered(row, folded, phone));
    if (there) {
      known_.emplace(key, *there);
      return Owner{there, false};
    }
    VG_ASSIGN(const PartyId made, make(row, folded, problems));
    known_.emplace(key, made);
    return Owner{made, true};
  }

 private:
  base::Result<std::optional<PartyId>> registered(const Judged& row, const std::string& folded,
                                                  const std::string& phone) {
    VG_ASSIGN(
        const store::Rows rows,
        session_.query("select id from party where path = $1 and area = $2 and valid_to > $3 and (phone = $4 or $4 = "
                       "'' or phone is null) order by id limit 1",
                       {folded, row.area->area, catalogue::Day::at(session_.now()).number, phone}));
    if (rows.empty()) return std::optional<PartyId>();
    return std::optional<PartyId>(PartyId{rows[0].id(0)});
  }
  base::Result<PartyId> make(const Judged& row, const std::string& folded, catalogue::Problems& problems) {
    catalogue::PartyForm party;
    party.name = row.facts.owner;
    party.phone = row.facts.phone;
    party.area = row.area->area;
    const bool household = folded_says(folded, {"ho", "ong", "ba", "gia dinh"});
    if (household && row.area->kind == catalogue::AreaKind::kResidential) {
      return catalogue::add_household(session_, {party, std::nullopt, false}, problems);
    }
    const bool school = folded_says(folded, {"truong"});
    const bool firm = folded_says(folded, {"cong ty", "doanh nghiep", "ngan hang", "hop tac xa", "cua hang"});
    const bool office =
        folded_says(folded, {"ubnd", "uy ban", "cong an", "co quan", "ban", "mat tran", "hoi", "tram", "cho"});
    if (school || firm || office) {
      const char* kind = school ? "NHA_TRUONG" : firm ? "DOANH_NGHIEP" : "CO_QUAN";
      return catalogue::add_unit(session_, {party, kind, std::nullopt, std::nullopt}, problems);
    }
    return catalogue::add_party(session_, "PERSON", party, problems);
  }

  store::WriteSession& session_;
  std::map<std::string, PartyId> known_;
};

/// What the register has no field for is kept in words, with where it was read (V34).
std::string note_of(const Import& import, const RowFacts& facts) {
  std::string note = fmt::format("Theo bảng kê “{}”, dòng {}.", import.file_name, facts.number);
  const auto add = [&](std::string_view what, const std::string& value) {
    if (!value.empty()) note += fmt::format(" {}: {}.", what, value);
  };
  add("Mã trong bảng", facts.own_code);
  add("Giao thức", facts.transport_note);
  add("Nơi lưu", facts.stored_at);
  add("Đấu nối", facts.connected);
  add("Tình trạng", facts.state);
  std::string fit;
  // Long cells are cut at the length of the field, at the beginning of a character.
  std::size_t count = 0;
  for (const char c : note) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80 && ++count > 1000) break;
    fit += c;
  }
  return fit;
}

class Applier {
 public:
  Applier(store::WriteSession& session, const Import& import, catalogue::Problems& problems)
      : session_(session), import_(import), problems_(problems), owners_(session) {}

  /// What went wrong with one row is said with its number.
  base::Status apply(const ImportRow& kept, const Judged& row) {
    if (kept.choice == "skip") {
      ++done_.skipped;
      return {};
    }
    catalogue::Problems own;
    const base::Status status = kept.choice == "merge" ? merge(kept, row, own) : make(kept, row, own);
    for (const catalogue::Problem& one : own.all()) {
      if (one.warning) continue;
      problems_.refuse(one.rule, fmt::format("rows[{}].{}", kept.number, one.field),
                       fmt::format("Dòng {}: {}", kept.number, one.sentence.vi),
                       fmt::format("Row {}: {}", kept.number, one.sentence.en));
    }
    return status;
  }
  base::Status keep() {
    return session_.run_many(
        "update import_row set site = $3, camera = $4, party = $5 where import = $1 and number = $2", made_);
  }
  const Applied& done() const { return done_; }

 private:
  void note(const ImportRow& kept, const store::Value& site, const base::CameraId& camera, const store::Value& party) {
    made_.push_back({import_.id, static_cast<std::int64_t>(kept.number), site, camera, party});
  }

  base::Status make(const ImportRow& kept, const Judged& row, catalogue::Problems& problems) {
    VG_ASSIGN(const Owners::Owner owner, owners_.of(row, problems));
    VG_ASSIGN(const catalogue::SiteId site, catalogue::add_site(session_, site_form(row), problems));
    catalogue::CameraForm form;
    form.name = row.facts.name;
    form.kind = "CHI_DANG_KY";  // it is connected later, with its own password
    form.site = site;
    form.device = row.facts.device;
    if (owner.id) form.owner = *owner.id;
    form.ownership = row.facts.ownership;
    form.purpose = row.facts.purpose;
    form.retention_days = row.facts.retention_days;
    form.installed = row.facts.installed;
    VG_ASSIGN(const base::CameraId camera, catalogue::register_camera(session_, form, problems));
    VG_TRY(put_stream_of(row, camera, problems));
    ++done_.sites;
    ++done_.cameras;
    if (owner.made) ++done_.parties;
    note(kept, site, camera, owner.made ? store::Value(*owner.id) : store::Value(nullptr));
    return {};
  }

  catalogue::SiteForm site_form(const Judged& row) const {
    catalogue::SiteForm form;
    form.name = row.facts.name;
    form.address = row.facts.address;
    form.area = row.area->area;
    form.outside_residential = row.outside_residential;
    form.lat = row.facts.lat;
    form.lon = row.facts.lon;
    form.azimuth_deg = row.facts.azimuth;
    form.critical_point = row.facts.critical_point;
    form.survey_note = note_of(import_, row.facts);
    form.opened = catalogue::Day::at(session_.now());
    return form;
  }

  base::Status put_stream_of(const Judged& row, const base::CameraId& camera, catalogue::Problems& problems) {
    const RowFacts& facts = row.facts;
    if (facts.stream_url.empty() && facts.width == 0) return {};
    catalogue::StreamFacts stream;
    stream.display_url = facts.stream_url;
    stream.width = facts.width;
    stream.height = facts.height;
    return catalogue::put_stream(session_, camera, stream, problems);
  }

  /// What the registered camera does not say yet, the row says. Nothing is overwritten.
  base::Status merge(const ImportRow& kept, const Judged& row, catalogue::Problems& problems) {
    VG_ASSIGN(const std::optional<catalogue::Camera> there, catalogue::camera_of(session_, *kept.merge_with));
    if (!there) return base::not_found("the camera to merge with is gone");
    catalogue::CameraForm form = there->facts;
    const auto fill = [](std::string& field, const std::string& value) {
      if (field.empty()) field = value;
    };
    fill(form.device.brand, row.facts.device.brand);
    fill(form.device.device_model, row.facts.device.device_model);
    fill(form.device.serial, row.facts.device.serial);
    fill(form.device.mac, row.facts.device.mac);
    if (!form.installed) form.installed = row.facts.installed;
    VG_TRY(catalogue::amend_camera(session_, there->id, form, problems));
    ++done_.merged;
    note(kept, nullptr, there->id, nullptr);
    return {};
  }

  store::WriteSession& session_;
  const Import& import_;
  catalogue::Problems& problems_;
  Owners owners_;
  Applied done_;
  std::vector<store::Parameters> made_;
};

/// The register as it is now must say what the dry run said, and a person must have chosen where it asked.
void compare_row(const ImportRow& kept, const Judged& now, catalogue::Problems& problems) {
  if (problems.all().size() >= kMostSaid || kept.choice == "skip") return;
  const std::string field = fmt::format("rows[{}]", kept.number);
  if (kept.choice.empty()) {
    const bool wrong = kept.outcome == "wrong";
    problems.refuse(
        "", field,
        fmt::format("Dòng {}: {}", kept.number,
                    wrong ? "còn lỗi, sửa trong tệp hoặc chọn bỏ qua." : "trùng, chọn bỏ qua, gộp hoặc vẫn đăng ký."),
        fmt::format("Row {}: {}", kept.number,
                    wrong ? "wrong, mend the file or skip it." : "a duplicate, choose skip, merge or make."));
    return;
  }
  if (outcome_key(now.outcome) == kept.outcome && same_json(now.same) == kept.same) return;
  problems.refuse("", field,
                  fmt::format("Dòng {}: sổ đã thay đổi từ khi kiểm tra. Nộp lại tệp để kiểm tra lại.", kept.number),
                  fmt::format("Row {}: the register has changed since the dry run. Send the file again.", kept.number));
}

}  // namespace

base::Result<Applied> apply_import(store::WriteSession& session, const ImportId& id, const MayWrite& may_write,
                                   catalogue::Problems& problems) {
  VG_ASSIGN(const Import import, import_must_be_there(session, id));
  VG_TRY(must_be_dry(import, problems));
  VG_ASSIGN(const std::vector<ImportRow> kept, all_rows(session, id));
  std::vector<InventoryRow> rows;
  for (const ImportRow& one : kept) rows.push_back({one.number, cells_from(one.cells)});
  VG_ASSIGN(const std::vector<Judged> now,
            judge(session, rows, {import.day, catalogue::Day::at(session.now()), import.within, may_write}));
  for (std::size_t i = 0; i < kept.size(); ++i) compare_row(kept[i], now[i], problems);
  if (problems.refused()) return problems.status();
  Applier applier(session, import, problems);
  for (std::size_t i = 0; i < kept.size(); ++i) VG_TRY(applier.apply(kept[i], now[i]));
  VG_TRY(applier.keep());
  VG_TRY(session.run("update import set state = 'applied', applied_at_us = $2 where id = $1", {id, session.now()})
             .error());
  VG_TRY(session.tell("import.applied", id, fmt::format(R"({{"cameras":{}}})", applier.done().cameras)));
  return applier.done();
}

}  // namespace vonggac::intake
