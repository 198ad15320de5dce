#include "catalogue/model_warnings.h"

#include <chrono>

#include <fmt/format.h>

#include "catalogue/model_rows.h"

namespace vonggac::catalogue {
namespace {

ModelWarning warning_of(const Model& model, std::string_view kind, std::string vi, std::string en) {
  return {model.id, model.code, model.name, std::string(kind), {std::move(vi), std::move(en)}};
}

base::Status warn_of_silence(store::Reader& session, const ScopeFilter& scope, Day today,
                             std::vector<ModelWarning>& warnings) {
  store::Parameters parameters{six_months_before(today).number};
  const ScopeSql within(scope, today, parameters);
  VG_ASSIGN(
      const std::vector<Model> silent,
      read_models(session,
                  fmt::format("where m.state in {} and m.state_since < $1 and m.launch_day < $1 and not exists "
                              "(select 1 from model_event e where e.model = m.id and e.day >= $1) and {} order by "
                              "m.path, m.id",
                              kActiveStates, within.condition("m.area")),
                  parameters, within.with()));
  for (const Model& model : silent) {
    warnings.push_back(warning_of(model, "NO_ACTIVITY", "Không có hoạt động nào trong 6 tháng.",
                                  "Nothing has happened in six months."));
  }
  return {};
}

base::Status warn_of_no_evaluation(store::Reader& session, const ScopeFilter& scope, Day today,
                                   std::vector<ModelWarning>& warnings) {
  const int year = evaluated_year(today);
  store::Parameters parameters{Day::of(year, 12, 31).number, year};
  const ScopeSql within(scope, today, parameters);
  VG_ASSIGN(const std::vector<Model> unjudged,
            read_models(session,
                        fmt::format("where m.state in {} and m.launch_day <= $1 and not exists (select 1 from "
                                    "model_evaluation e where e.model = m.id and e.year = $2) and {} order by m.path, "
                                    "m.id",
                                    kActiveStates, within.condition("m.area")),
                        parameters, within.with()));
  for (const Model& model : unjudged) {
    warnings.push_back(warning_of(model, "NO_EVALUATION", fmt::format("Chưa đánh giá, xếp loại năm {}.", year),
                                  fmt::format("It was not evaluated for {}.", year)));
  }
  return {};
}

base::Status warn_of_overdue(store::Reader& session, const ScopeFilter& scope, Day today,
                             std::vector<ModelWarning>& warnings) {
  store::Parameters parameters{today.number};
  const ScopeSql within(scope, today, parameters);
  VG_ASSIGN(const std::vector<Model> late,
            read_models(session,
                        fmt::format("where m.rests_until < $1 and m.state in ('TAM_DUNG', 'CUNG_CO') and {} order by "
                                    "m.path, m.id",
                                    within.condition("m.area")),
                        parameters, within.with()));
  for (const Model& model : late) {
    warnings.push_back(warning_of(model, "OVERDUE", fmt::format("Đã quá thời hạn {}.", model.rests_until->local()),
                                  fmt::format("Its deadline {} has passed.", model.rests_until->local())));
  }
  return {};
}

}  // namespace

Day six_months_before(Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day.number))};
  const std::chrono::year_month month = date.year() / date.month() - std::chrono::months(6);
  const std::chrono::year_month_day last{month / std::chrono::last};
  const std::chrono::day wanted = std::min(date.day(), last.day());
  return {std::chrono::sys_days(month / wanted).time_since_epoch().count()};
}

int evaluated_year(Day today) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(today.number))};
  return static_cast<int>(date.year()) - (date.month() < std::chrono::December ? 1 : 0);
}

base::Result<std::vector<ModelWarning>> model_warnings(store::Reader& session, const ScopeFilter& scope, Day today) {
  std::vector<ModelWarning> warnings;
  VG_TRY(warn_of_silence(session, scope, today, warnings));
  VG_TRY(warn_of_no_evaluation(session, scope, today, warnings));
  VG_TRY(warn_of_overdue(session, scope, today, warnings));
  return warnings;
}

}  // namespace vonggac::catalogue
