#include "catalogue/models.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/folding.h"
#include "catalogue/form_text.h"
#include "catalogue/model_codes.h"
#include "catalogue/model_rows.h"
#include "catalogue/name_terms.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestModelName = 200, kLongestCharter = 5000, kLongestCampaign = 200, kMostCampaigns = 10;
constexpr std::string_view kModelTerms = "model";

std::vector<std::string> tags_of(const std::string& joined) {
  std::vector<std::string> tags;
  for (std::size_t at = 0; at < joined.size();) {
    const std::size_t end = std::min(joined.find(' ', at), joined.size());
    tags.push_back(joined.substr(at, end - at));
    at = end + 1;
  }
  return tags;
}

std::optional<PartyId> party_column(const store::Row& row, std::size_t column) {
  const auto id = row.maybe_id(column);
  return id ? std::optional<PartyId>(PartyId{*id}) : std::nullopt;
}

std::optional<Day> day_column(const store::Row& row, std::size_t column) {
  const auto day = row.maybe_integer(column);
  return day ? std::optional<Day>(Day{*day}) : std::nullopt;
}

Model model_row(const store::Row& row) {
  Model m;
  m.id = ModelId{row.id(0)};
  m.code = row.text(1);
  m.type = row.text(2);
  m.category = row.text(3);
  m.name = row.text(4);
  m.area = AreaId{row.id(5)};
  m.proposer = party_column(row, 6);
  m.lead_organisation = party_column(row, 7);
  m.coordinator = party_column(row, 8);
  m.decision_number = row.text(9);
  m.decision_day = day_column(row, 10);
  m.launch_day = day_column(row, 11);
  m.charter = row.text(12);
  m.self_x = tags_of(row.text(13));
  m.state = row.text(14);
  m.state_since = {row.integer(15)};
  m.rests_until = day_column(row, 16);
  if (const auto id = row.maybe_id(17)) m.merged_into = ModelId{*id};
  m.path = row.text(18);
  return m;
}

/// What the form says, made fit; category and search words from its type where it is silent.
struct FitModel {
  std::string name, category, charter, self_x, path;
  std::vector<std::string> campaigns;
};

base::Status take_type(store::Reader& session, const ModelForm& form, FitModel& fit, Problems& problems) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select category, official_name, short_name from model_type where code = $1", {form.type}));
  if (rows.empty()) {
    problems.refuse("", "type", "Chọn loại mô hình.", "Choose the type of the model.");
    return {};
  }
  fit.category = form.category.empty() ? rows[0].text(0) : form.category;
  check_code("category", model_categories(), fit.category, {"nhóm mô hình", "category"}, problems);
  fit.path = fold(fit.name + " " + rows[0].text(2) + " " + rows[0].text(1));
  return {};
}

base::Result<FitModel> fit_model(store::Reader& session, const ModelForm& form, Problems& problems) {
  FitModel fit;
  fit.name = kept_text("name", form.name, 1, kLongestModelName, problems);
  fit.charter = kept_text("charter", form.charter, 0, kLongestCharter, problems);
  VG_TRY(take_type(session, form, fit, problems));
  for (const std::string& tag : form.self_x) {
    check_code("self_x", self_x_tags(), tag, {"phương châm tự quản", "self-management tag"}, problems);
    fit.self_x += (fit.self_x.empty() ? "" : " ") + tag;
  }
  if (form.campaigns.size() > kMostCampaigns) {
    problems.refuse("", "campaigns", fmt::format("Nhiều nhất {} cuộc vận động.", kMostCampaigns),
                    fmt::format("At most {} campaigns.", kMostCampaigns));
  }
  for (const std::string& campaign : form.campaigns) {
    fit.campaigns.push_back(kept_text("campaigns", campaign, 1, kLongestCampaign, problems));
  }
  VG_TRY(check_party(session, "proposer", form.proposer, "PERSON ORGANISATION UNIT", problems));
  VG_TRY(check_party(session, "lead_organisation", form.lead_organisation, "ORGANISATION UNIT", problems));
  VG_TRY(check_party(session, "coordinator", form.coordinator, "PERSON", problems));
  return fit;
}

base::Status put_campaigns(store::WriteSession& session, const ModelId& id, const FitModel& fit) {
  VG_TRY(session.run("delete from model_campaign where model = $1", {id}).error());
  std::vector<store::Parameters> rows;
  for (const std::string& campaign : fit.campaigns) rows.push_back({id, campaign});
  return session.run_many("insert into model_campaign (model, campaign) values ($1, $2) on conflict do nothing", rows);
}

