/// Models (mô hình): community programmes with a founding decision, a launch, states, and an end. One row is one
/// original model; where it is carried out stands in model_points.h.
/// Flow     form -> add_model -> step_model along model_life() -> history; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences (V8) and kInvalidArgument; kNotFound: no such model.
/// Source   domain 3.2, 3.3; rules V8, V9; seeds S0.8, S1.5, S4.6, S4.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/documents.h"
#include "catalogue/lifecycle.h"
#include "catalogue/model_types.h"
#include "catalogue/parties.h"

namespace vonggac::catalogue {

struct ModelId : base::Uuid {};

struct ModelForm {
  std::string type;      ///< code of a model_type
  std::string name;      ///< "Camera an ninh khóm 3"
  std::string category;  ///< of model_categories(); empty: that of the type
  AreaId area;           ///< whose model it is
  std::optional<PartyId> proposer, lead_organisation, coordinator;
  std::string charter;
  std::vector<std::string> self_x;     ///< of self_x_tags()
  std::vector<std::string> campaigns;  ///< codes of known_campaigns() or names
};
struct Model {
  ModelId id;
  std::string code, type, category, name;
  AreaId area;
  std::optional<PartyId> proposer, lead_organisation, coordinator;
  std::string decision_number;
  std::optional<Day> decision_day, launch_day;
  std::string charter;
  std::vector<std::string> self_x;
  std::string state;
  Day state_since;
  std::optional<Day> rests_until;  ///< of a suspension, or the deadline of a consolidation
  std::optional<ModelId> merged_into;
  std::string path;
};
/// Proposed on that day, which gives its code its year.
base::Result<ModelId> add_model(store::WriteSession& session, const ModelForm& form, Day day, Problems& problems);
base::Status amend_model(store::WriteSession& session, const ModelId& id, const ModelForm& form, Problems& problems);
base::Result<std::optional<Model>> model_by_id(store::Reader& session, const ModelId& id);
base::Result<std::optional<Model>> model_by_code(store::Reader& session, std::string_view code);
base::Result<std::vector<std::string>> campaigns_of(store::Reader& session, const ModelId& id);

/// What is shown for a step. Survey report and launch minutes are a document, or the number of a paper.
struct ModelStep {
  std::string to;  ///< a state of model_life()
  Day day;         ///< on which it happened; of RA_MAT: the launch day
  std::string decision_number;
  std::optional<Day> decision_day, until;
  std::string reason, paper;
  std::optional<DocumentId> document;
  std::optional<ModelId> target;  ///< of SAP_NHAP_VAO
};
/// V8 among others. A model that ends closes its points, teams and cameras. SAP_NHAP_VAO is merge_models().
base::Status step_model(store::WriteSession& session, const ModelId& id, const ModelStep& step, Problems& problems);
/// `source` ends; what it did goes on in points of `target` that continue its own.
base::Status merge_models(store::WriteSession& session, const ModelId& source, const ModelId& target, Day day,
                          Problems& problems);

struct ModelState {
  std::string state;
  Day day;
  std::string decision_number;
  std::optional<Day> decision_day, until;
  std::string reason, paper;
  std::optional<ModelId> target;
  std::optional<DocumentId> document;
};
/// From the proposal on.
base::Result<std::vector<ModelState>> model_history(store::Reader& session, const ModelId& id);
/// The state on that day; nullopt before it was proposed.
base::Result<std::optional<std::string>> model_state_on(store::Reader& session, const ModelId& id, Day day);

struct ModelFilter {
  std::string type, state, category;  ///< empty: any
};
struct ModelPage {
  std::vector<Model> models;
  std::optional<PageMark> next;
};
base::Result<ModelPage> list_models(store::Reader& session, const ModelFilter& filter, const ScopeFilter& scope,
                                    Day day, const PageMark& after, std::size_t most);
/// By name, code or official name of the type, however typed.
base::Result<std::vector<Model>> find_models(store::Reader& session, std::string_view query, const ScopeFilter& scope,
                                             Day day, std::size_t most = 20);

}  // namespace vonggac::catalogue
