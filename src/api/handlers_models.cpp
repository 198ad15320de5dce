/// Models (mô hình): their types, what they are, the steps of their life, and the figures that reports count.
#include "api/area_forms.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/model_events.h"
#include "catalogue/model_figures.h"
#include "catalogue/models.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::ModelId;
using gate::ObjectKind;

json::value model_state_json(std::string_view code) {
  const catalogue::StateName* found = catalogue::model_life().find(code);
  if (found == nullptr) return json::value();
  return json::object{{"code", found->code}, {"vi", found->vi}, {"en", found->en}};
}

json::object short_model_json(const catalogue::Model& model) {
  return {{"id", model.id.to_string()},
          {"code", model.code},
          {"type", model.type},
          {"category", coded(catalogue::model_categories(), model.category)},
          {"name", model.name},
          {"area", model.area.to_string()},
          {"state", model_state_json(model.state)},
          {"state_since", model.state_since.iso()},
          {"launch_day", day_or_null(model.launch_day)},
          {"rests_until", day_or_null(model.rests_until)},
          {"merged_into", id_or_null(model.merged_into)}};
}

json::array text_array(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& text : texts) list.push_back(json::value(text));
  return list;
}

base::Result<json::object> model_record(store::Reader& session, const base::Uuid& id, catalogue::Day today) {
  VG_ASSIGN(const auto model, catalogue::model_by_id(session, ModelId{id}));
  if (!model) return base::not_found("there is no such model");
  json::object out = short_model_json(*model);
  out["proposer"] = id_or_null(model->proposer);
  out["lead_organisation"] = id_or_null(model->lead_organisation);
  out["coordinator"] = id_or_null(model->coordinator);
  out["decision_number"] = model->decision_number;
  out["decision_day"] = day_or_null(model->decision_day);
  out["charter"] = model->charter;
  out["self_x"] = text_array(model->self_x);
  VG_ASSIGN(const std::vector<std::string> campaigns, catalogue::campaigns_of(session, model->id));
  out["campaigns"] = text_array(campaigns);
  VG_ASSIGN(const std::vector<base::Uuid> cameras, catalogue::cameras_of_model(session, model->id, today));
  out["cameras"] = id_array(cameras);
  json::array history, next;
  VG_ASSIGN(const auto states, catalogue::model_history(session, model->id));
  for (const catalogue::ModelState& one : states) {
    history.push_back(json::object{{"state", model_state_json(one.state)},
                                   {"day", one.day.iso()},
                                   {"decision_number", one.decision_number},
                                   {"reason", one.reason},
                                   {"paper", one.paper}});
  }
  for (const catalogue::Step* step : catalogue::model_life().steps_from(model->state)) {
    next.push_back(model_state_json(step->to));
  }
  out["history"] = std::move(history);
  out["next_states"] = std::move(next);
  return out;
}

void read_model_form(Form& form, catalogue::ModelForm& model) {
  set_text(form, "type", model.type, 40);
  set_text(form, "name", model.name, 200);
  set_text(form, "category", model.category, 40);
  if (form.has("area")) model.area = catalogue::AreaId{form.id("area")};
  set_id(form, "proposer", model.proposer);
  set_id(form, "lead_organisation", model.lead_organisation);
  set_id(form, "coordinator", model.coordinator);
  set_text(form, "charter", model.charter, 2000);
  if (form.has("self_x")) model.self_x = form.texts("self_x", 10);
  if (form.has("campaigns")) model.campaigns = form.texts("campaigns", 20);
}

/// Where it lies and who is named in it must be within reach; what stays as it was is not asked about again.
base::Status check_model_form(store::WriteSession& session, const Call& call, const catalogue::ModelForm& model,
                              const std::optional<catalogue::Model>& before, catalogue::Problems& problems) {
  if (!before || model.area != before->area) {
    VG_TRY(check_reach(session, call, base::Uuid(model.area), "area", session.now(), problems));
  }
  if (!before || model.proposer != before->proposer) {
    VG_TRY(check_reach(session, call, ObjectKind::kParty, model.proposer, "proposer", problems));
  }
  if (!before || model.lead_organisation != before->lead_organisation) {
    VG_TRY(check_reach(session, call, ObjectKind::kParty, model.lead_organisation, "lead_organisation", problems));
  }
  if (before && model.coordinator == before->coordinator) return {};
  return check_reach(session, call, ObjectKind::kParty, model.coordinator, "coordinator", problems);
}

