/// The history of a model's states, and merging one model into another.
#include <array>

#include <fmt/format.h>

#include "catalogue/model_rows.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

/// Steps that are an event of the model's log too.
struct StepEvent {
  std::string_view state, event;
};
constexpr std::array<StepEvent, 5> kStepEvents{{
    {"KHAO_SAT", "KHAO_SAT"},
    {"RA_MAT", "RA_MAT"},
    {"CUNG_CO", "CUNG_CO"},
    {"TAM_DUNG", "TAM_DUNG"},
    {"GIAI_THE", "THANH_LOAI"},
}};

base::Status put_step_event(store::WriteSession& session, const ModelId& id, const ModelStep& step) {
  for (const StepEvent& known : kStepEvents) {
    if (known.state != step.to) continue;
    const base::Uuid event = session.new_id();
    VG_TRY(session
               .run("insert into model_event (id, model, kind, day, note, made_at_us) values ($1, $2, $3, $4, $5, $6)",
                    {event, id, known.event, step.day.number, step.reason, session.now()})
               .error());
    if (step.document) {
      VG_TRY(session
                 .run("insert into model_event_reference (event, number, document) values ($1, 1, $2)",
                      {event, *step.document})
                 .error());
    }
  }
  return {};
}

/// A copy of a row cannot be made by the database alone: its new id comes from here, and a cast of it means something
/// else on each engine.
base::Status continue_teams(store::WriteSession& session, const base::Uuid& point, const base::Uuid& next, Day day) {
  VG_ASSIGN(const store::Rows teams,
            session.query("select name, leader, members, households, to_day from model_team where point = $1 and "
                          "from_day < $2 and to_day > $2",
                          {point, day.number}));
  std::vector<store::Parameters> rows;
  for (std::size_t i = 0; i < teams.size(); ++i) {
    const store::Row team = teams[i];
    rows.push_back({session.new_id(), next, team.text(0), team.maybe_id(1), team.integer(2), team.integer(3),
                    day.number, team.integer(4)});
  }
  return session.run_many(
      "insert into model_team (id, point, name, leader, members, households, from_day, to_day) values ($1, $2, $3, $4, "
      "$5, $6, $7, $8)",
      rows);
}

base::Status continue_cameras(store::WriteSession& session, const base::Uuid& point, const base::Uuid& next, Day day) {
  VG_ASSIGN(const store::Rows cameras,
            session.query("select camera, to_day from model_camera where point = $1 and from_day < $2 and to_day > $2",
                          {point, day.number}));
  std::vector<store::Parameters> rows;
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    rows.push_back({session.new_id(), next, cameras[i].id(0), day.number, cameras[i].integer(1)});
  }
  return session.run_many("insert into model_camera (id, point, camera, from_day, to_day) values ($1, $2, $3, $4, $5)",
                          rows);
}

/// What points of `source` did goes on, from that day, in points of `target`.
base::Status continue_points(store::WriteSession& session, const ModelId& source, const ModelId& target, Day day) {
  VG_ASSIGN(
      const store::Rows points,
      session.query("select id, area, unit, to_day from model_point where model = $1 and from_day < $2 and to_day "
                    "> $2 order by id",
                    {source, day.number}));
  for (std::size_t i = 0; i < points.size(); ++i) {
    const store::Row point = points[i];
    const base::Uuid next = session.new_id();
    VG_TRY(session
               .run("insert into model_point (id, model, area, unit, from_day, to_day, continues, made_at_us) values "
                    "($1, $2, $3, $4, $5, $6, $7, $8)",
                    {next, target, point.maybe_id(1), point.maybe_id(2), day.number, point.integer(3), point.id(0),
                     session.now()})
               .error());
    VG_TRY(continue_teams(session, point.id(0), next, day));
    VG_TRY(continue_cameras(session, point.id(0), next, day));
  }
  return close_points(session, source, day);
}

}  // namespace

void check_step_day(const Model& model, Day day, Day today, Problems& problems) {
  if (day < model.state_since) {
    problems.refuse("", "day", fmt::format("Mô hình ở trạng thái hiện nay từ {}.", model.state_since.local()),
                    fmt::format("The model is in its state since {}.", model.state_since.local()));
  }
  if (day > today) problems.refuse("", "day", "Ngày này chưa tới.", "This day is still to come.");
}

