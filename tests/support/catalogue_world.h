/// A register for tests, on either engine: a province with two wards and some residential areas, a clock in the hand.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catalogue/area_changes.h"
#include "catalogue/area_schema.h"
#include "catalogue/camera_references.h"
#include "catalogue/camera_schema.h"
#include "catalogue/cameras.h"
#include "catalogue/health.h"
#include "catalogue/health_schema.h"
#include "catalogue/human_codes.h"
#include "catalogue/places.h"
#include "catalogue/site_schema.h"
#include "catalogue/ticket_schema.h"
#include "store/backup.h"
#include "store/migrations.h"
#include "store/outbox.h"
#include "support/both_engines.h"
#include "support/hand_clock.h"

namespace vonggac::test {

inline const std::vector<store::Migration>& catalogue_steps() {
  static const std::vector<store::Migration> kSteps{
      {1, "node", store::kNodeAndOutbox},       {2, "areas", catalogue::kAreaSchema},
      {3, "codes", catalogue::kCodeSchema},     {4, "sites", catalogue::kSiteSchema},
      {5, "cameras", catalogue::kCameraSchema}, {6, "health", catalogue::kHealthSchema},
      {7, "tickets", catalogue::kTicketSchema}};
  return kSteps;
}

class CatalogueWorld : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    store_ = engines_.open(engines_.fresh_address(GetParam()));
    ASSERT_TRUE(store::migrate(*store_, steps(), clock_, nullptr));
    ASSERT_TRUE(store::ensure_node(*store_, clock_));
    province_ = add_area("TINH", "Bạc Liêu", std::nullopt, "95");
    ward8_ = add_area("PHUONG", "8", province_, "31823");
    ward1_ = add_area("PHUONG", "1", province_, "31825");
    khom1_ = add_area("KHOM", "1", ward8_);
    khom2_ = add_area("KHOM", "2", ward8_);
  }
  void TearDown() override {
    const auto found = store::check_store(*store_, steps());
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_TRUE(found->empty()) << found->front();
  }

  /// Of the schema; more than the catalogue's where other rooms keep something too.
  virtual std::span<const store::Migration> steps() const { return catalogue_steps(); }

  /// The work's problems stay in problems_.
  template <typename Work>
  base::Status write(Work work) {
    return store_->write([&](store::WriteSession& session) -> base::Status {
      problems_ = catalogue::Problems();
      return work(session);
    });
  }
  /// The same for work with a result, which must succeed.
  template <typename Work>
  auto made(Work work) {
    decltype(work(std::declval<store::WriteSession&>())) result = base::internal_error("not written");
    const base::Status status = write([&](store::WriteSession& session) -> base::Status {
      result = work(session);
      return result.error();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return result ? std::move(*result) : typename std::decay_t<decltype(*result)>{};
  }
  template <typename Read>
  auto read(Read read) {
    decltype(read(std::declval<store::Reader&>())) result = base::internal_error("not read");
    const base::Status status = store_->read([&](store::Reader& session) -> base::Status {
      result = read(session);
      return result.error();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return result ? std::move(*result) : typename std::decay_t<decltype(*result)>{};
  }

  catalogue::AreaId add_area(const std::string& type, const std::string& name, std::optional<catalogue::AreaId> parent,
                             const std::string& code = "") {
    catalogue::AreaForm form;
    form.type = type;
    form.name = name;
    form.parent = parent;
    form.code = code;
    return made([&](store::WriteSession& s) { return catalogue::add_area(s, form, kLongAgo, problems_); });
  }
  catalogue::SiteForm site_form(const catalogue::AreaId& area, const std::string& name = "Cổng khóm") {
    catalogue::SiteForm form;
    form.name = name;
    form.area = area;
    form.public_place = true;
    form.public_basis = "12/KH-UBND";
    form.sign_photo = "anh/bien-bao.jpg";
    form.surveyed = kLongAgo;
    form.surveyed_by = "Tổ khảo sát";
    form.opened = kLongAgo;
    return form;
  }
  catalogue::SiteId add_site(const catalogue::SiteForm& form) {
    return made([&](store::WriteSession& s) { return catalogue::add_site(s, form, problems_); });
  }
  catalogue::CameraForm camera_form(const catalogue::SiteId& site, const std::string& name = "Camera cổng") {
    catalogue::CameraForm form;
    form.name = name;
    form.site = site;
    form.ownership = "XA_HOI_HOA";
    form.purpose = "Bảo đảm an ninh, trật tự";
    return form;
  }
  base::CameraId add_camera(const catalogue::CameraForm& form) {
    return made([&](store::WriteSession& s) { return catalogue::register_camera(s, form, problems_); });
  }
  base::CameraId add_camera_in(const catalogue::AreaId& area, const std::string& name = "Camera cổng") {
    return add_camera(camera_form(add_site(site_form(area)), name));
  }
  base::Status step(const base::CameraId& camera, const std::string& to, const std::string& reason = "") {
    catalogue::CameraStepForm form;
    form.to = to;
    form.who = "Cán bộ phụ trách";
    form.reason = reason;
    form.decision_number = "7/QĐ-UBND";
    form.decision_day = kLongAgo;
    return write([&](store::WriteSession& s) { return catalogue::step_camera(s, camera, form, problems_); });
  }
  /// Both reference pictures, the password, the acceptance.
  void accept(const base::CameraId& camera) {
    const base::Status status = write([&](store::WriteSession& s) -> base::Status {
      for (const char* light : {"NGAY", "DEM"}) {
        VG_TRY(catalogue::put_reference(s, camera, {light, s.now(), "Kỹ thuật viên", {0xFF, 0xD8, 0xFF, 0xE0}},
                                        problems_));
      }
      VG_TRY(catalogue::attest_own_password(s, camera, "Kỹ thuật viên", problems_));
      return catalogue::accept_camera(s, camera, {true, true, true, "Cán bộ nghiệm thu"}, problems_);
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
  }
  void put_in_service(const base::CameraId& camera) {
    for (const char* to : {"KHAO_SAT", "DONG_THUAN", "PHE_DUYET", "LAP_DAT", "NGHIEM_THU"}) {
      const base::Status status = step(camera, to);
      EXPECT_TRUE(status.ok()) << to << ": " << status.to_string();
    }
    accept(camera);
    const base::Status status = step(camera, "HOAT_DONG");
    EXPECT_TRUE(status.ok()) << status.to_string();
  }
  /// A look at the camera now.
  bool look(const base::CameraId& camera, catalogue::HealthSample sample) {
    sample.at = clock_.wall_now();
    bool changed = false;
    const base::Status status = store_->write_quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(changed, catalogue::note_health(s, camera, sample));
      return {};
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return changed;
  }
  static catalogue::HealthSample well() {
    catalogue::HealthSample sample;
    sample.reachable = sample.video = true;
    sample.recording = true;
    return sample;
  }
  /// Looks every 30 s for so long.
  void watch(const base::CameraId& camera, const catalogue::HealthSample& sample, base::Seconds how_long) {
    for (base::Seconds passed{0}; passed < how_long; passed += base::Seconds(30)) {
      look(camera, sample);
      clock_.advance(base::Seconds(30));
    }
  }
  catalogue::Camera camera(const base::CameraId& id) {
    const auto found = read([&](store::Reader& s) { return catalogue::camera_of(s, id); });
    EXPECT_TRUE(found);
    return found.value_or(catalogue::Camera{});
  }
  catalogue::Day today() const { return catalogue::Day::at(clock_.wall_now()); }

  inline static const catalogue::Day kLongAgo = catalogue::Day::of(2020, 1, 1);
  HandClock clock_;
  TempFolder folder_;
  BothEngines engines_{folder_, clock_};
  std::unique_ptr<store::Store> store_;
  catalogue::Problems problems_;
  catalogue::AreaId province_, ward8_, ward1_, khom1_, khom2_;
};

}  // namespace vonggac::test