base::Status amend_one_model(store::WriteSession& session, const Call& call, Form form, catalogue::Problems& problems) {
  VG_ASSIGN(const std::optional<catalogue::Model> before, catalogue::model_by_id(session, ModelId{call.id}));
  if (!before) return base::not_found("there is no such model");
  VG_ASSIGN(std::vector<std::string> campaigns, catalogue::campaigns_of(session, before->id));
  catalogue::ModelForm model{before->type,        before->name,     before->category,
                             before->area,        before->proposer, before->lead_organisation,
                             before->coordinator, before->charter,  before->self_x,
                             std::move(campaigns)};
  read_model_form(form, model);
  if (!form.finish()) {
    problems = form.problems();
    return problems.status();
  }
  VG_TRY(check_model_form(session, call, model, before, problems));
  return catalogue::amend_model(session, before->id, model, problems);
}

json::object figures_json(const catalogue::ModelFigures& f) {
  return {{"active", f.active},
          {"suspended", f.suspended},
          {"start_of_year", f.start_of_year},
          {"launched", f.launched},
          {"consolidated", f.consolidated},
          {"struck_off", f.struck_off},
          {"merged", f.merged},
          {"points", f.points},
          {"teams", f.teams},
          {"members", f.members},
          {"households", f.households},
          {"cameras", f.cameras},
          {"replicated", f.replicated}};
}

json::object funding_json(const catalogue::FundingTotals& totals) {
  json::array sources;
  for (const auto& [source, amount] : totals.by_source) {
    sources.push_back(json::object{{"source", coded(catalogue::funding_sources(), source)}, {"amount_vnd", amount}});
  }
  return {
      {"budget", totals.budget}, {"people", totals.people}, {"other", totals.other}, {"by_source", std::move(sources)}};
}

base::Result<json::object> all_figures(store::Reader& session, const catalogue::ScopeFilter& scope, catalogue::Day day,
                                       std::string_view category) {
  VG_ASSIGN(const auto models, catalogue::model_figures(session, scope, day, category));
  VG_ASSIGN(const auto communes, catalogue::communes_with_model(session, scope, day));
  VG_ASSIGN(const auto units, catalogue::units_with_model(session, scope, day));
  VG_ASSIGN(const catalogue::Day new_year, catalogue::Day::parse(day.iso().substr(0, 4) + "-01-01"));
  VG_ASSIGN(const auto money, catalogue::funding_totals(session, scope, new_year, day + 1));
  return json::object{
      {"day", day.iso()},
      {"models", figures_json(models)},
      {"communes", json::object{{"communes", communes.communes},
                                {"with_model", communes.with_model},
                                {"without", id_array(communes.without)}}},
      {"units",
       json::object{{"units", units.units}, {"with_model", units.with_model}, {"without", id_array(units.without)}}},
      {"funding", funding_json(money)}};
}

}  // namespace

HttpReply answer_model_types(const PoolServices& services, const Call&) {
  return read_register(services, "model_types", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto types, catalogue::model_types(session));
    json::array list, states;
    for (const catalogue::ModelType& type : types) {
      list.push_back(json::object{{"code", type.code},
                                  {"official_name", type.official_name},
                                  {"short_name", type.short_name},
                                  {"category", coded(catalogue::model_categories(), type.category)},
                                  {"is_camera", type.is_camera},
                                  {"origin", type.origin}});
    }
    for (const catalogue::StateName& state : catalogue::model_life().states())
      states.push_back(model_state_json(state.code));
    return json::object{{"types", std::move(list)},
                        {"categories", coded_list(catalogue::model_categories())},
                        {"states", std::move(states)},
                        {"event_kinds", coded_list(catalogue::model_event_kinds())},
                        {"funding_sources", coded_list(catalogue::funding_sources())},
                        {"self_x", coded_list(catalogue::self_x_tags())},
                        {"campaigns", coded_list(catalogue::known_campaigns())}};
  });
}