/// What check_model_step() asks, from the step and from what is on record.
ModelFacts facts_of(const Model& model, const ModelStep& step) {
  const bool shown = step.document.has_value() || !step.paper.empty();
  ModelFacts facts;
  facts.surveyed = shown;
  facts.launch_minutes = shown;
  // A launch rests on the founding decision, everything else on the decision of its own step.
  const bool launch = step.to == "RA_MAT";
  facts.decision_number = launch ? model.decision_number : step.decision_number;
  facts.decision_day = launch ? model.decision_day : step.decision_day;
  if (launch) facts.launch_day = step.day;
  facts.until = step.until;
  facts.target_chosen = step.target.has_value();
  facts.reason = step.reason;
  return facts;
}

/// The step with its texts made fit.
ModelStep fit_step(const ModelStep& typed, Problems& problems) {
  constexpr std::size_t kLongestStepText = 500, kLongestPaper = 120;
  ModelStep step = typed;
  step.reason = kept_text("reason", typed.reason, 0, kLongestStepText, problems);
  step.paper = kept_text("paper", typed.paper, 0, kLongestPaper, problems);
  step.decision_number = kept_text("decision_number", typed.decision_number, 0, kLongestPaper, problems);
  if (step.decision_day && *step.decision_day > step.day) {
    problems.refuse("", "decision_day", "Ngày quyết định sau ngày thực hiện.", "The decision lies after the step.");
  }
  if (step.until && *step.until <= step.day) {
    problems.refuse("", "until", "Thời hạn phải sau ngày thực hiện.", "It must last beyond the day of the step.");
  }
  return step;
}

}  // namespace

base::Result<std::vector<Model>> read_models(store::Reader& session, std::string_view rest,
                                             const store::Parameters& parameters, std::string_view before,
                                             std::string_view from) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("{}select {} from {} {}", before, kModelColumns, from, rest), parameters));
  std::vector<Model> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(model_row(rows[i]));
  return found;
}

base::Result<Model> must_be_model(store::Reader& session, const ModelId& id) {
  VG_ASSIGN(std::optional<Model> model, model_by_id(session, id));
  if (!model) return base::not_found("there is no such model");
  return std::move(*model);
}

base::Status check_document(store::Reader& session, std::string_view field, const std::optional<DocumentId>& id,
                            Problems& problems) {
  if (!id) return {};
  VG_ASSIGN(const std::optional<Document> there, document_by_id(session, *id));
  if (!there) problems.refuse("", field, "Không có văn bản này.", "There is no such document.");
  return {};
}

base::Result<ModelId> add_model(store::WriteSession& session, const ModelForm& form, Day day, Problems& problems) {
  VG_ASSIGN(const FitModel fit, fit_model(session, form, problems));
  VG_TRY(check_area(session, "area", form.area, day, problems));
  if (day > Day::at(session.now())) {
    problems.refuse("", "day", "Ngày đề xuất chưa tới.", "The day of the proposal is still to come.");
  }
  if (problems.refused()) return problems.status();
  VG_ASSIGN(const std::string code, next_model_code(session, form.area, day, problems));
  const ModelId id{session.new_id()};
  const std::string path = fold(fit.path + " " + code);
  VG_TRY(session
             .run("insert into model (id, code, type, category, name, area, proposer, lead_organisation, coordinator, "
                  "decision_number, charter, self_x, state, state_since, path, made_at_us) values ($1, $2, $3, $4, $5, "
                  "$6, $7, $8, $9, '', $10, $11, $12, $13, $14, $15)",
                  {id, code, form.type, fit.category, fit.name, form.area, form.proposer, form.lead_organisation,
                   form.coordinator, fit.charter, fit.self_x, model_life().first(), day.number, path, session.now()})
             .error());
  VG_TRY(session
             .run("insert into model_state (model, number, state, day, decision_number, reason, paper, made_at_us) "
                  "values ($1, 1, $2, $3, '', '', '', $4)",
                  {id, model_life().first(), day.number, session.now()})
             .error());
  VG_TRY(put_campaigns(session, id, fit));
  VG_TRY(write_name_terms(session, kModelTerms, id, path));
  VG_TRY(tell_model(session, id, "added"));
  return id;
}

