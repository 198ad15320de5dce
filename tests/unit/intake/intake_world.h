/// A register with the places of the domain's fixtures (Bạc Liêu, Phường 8 and its khóm), for imports on either engine.
#pragma once

#include <string>
#include <vector>

#include "catalogue/area_changes.h"
#include "catalogue/camera_lists.h"
#include "gate/schema.h"
#include "intake/imports.h"
#include "sheet/read_sheet.h"
#include "store/backup.h"
#include "store/migrations.h"
#include "store/outbox.h"
#include "support/both_engines.h"
#include "support/hand_clock.h"
#include "support/workbook_files.h"

namespace vonggac::test {

using Lines = std::vector<std::vector<std::string>>;

class IntakeWorld : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    store_ = engines_.open(engines_.fresh_address(GetParam()));
    ASSERT_TRUE(store::migrate(*store_, gate::schema_steps(), clock_, nullptr));
    ASSERT_TRUE(store::ensure_node(*store_, clock_));
    province_ = add_area("TINH", "Bạc Liêu", std::nullopt, "95");
    ward8_ = add_area("PHUONG", "8", province_, "31823");
    ward1_ = add_area("PHUONG", "1", province_, "31825");
    khom1_ = add_area("KHOM", "1", ward8_);
    kha_ = add_area("KHOM", "Trà Kha", ward8_);
    khom1_of_ward1_ = add_area("KHOM", "1", ward1_);
  }
  void TearDown() override {
    const auto found = store::check_store(*store_, gate::schema_steps());
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_TRUE(found->empty()) << found->front();
  }
  template <typename Work>
  base::Status write(Work work) {
    return store_->write([&](store::WriteSession& session) -> base::Status {
      problems_ = catalogue::Problems();
      return work(session);
    });
  }
  template <typename Read>
  void read(Read read) {
    const base::Status status = store_->read([&](store::Reader& session) -> base::Status { return read(session); });
    EXPECT_TRUE(status.ok()) << status.to_string();
  }
  catalogue::AreaId add_area(const std::string& type, const std::string& name, std::optional<catalogue::AreaId> parent,
                             const std::string& code = "") {
    catalogue::AreaForm form;
    form.type = type;
    form.name = name;
    form.parent = parent;
    form.code = code;
    catalogue::AreaId id;
    const base::Status status = write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(id, catalogue::add_area(s, form, catalogue::Day::of(2020, 1, 1), problems_));
      return {};
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return id;
  }

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
    std::vector<intake::ImportRow> found;
    read([&](store::Reader& s) -> base::Status {
      VG_ASSIGN(found, intake::import_rows(s, id, outcome, 0, 20'000));
      return {};
    });
    return found;
  }
  intake::Import import(const intake::ImportId& id) {
    std::optional<intake::Import> found;
    read([&](store::Reader& s) -> base::Status {
      VG_ASSIGN(found, intake::import_of(s, id));
      return {};
    });
    return found.value_or(intake::Import{});
  }
  catalogue::Camera camera(const base::CameraId& id) {
    std::optional<catalogue::Camera> found;
    read([&](store::Reader& s) -> base::Status {
      VG_ASSIGN(found, catalogue::camera_of(s, id));
      return {};
    });
    EXPECT_TRUE(found);
    return found.value_or(catalogue::Camera{});
  }
  std::int64_t count(const std::string& table) {
    std::int64_t n = -1;
    read([&](store::Reader& s) -> base::Status {
      VG_ASSIGN(const store::Rows all, s.query("select count(*) from " + table));
      n = all[0].integer(0);
      return {};
    });
    return n;
  }

  HandClock clock_;
  TempFolder folder_;
  BothEngines engines_{folder_, clock_};
  std::unique_ptr<store::Store> store_;
  catalogue::Problems problems_;
  catalogue::AreaId province_, ward8_, ward1_, khom1_, kha_, khom1_of_ward1_;
  std::optional<catalogue::Day> day_;
  std::optional<catalogue::AreaId> within_;
  intake::MayWrite may_write_ = [](store::Reader&, const catalogue::AreaId&) { return base::Result<bool>(true); };
  intake::Applied applied_;
  intake::Undone undone_;
};

}  // namespace vonggac::test
