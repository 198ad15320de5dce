/// A register with the places of the domain's fixtures (Bạc Liêu, Phường 8 and its khóm), for imports on either engine.
#pragma once

#include <string>
#include <vector>

#include "catalogue/area_changes.h"
#include "catalogue/camera_lists.h"
#include "gate/schema.h"
#include "intake/imports.h"
#include "sheet/read_sheet.h"
#include "support/catalogue_world.h"
#include "support/workbook_files.h"

namespace vonggac::test {

using Lines = std::vector<std::vector<std::string>>;

class IntakeWorld : public CatalogueWorld {
 protected:
  void SetUp() override {
    CatalogueWorld::SetUp();
    kha_ = add_area("KHOM", "Trà Kha", ward8_);
    khom1_of_ward1_ = add_area("KHOM", "1", ward1_);
  }
  std::span<const store::Migration> steps() const override { return gate::schema_steps(); }

  base::Result<intake::ImportId> try_start(const base::Bytes& file) {
    auto table = sheet::read_sheet(file, {});
    if (auto* refusal = std::get_if<sheet::Refusal>(&table)) return base::invalid_argument(refusal->words.vi);
    intake::ImportForm form{"cán bộ", "kiem-ke.xlsx", "", std::move(std::get<sheet::Table>(table)), "d", day_, within_};
    intake::ImportId id;
    const base::Status status = write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(id, intake::start_import(s, form, may_write_, problems_));
      return {};
    });
    if (!status.ok()) return status;
    return id;
  }
  intake::ImportId start(const Lines& lines) {
    const auto id = try_start(workbook_of_texts(lines));
    EXPECT_TRUE(id) << id.error().to_string();
    return id.value_or(intake::ImportId{});
  }
  base::Status apply(const intake::ImportId& id) {
    return write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(applied_, intake::apply_import(s, id, may_write_, problems_));
      return {};
    });
  }
  base::Status undo(const intake::ImportId& id) {
    return write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(undone_, intake::undo_import(s, id, problems_));
      return {};
    });
  }
  base::Status choose(const intake::ImportId& id, std::uint32_t row, const std::string& choice,
                      const std::optional<base::CameraId>& with = std::nullopt) {
    return write([&](store::WriteSession& s) { return intake::choose(s, id, row, choice, with, problems_); });
  }
  std::vector<intake::ImportRow> rows(const intake::ImportId& id, const std::string& outcome = "") {
    return read([&](store::Reader& s) { return intake::import_rows(s, id, outcome, 0, 20'000); });
  }
  intake::Import import(const intake::ImportId& id) {
    return read([&](store::Reader& s) { return intake::import_of(s, id); }).value_or(intake::Import{});
  }
  std::int64_t count(const std::string& table) {
    return read([&](store::Reader& s) -> base::Result<std::int64_t> {
      VG_ASSIGN(const store::Rows all, s.query("select count(*) from " + table));
      return all[0].integer(0);
    });
  }

  catalogue::AreaId kha_, khom1_of_ward1_;
  std::optional<catalogue::Day> day_;
  std::optional<catalogue::AreaId> within_;
  intake::MayWrite may_write_ = [](store::Reader&, const catalogue::AreaId&) { return base::Result<bool>(true); };
  intake::Applied applied_;
  intake::Undone undone_;
};

}  // namespace vonggac::test