base::Status amend_model(store::WriteSession& session, const ModelId& id, const ModelForm& form, Problems& problems) {
  VG_ASSIGN(const Model before, must_be_model(session, id));
  VG_ASSIGN(const FitModel fit, fit_model(session, form, problems));
  if (form.area != before.area) {
    VG_TRY(check_area(session, "area", form.area, Day::at(session.now()), problems));
  }
  if (problems.refused()) return problems.status();
  const std::string path = fold(fit.path + " " + before.code);
  VG_TRY(session
             .run("update model set type = $2, category = $3, name = $4, area = $5, proposer = $6, lead_organisation = "
                  "$7, coordinator = $8, charter = $9, self_x = $10, path = $11 where id = $1",
                  {id, form.type, fit.category, fit.name, form.area, form.proposer, form.lead_organisation,
                   form.coordinator, fit.charter, fit.self_x, path})
             .error());
  VG_TRY(put_campaigns(session, id, fit));
  VG_TRY(write_name_terms(session, kModelTerms, id, path));
  return tell_model(session, id, "amended");
}

base::Status step_model(store::WriteSession& session, const ModelId& id, const ModelStep& typed, Problems& problems) {
  VG_ASSIGN(const Model model, must_be_model(session, id));
  const ModelStep step = fit_step(typed, problems);
  check_model_step(model.state, step.to, facts_of(model, step), problems);
  check_step_day(model, step.day, Day::at(session.now()), problems);
  VG_TRY(check_document(session, "document", step.document, problems));
  if (problems.refused()) return problems.status();
  if (step.to == "SAP_NHAP_VAO") return merge_models(session, id, *step.target, step.day, problems);
  VG_TRY(put_model_state(session, model, step));
  if (step.to == "GIAI_THE") VG_TRY(close_points(session, id, step.day));
  return tell_model(session, id, "state");
}

base::Result<std::optional<Model>> model_by_id(store::Reader& session, const ModelId& id) {
  VG_ASSIGN(std::vector<Model> found, read_models(session, "where m.id = $1", {id}));
  if (found.empty()) return std::optional<Model>();
  return std::optional<Model>(std::move(found.front()));
}

base::Result<std::optional<Model>> model_by_code(store::Reader& session, std::string_view code) {
  VG_ASSIGN(std::vector<Model> found, read_models(session, "where m.code = $1", {code}));
  if (found.empty()) return std::optional<Model>();
  return std::optional<Model>(std::move(found.front()));
}

base::Result<std::vector<std::string>> campaigns_of(store::Reader& session, const ModelId& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select campaign from model_campaign where model = $1 order by campaign", {id}));
  std::vector<std::string> campaigns;
  for (std::size_t i = 0; i < rows.size(); ++i) campaigns.push_back(rows[i].text(0));
  return campaigns;
}

base::Result<ModelPage> list_models(store::Reader& session, const ModelFilter& filter, const ScopeFilter& scope,
                                    Day day, const PageMark& after, std::size_t most) {
  store::Parameters parameters{after.path, after.id, static_cast<std::int64_t>(most) + 1};
  std::string which;
  for (const auto& [column, wanted] : {std::pair("m.type", &filter.type), std::pair("m.state", &filter.state),
                                       std::pair("m.category", &filter.category)}) {
    if (wanted->empty()) continue;
    parameters.emplace_back(*wanted);
    which += fmt::format("and {} = ${} ", column, parameters.size());
  }
  const ScopeSql within(scope, day, parameters);
  ModelPage page;
  VG_ASSIGN(page.models,
            read_models(session,
                        fmt::format("where (m.path, m.id) > ($1, $2) {}and {} order by m.path, m.id limit $3", which,
                                    within.gathered()),
                        parameters, within.with(), within.from("model", "m")));
  if (page.models.size() > most) {
    page.models.resize(most);
    if (most > 0) page.next = PageMark{page.models.back().path, page.models.back().id};
  }
  return page;
}

base::Result<std::vector<Model>> find_models(store::Reader& session, std::string_view query, const ScopeFilter& scope,
                                             Day day, std::size_t most) {
  const std::vector<SearchWord> words = search_words(query);
  store::Parameters parameters;
  VG_ASSIGN(const std::optional<NameCondition> which,
            name_condition(session, kModelTerms, words, "m.id", most, parameters));
  if (!which) return std::vector<Model>();
  const ScopeSql within(scope, day, parameters);
  parameters.emplace_back(which->limit);
  VG_ASSIGN(std::vector<Model> found,
            read_models(session,
                        fmt::format("where {} and {} order by m.path, m.id limit ${}", which->sql,
                                    which->few ? within.condition("m.area") : within.gathered(), parameters.size()),
                        parameters, within.with(), which->few ? std::string("model m") : within.from("model", "m")));
  std::erase_if(found, [&](const Model& m) { return !matches(m.path, words); });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace vonggac::catalogue
