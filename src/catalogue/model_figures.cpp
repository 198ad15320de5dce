#include "catalogue/model_figures.h"

#include <fmt/format.h>

#include "catalogue/model_rows.h"

namespace vonggac::catalogue {
namespace {

int calendar_year(Day day) { return std::stoi(day.iso().substr(0, 4)); }

/// The state of model m on the day of a parameter.
std::string state_on(int parameter) {
  return fmt::format(
      "(select ms.state from model_state ms where ms.model = m.id and ms.day <= ${} order by ms.number desc limit 1)",
      parameter);
}

/// Numbers of queries over models. Their first parameters: $1 the day, $2 the last day of the year before, $3 the
/// category, empty for all.
class ModelCounter {
 public:
  ModelCounter(store::Reader& session, const ScopeFilter& scope, Day as_of, std::string_view category)
      : session_(session),
        parameters_{as_of.number, Day::of(calendar_year(as_of) - 1, 12, 31).number, category},
        within_(scope, as_of, parameters_) {}

  /// `what`: an expression for each of `numbers`. `rest`: joins and "where ...".
  base::Status count(const std::vector<std::int64_t*>& numbers, const std::vector<std::string>& what,
                     std::string_view rest) {
    std::string columns;
    for (const std::string& each : what) {
      columns += fmt::format("{}cast({} as bigint)", columns.empty() ? "" : ", ", each);
    }
    // Every parameter is named in every query, because PostgreSQL asks for that.
    const std::string sql = fmt::format(
        "{}select {} from model m {} and cast($1 as bigint) > cast($2 as bigint) and ($3 = '' or m.category = $3) and "
        "{}",
        within_.with(), columns, rest, within_.condition("m.area"));
    VG_ASSIGN(const store::Rows rows, session_.query(sql, parameters_));
    for (std::size_t i = 0; i < numbers.size(); ++i) *numbers[i] = rows[0].integer(i);
    return {};
  }

 private:
  store::Reader& session_;
  store::Parameters parameters_;
  ScopeSql within_;
};

std::string count_if(std::string_view condition) { return fmt::format("count(case when {} then 1 end)", condition); }

/// In this year so far.
std::string turned_to(std::string_view state) {
  return count_if(fmt::format(
      "exists (select 1 from model_state t where t.model = m.id and t.state = '{}' and t.day > $2 and t.day <= $1)",
      state));
}

base::Status count_models(ModelCounter& counter, ModelFigures& figures) {
  return counter.count(
      {&figures.active, &figures.suspended, &figures.start_of_year, &figures.launched, &figures.struck_off,
       &figures.merged, &figures.consolidated},
      {count_if(fmt::format("{} in {}", state_on(1), kActiveStates)),
       count_if(fmt::format("{} = 'TAM_DUNG'", state_on(1))),
       count_if(fmt::format("{} in {}", state_on(2), kActiveStates)),
       count_if("m.launch_day > $2 and m.launch_day <= $1"), turned_to("GIAI_THE"), turned_to("SAP_NHAP_VAO"),
       count_if("exists (select 1 from model_event e where e.model = m.id and e.kind = 'CUNG_CO' and "
                "e.day > $2 and e.day <= $1)")},
      "where 1 = 1");
}

base::Status count_model_points(ModelCounter& counter, ModelFigures& figures) {
  const std::string active =
      fmt::format("pt.from_day <= $1 and pt.to_day > $1 and {} in {}", state_on(1), kActiveStates);
  VG_TRY(counter.count(
      {&figures.points, &figures.replicated},
      {count_if(active), count_if("pt.replicated_from is not null and pt.from_day > $2 and pt.from_day <= $1")},
      "join model_point pt on pt.model = m.id where 1 = 1"));
  VG_TRY(counter.count({&figures.teams, &figures.members, &figures.households},
                       {"count(*)", "coalesce(sum(t.members), 0)", "coalesce(sum(t.households), 0)"},
                       fmt::format("join model_point pt on pt.model = m.id join model_team t on t.point = pt.id where "
                                   "t.from_day <= $1 and t.to_day > $1 and {}",
                                   active)));
  return counter.count({&figures.cameras}, {"count(distinct c.camera)"},
                       fmt::format("join model_point pt on pt.model = m.id join model_camera c on c.point = pt.id "
                                   "where c.from_day <= $1 and c.to_day > $1 and {}",
                                   active));
}

}  // namespace

base::Result<ModelFigures> model_figures(store::Reader& session, const ScopeFilter& scope, Day as_of,
                                         std::string_view category) {
  ModelCounter counter(session, scope, as_of, category);
  ModelFigures figures;
  VG_TRY(count_models(counter, figures));
  VG_TRY(count_model_points(counter, figures));
  return figures;
}

base::Result<CommunesWithModel> communes_with_model(store::Reader& session, const ScopeFilter& scope, Day as_of) {
  store::Parameters parameters{as_of.number};
  const ScopeSql within(scope, as_of, parameters);
  // From where models are carried out: to what those places became by whole mergers, and up to what they lie in.
  const std::string places = fmt::format(
      "place (area) as (select coalesce(pt.area, u.area) from model_point pt join model m on m.id = pt.model left join "
      "party u on u.id = pt.unit where pt.from_day <= $1 and pt.to_day > $1 and {} in {} and coalesce(pt.area, u.area) "
      "is not null union select p.to_area from place f join area_change_part p on p.from_area = f.area join "
      "area_change "
      "c on c.id = p.change where p.whole = 1 and p.to_area is not null and c.day <= $1), covered (area) as (select "
      "area from place union select v.parent from covered k join area_version v on v.area = k.area where v.valid_from "
      "<= $1 and v.valid_to > $1 and v.parent is not null)",
      state_on(1), kActiveStates);
  VG_ASSIGN(
      const store::Rows rows,
      session.query(fmt::format("{}select v.area, case when v.area in (select area from covered) then 1 else 0 end "
                                "from area_version v where v.kind = 3 and v.valid_from <= $1 and v.valid_to > $1 "
                                "and {} order by v.area",
                                within.with_also(places), within.condition("v.area")),
                    parameters));
  CommunesWithModel result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ++result.communes;
    if (rows[i].integer(1) != 0) {
      ++result.with_model;
    } else {
      result.without.push_back(AreaId{rows[i].id(0)});
    }
  }
  return result;
}

