#include "catalogue/model_points.h"

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/model_rows.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestModelTeam = 160;
constexpr std::int64_t kMostMembers = 100'000, kMostHouseholdsOfTeam = 1'000'000;
constexpr std::string_view kPointColumns =
    "pt.id, pt.model, pt.area, pt.unit, pt.from_day, pt.to_day, pt.replicated_from, pt.continues, "
    "coalesce((select ms.state from model_state ms where ms.model = pt.model and ms.day <= $2 order by ms.number desc "
    "limit 1), '')";

ModelPoint point_row(const store::Row& row, Day day) {
  ModelPoint point;
  point.id = PointId{row.id(0)};
  point.model = ModelId{row.id(1)};
  if (const auto id = row.maybe_id(2)) point.area = AreaId{*id};
  if (const auto id = row.maybe_id(3)) point.unit = PartyId{*id};
  point.from = {row.integer(4)};
  point.to = {row.integer(5)};
  if (const auto id = row.maybe_id(6)) point.replicated_from = PointId{*id};
  if (const auto id = row.maybe_id(7)) point.continues = PointId{*id};
  point.state = point.to <= day ? "KET_THUC" : row.text(8);
  return point;
}

base::Result<ModelPoint> must_be_point(store::Reader& session, const PointId& id, Day day) {
  VG_ASSIGN(std::optional<ModelPoint> point, point_by_id(session, id, day));
  if (!point) return base::not_found("there is no such point of a model");
  return std::move(*point);
}

void refuse_ended_model(const Model& model, std::string_view rule, std::string_view field, Problems& problems) {
  problems.refuse(rule, field, fmt::format("Mô hình {} đã kết thúc.", model.code),
                  fmt::format("Model {} has ended.", model.code));
}

base::Status check_point(store::Reader& session, const PointForm& form, Problems& problems) {
  if (form.area.has_value() == form.unit.has_value()) {
    problems.refuse("", "area", "Chọn địa bàn hoặc đơn vị thực hiện, một trong hai.",
                    "Choose the area or the unit that carries it out, one of the two.");
  }
  VG_TRY(check_area(session, "area", form.area, form.from, problems));
  VG_TRY(check_party(session, "unit", form.unit, "UNIT ORGANISATION", problems));
  if (form.replicated_from) {
    VG_ASSIGN(const std::optional<ModelPoint> original, point_by_id(session, *form.replicated_from, form.from));
    if (!original || original->from > form.from) {
      problems.refuse("", "replicated_from", "Điểm được nhân rộng phải có trước điểm này.",
                      "The point it is copied from must be older.");
    }
  }
  VG_ASSIGN(const store::Rows twice,
            session.query("select 1 from model_point where model = $1 and to_day > $2 and (area = $3 or unit = $4)",
                          {form.model, form.from.number, form.area, form.unit}));
  if (!twice.empty()) {
    problems.refuse("", "area", "Mô hình đã có điểm tại đây.", "The model has a point there already.");
  }
  return {};
}

base::Status end_rows(store::WriteSession& session, std::string_view table, const PointId& point, Day day) {
  return session
      .run(fmt::format("update {} set to_day = case when from_day < $2 then $2 else from_day + 1 end where point = $1 "
                       "and to_day > $2",
                       table),
           {point, day.number})
      .error();
}

void check_amount(std::string_view field, std::int64_t amount, std::int64_t most, Problems& problems) {
  if (amount >= 0 && amount <= most) return;
  problems.refuse("", field, fmt::format("Phải là số từ 0 đến {}.", most),
                  fmt::format("It must be a number from 0 to {}.", most));
}

}  // namespace

base::Result<PointId> add_point(store::WriteSession& session, const PointForm& form, Problems& problems) {
  VG_ASSIGN(const Model model, must_be_model(session, form.model));
  VG_TRY(check_point(session, form, problems));
  if (!model_takes_cameras(model.state)) refuse_ended_model(model, "", "model", problems);
  if (problems.refused()) return problems.status();
  const PointId id{session.new_id()};
  VG_TRY(session
             .run("insert into model_point (id, model, area, unit, from_day, to_day, replicated_from, made_at_us) "
                  "values ($1, $2, $3, $4, $5, $6, $7, $8)",
                  {id, form.model, form.area, form.unit, form.from.number, kOpenEnd.number, form.replicated_from,
                   session.now()})
             .error());
  VG_TRY(tell_model(session, form.model, "point"));
  return id;
}

base::Status end_point(store::WriteSession& session, const PointId& id, Day day, Problems& problems) {
  VG_ASSIGN(const ModelPoint point, must_be_point(session, id, day));
  if (day <= point.from) {
    problems.refuse("", "to", "Ngày kết thúc phải sau ngày bắt đầu.", "The last day must lie after the first.");
    return problems.status();
  }
  VG_TRY(end_rows(session, "model_team", id, day));
  VG_TRY(end_rows(session, "model_camera", id, day));
  VG_TRY(session.run("update model_point set to_day = $2 where id = $1", {id, day.number}).error());
  return tell_model(session, point.model, "point");
}

base::Result<std::optional<ModelPoint>> point_by_id(store::Reader& session, const PointId& id, Day day) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query(fmt::format("select {} from model_point pt where pt.id = $1", kPointColumns), {id, day.number}));
  if (rows.empty()) return std::optional<ModelPoint>();
  return std::optional<ModelPoint>(point_row(rows[0], day));
}

