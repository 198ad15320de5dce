/// Rows of model, inside this room.
/// Threads  within a transaction of room store.
#pragma once

#include <string_view>
#include <vector>

#include "catalogue/models.h"

namespace vonggac::catalogue {

inline constexpr std::string_view kModelColumns =
    "m.id, m.code, m.type, m.category, m.name, m.area, m.proposer, m.lead_organisation, m.coordinator, "
    "m.decision_number, m.decision_day, m.launch_day, m.charter, m.self_x, m.state, m.state_since, m.rests_until, "
    "m.merged_into, m.path";
/// "in (...)": a model in one of these states is counted.
inline constexpr std::string_view kActiveStates = "('RA_MAT', 'HOAT_DONG', 'CUNG_CO')";

base::Result<std::vector<Model>> read_models(store::Reader& session, std::string_view rest,
                                             const store::Parameters& parameters, std::string_view before = "",
                                             std::string_view from = "model m");
/// kNotFound if there is none.
base::Result<Model> must_be_model(store::Reader& session, const ModelId& id);
/// Refuses `field` if there is no such document.
base::Status check_document(store::Reader& session, std::string_view field, const std::optional<DocumentId>& id,
                            Problems& problems);
/// Refuses days after today and before the state the model is in.
void check_step_day(const Model& model, Day day, Day today, Problems& problems);
/// Writes the row of the history, the copy in the model and the event of the step.
base::Status put_model_state(store::WriteSession& session, const Model& model, const ModelStep& step);
base::Status tell_model(store::WriteSession& session, const ModelId& id, std::string_view what);
/// Points, teams and cameras of the model end on that day.
base::Status close_points(store::WriteSession& session, const ModelId& id, Day day);

}  // namespace vonggac::catalogue
