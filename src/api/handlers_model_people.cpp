/// Who and what works in a model: teams, cameras; how it was judged; figures that were declared.
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/declared_figures.h"
#include "catalogue/document_recipients.h"
#include "catalogue/model_events.h"
#include "catalogue/model_points.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::Day;
using catalogue::ModelId;
using catalogue::PointId;
using gate::ObjectKind;

/// A form of this model names a point of it; nullopt: it has none such.
base::Result<std::optional<PointId>> own_point(store::Reader& session, const Call& call, const base::Uuid& point,
                                               Day day, catalogue::Problems& problems) {
  VG_ASSIGN(const auto found, catalogue::point_by_id(session, PointId{point}, day));
  if (found && found->model == ModelId{call.id}) return std::optional(found->id);
  problems.refuse("", "point", "Mô hình không có điểm này.", "The model has no such point.");
  return std::optional<PointId>();
}

json::object team_json(const catalogue::ModelTeam& team) {
  return {{"id", team.id.to_string()},         {"point", team.point.to_string()}, {"name", team.name},
          {"leader", id_or_null(team.leader)}, {"members", team.members},         {"households", team.households},
          {"from", team.from.iso()},           {"to", end_or_null(team.to)}};
}

/// Sign, value and unit as they were read out of the words.
json::object figure_json(const catalogue::DeclaredFigure& one) {
  return {{"id", one.id.to_string()},
          {"area", one.area.to_string()},
          {"subject", one.subject},
          {"day", one.day.iso()},
          {"as_read", one.figure.as_read},
          {"sign", catalogue::figure_sign(one.figure.relation)},
          {"value", one.figure.value},
          {"upper",
           one.figure.relation == catalogue::FigureRelation::kBetween ? json::value(one.figure.upper) : json::value()},
          {"unit", one.figure.unit},
          {"document", id_or_null(one.document)}};
}

}  // namespace

HttpReply answer_model_teams(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return read_register(services, "model.teams", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto points, catalogue::points_of(session, ModelId{call.id}, today));
    json::array list;
    for (const catalogue::ModelPoint& point : points) {
      VG_ASSIGN(const auto teams, catalogue::teams_of(session, point.id, today));
      for (const catalogue::ModelTeam& team : teams) list.push_back(team_json(team));
    }
    return json::object{{"teams", std::move(list)}};
  });
}

HttpReply answer_model_team_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::TeamForm team;
    const base::Uuid point = form.id("point");
    team.name = form.text("name", 200);
    team.leader = typed_id<catalogue::PartyId>(form.maybe_id("leader"));
    team.members = form.maybe_integer("members", 0, 100'000).value_or(0);
    team.households = form.maybe_integer("households", 0, 1'000'000).value_or(0);
    team.from = form.day("from");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_ASSIGN(const auto own, own_point(session, call, point, team.from, problems));
          if (!own) return problems.status();
          team.point = *own;
          VG_TRY(check_reach(session, call, ObjectKind::kParty, team.leader, "leader", problems));
          VG_ASSIGN(const base::Uuid id, catalogue::add_team(session, team, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_model_cameras(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return read_register(services, "model.cameras", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto cameras, catalogue::cameras_of_model(session, ModelId{call.id}, today));
    // A model may stand in an area that the caller reaches and use a camera in one that they do not.
    json::array list;
    for (const base::Uuid& camera : cameras) {
      VG_ASSIGN(const bool reached,
                is_reached(session, call, ObjectKind::kRegisteredCamera, camera, services.office.clock().wall_now()));
      if (reached) list.push_back(json::value(camera.to_string()));
    }
    const std::size_t elsewhere = cameras.size() - list.size();
    return json::object{{"cameras", std::move(list)}, {"elsewhere", elsewhere}};
  });
}

HttpReply answer_model_camera_change(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Uuid point = form.id("point"), camera = form.id("camera");
    const Day day = form.day("day");
    const bool attached = form.flag("attached");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_ASSIGN(const auto own, own_point(session, call, point, day, problems));
          if (!own) return problems.status();
          VG_TRY(check_reach(session, call, ObjectKind::kRegisteredCamera, camera, "camera", problems));
          VG_TRY(attached ? catalogue::attach_camera(session, *own, camera, day, problems)
                          : catalogue::detach_camera(session, *own, camera, day));
          return json::object{{"attached", attached}};
        });
  });
}