base::Result<std::vector<ModelPoint>> points_of(store::Reader& session, const ModelId& model, Day day) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query(fmt::format("select {} from model_point pt where pt.model = $1 and pt.from_day <= $2 order by "
                                "pt.from_day, pt.id",
                                kPointColumns),
                    {model, day.number}));
  std::vector<ModelPoint> points;
  for (std::size_t i = 0; i < rows.size(); ++i) points.push_back(point_row(rows[i], day));
  return points;
}

base::Result<base::Uuid> add_team(store::WriteSession& session, const TeamForm& form, Problems& problems) {
  VG_ASSIGN(const ModelPoint point, must_be_point(session, form.point, form.from));
  const std::string name = kept_text("name", form.name, 1, kLongestModelTeam, problems);
  VG_TRY(check_party(session, "leader", form.leader, "PERSON", problems));
  check_amount("members", form.members, kMostMembers, problems);
  check_amount("households", form.households, kMostHouseholdsOfTeam, problems);
  if (form.from < point.from || form.from >= point.to) {
    problems.refuse("", "from", "Điểm mô hình không hoạt động vào ngày này.", "The point does not exist on that day.");
  }
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into model_team (id, point, name, leader, members, households, from_day, to_day) values ($1, "
                  "$2, $3, $4, $5, $6, $7, $8)",
                  {id, form.point, name, form.leader, form.members, form.households, form.from.number, point.to.number})
             .error());
  VG_TRY(tell_model(session, point.model, "team"));
  return id;
}

base::Status end_team(store::WriteSession& session, const base::Uuid& id, Day day) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select pt.model from model_team t join model_point pt on pt.id = t.point where t.id = $1", {id}));
  if (rows.empty()) return base::not_found("there is no such team");
  VG_TRY(session.run("update model_team set to_day = $2 where id = $1", {id, day.number}).error());
  return tell_model(session, ModelId{rows[0].id(0)}, "team");
}

base::Result<std::vector<ModelTeam>> teams_of(store::Reader& session, const PointId& point, Day day) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select id, name, leader, members, households, from_day, to_day from model_team where point = "
                    "$1 and from_day <= $2 and to_day > $2 order by name, id",
                    {point, day.number}));
  std::vector<ModelTeam> teams;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    ModelTeam team{row.id(0),      point,          row.text(1),      std::nullopt,
                   row.integer(3), row.integer(4), {row.integer(5)}, {row.integer(6)}};
    if (const auto id = row.maybe_id(2)) team.leader = PartyId{*id};
    teams.push_back(std::move(team));
  }
  return teams;
}

base::Status attach_camera(store::WriteSession& session, const PointId& id, const base::Uuid& camera, Day day,
                           Problems& problems) {
  VG_ASSIGN(const ModelPoint point, must_be_point(session, id, day));
  VG_ASSIGN(const Model model, must_be_model(session, point.model));
  if (!model_takes_cameras(model.state)) {
    refuse_ended_model(model, "V10", "model", problems);
  } else if (day < point.from || day >= point.to) {
    problems.refuse("V10", "point", "Điểm mô hình không hoạt động vào ngày này.",
                    "The point does not exist on that day.");
  }
  if (problems.refused()) return problems.status();
  VG_ASSIGN(const store::Rows there,
            session.query("select 1 from model_camera where point = $1 and camera = $2 and to_day > $3",
                          {id, camera, day.number}));
  if (!there.empty()) return {};
  VG_TRY(session
             .run("insert into model_camera (id, point, camera, from_day, to_day) values ($1, $2, $3, $4, $5)",
                  {session.new_id(), id, camera, day.number, point.to.number})
             .error());
  return tell_model(session, point.model, "camera");
}

base::Status detach_camera(store::WriteSession& session, const PointId& id, const base::Uuid& camera, Day day) {
  VG_ASSIGN(const ModelPoint point, must_be_point(session, id, day));
  VG_TRY(
      session
          .run("delete from model_camera where point = $1 and camera = $2 and from_day >= $3", {id, camera, day.number})
          .error());
  VG_TRY(session
             .run("update model_camera set to_day = $3 where point = $1 and camera = $2 and to_day > $3",
                  {id, camera, day.number})
             .error());
  return tell_model(session, point.model, "camera");
}

base::Result<std::vector<base::Uuid>> cameras_of_model(store::Reader& session, const ModelId& model, Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select distinct c.camera from model_camera c join model_point pt on pt.id = c.point where "
                          "pt.model = $1 and c.from_day <= $2 and c.to_day > $2 and pt.to_day > $2 order by c.camera",
                          {model, day.number}));
  std::vector<base::Uuid> cameras;
  for (std::size_t i = 0; i < rows.size(); ++i) cameras.push_back(rows[i].id(0));
  return cameras;
}

base::Result<std::vector<ModelId>> models_of_camera(store::Reader& session, const base::Uuid& camera, Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select distinct pt.model from model_camera c join model_point pt on pt.id = c.point where "
                          "c.camera = $1 and c.from_day <= $2 and c.to_day > $2 and pt.to_day > $2 order by pt.model",
                          {camera, day.number}));
  std::vector<ModelId> models;
  for (std::size_t i = 0; i < rows.size(); ++i) models.push_back(ModelId{rows[i].id(0)});
  return models;
}

}  // namespace vonggac::catalogue