HttpReply answer_models(const PoolServices& services, const Call& call) {
  const std::optional<PageAsked> page = page_asked(call.query);
  if (!page) return wrong_query();
  const std::optional<std::string> words = call.query.text("q");
  const catalogue::ModelFilter filter{call.query.text("type").value_or(""), call.query.text("state").value_or(""),
                                      call.query.text("category").value_or("")};
  const catalogue::Day today = today_of(services);
  return read_register(services, "models", [&](store::Reader& session) -> base::Result<json::object> {
    catalogue::ModelPage found;
    if (words) {
      VG_ASSIGN(found.models, catalogue::find_models(session, *words, scope_of(call), today, page->most));
    } else {
      VG_ASSIGN(found, catalogue::list_models(session, filter, scope_of(call), today, page->after, page->most));
    }
    json::array list;
    for (const catalogue::Model& model : found.models) list.push_back(short_model_json(model));
    return json::object{{"models", std::move(list)}, {"next_after", next_mark(found.next)}};
  });
}

HttpReply answer_model(const PoolServices& services, const Call& call) {
  const catalogue::Day today = today_of(services);
  return read_record(services, call, [&](store::Reader& session) { return model_record(session, call.id, today); });
}

HttpReply answer_model_add(const PoolServices& services, const Call& call) {
  const catalogue::Day today = today_of(services);
  return with_form(call, [&](Form& form) {
    catalogue::ModelForm model;
    read_model_form(form, model);
    if (!form.has("area")) form.problems().refuse("", "area", "Cần chọn địa bàn.", "An area is needed.");
    const catalogue::Day day = form.maybe_day("day").value_or(today);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_model_form(session, call, model, std::nullopt, problems));
          VG_ASSIGN(const ModelId id, catalogue::add_model(session, model, day, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_model_amend(const PoolServices& services, const Call& call) {
  const catalogue::Day today = today_of(services);
  return with_form(call, [&](Form& form) {
    return amend_record(
        services, call, [&](store::Reader& session) { return model_record(session, call.id, today); },
        [&](store::WriteSession& session, catalogue::Problems& problems) {
          return amend_one_model(session, call, form, problems);
        });
  });
}

HttpReply answer_model_step(const PoolServices& services, const Call& call) {
  const catalogue::Day today = today_of(services);
  return with_form(call, [&](Form& form) {
    catalogue::ModelStep step;
    step.to = form.text("to", 40);
    step.day = form.day("day");
    step.decision_number = form.maybe_text("decision_number", 100).value_or("");
    step.decision_day = form.maybe_day("decision_day");
    step.until = form.maybe_day("until");
    step.reason = form.maybe_text("reason", 500).value_or("");
    step.paper = form.maybe_text("paper", 100).value_or("");
    step.document = typed_id<catalogue::DocumentId>(form.maybe_id("document"));
    step.target = typed_id<ModelId>(form.maybe_id("target"));
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kDocument, step.document, "document", problems));
          VG_TRY(check_reach(session, call, ObjectKind::kModel, step.target, "target", problems));
          const bool merge = step.to == "SAP_NHAP_VAO" && step.target;
          VG_TRY(merge ? catalogue::merge_models(session, ModelId{call.id}, *step.target, step.day, problems)
                       : catalogue::step_model(session, ModelId{call.id}, step, problems));
          return model_record(session, call.id, today);
        });
  });
}

HttpReply answer_model_figures(const PoolServices& services, const Call& call) {
  const auto area = call.query.id("area");
  const base::Result<catalogue::Day> day = day_asked(services, call.query);
  if (!area || !day) return wrong_query();
  return read_register(services, "model_figures", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const catalogue::ScopeFilter scope, scope_asked(session, call, *area, services));
    return all_figures(session, scope, *day, call.query.text("category").value_or(""));
  });
}

}  // namespace vonggac::api
