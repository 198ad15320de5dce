/// A register with models, for their tests: a province with two wards, types shipped, a household to agree.
/// Threads  one.
#pragma once

#include <string>

#include "catalogue/document_schema.h"
#include "catalogue/model_events.h"
#include "catalogue/model_points.h"
#include "catalogue/model_schema.h"
#include "catalogue/organisations.h"
#include "unit/catalogue/party_world.h"

namespace vonggac::catalogue {

class ModelWorld : public PartyWorld {
 protected:
  ModelWorld() : PartyWorld({{5, "documents", kDocumentSchema}, {6, "models", kModelSchema}}) {}
  void SetUp() override {
    PartyWorld::SetUp();
    province_ = area("TINH", "Cà Mau", std::nullopt, kWorldBegins, "96");
    ward_ = area("PHUONG", "Bạc Liêu", province_, kWorldBegins, "31825");
    other_ward_ = area("PHUONG", "Vĩnh Trạch", province_, kWorldBegins, "31834");
    khom_ = area("KHOM", "3", ward_, kWorldBegins);
    ASSERT_TRUE(write([&](store::WriteSession& s) { return ship_model_types(s); }).ok());
    camera_.bytes[15] = 1;
  }
  Day today() const { return Day::at(clock_.wall); }
  ModelForm form(const std::string& name = "Camera an ninh khóm 3") const {
    ModelForm form;
    form.type = "CAMERA_AN_NINH";
    form.name = name;
    form.area = ward_;
    return form;
  }
  ModelId propose(const ModelForm& form, Day day) {
    return make([&](store::WriteSession& s) { return add_model(s, form, day, problems_); });
  }
  static ModelStep step(const char* to, Day day) {
    ModelStep step;
    step.to = to;
    step.day = day;
    step.paper = "Biên bản số 1";
    return step;
  }
  static ModelStep decided(const char* to, Day day) {
    ModelStep made = step(to, day);
    made.decision_number = "15/QĐ-UBND";
    made.decision_day = day;
    return made;
  }
  base::Status take(const ModelId& id, const ModelStep& made) {
    return write([&](store::WriteSession& s) { return step_model(s, id, made, problems_); });
  }
  /// Launched and active, all on one day.
  base::Result<ModelId> launched(store::WriteSession& s, const ModelForm& form, Day day) {
    VG_ASSIGN(const ModelId id, add_model(s, form, day, problems_));
    VG_TRY(step_model(s, id, step("KHAO_SAT", day), problems_));
    VG_TRY(step_model(s, id, decided("PHE_DUYET", day), problems_));
    VG_TRY(step_model(s, id, step("RA_MAT", day), problems_));
    VG_TRY(step_model(s, id, step("HOAT_DONG", day), problems_));
    return id;
  }
  ModelId running(const ModelForm& form, Day day) {
    return make([&](store::WriteSession& s) { return launched(s, form, day); });
  }
  Model get(const ModelId& id) {
    return *read([&](store::Reader& s) { return model_by_id(s, id); });
  }
  PointId point(const ModelId& model, AreaId where, Day from, std::optional<PointId> original = std::nullopt) {
    const PointForm form{model, where, std::nullopt, from, original};
    return make([&](store::WriteSession& s) { return add_point(s, form, problems_); });
  }
  PartyId unit(const std::string& name, AreaId where) {
    UnitForm form;
    form.kind = "NHA_TRUONG";
    form.party.name = name;
    form.party.area = where;
    form.party.from = kWorldBegins;
    return make([&](store::WriteSession& s) { return add_unit(s, form, problems_); });
  }

  AreaId province_, ward_, other_ward_, khom_;
  base::Uuid camera_;
};

}  // namespace vonggac::catalogue