base::Result<UnitsWithModel> units_with_model(store::Reader& session, const ScopeFilter& scope, Day as_of) {
  store::Parameters parameters{as_of.number, Day::of(calendar_year(as_of) - 1, 12, 31).number};
  const ScopeSql within(scope, as_of, parameters);
  const std::string sql = fmt::format(
      "{}select p.id, (select count(*) from model_point pt join model m on m.id = pt.model where pt.unit = p.id and "
      "pt.from_day <= $1 and pt.to_day > $1 and {} in {} and ((m.launch_day > $2 and m.launch_day <= $1) or "
      "(pt.from_day > $2) or exists (select 1 from model_event e where e.model = m.id and e.kind = 'CUNG_CO' and e.day "
      "> "
      "$2 and e.day <= $1 and (e.point is null or e.point = pt.id)))) from party p where p.kind = 'UNIT' and "
      "p.valid_from <= $1 and p.valid_to > $1 and {} order by p.path, p.id",
      within.with(), state_on(1), kActiveStates, within.condition("p.area"));
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  UnitsWithModel result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ++result.units;
    if (rows[i].integer(1) != 0) {
      ++result.with_model;
    } else {
      result.without.push_back(PartyId{rows[i].id(0)});
    }
  }
  return result;
}

base::Result<FundingTotals> funding_totals(store::Reader& session, const ScopeFilter& scope, Day from, Day to) {
  store::Parameters parameters{from.number, to.number};
  const ScopeSql within(scope, to - 1, parameters);
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("{}select f.source, cast(sum(f.amount_vnd) as bigint) from model_funding f join "
                                      "model m on m.id = f.model where f.day >= $1 and f.day < $2 and {} group by "
                                      "f.source order by f.source",
                                      within.with(), within.condition("m.area")),
                          parameters));
  FundingTotals totals;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string& source = rows[i].text(0);
    const std::int64_t amount = rows[i].integer(1);
    totals.by_source.emplace_back(source, amount);
    switch (funding_group(source)) {
      case FundingGroup::kBudget:
        totals.budget += amount;
        break;
      case FundingGroup::kPeople:
        totals.people += amount;
        break;
      case FundingGroup::kOther:
        totals.other += amount;
        break;
    }
  }
  return totals;
}

}  // namespace vonggac::catalogue