base::Status tell_model(store::WriteSession& session, const ModelId& id, std::string_view what) {
  return session.tell("model.changed", id, fmt::format(R"({{"what":"{}"}})", what));
}

base::Status close_points(store::WriteSession& session, const ModelId& id, Day day) {
  // What began that very day has lasted for it.
  constexpr std::string_view kEnd = "to_day = case when from_day < $2 then $2 else from_day + 1 end";
  VG_TRY(session
             .run(fmt::format("update model_team set {} where to_day > $2 and point in (select id from model_point "
                              "where model = $1)",
                              kEnd),
                  {id, day.number})
             .error());
  VG_TRY(session
             .run(fmt::format("update model_camera set {} where to_day > $2 and point in (select id from model_point "
                              "where model = $1)",
                              kEnd),
                  {id, day.number})
             .error());
  return session.run(fmt::format("update model_point set {} where to_day > $2 and model = $1", kEnd), {id, day.number})
      .error();
}

base::Status put_model_state(store::WriteSession& session, const Model& model, const ModelStep& step) {
  VG_TRY(session
             .run("insert into model_state (model, number, state, day, decision_number, decision_day, reason, paper, "
                  "until_day, target, document, made_at_us) values ($1, (select coalesce(max(number), 0) + 1 from "
                  "model_state where model = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                  {model.id, step.to, step.day.number, step.decision_number, day_or_null(step.decision_day),
                   step.reason, step.paper, day_or_null(step.until), step.target, step.document, session.now()})
             .error());
  VG_TRY(session
             .run("update model set state = $2, state_since = $3, rests_until = $4, merged_into = $5 where id = $1",
                  {model.id, step.to, step.day.number, day_or_null(step.until), step.target})
             .error());
  if (step.to == "PHE_DUYET") {
    VG_TRY(session
               .run("update model set decision_number = $2, decision_day = $3 where id = $1",
                    {model.id, step.decision_number, day_or_null(step.decision_day)})
               .error());
  }
  if (step.to == "RA_MAT") {
    VG_TRY(session.run("update model set launch_day = $2 where id = $1", {model.id, step.day.number}).error());
  }
  return put_step_event(session, model.id, step);
}

base::Status merge_models(store::WriteSession& session, const ModelId& source, const ModelId& target, Day day,
                          Problems& problems) {
  VG_ASSIGN(const Model from, must_be_model(session, source));
  VG_ASSIGN(const Model into, must_be_model(session, target));
  ModelStep step;
  step.to = "SAP_NHAP_VAO";
  step.day = day;
  step.target = target;
  ModelFacts facts;
  facts.target_chosen = true;
  check_model_step(from.state, step.to, facts, problems);
  const Day today = Day::at(session.now());
  check_step_day(from, day, today, problems);
  if (source == target) {
    problems.refuse("", "target", "Mô hình không thể sáp nhập vào chính nó.", "A model cannot merge into itself.");
  } else if (!model_takes_cameras(into.state)) {
    problems.refuse("", "target", fmt::format("Mô hình {} đã kết thúc.", into.code),
                    fmt::format("Model {} has ended.", into.code));
  }
  if (problems.refused()) return problems.status();
  VG_TRY(put_model_state(session, from, step));
  VG_TRY(continue_points(session, source, target, day));
  VG_TRY(tell_model(session, target, "merged"));
  return tell_model(session, source, "state");
}

base::Result<std::vector<ModelState>> model_history(store::Reader& session, const ModelId& id) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select state, day, decision_number, decision_day, until_day, reason, paper, target, document "
                    "from model_state where model = $1 order by number",
                    {id}));
  std::vector<ModelState> history;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    ModelState state;
    state.state = row.text(0);
    state.day = {row.integer(1)};
    state.decision_number = row.text(2);
    if (const auto day = row.maybe_integer(3)) state.decision_day = Day{*day};
    if (const auto day = row.maybe_integer(4)) state.until = Day{*day};
    state.reason = row.text(5);
    state.paper = row.text(6);
    if (const auto target = row.maybe_id(7)) state.target = ModelId{*target};
    if (const auto document = row.maybe_id(8)) state.document = DocumentId{*document};
    history.push_back(std::move(state));
  }
  return history;
}

base::Result<std::optional<std::string>> model_state_on(store::Reader& session, const ModelId& id, Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select state from model_state where model = $1 and day <= $2 order by number desc limit 1",
                          {id, day.number}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(rows[0].text(0));
}

}  // namespace vonggac::catalogue