HttpReply answer_model_evaluations(const PoolServices& services, const Call& call) {
  return read_register(services, "model.evaluations", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto found, catalogue::evaluations_of(session, ModelId{call.id}));
    json::array list;
    for (const catalogue::Evaluation& one : found) {
      list.push_back(json::object{{"year", one.year},
                                  {"self_score", real_or_null(one.self_score)},
                                  {"superior_score", real_or_null(one.superior_score)},
                                  {"rank", coded(catalogue::model_ranks(), one.rank)},
                                  {"rule", one.rule},
                                  {"decision", id_or_null(one.decision)},
                                  {"made_at", base::to_iso8601(one.made_at)}});
    }
    return json::object{{"evaluations", std::move(list)}};
  });
}

HttpReply answer_model_evaluation_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::EvaluationForm one;
    one.model = ModelId{call.id};
    one.year = static_cast<int>(form.maybe_integer("year", 1990, 2200).value_or(0));
    one.self_score = form.maybe_real("self_score", 0, 100);
    one.superior_score = form.maybe_real("superior_score", 0, 100);
    one.rank = form.text("rank", 40);
    one.rule = form.maybe_text("rule", 100).value_or("");
    one.decision = typed_id<catalogue::DocumentId>(form.maybe_id("decision"));
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kDocument, one.decision, "decision", problems));
          VG_ASSIGN(const base::Uuid id, catalogue::add_evaluation(session, one, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_declared_figures(const PoolServices& services, const Call& call) {
  const std::optional<std::string> from_text = call.query.text("from"), to_text = call.query.text("to");
  const base::Result<Day> from = from_text ? Day::parse(*from_text) : base::Result<Day>(Day{0});
  const base::Result<Day> to = to_text ? Day::parse(*to_text) : base::Result<Day>(catalogue::kOpenEnd);
  if (!from || !to) return wrong_query();
  return read_register(services, "declared_figures", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto found, catalogue::declared_figures(session, scope_of(call), *from, *to));
    json::array list;
    for (const catalogue::DeclaredFigure& one : found) list.push_back(figure_json(one));
    return json::object{{"figures", std::move(list)}};
  });
}

HttpReply answer_declared_figure_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::DeclaredFigureForm one;
    one.area = catalogue::AreaId{form.id("area")};
    one.subject = form.text("subject", 200);
    one.day = form.day("day");
    one.text = form.text("text", 200);
    one.document = typed_id<catalogue::DocumentId>(form.maybe_id("document"));
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kArea, base::Uuid(one.area), "area", problems));
          VG_TRY(check_reach(session, call, ObjectKind::kDocument, one.document, "document", problems));
          VG_ASSIGN(const base::Uuid id, catalogue::add_declared_figure(session, one, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_document_report(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Uuid recipient = form.id("recipient");
    const Day day = form.day("day");
    const auto reply = typed_id<catalogue::DocumentId>(form.maybe_id("reply"));
    const std::string note = form.maybe_text("note", 500).value_or("");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kDocument, reply, "reply", problems));
          VG_ASSIGN(const auto all, catalogue::recipients_of(session, catalogue::DocumentId{call.id}));
          for (const catalogue::Recipient& one : all) {
            if (one.id != recipient) continue;
            VG_TRY(catalogue::note_report(session, recipient, day, reply, note, problems));
            return json::object{{"recipient", recipient.to_string()}, {"reported", day.iso()}};
          }
          problems.refuse("", "recipient", "Văn bản không gửi cho nơi này.", "The document was not sent to them.");
          return problems.status();
        });
  });
}

HttpReply answer_overdue_reports(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return read_register(services, "overdue_reports", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto found, catalogue::overdue_recipients(session, scope_of(call), today));
    json::array list;
    for (const catalogue::Recipient& one : found) {
      list.push_back(json::object{{"id", one.id.to_string()},
                                  {"document", one.document.to_string()},
                                  {"organisation", one.organisation.to_string()},
                                  {"due", day_or_null(one.due)}});
    }
    return json::object{{"overdue", std::move(list)}};
  });
}

}  // namespace vonggac::api
